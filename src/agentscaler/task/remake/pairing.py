"""Whether values stand beside what they are: a text that swaps two of them is another wish.

Every value of a wish is of something ("the due date of the loan"); some of these words tell two
values apart, and stand nearer to their own.  A new value stands behind the one it takes the place
of.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import combinations, takewhile

from agentscaler.task.remake.verbs import is_form_of
from agentscaler.task.remake.words import occurrences
from agentscaler.task.task import Fact

__all__ = ["pairing_faults"]

Span = tuple[int, int]
Words = frozenset[str]

_DUMB = frozenset(
    "the new name title id time date of to a an and for in on at by from with first second third"
    " what which whether how many should be or off upper lower bound leave out your".split()
)
_NAMES = frozenset({"name", "title"})
_NAMING = frozenset({"name", "title", "called", "named", "titled"})
_CUTS = frozenset("and or with to in on for from by its at of the a".split())
"""Words behind a value with which something else begins."""
_ORDINAL = re.compile(r"\bthe (?:first|second|third|fourth|fifth) ")


def pairing_faults(text: str, facts: Sequence[Fact]) -> list[str]:
    """The pairs of values that do not stand where each of them belongs.

    Args:
        facts: of one wish; all of them stand in `text`.
    """
    spans = _spans(text, facts)
    gaps = _gaps(text, sorted(spans.values()))
    return [
        f'"{one.said}" ({one.label}) and "{other.said}" ({other.label}) are mixed up, or may be:'
        " put each right behind the words for what it is"
        for one, other in combinations([fact for fact in facts if fact.name in spans], 2)
        if not _are_alike(one, other)
        and _is_mixed_up(one, other, spans[one.name], spans[other.name], gaps)
    ]


def _spans(text: str, facts: Sequence[Fact]) -> dict[str, Span]:
    """Where each value stands that stands in one place only, and in no longer value."""
    spans: dict[str, Span] = {}
    for fact in sorted(facts, key=lambda fact: -len(fact.said)):
        places = occurrences(fact.said, text)
        if len(places) == 1 and not any(one <= places[0] < end for one, end in spans.values()):
            spans[fact.name] = (places[0], places[0] + len(fact.said))
    return spans


def _gaps(text: str, spans: Sequence[Span]) -> dict[int, tuple[list[str], list[str]]]:
    """By where a value begins, the words before it and behind it, up to the next values."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    words = [
        re.findall(r"[a-z]+", text[end:start].lower())
        for end, start in zip(ends, starts, strict=True)
    ]
    return {start: (words[at], words[at + 1]) for at, (start, _) in enumerate(spans)}


def _are_alike(one: Fact, other: Fact) -> bool:
    """Whether two facts are members of one list, whose order does not matter, or say themselves
    what they are, as switches do."""
    if isinstance(one.value, bool) or isinstance(other.value, bool):
        return True
    return _ORDINAL.sub("the ", one.label) == _ORDINAL.sub("the ", other.label)


def _is_mixed_up(
    one: Fact,
    other: Fact,
    span: Span,
    other_span: Span,
    gaps: Mapping[int, tuple[list[str], list[str]]],
) -> bool:
    mine, theirs = _told_by(one), _told_by(other)
    if one.label.startswith("the new ") != other.label.startswith("the new "):
        new, old, cues = (span, other_span, theirs)
        if not one.label.startswith("the new "):
            new, old, cues = (other_span, span, mine)
        listed = _ORDINAL.search(one.label) or _ORDINAL.search(other.label)
        if old < new or not listed:
            return new < old and not _last_of(gaps[old[0]][0], cues)
    score = _belonging(gaps[span[0]], mine - theirs, theirs - mine)
    return score + _belonging(gaps[other_span[0]], theirs - mine, mine - theirs) < 0


def _belonging(gap: tuple[list[str], list[str]], own: Words, others: Words) -> int:
    """1 if the words around a value speak of it, -1 if they speak of another one, 0 of neither."""
    behind = takewhile(lambda word: word not in _CUTS, gap[1])
    for words in (gap[0], [*behind][::-1]):
        last = _last_of(words, own | others)
        if last:
            return 1 if _last_of([last], own) else -1
    return 0


def _last_of(words: Sequence[str], cues: Words) -> str:
    """The last of some words that is a form of a cue; "" if none is."""
    return next((w for w in reversed(words) if any(is_form_of(w, cue) for cue in cues)), "")


def _told_by(fact: Fact) -> Words:
    """The words of a label that tell it from others."""
    words = frozenset(re.findall(r"[a-z]+", fact.label.lower()))
    return (words - _DUMB) | (_NAMING if words & _NAMES else frozenset())
