"""From operations to tools: which table each one works on, what its parameters mean to it.

An operation that fits no table, or whose effect the description does not tell, is turned away with
a reason; nothing is guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agentscaler.domain.arguments import (
    Unfit,
    create_arguments,
    is_automatic,
    list_arguments,
    property_schema,
    row_arguments,
    settable,
    update_arguments,
    value_of,
)
from agentscaler.domain.batches import batch_kind, keys_argument
from agentscaler.domain.domain import (
    ArgumentRole,
    Column,
    DomainTool,
    Precondition,
    Table,
    ToolKind,
)
from agentscaler.domain.links import link_table, linked_pair
from agentscaler.domain.reasons import DomainReason
from agentscaler.domain.toolnames import tool_name
from agentscaler.domain.transitions import find_transition
from agentscaler.graph import verbs
from agentscaler.graph.operation import Operation, OperationKind

__all__ = ["Binding", "bind_operations", "is_automatic", "is_scope", "records_changes"]

Schema = dict[str, Any]

_KINDS = {
    OperationKind.CREATE: ToolKind.CREATE,
    OperationKind.GET: ToolKind.GET,
    OperationKind.LIST: ToolKind.LIST,
    OperationKind.COUNT: ToolKind.COUNT,
    OperationKind.UPDATE: ToolKind.UPDATE,
    OperationKind.DELETE: ToolKind.DELETE,
}
_TOLD_BY_ARGUMENTS = frozenset({ToolKind.LIST, ToolKind.COUNT, ToolKind.UPDATE})
"""Kinds of which a table may have several tools, if they take other arguments."""
_CHANGES = frozenset({"updated", "update", "modified"})


@dataclass
class Binding:
    """Tools made and operations turned away.

    Attributes:
        tables: those given, and the link tables that tools brought along, by name.
    """

    tools: list[DomainTool] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    refused: list[tuple[Operation, DomainReason, str]] = field(default_factory=list)


_READS = frozenset({ToolKind.GET, ToolKind.LIST, ToolKind.COUNT, ToolKind.BATCH_GET})


def records_changes(column: Column) -> bool:
    """Whether the system sets the column at every change of its row."""
    return is_automatic(column) and not _CHANGES.isdisjoint(column.name.split("_"))


def is_scope(tool: DomainTool, argument: str) -> bool:
    """Whether an argument names the owner that the tool's own row must have."""
    return tool.arguments[argument].kind == "reference" and argument in tool.parameters["required"]


def bind_operations(
    operations: list[Operation],
    tables: dict[str, Table],
    members: Mapping[str, Table] | None = None,
) -> Binding:
    """Binds every operation that fits.

    Args:
        tables: by resource.
        members: tables of the members of lists, by name.
    """
    named = {table.name: table for table in tables.values()}
    binding = Binding(tables={**named, **(members or {})})
    seen: set[tuple[Any, ...]] = set()
    names: set[str] = set()
    for operation in sorted(
        operations, key=lambda one: (one.kind is OperationKind.ACTION, one.tool.id)
    ):
        try:
            tool = _bind(operation, tables, binding)
        except Unfit as unfit:
            reason, detail = unfit.args
            binding.refused.append((operation, reason, detail))
            continue
        shape = (
            tool.kind,
            tool.table,
            tuple(sorted(tool.sets.items())),
            tuple(sorted(tool.arguments)) if tool.kind in _TOLD_BY_ARGUMENTS else (),
        )
        if tool.name in names:
            tool = tool.model_copy(update={"name": tool_name(operation, names)})
        if shape in seen or tool.name in names:
            binding.refused.append((operation, DomainReason.DUPLICATE, tool.name))
            continue
        seen.add(shape)
        names.add(tool.name)
        binding.tools.append(tool)
    return binding


def _bind(operation: Operation, tables: dict[str, Table], binding: Binding) -> DomainTool:
    pair = linked_pair(operation, tables)
    if pair is not None:
        return _bind_link(operation, tables, pair, binding)
    table = tables.get(operation.resource)
    if table is None:
        raise Unfit(DomainReason.NO_TABLE, operation.resource or operation.tool.name)
    several = batch_kind(operation, table)
    if several is not None:
        return _bind_batch(operation, several, table, tables)
    kind = _KINDS.get(operation.kind)
    if kind is None:
        return _bind_transition(operation, table, tables)
    maker = {
        ToolKind.CREATE: create_arguments,
        ToolKind.UPDATE: update_arguments,
        ToolKind.LIST: list_arguments,
        ToolKind.COUNT: list_arguments,
    }.get(kind, row_arguments)
    arguments, required = maker(operation, table, tables)
    return _tool(operation, kind, table, arguments, required, tables)


def _bind_batch(
    operation: Operation, kind: ToolKind, table: Table, tables: dict[str, Table]
) -> DomainTool:
    name, role, schema = keys_argument(table)
    tool = _tool(operation, kind, table, {name: role}, {name}, tables)
    return tool.model_copy(update={"parameters": {**tool.parameters, "properties": {name: schema}}})


def _bind_transition(operation: Operation, table: Table, tables: dict[str, Table]) -> DomainTool:
    transition = find_transition(operation.verb, table)
    if transition is None or operation.other:
        raise Unfit(DomainReason.UNKNOWN_EFFECT, operation.verb)
    arguments, required = row_arguments(operation, table, tables)
    for column in settable(operation, table):
        if column.name not in arguments and column.name not in transition.sets:
            arguments[column.name] = value_of(table, column.name)
    return _tool(
        operation,
        ToolKind.TRANSITION,
        table,
        arguments,
        required,
        tables,
        precondition=transition.precondition,
        sets=transition.sets,
    )


def _bind_link(
    operation: Operation, tables: dict[str, Table], pair: tuple[str, str], binding: Binding
) -> DomainTool:
    one, two = pair
    first, second = tables[one], tables[two]
    if any(column.references == first.name for column in second.columns) or any(
        column.references == second.name for column in first.columns
    ):
        raise Unfit(DomainReason.UNKNOWN_EFFECT, f"{one} and {two} are tied by a column already")
    made = link_table(pair, tables)
    link = binding.tables.setdefault(made.name, made)
    arguments = {
        table.key[0]: ArgumentRole(kind="key", table=table.name, column=table.key[0])
        for table in (first, second)
    }
    kind = ToolKind.LINK if operation.verb in verbs.LINK else ToolKind.UNLINK
    return _tool(operation, kind, link, arguments, set(arguments), tables)


def _tool(
    operation: Operation,
    kind: ToolKind,
    table: Table,
    arguments: dict[str, ArgumentRole],
    required: set[str],
    tables: dict[str, Table],
    *,
    precondition: Precondition | None = None,
    sets: dict[str, str | int] | None = None,
) -> DomainTool:
    by_name = {one.name: one for one in tables.values()} | {table.name: table}
    ordered = sorted(arguments, key=lambda name: name not in required)
    properties = {name: property_schema(arguments[name], by_name, table) for name in ordered}
    effect = "read" if kind in _READS else "write"
    return DomainTool(
        name=tool_name(operation, ()),
        description="",
        parameters={
            "type": "object",
            "properties": properties,
            "required": [name for name in ordered if name in required],
            "additionalProperties": False,
        },
        returns={},
        effect=effect,
        writes=(table.name,) if effect == "write" else (),
        kind=kind,
        table=table.name,
        arguments={name: arguments[name] for name in ordered},
        precondition=precondition,
        sets=sets or {},
        origin=operation.tool.id,
        licence=operation.tool.licence,
    )
