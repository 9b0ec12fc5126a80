"""A domain before it is certified: tables and tools that belong together, from operations."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agentscaler.domain.binding import bind_operations
from agentscaler.domain.describe import describe_tool
from agentscaler.domain.domain import DomainEdge, DomainTool, Table
from agentscaler.domain.edges import connect
from agentscaler.domain.reasons import DomainReason
from agentscaler.domain.specify import specify
from agentscaler.domain.tables import derive_tables
from agentscaler.graph.operation import Operation
from agentscaler.ledger import Rejection

__all__ = ["Draft", "draft_domain", "without_tools"]


@dataclass(frozen=True)
class Draft:
    """Tools over tables, with what was turned away on the way."""

    tables: dict[str, Table]
    tools: tuple[DomainTool, ...]
    edges: tuple[DomainEdge, ...]
    rejections: list[Rejection] = field(default_factory=list)


def draft_domain(
    operations: list[Operation], context: list[Operation], borrowed: Sequence[Operation] = ()
) -> Draft:
    """Tables and tools of a community.

    Args:
        operations: the community's, of one service.
        context: others of that service that speak of the same resources.
        borrowed: operations of its other communities, to find keys with; what does not fit of
            them is no loss.
    """
    lent = {operation.tool.id for operation in borrowed}
    operations = [*operations, *borrowed]
    idle: set[str] = set()
    while True:
        tables = derive_tables(operations, context, without=idle)
        binding = bind_operations(operations, tables)
        touched = {tool.table for tool in binding.tools}
        unused = {resource for resource, table in tables.items() if table.name not in touched}
        if not unused:
            break
        idle |= unused
    described = {operation.tool.id: operation.tool.description for operation in operations}
    tools = [describe_tool(tool, binding.tables, described[tool.origin]) for tool in binding.tools]
    rejections = [
        Rejection(stage="domains", id=operation.tool.id, reason=reason, detail=detail)
        for operation, reason, detail in binding.refused
    ]
    draft = _connected(tools, binding.tables, rejections)
    return replace(draft, rejections=[one for one in draft.rejections if one.id not in lent])


def without_tools(draft: Draft, failures: dict[str, str]) -> Draft:
    """The draft less the tools that failed a check.

    Args:
        failures: what failed, by tool name.
    """
    rejections = [
        Rejection(
            stage="domains",
            id=tool.origin,
            reason=DomainReason.FAILED_CHECK,
            detail=failures[tool.name],
        )
        for tool in draft.tools
        if tool.name in failures
    ]
    kept = [tool for tool in draft.tools if tool.name not in failures]
    return _connected(kept, draft.tables, draft.rejections + rejections)


def _connected(
    tools: list[DomainTool], tables: dict[str, Table], rejections: list[Rejection]
) -> Draft:
    """Drops tools that no edge touches, then tables that nothing speaks of."""
    edges = connect(tools, tables)
    touched = {edge.producer for edge in edges} | {edge.consumer for edge in edges}
    loose = [tool for tool in tools if tool.name not in touched]
    rejections = rejections + [
        Rejection(
            stage="domains", id=tool.origin, reason=DomainReason.UNCONNECTED, detail=tool.name
        )
        for tool in loose
    ]
    kept = tuple(tool for tool in tools if tool.name in touched)
    spoken = {tool.table for tool in kept}
    while True:
        more = {
            column.references
            for name in spoken
            for column in tables[name].columns
            if column.references
        } - spoken
        if not more:
            break
        spoken |= more
    named = {name: tables[name] for name in sorted(spoken)}
    told = tuple(tool.model_copy(update={"contract": specify(tool, named)}) for tool in kept)
    return Draft(named, told, tuple(edges), rejections)
