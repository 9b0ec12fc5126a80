"""Mistral: what others say stands between tags; what is left is the agent's, up to `</s>`.

There is no header before the agent's turn: it begins where a user's turn or a result ends and
neither another of these nor the next user's turn follows.
"""

import re

from agentscaler.training.families.family import Family
from agentscaler.training.families.turn import ReadTurn, cut_calls, read_call, split_thinking

__all__ = ["MISTRAL"]

_LATER = re.compile(r"\s*([^\s\[{]+)\s*(?:\[CALL_ID\][^\[]*)?\[ARGS\](.*)", re.DOTALL)


def _read(text: str) -> ReadTurn:
    """Words, and behind the tag a list of calls; or, as later formats have it, a tag a call."""
    thinking, said = split_thinking(text, ("[THINK]", "[/THINK]"))
    words, *called = said.split("[TOOL_CALLS]")
    calls = [call for part in called for call in _calls(part)]
    return ReadTurn(thinking, words.strip(), tuple(calls))


def _calls(written: str) -> list[tuple[str, str]]:
    later = _LATER.fullmatch(written)
    if later:
        return [(later[1], later[2].strip())]
    listed = written.strip()
    if listed.startswith("["):
        listed = listed.removeprefix("[").removesuffix("]")
    return [read_call(call, ("arguments", "parameters")) for call in cut_calls(listed, ",")]


MISTRAL = Family(
    name="mistral",
    marks=("[INST]", "[/INST]"),
    controls=(
        *("<s>", "</s>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"),
        *("[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]"),
        *("[/TOOL_RESULTS]", "[TOOL_CONTENT]", "[CALL_ID]", "[ARGS]", "[THINK]", "[/THINK]"),
    ),
    tokens=("[INST]", "[/INST]", "</s>"),
    own_turn=re.compile(
        r"\[/(?:INST|TOOL_RESULTS)\](?!\s*\[(?:TOOL_RESULTS|INST|AVAILABLE_TOOLS)\])"
        r"(?P<own>.*?</s>)",
        re.DOTALL,
    ),
    ends=("</s>",),
    reader=_read,
)
