"""Date arithmetic in SQL, for tools and their contracts.

SQLite's own date functions can read the machine's clock, so tools may not call them.  These take
and give ISO 8601 text only: dates ("2026-03-01") or moments ("2026-03-01T09:00:00").
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import apsw

__all__ = ["DATE_FUNCTIONS", "register_dates"]


def _parsed(text: Any) -> date | datetime | None:
    if not isinstance(text, str):
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def _shifted(text: Any, count: Any, unit: str) -> str | None:
    moment = _parsed(text)
    if moment is None or not isinstance(count, int):
        return None
    try:
        return (moment + timedelta(**{unit: count})).isoformat()
    except OverflowError:
        return None


def _add_days(text: Any, count: Any) -> str | None:
    """`text` so many days later, in the form it has; NULL where it is no date."""
    return _shifted(text, count, "days")


def _add_minutes(text: Any, count: Any) -> str | None:
    """The moment `text` so many minutes later; NULL where it is no moment."""
    return _shifted(text, count, "minutes") if isinstance(_parsed(text), datetime) else None


def _days_between(first: Any, last: Any) -> int | None:
    """Days from the day of `first` to the day of `last`; NULL where one is no date."""
    start, end = _parsed(first), _parsed(last)
    if start is None or end is None:
        return None
    return end.toordinal() - start.toordinal()


DATE_FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "add_days": (_add_days, 2),
    "add_minutes": (_add_minutes, 2),
    "days_between": (_days_between, 2),
}
"""By name: the function, and how many arguments it takes."""


def register_dates(connection: apsw.Connection) -> None:
    """Makes the date functions known to a connection."""
    for name, (function, count) in DATE_FUNCTIONS.items():
        connection.create_scalar_function(name, function, count, deterministic=True)
