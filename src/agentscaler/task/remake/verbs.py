"""What a wish is for, in verbs: which words ask for the same, and which would ask for another deed.

Ordinary verbs come in groups of one meaning.  Every other verb means itself alone.
"""

import re
from collections.abc import Iterable

from agentscaler.words import singular

__all__ = ["deed_faults", "is_form_of", "verb_phrases"]

_READ = (
    "tell show know what what's which how when when's who where where's check look find see give"
    " list let read remind whether need"
).split()
_CREATE = "create add set make new open register need want have put start".split()
_CHANGE = (
    "change update set adjust switch turn make edit put move give rename modify correct".split()
)
_DELETE = "delete remove rid drop erase deregister release take".split()
_GROUPS = (frozenset(_READ), frozenset(_CREATE), frozenset(_CHANGE), frozenset(_DELETE))
_LEADS = {
    "tell": 0, "check": 0, "create": 1, "change": 2, "set": 2, "switch": 2, "give": 2, "update": 2,
    "delete": 3, "remove": 3, "deregister": 3, "release": 3,
}  # fmt: skip
_DEEDS = frozenset(
    "create delete remove erase deregister cancel change update rename modify refund archive"
    " approve reject enable disable activate deactivate suspend resume terminate stop transfer"
    " merge publish revoke void".split()
)
"""Verbs that ask for a deed wherever they stand, in any domain."""
_COMMON = frozenset(
    "put set get add make take give move start open close book order note batch list send use"
    " write read call check show tell find search apply test run attach return place".split()
)
"""Verbs that people use for much else, or that are nouns as often."""


def is_form_of(word: str, stem: str) -> bool:
    """Whether a word is a form of another: "starting" of "start", "policies" of "policy"."""
    one, other = singular(word.lower()), singular(stem.lower())
    if one == other:
        return True
    shortest = min(len(one), len(other))
    if shortest < 4:
        return False
    common = len(_common_start(one, other))
    return common >= max(4, shortest - 2) and common >= max(len(one), len(other)) - 4


def verb_phrases(draft: str) -> frozenset[str]:
    """The words one of which a text must hold to ask for what a draft asks for."""
    lead, *rest = _words(draft) or [""]
    group = _LEADS.get(lead)
    if group is None or rest[:1] in (["in"], ["out"]):  # "check in" is another verb than "check"
        return frozenset({lead})
    return _GROUPS[group]


def deed_faults(text: str, draft: str, tools: Iterable[str]) -> list[str]:
    """How a text asks for another deed than its draft; values are taken out of both.

    Args:
        tools: the names of the domain's writing tools.
    """
    said, wanted = _words(text), _words(draft)
    faults = []
    verbs = verb_phrases(draft)
    if not any(is_form_of(word, verb) for word in said for verb in verbs):
        faults.append(f"it does not ask to {draft.split(' ')[0]} anything; say so in its verb")
    own = {name.split("_")[0] for name in tools}
    plain = " ".join(said)
    for verb in sorted(_DEEDS | {one for one in own if len(one) > 2}):
        group = frozenset().union(*(one for one in _GROUPS if verb in one))
        if any(is_form_of(word, verb) or word in group for word in wanted):
            continue
        asks = re.search(rf"\b{verb} (?:an?|another|it|them|one|me|him|her|us)\b", plain)
        if verb not in _COMMON and any(_is_inflected(word, verb) for word in said):
            faults.append(f'it says "{verb}", which is no part of the draft')
        elif verb in _COMMON and asks is not None:
            faults.append(f'it says "{asks[0]}", which is no part of the draft')
    return faults


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower().replace("’", "'"))


def _is_inflected(word: str, verb: str) -> bool:
    stem = verb.removesuffix("e")
    return word in {verb, f"{verb}s", f"{stem}ed", f"{stem}ing", f"{verb}led", f"{verb}ling"}


def _common_start(one: str, other: str) -> str:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]
