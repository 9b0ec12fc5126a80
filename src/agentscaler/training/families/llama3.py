"""Llama 3: the role stands between header tokens, two line breaks follow, `<|eot_id|>` ends a turn.

Results of tools are turns of the role `ipython`; `<|python_tag|>` opens calls.
"""

import re

from agentscaler.training.families.family import Family
from agentscaler.training.families.turn import ReadTurn, cut_calls, read_call, split_thinking

__all__ = ["LLAMA3"]


def _read(text: str) -> ReadTurn:
    """Words, and behind the tag calls, parted by semicolons."""
    thinking, said = split_thinking(text)
    words, *called = said.split("<|python_tag|>")
    calls = [
        read_call(call, ("parameters", "arguments"))
        for part in called
        for call in cut_calls(part, ";")
    ]
    return ReadTurn(thinking, words.strip(), tuple(calls))


LLAMA3 = Family(
    name="llama3",
    marks=("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
    controls=(
        *("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>"),
        *("<|eot_id|>", "<|eom_id|>", "<|python_tag|>", "<|finetune_right_pad_id|>"),
        *("<think>", "</think>"),
    ),
    tokens=("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
    own_turn=re.compile(
        r"<\|start_header_id\|>assistant<\|end_header_id\|>\n\n"
        r"(?P<own>.*?<\|(?:eot|eom)_id\|>)",
        re.DOTALL,
    ),
    ends=("<|eot_id|>", "<|eom_id|>", "<|end_of_text|>"),
    reader=_read,
)
