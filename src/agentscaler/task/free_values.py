"""What a fresh instance of a task must not share with it: ids, names, dates and texts.

In: a domain and a task of it, or the calls of one.  Out: the values that another state has others
of, each with its table and column.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from agentscaler.domain.domain import Domain, DomainTool, Table
from agentscaler.task.roles import single_role
from agentscaler.task.task import Attempt, Goal, GoldCall
from agentscaler.words import singular

__all__ = ["Value", "free_values"]

_FREE_ROLES = frozenset(
    {"key", "reference", "holds", "address", "value", "filter", "least", "most"}
)

Value = tuple[str, str, str]
"""A table, a column of it, and a value."""


def free_values(domain: Domain, gold: Sequence[GoldCall], goals: Iterable[Goal] = ()) -> set[Value]:
    """The ids, names, dates and texts in a solution: what its arguments hold that is not one of a
    list of values, and the keys in its results, each with its table and column.

    The key of a new row comes of what the call says of it; where that is nothing free, it is the
    same in every state.

    Args:
        goals: the wishes; of those that cannot be fulfilled, what is tried in vain counts too.
    """
    manifest = domain.manifest
    keys = {table.key[0]: table.name for table in manifest.tables if not table.is_link}
    values: set[Value] = set()
    fixed: set[str] = set()
    for call in gold:
        tool = manifest.tool[call.tool]
        given = set(_given(domain, tool, call.arguments))
        shown = {(keys[name], name, value) for name, value in _keys_in(call.result, keys)}
        if call.effect == "write" and not given:
            fixed |= {value for *_, value in shown}
        values |= given | shown
    for goal in goals:
        if goal.refusal is not None:
            for attempt in (*goal.refusal.attempts, *goal.refusal.fulfilments):
                values |= set(_tried(domain, attempt))
    return {one for one in values if one[2] not in fixed}


def _given(domain: Domain, tool: DomainTool, arguments: dict[str, Any]) -> Iterator[Value]:
    """What the arguments of a call hold."""
    manifest = domain.manifest
    for name, value in arguments.items():
        role = single_role(manifest, tool.arguments[name])
        schema = tool.parameters["properties"][name]
        column = role.column
        if role.kind in {"key", "reference", "holds"}:
            column = manifest.table[role.table].key[0]
        if role.kind in _FREE_ROLES and "enum" not in {*schema, *schema.get("items", ())}:
            members = value if isinstance(value, list) else [value]
            yield from ((role.table, column, one) for one in members if isinstance(one, str))


def _tried(domain: Domain, attempt: Attempt) -> Iterator[Value]:
    """What a call holds that was tried; one of a tool that there is not names columns."""
    tool = domain.manifest.tool.get(attempt.tool)
    if tool is not None:
        yield from _given(domain, tool, attempt.arguments)
        return
    table = next((one for one in domain.manifest.tables if _is_about(one, attempt)), None)
    if table is None:
        return
    for name, value in attempt.arguments.items():
        if isinstance(value, str) and not table.by_name[name].enum:
            yield table.name, name, value


def _is_about(table: Table, attempt: Attempt) -> bool:
    """Whether a tool that there is not would work on a table."""
    named = f"_{singular(table.name)}" in attempt.tool
    return named and table.by_name.keys() >= attempt.arguments.keys()


def _keys_in(result: Any, keys: Container[str]) -> Iterator[tuple[str, str]]:
    """The keys of rows in a result, with their columns."""
    if isinstance(result, dict):
        for name, value in result.items():
            if name in keys and isinstance(value, str):
                yield name, value
            else:
                yield from _keys_in(value, keys)
    elif isinstance(result, list):
        for inner in result:
            yield from _keys_in(inner, keys)
