"""Initial states of a vertical: rows drawn by what its sheet says, then settled by its SQL.

Drawing gives each cell a plausible value; `settle.sql` makes the cells agree: totals add up, dates
are in order, what a status says is so.  Its statements know `:now` and use no randomness.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import apsw

from agentscaler.domain.domain import Column, Table
from agentscaler.domain.schema import by_dependency, quote, schema_sql
from agentscaler.domain.values import ValueMaker
from agentscaler.domain.verticals.sheet import ColumnSheet, Sheet, TableSheet
from agentscaler.errors import InputError
from agentscaler.world.database import create_image
from agentscaler.world.dates import register_dates
from agentscaler.world.identifiers import prefix

__all__ = ["make_state"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_CHILDLESS = 0.2
_TRIES = 40

Cell = str | int | float | None
Row = dict[str, Cell]


def make_state(
    sheet: Sheet, tables: Mapping[str, Table], settle: str, size: int, seed: str
) -> bytes:
    """An SQLite image.

    Args:
        settle: SQL statements, each ended by a semicolon.
        size: rows of a table whose sheet says nothing else.
        seed: any text; the same text gives the same bytes.

    Raises:
        InputError: a statement does not run, or the rows do not fit the schema.
    """
    drawn: dict[str, list[Row]] = {}
    maker = _Maker(seed, sheet.now)
    for table in by_dependency(tables.values()):
        given = sheet.tables[table.name]
        count = max(2, round(given.rows * size))
        if table.is_link:
            drawn[table.name] = maker.links(table, drawn, count)
        else:
            drawn[table.name] = maker.rows(table, given, drawn, count)
    return create_image(schema_sql(tables.values()), _settled(tables, drawn, settle, sheet.now))


def _settled(
    tables: Mapping[str, Table], drawn: dict[str, list[Row]], settle: str, now: str
) -> dict[str, list[Row]]:
    """The rows after the statements of `settle`, in the order of their keys."""
    connection = apsw.Connection(":memory:")
    try:
        connection.deserialize("main", create_image(schema_sql(tables.values()), drawn))
        register_dates(connection)
        try:
            connection.execute(settle, {"now": now})
        except apsw.Error as error:
            raise InputError(f"settle.sql does not run: {error}.", "Correct it.") from error
        return {
            table.name: list(_stored(connection, table)) for table in by_dependency(tables.values())
        }
    finally:
        connection.close()


def _stored(connection: apsw.Connection, table: Table) -> Iterator[Row]:
    names = [column.name for column in table.columns]
    columns = ", ".join(map(quote, names))
    order = ", ".join(map(quote, table.key))
    for row in connection.execute(f"SELECT {columns} FROM {quote(table.name)} ORDER BY {order}"):
        yield {name: _cell(value) for name, value in zip(names, row, strict=True)}


def _cell(value: object) -> Cell:
    assert value is None or isinstance(value, (str, int, float)), "a state holds no blobs"
    return value


class _Maker:
    """Draws rows from one seeded stream."""

    def __init__(self, seed: str, now: str) -> None:
        self.random = random.Random(seed)
        self.values = ValueMaker(f"{seed}/values", now)
        self.now = datetime.fromisoformat(now)

    def rows(
        self, table: Table, sheet: TableSheet, drawn: Mapping[str, Sequence[Row]], count: int
    ) -> list[Row]:
        together = list(sheet.together)
        self.random.shuffle(together)
        if together:
            count = min(count, len(together))
        statuses = self._statuses(table, sheet, count)
        taken: dict[str, set[Cell]] = {name: set() for name in {table.key[0], table.label or ""}}
        made = []
        for number in range(count):
            facts = together[number] if together else {}
            row: Row = {}
            for column in table.columns:
                if column.name in facts:
                    value = facts[column.name]
                elif column.name == table.status and statuses:
                    value = statuses[number]
                else:
                    value = self._cell(table, column, sheet.columns[column.name], drawn)
                    for _ in range(_TRIES if column.name in taken else 0):
                        if value not in taken[column.name]:
                            break
                        value = self._cell(table, column, sheet.columns[column.name], drawn)
                if column.name in taken:
                    taken[column.name].add(value)
                row[column.name] = value
            made.append(row)
        return made

    def links(self, table: Table, drawn: Mapping[str, Sequence[Row]], count: int) -> list[Row]:
        """Pairs of rows of the two tables that a link table ties together."""
        one, two = (table.by_name[name] for name in table.key)
        pairs = [
            (next(iter(left.values())), next(iter(right.values())))
            for left in drawn[one.references or ""]
            for right in drawn[two.references or ""]
        ]
        chosen = self.random.sample(pairs, min(count, len(pairs) // 2))
        return [{one.name: left, two.name: right} for left, right in sorted(chosen, key=str)]

    def _statuses(self, table: Table, sheet: TableSheet, count: int) -> list[Cell]:
        """Statuses in no order, spread as the sheet says, or evenly."""
        if table.status is None:
            return []
        values = sheet.columns[table.status].values or table.by_name[table.status].enum
        spread = [values[number % len(values)] for number in range(count)]
        self.random.shuffle(spread)
        return spread

    def _cell(
        self,
        table: Table,
        column: Column,
        sheet: ColumnSheet,
        drawn: Mapping[str, Sequence[Row]],
    ) -> Cell:
        if column.nullable and self.random.random() < sheet.missing:
            return None
        if column.references is not None:
            return self._reference(table, column, drawn)
        if sheet.values:
            return self.random.choice(sheet.values)
        if sheet.between is not None:
            return self.random.randint(*sheet.between)
        if sheet.days is not None:
            return self._moment(column, sheet.days)
        if sheet.pattern:
            return self._patterned(sheet.pattern)
        if column.name == table.key[0] and not table.natural_key:
            return f"{prefix(table.name)}-{self._letters(_ALPHABET, 8)}"
        return self.values.value(table, column)

    def _reference(self, table: Table, column: Column, drawn: Mapping[str, Sequence[Row]]) -> Cell:
        """The key of a parent; some parents stay without children, so that they can go."""
        parents = drawn.get(column.references or "", ())
        if not parents:
            return None
        used = parents[: max(1, round(len(parents) * (1 - _CHILDLESS)))]
        return next(iter(self.random.choice(used).values()))

    def _moment(self, column: Column, days: tuple[int, int]) -> str:
        day = self.now + timedelta(days=self.random.randint(*days))
        if column.type == "date":
            return day.date().isoformat()
        hour, minute = self.random.randint(8, 18), self.random.choice((0, 15, 30, 45))
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0).isoformat()

    def _patterned(self, pattern: str) -> str:
        return "".join(
            self._letters("0123456789", 1)
            if mark == "#"
            else self._letters(_LETTERS, 1)
            if mark == "@"
            else mark
            for mark in pattern
        )

    def _letters(self, alphabet: str, count: int) -> str:
        return "".join(self.random.choice(alphabet) for _ in range(count))
