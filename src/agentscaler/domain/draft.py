"""A domain before it is certified: tables and tools that belong together, from operations."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agentscaler.domain.addresses import addressed, whole
from agentscaler.domain.binding import bind_operations
from agentscaler.domain.describe import describe_tool
from agentscaler.domain.domain import Column, DomainEdge, DomainTool, Table
from agentscaler.domain.edges import connect
from agentscaler.domain.listing import with_ranges_and_order
from agentscaler.domain.lists import find_lists
from agentscaler.domain.members import with_members
from agentscaler.domain.reasons import DomainReason
from agentscaler.domain.rules import Supply, constrained, supply_rules
from agentscaler.domain.specify import specify
from agentscaler.domain.tables import derive_tables
from agentscaler.graph.operation import Operation
from agentscaler.ledger import Rejection

__all__ = ["Draft", "connected", "draft_domain", "without_tools"]


@dataclass(frozen=True)
class Draft:
    """Tools over tables, with the business rules they keep and what was turned away on the way.

    Attributes:
        told: what the API says of each tool, by the tool's origin.
    """

    tables: dict[str, Table]
    tools: tuple[DomainTool, ...]
    edges: tuple[DomainEdge, ...]
    supply: Supply
    told: dict[str, str] = field(default_factory=dict)
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
        tables, members = find_lists(tables, [*operations, *context])
        binding = bind_operations(operations, tables, members)
        touched = {tool.table for tool in binding.tools}
        unused = {resource for resource, table in tables.items() if table.name not in touched}
        if not unused:
            break
        idle |= unused
    told = {operation.tool.id: operation.tool.description for operation in operations}
    rejections = [
        Rejection(stage="domains", id=operation.tool.id, reason=reason, detail=detail)
        for operation, reason, detail in binding.refused
    ]
    tables_named = {name: constrained(table) for name, table in binding.tables.items()}
    tools = [with_ranges_and_order(tool, tables_named[tool.table]) for tool in binding.tools]
    draft = connected(tools, tables_named, told, rejections)
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
    kept = [whole(tool, draft.tables) for tool in draft.tools if tool.name not in failures]
    return connected(kept, draft.tables, draft.told, draft.rejections + rejections)


def connected(
    tools: list[DomainTool],
    tables: dict[str, Table],
    told: dict[str, str],
    rejections: list[Rejection],
) -> Draft:
    """Drops tools that no edge touches, then tables that nothing speaks of; supplies the rules."""
    edges = connect([addressed(tool, tables) for tool in tools], tables)
    touched = {edge.producer for edge in edges} | {edge.consumer for edge in edges}
    loose = [tool for tool in tools if tool.name not in touched]
    rejections = rejections + [
        Rejection(
            stage="domains", id=tool.origin, reason=DomainReason.UNCONNECTED, detail=tool.name
        )
        for tool in loose
    ]
    kept = [tool for tool in tools if tool.name in touched]
    named = _spoken_of(kept, tables)
    supply = with_members(supply_rules(named, kept), kept, named)
    ruled = tuple(_ruled(tool, named, supply, told[tool.origin]) for tool in kept)
    return Draft(named, ruled, tuple(edges), supply, told, rejections)


def _spoken_of(tools: list[DomainTool], tables: dict[str, Table]) -> dict[str, Table]:
    """The tables of tools with those that they need; only records of tools' tables have lists."""
    spoken = {tool.table for tool in tools}
    spoken |= {field.table for name in spoken for field in tables[name].lists}
    listing = set(spoken)
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
    return {
        name: tables[name] if name in listing else tables[name].model_copy(update={"lists": ()})
        for name in sorted(spoken)
    }


def _ruled(tool: DomainTool, tables: dict[str, Table], supply: Supply, told: str) -> DomainTool:
    """The tool with its contract, and words for all that it does."""
    clauses = supply.clauses.get(tool.name, ())
    more = {table for clause in clauses for table in clause.writes}
    writes = tuple(sorted({tool.table, *more})) if tool.effect == "write" else ()
    contract = specify(tool, tables, clauses)
    called = addressed(tool, tables)
    parameters = _bounded(called, tables[tool.table])
    changed = {"contract": contract, "writes": writes, "parameters": parameters}
    return describe_tool(called.model_copy(update=changed), tables, told)


def _bounded(tool: DomainTool, table: Table) -> dict[str, Any]:
    """The parameters of a tool, with the bounds of the columns whose values they take."""
    properties = dict(tool.parameters["properties"])
    for name, role in tool.arguments.items():
        column = table.by_name.get(role.column)
        if role.kind == "value" and column is not None:
            properties[name] = {**properties[name], **_bounds(column)}
        elif role.kind == "members":
            (member,) = next(one.columns for one in table.lists if one.name == role.column)
            items = {**properties[name]["items"], **_bounds(member)}
            properties[name] = {**properties[name], "items": items}
    return {**tool.parameters, "properties": properties}


def _bounds(column: Column) -> dict[str, Any]:
    bounds = {"minimum": column.minimum, "maximum": column.maximum}
    return {word: bound for word, bound in bounds.items() if bound is not None}
