"""Which tool's result can feed which tool's parameter, within one domain."""

from collections.abc import Iterable, Iterator

from agentscaler.domain.addresses import table_named
from agentscaler.domain.domain import Column, DomainEdge, DomainTool, Table, ToolKind
from agentscaler.domain.members import shown_lists
from agentscaler.domain.source import list_columns

__all__ = ["connect"]

_SILENT = frozenset(
    {ToolKind.DELETE, ToolKind.BATCH_DELETE, ToolKind.COUNT, ToolKind.LINK, ToolKind.UNLINK}
)


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
        DomainEdge(producer=producer, consumer=tool.name, parameter=parameter, table=table)
        for tool in tools
        for parameter, table in _takes(tool, tables)
        for producer in producers.get(table, ())
        if producer != tool.name
    ]


def _takes(tool: DomainTool, tables: dict[str, Table]) -> Iterator[tuple[str, str]]:
    """The parameters that take keys, one or several, with the tables that these are of."""
    lists = {field.name: field for field in tables[tool.table].lists}
    for parameter, role in tool.arguments.items():
        named = role.table if role.kind == "holds" else table_named(role, tables)
        if named:
            yield parameter, named
        elif role.kind == "members":
            target = lists[role.column].columns[0].references
            if target is not None:
                yield parameter, target


def _gives(tool: DomainTool, tables: dict[str, Table]) -> set[str]:
    if tool.kind in _SILENT:
        return set()
    table = tables[tool.table]
    makes = tool.kind is ToolKind.CREATE or bool(tool.contract and tool.contract.mints)
    given = {column.references for column in _shown(tool, table) if column.references}
    if makes or tool.kind is ToolKind.LIST:
        given.add(table.name)
    held = (column for field in shown_lists(tool.kind, table) for column in field.columns)
    given |= {column.references for column in held if column.references}
    taken = {target for _, target in _takes(tool, tables)}
    if makes:
        taken.discard(table.name)
    return given - taken


def _shown(tool: DomainTool, table: Table) -> Iterable[Column]:
    """The columns of its table that a tool's result shows."""
    if tool.kind is ToolKind.LIST:
        return list_columns(table)
    if tool.kind is ToolKind.ACTION:
        shown = tool.returns.get("properties", {})
        return [column for column in table.columns if column.name in shown]
    return table.columns
