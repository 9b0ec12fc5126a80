"""Rows that an argument of a trial call may name, beside those that were drawn before it.

In: a tool's contract.  Out: for each argument that names a row, in the order in which they are best
drawn, SQL for the keys of rows that do not stand against any requirement that can be tried then.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from agentscaler.world.bindings import named_in
from agentscaler.world.clauses import split_clauses, table_of
from agentscaler.world.contract import Contract, Requirement
from agentscaler.world.model import Model, quote, requirement_sql, with_names

__all__ = ["Candidates"]


class Candidates:
    """The rows that a tool's arguments may name.

    Args:
        properties: of the tool's parameters.
        late: arguments that are drawn after the rows.

    Attributes:
        rows: table and key by argument that names a row; those tied to others come first.
        breakable: positions of the requirements that can be left unmet, save that a row is there.
    """

    def __init__(
        self, contract: Contract, properties: Mapping[str, Any], late: Mapping[str, str]
    ) -> None:
        self.requirements = contract.requirements
        self._properties = properties
        self.rows = self._row_arguments()
        self.late = tuple(
            name for name, query in late.items() if named_in(query) & self.rows.keys()
        )
        self.breakable = [
            position for position, one in enumerate(self.requirements) if one.condition != "TRUE"
        ]
        self._closing = self._closed()
        self._touching = self._touched(contract.effects)
        self._sql: dict[tuple[str, int | None, int | None], str] = {}

    def keys(
        self,
        model: Model,
        name: str,
        bound: Mapping[str, Any],
        broken: int | None = None,
        effect: int | None = None,
    ) -> list[Any]:
        """The keys that `name` may take.

        Args:
            bound: what the arguments drawn before it are bound to.
            broken: position of the requirement that must not be met, if one must not.
            effect: which effect must find rows to change, if one must.
        """
        sql = self._sql.get((name, broken, effect))
        if sql is None:
            sql = self._sql[name, broken, effect] = self._query(name, broken, effect)
        return [key for (key,) in model.select(sql, bound)]

    def effects(self, name: str) -> int:
        """How many effects change rows that depend on this argument alone."""
        return len(self._touching[name])

    def spoken_of(self, position: int) -> frozenset[str]:
        """The arguments that a requirement speaks of."""
        return _named(self.requirements[position])

    def is_of_whole(self, position: int, name: str) -> bool:
        """Whether a requirement speaks of an array as a whole, which a repetition may break."""
        requirement = self.requirements[position]
        return not requirement.table and name in named_in(requirement.condition)

    def _query(self, name: str, broken: int | None, effect: int | None) -> str:
        table, key = self.rows[name]
        many = self._properties[name].get("type") == "array"
        tests = []
        for position in self._closing[name]:
            requirement = self.requirements[position]
            own = requirement.argument == name
            if many and (not own or name in named_in(requirement.condition)):
                continue  # speaks of the array as a whole: tried when it is drawn
            test = requirement_sql(requirement)
            test = with_names(test, {name: "_drawn.value"})
            tests.append(f"NOT {test}" if position == broken else test)
        if effect is not None:
            drawn = "json_array(_drawn.value)" if many else "_drawn.value"
            tests.append(with_names(self._touching[name][effect], {name: drawn}))
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        source = f"(SELECT {quote(key)} AS value FROM {quote(table)}) AS _drawn"
        return f"SELECT _drawn.value FROM {source}{where}"

    def _row_arguments(self) -> dict[str, tuple[str, str]]:
        rows: dict[str, tuple[str, str]] = {}
        ties: dict[str, int] = {}
        for requirement in self.requirements:
            name = requirement.argument
            if requirement.table and name in self._properties:
                rows[name] = (requirement.table, requirement.key)
                ties[name] = ties.get(name, 0) + len(named_in(requirement.condition) - {name})
        ordered = sorted(rows, key=lambda name: -ties[name])
        return {name: rows[name] for name in ordered}

    def _closed(self) -> dict[str, list[int]]:
        """By row argument, the requirements that can be tried once it is drawn."""
        closing: dict[str, list[int]] = {name: [] for name in self.rows}
        order = list(self.rows)
        for position, requirement in enumerate(self.requirements):
            named = _named(requirement) & self.rows.keys()
            if named and not named_in(requirement.condition) & set(self.late):
                closing[max(named, key=order.index)].append(position)
        return closing

    def _touched(self, effects: Sequence[str]) -> dict[str, list[str]]:
        """By row argument, what holds where an effect that speaks of no other finds rows."""
        touching: dict[str, list[str]] = {name: [] for name in self.rows}
        for effect in effects if len(effects) > 1 else ():
            head, where, _ = split_clauses(effect)
            named = named_in(where) & self.rows.keys()
            if len(named) == 1 and not head.startswith("INSERT"):
                found = f"SELECT 1 FROM {table_of(head)} WHERE {where}"
                touching[min(named)].append(f"EXISTS ({found})")
        return touching


def _named(requirement: Requirement) -> frozenset[str]:
    own = {requirement.argument} if requirement.table else set()
    return named_in(requirement.condition) | own
