"""Numbers, dates and switches in a person's words, as values that can be compared.

Every function takes text in the form that `rollout.wording.fold` gives.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

__all__ = ["SpokenMoment", "SpokenNumber", "find_moments", "find_numbers", "find_switch"]


@dataclass(frozen=True)
class SpokenNumber:
    """A number and where it stands."""

    value: Decimal
    start: int
    end: int


@dataclass(frozen=True)
class SpokenMoment:
    """A day, with the year and the time if they are said."""

    day: int
    month: int
    year: int | None
    time: time | None


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_CLOCK = r"(\d{1,2})[:.](\d{2})(?::\d{2}(?:\.\d+)?)?(?:z|\+00:00)?(?: ?([ap])\.?m\b\.?)?"
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (\d{{4}})\b)?")
_MONTH_DAY = re.compile(rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (\d{{4}})\b)?")
_YEAR_FIRST = re.compile(r"(?<![\w.-])(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d|-\d)")
_YEAR_LAST = re.compile(r"(?<![\w./-])(\d{1,2})([./])(\d{1,2})\2(\d{4})(?!\d)")
_CLOCK_AFTER = re.compile(rf",?(?: at |t| )(?:about )?{_CLOCK}")
_CLOCK_BEFORE = re.compile(rf"{_CLOCK} on (?:\w+day,? )?(?:the )?$")
_DIGIT = re.compile(r"\d")
_QUOTED = re.compile(r'"([^"]*)"')

_UNITS = "%|[kmgt]i?b|kg|km|cm|mm|ms|g|m|s|h"
_DIGITS = re.compile(
    r"(?<![\w.,:/-])(?:[$€£¥] ?)?([-+]?)(?:[$€£¥] ?)?(\d+(?:\.\d+)?)"
    rf"(?:{_UNITS})?(?![\w%]|[-/:]\w|\.\d)"
)
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORD_VALUES = (
    {word: value for value, word in enumerate(_ONES)}
    | {word: 10 * value for value, word in enumerate(_TENS, 2)}
    | {"no": 0, "none": 0}
)
_IDIOMS = (
    r"(?<=\bone) (?:(?:more|another|by|after|last)\b"
    r"|(?:moment|second|minute|sec|thing)(?=[,.;:!?]|$| (?:while|please|is|to|that|before|i)\b))"
    r"|(?<=\bno)(?: (?:problem|worries|doubt|longer|one|matter|idea|trouble|need)\b|[,.;!?]|$)"
)
"""What makes "one" and "no" something else than numbers."""
_WORD = re.compile(
    rf"(?<![\w'-])(?:({'|'.join(_TENS)})[- ]({'|'.join(_ONES[1:10])})"
    rf"|({'|'.join(sorted(_WORD_VALUES, key=len, reverse=True))}))(?![\w'-])(?!{_IDIOMS})"
)

_ON = frozenset("on enabled active activated true yes".split())
_STATES = "on|off|enabled|disabled|active|inactive|activated|deactivated|true|false|yes|no"
_FILLING = "not|no longer|now|currently|still|already|all|also|both|turned|switched|set to"
_STATED = re.compile(
    rf"(?:\b(?:is|are|was|were|be|been|stays?|remains?|turned|switched|set to)|[:=])"
    rf"((?: (?:{_FILLING}))*) ({_STATES})\b(?! (?:the\b|an?\b|\d))"
)
_RIGHT_AFTER = re.compile(rf" ?((?:{_FILLING}) )?(enabled|disabled|turned on|turned off|on|off)\b")
_PARTICIPLE = re.compile(rf"\b(?:is|are|was|were)((?: (?:{_FILLING}))*) (\w+(?:ed|able))\b")
_DENIED = re.compile(r"\b(?:not|no longer|never|without|no)\b(?: \w+){0,2} ?$")


def find_moments(text: str) -> list[SpokenMoment]:
    """The days that a text names, with their times."""
    if not _DIGIT.search(text):
        return []
    return [moment for moment, _, _ in _moments(_outside_quotes(text))]


def find_numbers(text: str) -> list[SpokenNumber]:
    """The numbers that a text names in digits or in words; parts of dates, of names in quotation
    marks and of what is joined by hyphens are none."""
    plain = _outside_quotes(text)
    if _DIGIT.search(plain):
        for _, start, end in _moments(plain):
            plain = plain[:start] + " " * (end - start) + plain[end:]
    found = [
        SpokenNumber(Decimal(f"{match[1]}{match[2]}"), match.start(), match.end())
        for match in _DIGITS.finditer(plain)
    ]
    for match in _WORD.finditer(plain):
        if match[3]:
            value = _WORD_VALUES[match[3]]
        else:
            value = _WORD_VALUES[match[1]] + _WORD_VALUES[match[2]]
        found.append(SpokenNumber(Decimal(value), match.start(), match.end()))
    return sorted(found, key=lambda number: number.start)


def find_switch(text: str, noun: str) -> set[bool]:
    """What a sentence says of the thing called `noun`: that it is on, that it is off, or both.

    "encryption is on", "it has encryption enabled", "it is not encrypted" and the like.
    """
    if noun not in text and noun.rpartition(" ")[2][:6] not in text:
        return set()
    plain = text.replace("can't", "can not").replace("n't", " not")
    said = set()
    for start in _mentions(plain, noun):
        tail = plain[start + len(noun) :]
        stated = _STATED.search(tail)
        after = _RIGHT_AFTER.match(tail)
        if after is not None:
            on = after[2].rpartition(" ")[2] in ("on", "enabled")
            denied = _is_denial(after[1] or "") or bool(_DENIED.search(plain[:start]))
            said.add(on != denied)
        elif stated is not None:
            said.add((stated[2] in _ON) != _is_denial(stated[1]))
    return said or set(_participles(plain, noun))


def _mentions(text: str, noun: str) -> Iterator[int]:
    """Where a noun stands as whole words."""
    start = text.find(noun)
    while start != -1:
        end = start + len(noun)
        if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
            yield start
        start = text.find(noun, start + 1)


def _participles(text: str, noun: str) -> Iterator[bool]:
    """ "Encrypted" says of encryption that it is on."""
    stem = noun.rpartition(" ")[2][:6]
    if len(stem) < 6:
        return
    for match in _PARTICIPLE.finditer(text):
        if match[2].startswith(stem):
            yield not _is_denial(match[1])


def _is_denial(words: str) -> bool:
    return "not" in words.split() or "no longer" in words


def _outside_quotes(text: str) -> str:
    """The text with spaces for what stands in quotation marks, unless it is all digits there."""
    if '"' not in text:
        return text
    return _QUOTED.sub(
        lambda match: (
            f" {match[1]} " if not re.search(r"[a-z]{4}", match[1]) else " " * len(match[0])
        ),
        text,
    )


def _moments(text: str) -> Iterator[tuple[SpokenMoment, int, int]]:
    """Days with their times, and from where to where they stand."""
    taken: list[tuple[int, int]] = []
    for match, day, month, year in _days(text):
        start, end = match.span()
        if any(first < end and start < last for first, last in taken):
            continue
        clock = _CLOCK_AFTER.match(text, end)
        if clock is not None:
            end = clock.end()
        else:
            clock = _CLOCK_BEFORE.search(text[:start])
            start = clock.start() if clock is not None else start
        taken.append((start, end))
        said = None if clock is None else _time(clock[1], clock[2], clock[3])
        yield SpokenMoment(day, month, year, said), start, end


def _days(text: str) -> Iterator[tuple[re.Match[str], int, int, int | None]]:
    for match in _YEAR_FIRST.finditer(text):
        yield from _valid(match, match[3], int(match[2]), match[1])
    for match in _DAY_MONTH.finditer(text):
        yield from _valid(match, match[1], _MONTHS.index(match[2][:3]) + 1, match[3])
    for match in _MONTH_DAY.finditer(text):
        yield from _valid(match, match[2], _MONTHS.index(match[1][:3]) + 1, match[3])
    for match in _YEAR_LAST.finditer(text):
        first, second = int(match[1]), int(match[3])
        if match[2] == "." or first > 12 or first == second:
            yield from _valid(match, match[1], second, match[4])
        elif second > 12:
            yield from _valid(match, match[3], first, match[4])


def _valid(
    match: re.Match[str], day: str, month: int, year: str | None
) -> Iterator[tuple[re.Match[str], int, int, int | None]]:
    """The day, if there is such a day."""
    with suppress(ValueError):
        date(int(year or 2024), month, int(day))
        yield match, int(day), month, int(year) if year else None


def _time(hour: str, minute: str, half: str | None) -> time | None:
    hours = int(hour)
    if half is not None and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half == "p" else 0)
    try:
        return time(hours, int(minute))
    except ValueError:
        return None
