"""Days as people speak of them from where they stand: "yesterday", "last week", "in March".

In: a day and today.  Out: the ways to speak of it, each with the days that it covers however it is
understood: a week may begin on a Sunday or on a Monday, and "last month" may mean the last few
weeks.  A day that is spoken of lies in `surely`; nothing else that could be meant may lie in
`perhaps`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["RelativeDay", "Span", "relative_days"]

Span = tuple[date, date]
"""A first and a last day, both of them in it."""

_DAY = timedelta(days=1)
_NEAR = 6
"""Days up to which a bare weekday is the next or the last one of its name."""
_LAST = 7
"""The greatest distance in months at which a bare month needs no year."""


@dataclass(frozen=True)
class RelativeDay:
    """A way to speak of a day.

    Attributes:
        said: to stand behind what happened ("last week", "on Tuesday", "in March").
        bare: the same without its preposition, to stand behind one ("from March").
        surely: days that it covers in every reading.
        perhaps: days that it covers in some reading.
    """

    said: str
    bare: str
    surely: Span
    perhaps: tuple[Span, ...]


def relative_days(day: date, today: date) -> Iterator[RelativeDay]:
    """The ways to speak of a day that is `surely` covered by them, the narrowest first."""
    ways = _past(day, today) if day <= today else _future(day, today)
    for way in ways:
        first, last = way.surely
        if first <= day <= last:
            yield way


def _past(day: date, today: date) -> Iterator[RelativeDay]:
    monday = today - _DAY * today.weekday()
    if day == today:
        yield _plain("today", (today, today))
    if day == today - _DAY:
        yield _plain("yesterday", (day, day))
    if 2 <= (today - day).days <= _NEAR:
        yield _weekday(day, -7 * _DAY)
    yield _plain("earlier this week", (monday, today - 2 * _DAY), (monday - _DAY, today))
    last = monday - 7 * _DAY
    yield _plain("last week", (last, last + 5 * _DAY), (last - _DAY, today))
    first = today.replace(day=1)
    yield _plain("earlier this month", (first, last - 2 * _DAY), (first, today))
    before = _month(first - _DAY)
    yield _plain("last month", before, (before[0], today))
    if _months(day, today) in range(-_LAST, 0):
        yield _in_month(day)
    new_year = today.replace(month=1, day=1)
    past = ((new_year - _DAY).replace(month=1, day=1), new_year - _DAY)
    yield _plain("last year", past, (past[0], today))
    if day.year < today.year - 1:
        yield _in_year(day)


def _future(day: date, today: date) -> Iterator[RelativeDay]:
    monday = today - _DAY * today.weekday()
    if day == today + _DAY:
        yield _plain("tomorrow", (day, day))
    if 2 <= (day - today).days <= _NEAR:
        yield _weekday(day, 7 * _DAY)
    after = monday + 7 * _DAY
    yield _plain("next week", (after, after + 5 * _DAY), (today + _DAY, after + 13 * _DAY))
    _, end = _month(today)
    following = _month(end + _DAY)
    yield _plain("next month", following, (today + _DAY, following[1]))
    if _months(day, today) in range(1, _LAST + 1):
        yield _in_month(day)
    year = (date(today.year + 1, 1, 1), date(today.year + 1, 12, 31))
    yield _plain("next year", year, (today + _DAY, year[1]))
    if day.year > today.year + 1:
        yield _in_year(day)


def _plain(said: str, surely: Span, perhaps: Span | None = None) -> RelativeDay:
    return RelativeDay(said, said, surely, (perhaps or surely,))


def _weekday(day: date, further: timedelta) -> RelativeDay:
    """The one nearest to today; the one a week further may be meant as well."""
    other = day + further
    return RelativeDay(f"on {day:%A}", f"{day:%A}", (day, day), ((day, day), (other, other)))


def _in_month(day: date) -> RelativeDay:
    """The month, and the months of its name in the years beside."""
    within = _month(day)
    others = [_month(date(day.year + years, day.month, 1)) for years in (-1, 1)]
    return RelativeDay(f"in {day:%B}", f"{day:%B}", within, (within, *others))


def _in_year(day: date) -> RelativeDay:
    year = (date(day.year, 1, 1), date(day.year, 12, 31))
    return RelativeDay(f"in {day.year}", f"{day.year}", year, (year,))


def _month(day: date) -> Span:
    """The month that a day lies in."""
    following = (day.replace(day=1) + 32 * _DAY).replace(day=1)
    return day.replace(day=1), following - _DAY


def _months(day: date, today: date) -> int:
    """How many months lie between two days' months; negative for the past."""
    return 12 * (day.year - today.year) + day.month - today.month
