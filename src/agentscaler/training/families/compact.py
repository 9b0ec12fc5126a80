"""Compact: our own format for small models.

Every part of a dialogue begins with a control token that says what it is, and every turn ends with
`<|end|>`.  No role is spelt out and no line break is part of the format, so nothing can merge with
what stands beside it.
"""

import re

from agentscaler.training.families.family import Family

__all__ = ["COMPACT"]

_TOKENS = (
    *("<|system|>", "<|tools|>", "<|user|>", "<|agent|>", "<|think|>", "<|say|>", "<|call|>"),
    *("<|result|>", "<|end|>"),
)

COMPACT = Family(
    name="compact",
    marks=("<|agent|>", "<|end|>"),
    controls=_TOKENS,
    tokens=_TOKENS,
    own_turn=re.compile(r"<\|agent\|>(?P<own>.*?<\|end\|>)", re.DOTALL),
)
