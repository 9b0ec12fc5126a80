"""ChatML: Qwen, Hermes and many others.

A turn is `<|im_start|>ROLE`, a line break, the text, `<|im_end|>`.  Calls and results are JSON
between tags inside turns.
"""

import re

from agentscaler.training.families.family import Family

__all__ = ["CHATML"]

CHATML = Family(
    name="chatml",
    marks=("<|im_start|>", "<|im_end|>"),
    controls=(
        *("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<tools>", "</tools>", "<tool_call>"),
        *("</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"),
    ),
    tokens=("<|im_start|>", "<|im_end|>"),
    own_turn=re.compile(r"<\|im_start\|>assistant\n(?P<own>.*?<\|im_end\|>)", re.DOTALL),
)
