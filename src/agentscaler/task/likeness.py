"""Rows that are listed together, and how many of them look alike."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.source import list_columns

__all__ = ["alike", "asked_of", "finder_of", "same_owners", "shown_columns", "told_apart"]


def asked_of(finder: DomainTool | None, table: Table) -> tuple[Column, ...]:
    """The columns of a row whose values its finder must be given."""
    if finder is None:
        return ()
    roles = [finder.arguments[name] for name in finder.parameters["required"]]
    return tuple(table.by_name[role.column] for role in roles if role.kind == "filter")


def finder_of(tools: Sequence[DomainTool], table: Table, row: dict[str, Any]) -> DomainTool | None:
    """The list tool that shows the row for the least that it needs to know."""
    lists = [
        tool
        for tool in tools
        if tool.kind is ToolKind.LIST
        and tool.table == table.name
        and all(
            role.kind in {"reference", "filter"} and row[role.column] is not None
            for role in map(tool.arguments.__getitem__, tool.parameters["required"])
        )
    ]
    return min(lists, key=lambda tool: (len(tool.parameters["required"]), tool.name), default=None)


def same_owners(finder: DomainTool, one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether one call of a list tool shows both rows."""
    columns = [finder.arguments[name].column for name in finder.parameters["required"]]
    return all(one[column] == other[column] for column in columns)


def alike(columns: tuple[Column, ...], row: dict[str, Any], among: list[dict[str, Any]]) -> int:
    """How many rows have the values that `row` has in `columns`."""
    return sum(all(one[c.name] == row[c.name] for c in columns) for one in among)


def told_apart(
    table: Table, row: dict[str, Any], rows: list[dict[str, Any]], finder: DomainTool | None
) -> tuple[tuple[Column, ...], bool] | None:
    """Columns whose values single out a row, and whether they do so alone; None if none do.

    They do alone where no other one of `rows` has the same values; else no other row that the
    finder lists for the same owners has them.
    """
    near = [one for one in rows if same_owners(finder, one, row)] if finder else []
    for columns in _descriptors(table, row, finder):
        counts = [alike(columns, row, among) for among in (rows, near)]
        if 1 in counts:
            return columns, counts[0] == 1
    return None


def _descriptors(
    table: Table, row: dict[str, Any], finder: DomainTool | None
) -> Iterator[tuple[Column, ...]]:
    """Columns by which people may call a row, what its finder must be given among them."""
    asked = asked_of(finder, table)
    if asked:
        yield asked
    if table.label is not None and row[table.label] is not None:
        yield (table.by_name[table.label], *asked)
    telling = [
        column
        for column in list_columns(table)
        if column.references is None
        and column.name not in table.key
        and column.name != table.label
        and column.type != "boolean"
        and column.meaning not in {"sentence", "url", "text", "path"}
        and row[column.name] is not None
        and column not in asked
    ]
    telling.sort(key=lambda column: column.meaning != "moment")
    yield from ((*asked, column) for column in telling)
    yield from ((*asked, *pair) for pair in combinations(telling, 2))


def shown_columns(tool: DomainTool) -> set[str]:
    """The columns that a list tool shows of each row."""
    fields = tool.returns.get("properties", {}).values()
    lists = [one for one in fields if one.get("type") == "array"]
    return set(lists[0]["items"]["properties"]) if lists else set()
