"""Mutants of gold: solutions that come near it and are wrong.

A mutant is told as the writes that it makes, since reads leave nothing behind.  Kinds: a write left
out; one argument of a write wrong (rows whose names are most like the right one's, other rows, the
other values of an enum, neighbouring values, values of other rows, an optional argument left out,
two arguments of a kind changed over); a write made twice; a write of another walk on top.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from agentscaler.domain.domain import ArgumentRole, Column, Domain, DomainTool
from agentscaler.domain.schema import quote
from agentscaler.domain.worlds import Worlds
from agentscaler.task.histories import Call
from agentscaler.task.roles import single_role
from agentscaler.task.task import GoldCall

__all__ = ["Mutant", "MutantKind", "MutantMaker"]

_LIKE = 2
_OTHERS = 1
_ENUM_VALUES = 6
_EXTRAS = 2
_KEYS = frozenset({"key", "reference", "holds"})


class MutantKind(StrEnum):
    """What is wrong with a mutant."""

    DROPPED = "dropped"
    """A write is left out."""
    ROW = "row"
    """A call is about another row."""
    VALUE = "value"
    """A call has another value."""
    ABSENT = "absent"
    """An optional argument is left out."""
    SWAPPED = "swapped"
    """Two arguments that name rows of one table are changed over."""
    TWICE = "twice"
    """A write is made twice."""
    EXTRA = "extra"
    """A write of another walk is made as well."""
    BRANCH = "branch"
    """The way is gone that a condition of the wish forbids."""
    FOREIGN = "foreign"
    """The writes of another walk are made instead."""


@dataclass(frozen=True)
class Mutant:
    """Wrong writes: right ones, then what is wrong, then right ones again."""

    kind: MutantKind
    head: tuple[Call, ...]
    wrong: tuple[Call, ...]
    tail: tuple[Call, ...]

    @property
    def is_surplus(self) -> bool:
        """Whether gold is in it, with one call more."""
        return self.kind in {MutantKind.TWICE, MutantKind.EXTRA}


@dataclass(frozen=True)
class _Row:
    """A row that an argument may name: its key, and what people would mistake its name for."""

    key: Any
    pairs: frozenset[str]


@dataclass
class MutantMaker:
    """Makes mutants in one domain; what it reads of the states it keeps."""

    domain: Domain
    _rows: dict[tuple[str, str], list[_Row]] = field(default_factory=dict)
    _values: dict[tuple[str, str, str], list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._worlds = Worlds(self.domain)

    def close(self) -> None:
        """Frees the worlds that it reads of."""
        self._worlds.close()

    def of_writes(
        self, state: str, gold: Sequence[GoldCall], foreign: Sequence[Call]
    ) -> Iterator[Mutant]:
        """The mutants of gold's writes.

        Args:
            foreign: writes of other walks on the same state.
        """
        writes = [call for call in gold if call.effect == "write"]
        right = tuple((call.tool, call.arguments) for call in writes)
        for at, call in enumerate(writes):
            head, tail = right[:at], right[at + 1 :]
            yield Mutant(MutantKind.DROPPED, head, (), tail)
            for kind, wrong in self.of_call(state, call.tool, call.arguments):
                yield Mutant(kind, head, (wrong,), tail)
            yield Mutant(MutantKind.TWICE, (*head, right[at]), (right[at],), tail)
        extras = [call for call in foreign if call not in right]
        for surplus in extras[-_EXTRAS:]:
            yield Mutant(MutantKind.EXTRA, right, (surplus,), ())

    def of_call(
        self, state: str, name: str, arguments: dict[str, Any]
    ) -> Iterator[tuple[MutantKind, Call]]:
        """A call of the tool `name` with one argument wrong, in every way that is tried."""
        tool = self.domain.manifest.tool[name]
        for argument, value in sorted(arguments.items()):
            role = single_role(self.domain.manifest, tool.arguments[argument])
            kind = MutantKind.ROW if role.kind in _KEYS else MutantKind.VALUE
            for other in self._others(state, tool, argument, value):
                yield kind, (name, {**arguments, argument: other})
            if argument not in tool.parameters["required"]:
                rest = {key: given for key, given in arguments.items() if key != argument}
                yield MutantKind.ABSENT, (name, rest)
        for swapped in _swapped(tool, arguments):
            yield MutantKind.SWAPPED, (name, swapped)

    def _others(self, state: str, tool: DomainTool, name: str, value: Any) -> list[Any]:
        """Wrong values for one argument, each once."""
        role = single_role(self.domain.manifest, tool.arguments[name])
        schema = tool.parameters["properties"][name]
        if isinstance(value, list):
            return self._other_lists(state, role, schema.get("items", {}), value)
        if role.kind in _KEYS:
            return self._other_rows(state, role.table, value)
        return self._other_values(state, role, schema, value)

    def _other_lists(
        self, state: str, role: ArgumentRole, schema: dict[str, Any], values: list[Any]
    ) -> list[Any]:
        """The list with one member less, one more, and one wrong."""
        others = [values[:-1], values[1:]] if len(values) > 1 else []
        for position, value in enumerate(values):
            wrong = (
                self._other_rows(state, role.table, value)
                if role.kind in _KEYS
                else self._other_values(state, role, schema, value)
            )
            fresh = [one for one in wrong if one not in values][:1]
            others += [[*values[:position], one, *values[position + 1 :]] for one in fresh]
            others += [[*values, one] for one in fresh if position == 0]
        return others

    def _other_rows(self, state: str, table: str, key: Any) -> list[Any]:
        """Keys of other rows: those with the names most like the right row's, and one of the rest.

        A row that the task made itself is like none of them.
        """
        rows = self._rows_of(state, table)
        own = next((row.pairs for row in rows if row.key == key), frozenset())
        rest = [row for row in rows if row.key != key]
        rest.sort(key=lambda row: (-len(row.pairs & own), str(row.key)))
        like, far = rest[:_LIKE], rest[_LIKE:]
        drawn = random.Random(str(key)).sample(far, min(_OTHERS, len(far)))
        return [row.key for row in (*like, *drawn)]

    def _rows_of(self, state: str, table: str) -> list[_Row]:
        known = self._rows.get((state, table))
        if known is None:
            one = self.domain.manifest.table[table]
            key, label = one.key[0], one.label or one.key[0]
            sql = f"SELECT {quote(key)} AS key, {quote(label)} AS label FROM {quote(table)}"
            found = self._worlds.fresh(state).query(f"{sql} ORDER BY 1")
            known = [_Row(row["key"], _pairs(row["label"])) for row in found]
            self._rows[state, table] = known
        return known

    def _other_values(
        self, state: str, role: ArgumentRole, schema: dict[str, Any], value: Any
    ) -> list[Any]:
        if "enum" in schema:
            return [other for other in schema["enum"] if other != value][:_ENUM_VALUES]
        if isinstance(value, bool):
            return [not value]
        column = self.domain.manifest.table[role.table].by_name.get(role.column)
        taken = [one for one in self._values_of(state, role) if one not in (value, None)]
        drawn = random.Random(str(value)).sample(taken, min(_OTHERS, len(taken)))
        near = _near(column, value)
        return [other for other in dict.fromkeys((*near, *drawn)) if other != value]

    def _values_of(self, state: str, role: ArgumentRole) -> list[Any]:
        """The values that a column has in the state; none for what goes into no column."""
        place = (state, role.table, role.column)
        if role.column not in self.domain.manifest.table[role.table].by_name:
            return []
        if place not in self._values:
            column = quote(role.column)
            sql = f"SELECT DISTINCT {column} AS value FROM {quote(role.table)} ORDER BY 1"
            found = self._worlds.fresh(state).query(sql)
            self._values[place] = [row["value"] for row in found]
        return self._values[place]


def _near(column: Column | None, value: Any) -> list[Any]:
    """Values next to the right one, of its own form."""
    if isinstance(value, (int, float)):
        return [value + 1, value - 1]
    kind = column.type if column is not None else ""
    try:
        if kind == "date":
            return [str(date.fromisoformat(value) + timedelta(days=1))]
        if kind == "timestamp":
            return [(datetime.fromisoformat(value) + timedelta(days=1)).isoformat()]
    except ValueError:
        pass  # a text that is no date, where the tool takes any
    return [f"{value} too"]


def _swapped(tool: DomainTool, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The arguments with two of one table, or two bounds of one column, changed over."""
    by_place: dict[tuple[str, str], list[str]] = {}
    for name in sorted(arguments):
        role = tool.arguments[name]
        if role.kind in _KEYS:
            by_place.setdefault((role.kind, role.table), []).append(name)
    for names in by_place.values():
        for one, other in pairwise(names):
            if arguments[one] != arguments[other]:
                yield {**arguments, one: arguments[other], other: arguments[one]}


def _pairs(label: Any) -> frozenset[str]:
    """The pairs of neighbouring characters in a name, by which two names are alike."""
    text = str(label or "").lower()
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
