"""Whether two statements of a policy say the same, as far as their words can show.

In: a statement of the draft and another text for it.  Out: what the text has too much or lacks, in
words that say what would be right.
"""

import re
from collections.abc import Iterable

from agentscaler.corpus.english import plural_noun
from agentscaler.domain.domain import DomainManifest
from agentscaler.domain.remaking.words import text_faults
from agentscaler.domain.statuses import spoken_value

__all__ = ["Sameness"]

_NAME = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\b")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_COUNT_WORD = re.compile(
    r"\b(three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred"
    r"|thousand|dozen|half|twice|double)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"]*\"|`[^`]*`|“[^”]*”")
_SENTENCE_END = re.compile(r"[.;:!?](?:\s|$)")
_REFUSAL = re.compile(
    r"\b(cannot|never|no|not|none|neither|nor|nothing|without|refused?|forbidden|stops?)\b|n['’]t\b",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\b(only|solely|must|unless|until|before|while|when|wait|first)\b", re.IGNORECASE
)
_LEAVE = re.compile(r"\b(can|may|could|might|allowed|permitted|able)\b", re.IGNORECASE)
_LEAVE_OR_NOT = re.compile(rf"{_LEAVE.pattern}|\bcannot\b", re.IGNORECASE)
_LEAVE_OF_DRAFT = re.compile(
    rf"{_LEAVE_OR_NOT.pattern}|\b(only|must|no|not|never)\b", re.IGNORECASE
)
_SOFTER = re.compile(
    r"\b(usually|normally|generally|typically|mostly|ideally|preferably|should|try to|if possible"
    r"|where possible|whenever possible|except|exceptions?|exempt|however|although|otherwise"
    r"|optional|optionally|free to|feel free|at your discretion|as you see fit|need not|no need"
    r"|skip|waive|override|bypass|assume|assumed|presume|taken as given|insists?|urgent|emergency"
    r"|vip|administrators?|managers? may|not true|untrue|false that|regardless|even if"
    r"|(do|does) not apply|no longer appl(y|ies))\b|\bn[o']t (have|need) to\b",
    re.IGNORECASE,
)
_KEPT = tuple(
    re.compile(rf"\b({words})", re.IGNORECASE)
    for words in (
        "not (be )?above",
        "not (be )?after",
        "at least",
        "at most",
        "yes\\b",
        "before",
        "delet",
        r"no two|two\b[^.;:]*\b(never|cannot)",
        "belong",
        "room\\b|as many",
    )
)
"""Words that say which way a statement points; where the draft has them, they stay."""
_ONLY = re.compile(r"\b(only|solely|unless|must|ha(s|ve) to|before|until)\b", re.IGNORECASE)
_STATED = re.compile(r"[^\W\d_]{4,}")
_LITTLE = frozenset(
    "that then what when with this from into have been they them their there than will would"
    " your does were while which still must cannot before after only".split()
)
_STEM = 5
_OVERLAP = 0.4


class Sameness:
    """Compares statements of one domain's policy."""

    def __init__(self, manifest: DomainManifest) -> None:
        self._tools = frozenset(manifest.tool)
        self._nouns = {
            table.noun: _pattern(table.noun, plural_noun(table.noun))
            for table in manifest.tables
            if not table.is_link
        }
        statuses = {
            spoken_value(value, table.by_name[table.status].enum)
            for table in manifest.tables
            if table.status is not None
            for value in table.by_name[table.status].enum
        }
        self._statuses = {word: _pattern(word) for word in sorted(statuses) if word}

    def faults(self, draft: str, text: str) -> list[str]:
        """What is wrong with `text` in place of `draft`."""
        if text == draft:
            return []
        also = "".join(sorted(sign for sign in set(draft) if not sign.isalnum()))
        found = text_faults(text, max(200, 2 * len(draft) + 80), also)
        if found:
            return found
        return [
            *_form(draft, text),
            *_both_ways("name", _names(draft, self._tools), _names(text, self._tools)),
            *_in_order(draft, text, {one: _pattern(one) for one in _names(draft, self._tools)}),
            *_both_ways("number", _found(_NUMBER, draft), _found(_NUMBER, text)),
            *_both_ways("quotation", _found(_QUOTED, draft), _found(_QUOTED, text)),
            *_added("number", _found(_COUNT_WORD, draft), _found(_COUNT_WORD, text)),
            *self._nouns_told(draft, text),
            *self._statuses_told(draft, text),
            *_direction(draft, text),
        ]

    def _nouns_told(self, draft: str, text: str) -> Iterable[str]:
        there = {noun for noun, pattern in self._nouns.items() if pattern.search(draft)}
        inside = {one for one in there for other in there if one != other and one in other}
        told = [noun for noun in sorted(there - inside) if self._nouns[noun].search(text)]
        for noun in sorted(there - inside - set(told)):
            yield f'it does not say "{noun}", of which the draft speaks'
        yield from _in_order(draft, text, {noun: self._nouns[noun] for noun in told})
        for noun, pattern in self._nouns.items():
            if pattern.search(text) and noun not in there and not _is_part(noun, there):
                yield f'it speaks of "{noun}", of which the draft says nothing'

    def _statuses_told(self, draft: str, text: str) -> Iterable[str]:
        for status, pattern in self._statuses.items():
            if pattern.search(draft) and not _says(pattern, status, text):
                yield f'it does not say the status "{status}", as the draft does'
            elif pattern.search(text) and not _says(pattern, status, draft):
                yield f'it names the status "{status}", which the draft does not'


