"""Arguments that a tool accepts, read off its contract in the state as it is.

`Grounder.ground` chooses row after row and value after value, and holds each requirement against
them as soon as it knows all that the requirement speaks of.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import orjson

from agentscaler.domain.domain import DomainTool, Table
from agentscaler.domain.schema import quote
from agentscaler.domain.values import ValueMaker
from agentscaler.world.bindings import named_in, positional
from agentscaler.world.contract import Requirement

__all__ = ["Grounder", "Rows"]

_WIDTH = 8
_BUDGET = 150
_DRAWN = 6
_OPTIONAL = 0.5


class Rows(Protocol):
    """Whatever answers queries, as a world does."""

    def query(self, sql: str, *values: Any) -> list[dict[str, Any]]: ...


class Grounder:
    """Finds arguments in one state.

    Args:
        now: the clock of the domain.
        fits: whether a row may be chosen for an argument; None lets every row be chosen.
    """

    def __init__(
        self,
        rows: Rows,
        tables: Mapping[str, Table],
        rng: random.Random,
        values: ValueMaker,
        now: str,
        fits: Callable[[str, Table, dict[str, Any]], bool] | None = None,
    ) -> None:
        self._rows = rows
        self._tables = tables
        self._random = rng
        self._values = values
        self._now = now
        self._fits = fits
        self._left = 0

    def ground(
        self, tool: DomainTool, fixed: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """Arguments by name, with which `tool` accepts the call; None where none were found.

        Args:
            fixed: arguments that are settled already.
        """
        assert tool.contract is not None
        self._left = _BUDGET
        required = tool.parameters["required"]
        chosen = [
            name
            for name in tool.arguments
            if name in required or name in (fixed or {}) or self._random.random() < _OPTIONAL
        ]
        known = {name: None for name in tool.arguments if name not in chosen}
        return self._extend(tool, chosen, known, fixed or {})

    def _extend(
        self,
        tool: DomainTool,
        names: Sequence[str],
        known: dict[str, Any],
        fixed: Mapping[str, Any],
    ) -> dict[str, Any] | None:
        if not names:
            given = {name: value for name, value in known.items() if value is not None}
            return {name: given[name] for name in tool.arguments if name in given}
        name = names[0]
        candidates = [fixed[name]] if name in fixed else self._candidates(tool, name, known)
        for value in candidates:
            extended = {**known, name: value}
            self._left -= 1
            if self._left < 0:
                return None
            if not self._holds(tool, name, extended):
                continue
            whole = self._extend(tool, names[1:], extended, fixed)
            if whole is not None:
                return whole
        return None

    def _candidates(self, tool: DomainTool, name: str, known: dict[str, Any]) -> list[Any]:
        """A few values for an argument, in no order."""
        role = tool.arguments[name]
        schema = tool.parameters["properties"][name]
        if tool.ask is not None and name in tool.ask.draws:
            sql = tool.ask.draws[name]
            found = [next(iter(row.values())) for row in self._query(sql, known)]
            found = [bool(value) for value in found] if schema["type"] == "boolean" else found
        elif role.kind in {"key", "reference"}:
            found = self._keys(tool, name, known)
        elif schema["type"] == "boolean":
            found = [True, False]
        elif "enum" in schema:
            found = list(schema["enum"])
        else:
            found = self._drawn(tool, name, schema)
        found = [value for value in dict.fromkeys(found) if value is not None]
        return self._random.sample(found, min(_WIDTH, len(found)))

    def _keys(self, tool: DomainTool, name: str, known: dict[str, Any]) -> list[Any]:
        """Keys of the rows that meet what is required of this row alone."""
        assert tool.contract is not None
        table = self._tables[tool.arguments[name].table]
        conditions = [
            one.condition
            for one in tool.contract.requirements
            if one.argument == name and self._is_known(one, known)
        ]
        where = " AND ".join(f"({condition})" for condition in conditions) or "TRUE"
        key = table.key[0]
        sql = f"SELECT * FROM {quote(table.name)} WHERE {where} ORDER BY {quote(key)}"
        rows = self._query(sql, known)
        return [row[key] for row in rows if self._fits is None or self._fits(name, table, row)]

    def _drawn(self, tool: DomainTool, name: str, schema: Mapping[str, Any]) -> list[Any]:
        role = tool.arguments[name]
        column = self._tables[role.table].by_name.get(role.column)
        if column is None:
            least = schema.get("minimum", 1)
            return list(range(least, schema.get("maximum", least + 5) + 1))
        table = self._tables[role.table]
        return [self._values.value(table, column) for _ in range(_DRAWN)]

    def _holds(self, tool: DomainTool, name: str, known: dict[str, Any]) -> bool:
        """Whether every requirement that speaks of `name`, and of what is known, is met."""
        assert tool.contract is not None
        return all(
            self._is_met(one, known)
            for one in tool.contract.requirements
            if self._speaks_of(one, name) and self._is_known(one, known)
        )

    @staticmethod
    def _speaks_of(requirement: Requirement, name: str) -> bool:
        return requirement.argument == name or name in named_in(requirement.condition)

    @staticmethod
    def _is_known(requirement: Requirement, known: Mapping[str, Any]) -> bool:
        return named_in(requirement.condition) <= {*known, "_now"}

    def _is_met(self, requirement: Requirement, known: Mapping[str, Any]) -> bool:
        if not requirement.table:
            return bool(self._query(f"SELECT 1 WHERE {requirement.condition}", known))
        if requirement.argument not in known:
            return True
        if known[requirement.argument] is None:
            return True
        sql = (
            f"SELECT 1 FROM {quote(requirement.table)}"
            f" WHERE {quote(requirement.key)} = :{requirement.argument}"
            f" AND ({requirement.condition})"
        )
        return bool(self._query(sql, known))

    def _query(self, sql: str, known: Mapping[str, Any]) -> list[dict[str, Any]]:
        values = {**known, "_now": self._now}
        lists = {name: orjson.dumps(one).decode() for name, one in _arrays(values.items())}
        return self._rows.query(*_flat(positional(sql, {**values, **lists})))


def _arrays(items: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, list[Any]]]:
    return ((name, value) for name, value in items if isinstance(value, list))


def _flat(bound: tuple[str, tuple[Any, ...]]) -> tuple[Any, ...]:
    return bound[0], *bound[1]
