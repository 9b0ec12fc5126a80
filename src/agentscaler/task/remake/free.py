"""What is free in a task: values that could as well be others, as the rules only drew them.

A value is free if it is all the same to everything but the writes that store it and the words that
tell it: what a new thing is called, what a description says, which of the allowed types it has.
What singles out a row, bounds a list or decides a branch is not free.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from agentscaler.domain.domain import Column, Domain, Table
from agentscaler.domain.schema import quote
from agentscaler.task.remake.words import is_telling, occurrences, stands
from agentscaler.task.task import Fact, Task
from agentscaler.world.world import World

__all__ = ["FreeValue", "find_free", "is_apart", "teller_of"]

_OPAQUE = frozenset(
    "arn cidr code email hash id ip_address key path phone reference schedule secret token uri url"
    " username zone".split()
)
"""Meanings whose values have a form of their own that no story changes."""


@dataclass(frozen=True)
class FreeValue:
    """A value that may be chosen anew.

    Attributes:
        goal: index of the first wish that tells it.
        now: what its place holds before, of a row that is changed; else None.
        values: all values of the column in the state, in order.
        rows: where the value says which row a wish is about: the rows that would do as well, and
            that one, by what is said of them; each with its key and what may help to choose.
    """

    fact: Fact
    goal: int
    table: Table
    column: Column
    now: Any
    values: tuple[Any, ...]
    rows: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def is_single(self) -> bool:
        """Whether no two rows may share a value."""
        column, table = self.column, self.table
        return column.unique or column.name in (table.label, *table.key)


def find_free(domain: Domain, task: Task) -> list[FreeValue]:
    """The free values of a task, in the order of its facts."""
    uses = _uses(domain, task)
    found = []
    with domain.world(task.state) as world:
        for fact in task.facts:
            goal = teller_of(task, fact)
            places = uses.get(fact.name, [])
            if goal is None or not places or places[0] is None:
                continue
            table, column = places[0]
            if any(one != (table, column) for one in places) or not _may_vary(column):
                continue
            if is_apart(task, fact, table, column):
                found.append((fact, goal, table, column, _values(world, table, column)))
        now = _values_now(domain, task, world)
    free = [
        FreeValue(fact, goal, table, column, _other(now.get(fact.name), fact.value), values)
        for fact, goal, table, column, values in found
    ]
    return [
        one
        for one in free
        if not one.column.enum or set(one.column.enum) - {one.now, one.fact.value}
    ]


def _other(value: Any, draft: Any) -> Any:
    """A value, unless it is the draft's, which a write that adds to it may well hold."""
    return None if value == draft else value


def _values(world: World, table: Table, column: Column) -> tuple[Any, ...]:
    """The values of a column, in their order."""
    name = quote(column.name)
    sql = f"SELECT DISTINCT {name} AS value FROM {quote(table.name)}"
    return tuple(row["value"] for row in world.query(f"{sql} WHERE {name} IS NOT NULL ORDER BY 1"))


def _values_now(domain: Domain, task: Task, world: World) -> dict[str, Any]:
    """By fact, what its place holds when gold comes to change it; gold is played for that."""
    held: dict[str, Any] = {}
    for call in task.gold:
        tool = domain.manifest.tool[call.tool]
        for parameter, source in call.provenance.items():
            role = tool.arguments[parameter]
            table = domain.manifest.table.get(role.table)
            if source.fact is None or role.kind != "value" or table is None:
                continue
            key = call.arguments.get(table.key[0])
            if isinstance(key, str) and role.column in table.by_name:
                sql = (
                    f"SELECT {quote(role.column)} AS value FROM {quote(table.name)}"
                    f" WHERE {quote(table.key[0])} = ?"
                )
                held[source.fact] = next((one["value"] for one in world.query(sql, key)), None)
        world.call(call.tool, call.arguments)
    return held


def _uses(domain: Domain, task: Task) -> dict[str, list[tuple[Table, Column] | None]]:
    """By fact, the columns into which writes put it; None for any other use of it.

    To name a row that the task made itself is no other use.
    """
    manifest = domain.manifest
    uses: dict[str, list[tuple[Table, Column] | None]] = defaultdict(list)
    for call in task.gold:
        for parameter, source in call.provenance.items():
            role = manifest.tool[call.tool].arguments[parameter]
            table = manifest.table.get(role.table)
            column = table.by_name.get(role.column) if table is not None else None
            for single in source.singles():
                if single.fact is None:
                    continue
                here = None
                if source.origin == "user" and table is not None and column is not None:
                    here = (table, column) if role.kind == "value" else None
                    again = role.kind in ("key", "reference") and uses[single.fact]
                    if again and uses[single.fact][0] == (table, table.by_name[table.key[0]]):
                        here = uses[single.fact][0]
                stored = call.effect == "write" or uses[single.fact]
                uses[single.fact].append(here if stored else None)
    return uses


def teller_of(task: Task, fact: Fact) -> int | None:
    """The first wish that tells a fact; None where a wish with conditions or without hope does."""
    tellers = [
        number
        for number, goal in enumerate(task.goals)
        if any(fact.name in piece.facts for piece in goal.request)
    ]
    held = any(
        stands(fact.said, orjson.dumps(part.model_dump()).decode())
        for goal in task.goals
        for part in (goal.branch, goal.refusal)
        if part is not None
    )
    special = any(task.goals[one].branch or task.goals[one].refusal for one in tellers)
    return tellers[0] if tellers and not held and not special else None


def _may_vary(column: Column) -> bool:
    return (
        column.type != "boolean"
        and column.references is None
        and column.meaning not in _OPAQUE
        and len(column.enum) != 1
    )


def is_apart(task: Task, fact: Fact, table: Table, column: Column) -> bool:
    """Whether the words for a fact stand for nothing else, so that others can take their place."""
    said = fact.said
    if any(
        other.name != fact.name and (stands(said, other.said) or stands(other.said, said))
        for other in task.facts
    ):
        return False
    tellers = [goal for goal in task.goals if any(fact.name in one.facts for one in goal.request)]
    for goal in tellers:
        pieces = [one for one in goal.request if fact.name in one.facts]
        if any(len(occurrences(said, one.text)) != 1 for one in pieces):
            return False
    if is_telling(said):
        return True
    if len(tellers) > 1 or column.name in (table.label, *table.key):
        return False
    (goal,) = tellers
    rest = [one.text for one in goal.request if fact.name not in one.facts]
    answers = [text for one in task.goals for answer in one.answers for text in answer.said]
    return (
        not any(stands(said, text) for text in (*rest, *answers))
        and len(occurrences(said, goal.report)) <= 1
        and len(occurrences(said, goal.confirm)) <= 1
    )
