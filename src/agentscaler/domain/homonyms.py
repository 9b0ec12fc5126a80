"""Names that several owners have in an initial state, so that the owner matters."""

from collections.abc import Sequence

from agentscaler.domain.domain import Table
from agentscaler.domain.values import ValueMaker

__all__ = ["settle_addresses"]

Cell = str | int | float | None
Row = dict[str, Cell]

_SHARED = 0.4
"""Share of rows that have the name of a row of another owner."""
_ROWS_AN_OWNER = 3
"""Of owners that are no rows of a table."""


def settle_addresses(table: Table, rows: Sequence[Row], maker: ValueMaker) -> None:
    """Gives rows names that hold within their owners, some of them twice, and keys made of both."""
    owner, name = table.address
    if table.by_name[owner].references is None:
        few = [row[owner] for row in rows[: max(2, len(rows) // _ROWS_AN_OWNER)]]
        for row in rows:
            row[owner] = maker.random.choice(few)
    taken: set[tuple[Cell, Cell]] = set()
    for number, row in enumerate(rows):
        others = [one[name] for one in rows[:number] if (row[owner], one[name]) not in taken]
        if others and maker.random.random() < _SHARED:
            row[name] = maker.random.choice(others)
        base, count = row[name], 2
        while (row[owner], row[name]) in taken:
            row[name], count = f"{base}-{count}", count + 1
        taken.add((row[owner], row[name]))
        row[table.key[0]] = f"{row[owner]}/{row[name]}"
