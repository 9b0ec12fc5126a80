"""Members of lists in initial states: what each record's lists hold.

Some records hold nothing, so that they can be told from the others; keys in a list are of rows that
belong where the record belongs.
"""

from collections.abc import Mapping, Sequence

from agentscaler.domain.chronology import put_in_order
from agentscaler.domain.domain import Column, Table
from agentscaler.domain.values import ValueMaker

__all__ = ["member_rows"]

Cell = str | int | float | None
Row = dict[str, Cell]

_EMPTY = 0.2
"""Share of records that hold nothing."""
_MISSING = 0.12
_MOST_VALUES = 3
_MOST_OBJECTS = 4


def member_rows(
    table: Table, tables: Mapping[str, Table], rows: Mapping[str, list[Row]], maker: ValueMaker
) -> list[Row]:
    """The rows of a table of members, those of one record after those of another.

    Args:
        rows: of the tables that it refers to, at least.
    """
    owner = tables[table.part_of or ""]
    made: list[Row] = []
    for holder in rows[owner.name]:
        if maker.random.random() < _EMPTY:
            continue
        if len(table.columns) > 2:
            made += _objects(table, holder, rows, maker)
        else:
            made += _values(table, owner, tables, holder, rows, maker)
    return made


def _objects(
    table: Table, holder: Row, rows: Mapping[str, list[Row]], maker: ValueMaker
) -> list[Row]:
    """Numbered objects of one record."""
    own, place, *columns = table.columns
    made = []
    for number in range(maker.random.randint(1, _MOST_OBJECTS)):
        row: Row = {own.name: next(iter(holder.values())), place.name: number + 1}
        row |= {column.name: _cell(table, column, rows, maker) for column in columns}
        put_in_order(table, row, (), maker.now)
        _agree(columns, row)
        made.append(row)
    return made


def _agree(columns: Sequence[Column], row: Row) -> None:
    """Makes a person's address of the name."""
    named = next((row[column.name] for column in columns if column.meaning == "person_name"), None)
    for column in columns:
        if column.meaning == "email" and isinstance(named, str) and row[column.name] is not None:
            first, *_, last = named.lower().replace("'", "").split(" ")
            row[column.name] = f"{first}.{last}@example.com"


def _cell(table: Table, column: Column, rows: Mapping[str, list[Row]], maker: ValueMaker) -> Cell:
    missing = column.nullable and column.type != "boolean" and maker.random.random() < _MISSING
    if missing:
        return None
    if column.references is not None:
        found = rows[column.references]
        return next(iter(maker.random.choice(found).values())) if found else None
    return maker.value(table, column)


def _values(
    table: Table,
    owner: Table,
    tables: Mapping[str, Table],
    holder: Row,
    rows: Mapping[str, list[Row]],
    maker: ValueMaker,
) -> list[Row]:
    """Values, or keys of other rows, of one record; each once."""
    one, two = _ends(table, owner)
    count = maker.random.randint(1, _MOST_VALUES)
    chosen: Sequence[Cell]
    if two.references is None:
        chosen = [maker.value(table, two) for _ in range(count)]
    else:
        near = _near(owner, tables[two.references], holder, rows[two.references])
        keys = [next(iter(row.values())) for row in near]
        keys = [key for key in keys if key != next(iter(holder.values()))]
        chosen = maker.random.sample(keys, min(count, len(keys)))
    held = sorted(dict.fromkeys(chosen), key=str)
    return [
        {column.name: key if column is one else value for column in table.columns}
        for value in held
        for key in [next(iter(holder.values()))]
    ]


def _ends(table: Table, owner: Table) -> tuple[Column, Column]:
    """The column of the record that holds, and that of what it holds."""
    first, second = table.columns
    return (first, second) if first.name == owner.key[0] else (second, first)


def _near(owner: Table, other: Table, holder: Row, rows: list[Row]) -> list[Row]:
    """The rows of `other` that share their owners with a record, or all if none does."""
    shared = [
        column.name
        for column in owner.columns
        if column.references is not None
        and column.name in other.by_name
        and other.by_name[column.name].references == column.references
    ]
    near = [row for row in rows if all(row[name] == holder[name] for name in shared)]
    return near or rows
