"""Compact: our own format for small models.

Every part of a dialogue begins with a control token that says what it is, and every turn ends with
`<|end|>`.  No role is spelt out and no line break is part of the format, so nothing can merge with
what stands beside it.
"""

import re

from agentscaler.training.families.family import Family
from agentscaler.training.families.turn import ReadTurn

__all__ = ["COMPACT"]

_TOKENS = (
    *("<|system|>", "<|tools|>", "<|user|>", "<|agent|>", "<|think|>", "<|say|>", "<|call|>"),
    *("<|result|>", "<|end|>"),
)
_PART = re.compile(r"(<\|think\|>|<\|say\|>|<\|call\|>)")
_CALL = re.compile(r"\s*([^\s{]*)\s*(.*?)\s*", re.DOTALL)


def _read(text: str) -> ReadTurn:
    """Each part is what its control token says; what stands before the first is words."""
    first, *rest = _PART.split(text)
    parts = [("<|say|>", first), *zip(rest[::2], rest[1::2], strict=True)]
    said = {token: [part for one, part in parts if one == token] for token in _TOKENS}
    calls = [_CALL.fullmatch(part) for part in said["<|call|>"]]
    return ReadTurn(
        thinking="\n".join(said["<|think|>"]).strip(),
        words="\n".join(said["<|say|>"]).strip(),
        calls=tuple((call[1], call[2]) for call in calls if call),
    )


COMPACT = Family(
    name="compact",
    marks=("<|agent|>", "<|end|>"),
    controls=_TOKENS,
    tokens=_TOKENS,
    own_turn=re.compile(r"<\|agent\|>(?P<own>.*?<\|end\|>)", re.DOTALL),
    ends=("<|end|>",),
    reader=_read,
)
