"""Initial states: rows for every table that agree with each other.

Parents come before children; statuses are spread evenly, so that every tool with a precondition
finds rows that meet it and rows that do not; some parents stay without children, so that they can
be deleted; what has not ended has no end time; nothing is done before it is made, or made before
its owner.
"""

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from agentscaler.domain.binding import is_automatic
from agentscaler.domain.chronology import made_at, put_in_order
from agentscaler.domain.domain import Column, ColumnValues, Table
from agentscaler.domain.homonyms import settle_addresses
from agentscaler.domain.meaning import is_person
from agentscaler.domain.memberships import member_rows
from agentscaler.domain.schema import by_dependency, schema_sql
from agentscaler.domain.statuses import is_over, is_passing, is_trouble
from agentscaler.domain.values import ValueMaker
from agentscaler.words import split_words
from agentscaler.world.database import create_image
from agentscaler.world.identifiers import prefix

__all__ = ["STATE_SIZES", "populate"]

STATE_SIZES = {"small": 5, "medium": 10, "large": 20}
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_CHILDLESS = 0.25
_MISSING = 0.12
_IN_USE = 0.75
"""Share of the values listed for a column that one state has."""
_GONE = frozenset({"deleted", "deletion"})
_ENDS = _GONE | frozenset("end ends ended completion completed finish finished closed".split())
_TROUBLE = frozenset("error errors failure reason fault exception".split())

Cell = str | int | float | None
Row = dict[str, Cell]


def populate(
    tables: Iterable[Table],
    size: int,
    seed: str,
    now: str,
    settle: Sequence[str] = (),
    values: Iterable[ColumnValues] = (),
) -> bytes:
    """An SQLite image with about `size` rows a table.

    Args:
        settle: statements of business rules, which make the rows agree in the end.
        seed: any text; the same text gives the same bytes.
        now: the domain's clock, ISO 8601.
        values: what some columns are made of.
    """
    ordered = by_dependency(tables)
    maker = ValueMaker(seed, now, _some(values, seed))
    named = {table.name: table for table in ordered}
    rows: dict[str, list[Row]] = {}
    for table in ordered:
        if table.part_of is not None:
            rows[table.name] = member_rows(table, named, rows, maker)
        elif table.is_link:
            rows[table.name] = _link_rows(table, rows, size, maker)
        else:
            rows[table.name] = _entity_rows(table, named, rows, size, maker)
            _date(table, rows, named, maker.now)
    return create_image(schema_sql(ordered), rows, settle)


def _some(values: Iterable[ColumnValues], seed: str) -> Iterator[ColumnValues]:
    """Most of what columns may hold; the rest is left for rows that are made later."""
    for one in values:
        rng = random.Random(f"{seed}/{one.table}.{one.column}")
        kept = rng.sample(one.values, math.ceil(len(one.values) * _IN_USE))
        yield one.model_copy(update={"values": tuple(kept)})