def _form(draft: str, text: str) -> Iterable[str]:
    if not text[0].isupper() and not text.startswith(tuple(_NAME.findall(text)[:1])):
        yield "it does not begin with a capital letter"
    if not text.endswith("."):
        yield "it does not end with a full stop"
    if len(_SENTENCE_END.findall(text)) > len(_SENTENCE_END.findall(draft)) + 2:
        yield "it has more sentences than the draft needs"
    stems = {_stem(word) for word in _STATED.findall(draft.lower()) if word not in _LITTLE}
    said = {_stem(word) for word in _STATED.findall(text.lower())}
    if stems and len(stems & said) < _OVERLAP * len(stems):
        yield f'it says too little of what the draft says: "{draft[:200]}"'


def _direction(draft: str, text: str) -> Iterable[str]:
    """Refusals, bonds, leave and exceptions."""
    for pattern in _KEPT:
        kept = pattern.search(draft)
        if kept is not None and pattern.search(text) is None:
            yield f'it lacks the draft\'s words "{kept[0]}"'
    refuses = _REFUSAL.search(draft) is not None
    if refuses and _REFUSAL.search(text) is None:
        yield "the draft refuses something, and it does not"
    if not refuses and _REFUSAL.search(text) is not None and _BOUND.search(draft) is None:
        yield f'it refuses something ("{_found_first(_REFUSAL, text)}"), and the draft does not'
    if _ONLY.search(draft) is not None and not (_ONLY.search(text) or _REFUSAL.search(text)):
        yield f'the draft says "{_found_first(_ONLY, draft)}", and it binds nothing'
    leave, allowed = len(_LEAVE_OR_NOT.findall(text)), len(_LEAVE_OF_DRAFT.findall(draft))
    if leave > max(1, allowed) or _free(text) > _free(draft):
        yield f'it gives leave ("{_found_first(_LEAVE, text)}") that the draft does not give'
    soft = {one.lower() for one in _whole(_SOFTER, text)} - {
        one.lower() for one in _whole(_SOFTER, draft)
    }
    for words in sorted(soft):
        yield f'"{words}" makes an exception or softens what the draft says'


def _free(text: str) -> int:
    """Sentences that give leave and bind it to nothing."""
    return sum(
        _LEAVE.search(one) is not None and not (_REFUSAL.search(one) or _BOUND.search(one))
        for one in _SENTENCE_END.split(text)
    )


def _says(pattern: re.Pattern[str], status: str, text: str) -> bool:
    """Whether a text has a status; of one that is a deed's end ("cancelled"), also the deed."""
    if pattern.search(text):
        return True
    deed = re.sub(r"(.)\1?ed$", r"\1", status)
    return deed != status and any(word.startswith(deed) for word in _STATED.findall(text.lower()))


def _names(text: str, tools: frozenset[str]) -> set[str]:
    """Names of tools and fields."""
    plain = {tool for tool in tools if "_" not in tool and re.search(rf"\b{tool}\b", text)}
    return {*_NAME.findall(text), *plain}


def _found(pattern: re.Pattern[str], text: str) -> set[str]:
    return {one[0].lower() for one in pattern.finditer(text)}


def _whole(pattern: re.Pattern[str], text: str) -> list[str]:
    return [one[0] for one in pattern.finditer(text)]


def _found_first(pattern: re.Pattern[str], text: str) -> str:
    return next(iter(_whole(pattern, text)), "")


def _both_ways(kind: str, draft: set[str], text: set[str]) -> Iterable[str]:
    for one in sorted(draft - text):
        yield f"it lacks the {kind} {one}, which the draft has"
    yield from _added(kind, draft, text)


def _added(kind: str, draft: set[str], text: set[str]) -> Iterable[str]:
    for one in sorted(text - draft):
        yield f"it has the {kind} {one}, which the draft has not"


def _in_order(draft: str, text: str, things: dict[str, re.Pattern[str]]) -> Iterable[str]:
    """Who does what to whom shows in the order in which a statement speaks of things."""
    orders = []
    for told in (draft, text):
        found = {thing: pattern.search(told) for thing, pattern in things.items()}
        places = {thing: match.start() for thing, match in found.items() if match is not None}
        orders.append(sorted(places, key=lambda thing: (places[thing], thing)))
    if len(orders[0]) == len(orders[1]) and orders[0] != orders[1]:
        yield f"it must speak of {', '.join(orders[0])} in this order, as the draft does"


def _is_part(noun: str, there: Iterable[str]) -> bool:
    """Whether a noun is only a part of another that is there, in one number or the other."""
    return any(noun in other or noun in plural_noun(other) for other in there)


def _pattern(*words: str) -> re.Pattern[str]:
    either = "|".join(re.escape(word) for word in words)
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE)


def _stem(word: str) -> str:
    return word.lower()[:_STEM]
