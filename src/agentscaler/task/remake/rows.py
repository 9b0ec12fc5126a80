"""Which rows a wish could as well be about: others that would do, and that are told by one word.

A row is offered only if the task was executed with it, and everything that is said still holds.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from agentscaler.domain.domain import Domain, Table
from agentscaler.domain.schema import quote
from agentscaler.domain.source import list_columns
from agentscaler.task.notebook import WalkStop
from agentscaler.task.remake.free import FreeValue, is_apart, teller_of
from agentscaler.task.remake.refit import executed
from agentscaler.task.remake.words import is_telling, stands
from agentscaler.task.task import Fact, GoldCall, Provenance, Task
from agentscaler.world.world import World

__all__ = ["find_rows"]

_OFFERED = 5
_TRIED = 12
_TOLD = 3
_LONGEST = 60


def find_rows(domain: Domain, task: Task) -> list[FreeValue]:
    """The rows of a task that could be others, with these, in the order of its facts."""
    found = []
    for fact in task.facts:
        goal = teller_of(task, fact)
        if goal is None or not isinstance(fact.value, str) or fact.value != fact.said:
            continue
        place = _row_of(domain, task, fact)
        if place is None or not is_telling(fact.said) or _is_asked_about(task, fact):
            continue
        table, column, key = place
        if not is_apart(task, fact, table, table.by_name[column]):
            continue
        rows = _rows(domain, task, fact, table, column, key)
        if len(rows) > 1:
            found.append(FreeValue(fact, goal, table, table.by_name[column], None, (), rows))
    return found


def _is_asked_about(task: Task, fact: Fact) -> bool:
    """Whether a wish that tells a fact wants an answer, or tells the row by more than that."""
    return any(
        goal.answers or piece.facts != (fact.name,)
        for goal in task.goals
        for piece in goal.request
        if fact.name in piece.facts
    )


def _row_of(domain: Domain, task: Task, fact: Fact) -> tuple[Table, str, str] | None:
    """The table of the row that a fact tells, the column that it tells, and the row's key."""
    for number, call in enumerate(task.gold):
        tool = domain.manifest.tool[call.tool]
        for name, source in call.provenance.items():
            role = tool.arguments[name]
            table = domain.manifest.table.get(role.table)
            if role.kind not in ("key", "reference") or table is None or table.address:
                continue
            if source.fact == fact.name:
                return (table, table.key[0], fact.value)
            key = call.arguments[name]
            if source.fact is None and _shows(task.gold[:number], source, table, fact, key):
                return (table, table.label or "", key)
    return None


def _shows(
    before: tuple[GoldCall, ...], source: Provenance, table: Table, fact: Fact, key: Any
) -> bool:
    """Whether a key comes from a record whose name is the fact."""
    if source.call is None or table.label is None or not source.path:
        return False
    record: Any = before[source.call].result
    for step in source.path[:-1]:
        record = record[step]
    return (
        isinstance(record, dict)
        and record.get(table.label) == fact.value
        and record.get(table.key[0]) == key
    )


def _rows(
    domain: Domain, task: Task, fact: Fact, table: Table, column: str, key: str
) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The row that a fact tells and those that would do as well, by what is said of them."""
    sql = f"SELECT * FROM {quote(table.name)} ORDER BY {quote(table.key[0])}"
    with domain.world(task.state) as world:
        rows = world.query(sql)
    said = [row[column] for row in rows]
    own = [row for row in rows if row[table.key[0]] == key and row[column] == fact.value]
    if len(own) != 1 or said.count(fact.value) != 1:
        return {}  # made by the task itself, or not told by this alone
    offered: dict[str, tuple[str, Mapping[str, Any]]] = {
        fact.value: (key, _about(table, own[0], column))
    }
    for row in _others(task, rows, column, key, table):
        with domain.world(task.state) as world:
            if not _would_do(domain, task, fact, row, column, {key: row[table.key[0]]}, world):
                continue
        offered[row[column]] = (row[table.key[0]], _about(table, row, column))
        if len(offered) > _OFFERED:
            break
    return offered


def _others(
    task: Task, rows: list[dict[str, Any]], column: str, key: str, table: Table
) -> Iterator[dict[str, Any]]:
    """Rows that one word tells, and that the task does not speak of yet, from everywhere among
    them."""
    said = [row[column] for row in rows]
    texts = "\n".join((task.intent, *(f"{goal.report} {goal.confirm}" for goal in task.goals)))
    free = [
        row
        for row in rows
        if row[table.key[0]] != key
        and isinstance(row[column], str)
        and said.count(row[column]) == 1
        and is_telling(row[column])
        and not stands(row[column], texts)
        and not stands(row[table.key[0]], texts)
    ]
    yield from free[:: max(1, len(free) // _TRIED)][:_TRIED]


def _would_do(
    domain: Domain,
    task: Task,
    fact: Fact,
    row: Mapping[str, Any],
    column: str,
    moved: Mapping[str, str],
    world: World,
) -> bool:
    """Whether the task can be executed with another row, and everything that is said holds."""
    changes = {fact.name: fact.model_copy(update={"value": row[column], "said": row[column]})}
    try:
        executed(domain, task, changes, moved, world)
    except WalkStop:
        return False
    return True


def _about(table: Table, row: Mapping[str, Any], column: str) -> dict[str, Any]:
    """A few fields of a row that may help to choose."""
    fields = [
        one
        for one in list_columns(table)
        if one.name != column
        and one.name not in table.key
        and one.references is None
        and row[one.name] is not None
        and len(str(row[one.name])) <= _LONGEST
    ]
    fields.sort(key=lambda one: one.meaning == "moment")
    return {one.noun or one.name: row[one.name] for one in fields[:_TOLD]}
