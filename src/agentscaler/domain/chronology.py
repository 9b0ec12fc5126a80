"""The order of times: what is made comes before what is done with it, an owner before its rows."""

from collections.abc import Iterable, MutableMapping
from datetime import datetime, timedelta
from typing import Any

from agentscaler.domain.domain import Table

__all__ = ["made_at", "put_in_order"]

_RANKS = {
    word: rank
    for rank, words in enumerate(
        (
            "birth birthday dob",
            "created creation create registered registration joined added",
            "submitted requested received issued uploaded scheduled",
            "start starts started begin began opened activated sent",
            "end ends ended completion completed finish finished closed stopped",
            "updated update modified modification changed change last",
        )
    )
    for word in words.split()
}
_MADE = 1
_QUARTER = timedelta(minutes=15)


def put_in_order(
    table: Table, row: MutableMapping[str, Any], owners: Iterable[datetime], now: datetime
) -> None:
    """Sorts the past times of a row by what they mean, and moves them behind the making of its
    owners.

    Args:
        owners: when the rows that it refers to were made.
        now: the domain's clock; times to come stay as they are.
    """
    ranked = sorted((rank, name) for name, rank in _ranks(table).items() if row.get(name))
    past = [(name, datetime.fromisoformat(row[name])) for _, name in ranked]
    past = [(name, moment) for name, moment in past if moment < now]
    moments = sorted(moment for _, moment in past)
    earliest = max(owners, default=None)
    if moments and earliest is not None and moments[0] < earliest < now:
        moments = [_squeezed(moment, moments[0], earliest, now) for moment in moments]
    for (name, _), moment in zip(past, moments, strict=True):
        whole = table.by_name[name].type == "date"
        row[name] = moment.date().isoformat() if whole else moment.isoformat()


def made_at(table: Table, row: MutableMapping[str, Any]) -> datetime | None:
    """When a row was made, if a column tells."""
    for name, rank in _ranks(table).items():
        if rank == _MADE and row.get(name):
            return datetime.fromisoformat(row[name])
    return None


def _ranks(table: Table) -> dict[str, int]:
    """The columns that hold times with a place in a row's life."""
    found = {}
    for column in table.columns:
        if column.type in {"date", "timestamp"}:
            ranks = [_RANKS[word] for word in column.name.split("_") if word in _RANKS]
            if ranks and 0 not in ranks:
                found[column.name] = max(ranks)
    return found


def _squeezed(moment: datetime, first: datetime, earliest: datetime, now: datetime) -> datetime:
    """A moment between `first` and `now`, moved to its place between a while after `earliest` and
    `now`, on the quarter hour."""
    while_after = (now - first) / 6
    share = (moment - first + while_after) / (now - first + while_after)
    quarters = (now - earliest) * share // _QUARTER
    return earliest + quarters * _QUARTER
