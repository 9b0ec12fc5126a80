"""ChatML: Qwen, Hermes and many others.

A turn is `<|im_start|>ROLE`, a line break, the text, `<|im_end|>`.  Calls and results are JSON
between tags inside turns.
"""

import re

from agentscaler.training.families.family import Family
from agentscaler.training.families.turn import ReadTurn, read_call, split_thinking

__all__ = ["CHATML"]

_CALL = re.compile(r"<tool_call>(.*?)(?:</tool_call>|(?=<tool_call>)|\Z)", re.DOTALL)


def _read(text: str) -> ReadTurn:
    """Words stand before the calls, and with some models between them."""
    thinking, said = split_thinking(text)
    pieces = _CALL.split(said)
    words = "\n".join(filter(None, (piece.strip() for piece in pieces[::2])))
    calls = (read_call(call, ("arguments", "parameters")) for call in pieces[1::2])
    return ReadTurn(thinking, words, tuple(calls))


CHATML = Family(
    name="chatml",
    marks=("<|im_start|>", "<|im_end|>"),
    controls=(
        *("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<tools>", "</tools>", "<tool_call>"),
        *("</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"),
    ),
    tokens=("<|im_start|>", "<|im_end|>"),
    own_turn=re.compile(r"<\|im_start\|>assistant\n(?P<own>.*?<\|im_end\|>)", re.DOTALL),
    ends=("<|im_end|>", "<|endoftext|>"),
    reader=_read,
)
