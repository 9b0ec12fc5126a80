"""Which tool's result can feed which tool's parameter, within one domain."""

from collections.abc import Iterable

from agentscaler.domain.domain import DomainEdge, DomainTool, Table, ToolKind
from agentscaler.domain.source import list_columns

__all__ = ["connect"]

_SILENT = frozenset({ToolKind.DELETE, ToolKind.COUNT, ToolKind.LINK, ToolKind.UNLINK})


def connect(tools: Iterable[DomainTool], tables: dict[str, Table]) -> list[DomainEdge]:
    """Edges from producers of a table's keys to the tools that take them.

    A tool that only gives back a key it was called with produces nothing, except a create: what it
    made can be worked on next.
    """
    tools = list(tools)
    producers: dict[str, list[str]] = {}
    for tool in tools:
        for table in sorted(_gives(tool, tables)):
            producers.setdefault(table, []).append(tool.name)
    return [
        DomainEdge(producer=producer, consumer=tool.name, parameter=parameter, table=role.table)
        for tool in tools
        for parameter, role in tool.arguments.items()
        if role.kind in {"key", "reference"}
        for producer in producers.get(role.table, ())
        if producer != tool.name
    ]


def _gives(tool: DomainTool, tables: dict[str, Table]) -> set[str]:
    if tool.kind in _SILENT:
        return set()
    table = tables[tool.table]
    columns = list_columns(table) if tool.kind is ToolKind.LIST else table.columns
    given = {column.references for column in columns if column.references}
    if tool.kind in {ToolKind.LIST, ToolKind.CREATE}:
        given.add(table.name)
    taken = {role.table for role in tool.arguments.values() if role.kind in {"key", "reference"}}
    if tool.kind is ToolKind.CREATE:
        taken.discard(table.name)
    return given - taken