def _entity_rows(
    table: Table,
    tables: dict[str, Table],
    rows: dict[str, list[Row]],
    size: int,
    maker: ValueMaker,
) -> list[Row]:
    count = size + maker.random.randint(0, max(1, size // 3))
    statuses = _spread(table, count, maker)
    alone = {table.key[0], *(c.name for c in table.columns if c.unique)}
    alone |= {table.label} if table.label and not table.address else set()
    taken: dict[str, set[Cell]] = {name: set() for name in alone if name}
    addresses: dict[str, set[str]] = {c.name: set() for c in table.columns if c.unique}
    made = []
    for number in range(count):
        row: Row = {}
        for column in table.columns:
            row[column.name] = _cell(table, column, rows, maker)
            if column.name in taken:
                row[column.name] = _unique(
                    row[column.name], taken[column.name], table, column, maker
                )
        if table.status is not None:
            row[table.status] = statuses[number]
            _tell_only_what_is_so(table, row, statuses[number])
        _agree(table, row)
        _tell_apart(row, addresses)
        _share_owners(table, tables, row, rows)
        made.append(row)
    if table.address:
        settle_addresses(table, made, maker)
    return made


def _date(
    table: Table, rows: dict[str, list[Row]], tables: dict[str, Table], now: datetime
) -> None:
    """Puts the times of a table's rows in order, each row after its owners."""
    made: dict[str, dict[Cell, datetime]] = {}
    owned = {c.name: c.references for c in table.columns if c.references not in {None, table.name}}
    for owner in {name for name in owned.values() if name is not None}:
        dated = ((row, made_at(tables[owner], row)) for row in rows.get(owner, ()))
        made[owner] = {next(iter(row.values())): when for row, when in dated if when is not None}
    for row in rows[table.name]:
        whens = (made[owner or ""].get(row[column]) for column, owner in owned.items())
        put_in_order(table, row, [when for when in whens if when is not None], now)


def _share_owners(
    table: Table, tables: dict[str, Table], row: Row, rows: dict[str, list[Row]]
) -> None:
    """A row's owner belongs to the same owner as the row: a note on an issue of an app is on that
    app."""
    for column in table.columns:
        if column.references is None or row[column.name] is None:
            continue
        parents = rows[column.references]
        parent = next(one for one in parents if next(iter(one.values())) == row[column.name])
        for shared in table.columns:
            if shared.references is None or shared.name == column.name:
                continue
            owner = tables[column.references]
            held = owner.by_name.get(shared.name)
            of_same = held is not None and held.references == shared.references
            if of_same or (owner.name == shared.references and shared.name == owner.key[0]):
                row[shared.name] = parent[shared.name] or row[shared.name]


def _cell(table: Table, column: Column, rows: dict[str, list[Row]], maker: ValueMaker) -> Cell:
    if column.name == table.key[0] and not table.natural_key:
        letters = "".join(maker.random.choice(_ALPHABET) for _ in range(8))
        return f"{prefix(table.name)}-{letters}"
    if column.references is not None:
        parents = rows.get(column.references) or []
        if not parents or (column.nullable and maker.random.random() < _MISSING):
            return None
        used = parents[: max(1, round(len(parents) * (1 - _CHILDLESS)))]
        parent = maker.random.choice(used)
        return next(iter(parent.values()))
    gone = column.meaning == "moment" and not _GONE.isdisjoint(column.name.split("_"))
    if gone and column.nullable and table.status is None:
        return None  # a row that is there has not been deleted
    if (
        column.nullable
        and column.type != "boolean"
        and column.name not in {table.label, table.status}
        and not is_automatic(column)
        and maker.random.random() < _MISSING
    ):
        return None
    return maker.value(table, column)


def _unique(value: Cell, taken: set[Cell], table: Table, column: Column, maker: ValueMaker) -> Cell:
    tries = 0
    while value in taken:
        tries += 1
        value = maker.unused(table, column, taken) or maker.value(table, column)
        if tries > 20:
            listed = maker.is_listed(table, column)
            value = _numbered(value, taken) if listed else f"{value} {len(taken)}"
    taken.add(value)
    return value


def _numbered(value: Cell, taken: set[Cell]) -> Cell:
    """A name that is taken, with the first number that makes it another."""
    sign = " " if " " in str(value) else "-"
    numbers = itertools.count(2)
    return next(name for number in numbers if (name := f"{value}{sign}{number}") not in taken)


def _spread(table: Table, count: int, maker: ValueMaker) -> list[str]:
    """Statuses for `count` rows: each settled one in turn, the passing ones now and then."""
    if table.status is None:
        return []
    values = table.by_name[table.status].enum
    settled = [value for value in values if not is_passing(value)] or list(values)
    passing = [value for value in values if is_passing(value)]
    drawn = [settled[number % len(settled)] for number in range(count)]
    for number in range(len(settled) + 2, count, 5):
        if passing:
            drawn[number] = maker.random.choice(passing)
    maker.random.shuffle(drawn)
    return drawn


def _tell_only_what_is_so(table: Table, row: Row, status: str) -> None:
    """No end time before the end, no reason for a failure that did not happen."""
    for column in table.columns:
        words = set(split_words(column.name))
        ends = column.meaning == "moment" and words & _ENDS
        if (
            column.nullable
            and column.type != "boolean"
            and ((ends and not is_over(status)) or (words & _TROUBLE and not is_trouble(status)))
        ):
            row[column.name] = None


def _agree(table: Table, row: Row) -> None:
    """Makes the facts of one row agree: a person's e-mail and user name are made of the name."""
    name = row.get(table.label or "")
    if not is_person(table.noun) or not isinstance(name, str) or " " not in name:
        return
    first, *_, last = name.lower().replace("'", "").split(" ")
    for column in table.columns:
        if column.name == table.label or row.get(column.name) is None:
            continue
        if column.meaning == "email":
            row[column.name] = f"{first}.{last}@example.com"
        elif column.meaning == "username":
            row[column.name] = f"{first[0]}{last}"
        elif column.meaning in {"first_name", "last_name"}:
            row[column.name] = (first if column.meaning == "first_name" else last).capitalize()


def _tell_apart(row: Row, taken: dict[str, set[str]]) -> None:
    """Numbers addresses and user names that are made of equal names."""
    for name, values in taken.items():
        value = row[name]
        if not isinstance(value, str):
            continue
        local, at, host = value.partition("@")
        number = 2
        while value in values:
            value, number = f"{local}{number}{at}{host}", number + 1
        row[name] = value
        values.add(value)


def _link_rows(table: Table, rows: dict[str, list[Row]], size: int, maker: ValueMaker) -> list[Row]:
    one, two = (column for column in table.columns if column.references)
    left = [next(iter(row.values())) for row in rows[one.references or ""]]
    right = [next(iter(row.values())) for row in rows[two.references or ""]]
    pairs = [(a, b) for a in left for b in right]
    chosen = maker.random.sample(pairs, min(size, len(pairs) // 2))
    return [{one.name: a, two.name: b} for a, b in sorted(chosen, key=str)]
