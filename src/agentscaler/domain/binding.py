"""From operations to tools: which table each one works on, what its parameters mean to it.

An operation that fits no table, or whose effect the description does not tell, is turned away with
a reason; nothing is guessed.
"""

from dataclasses import dataclass, field
from typing import Any

from agentscaler.corpus.words import plural, snake, split_words
from agentscaler.domain.domain import (
    ArgumentRole,
    Column,
    DomainTool,
    Precondition,
    Table,
    ToolKind,
)
from agentscaler.domain.fields import field_name, request_properties
from agentscaler.domain.reasons import DomainReason
from agentscaler.domain.tables import owner_of, reference_column, table_name
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
_JSON_TYPES = {"integer": "integer", "real": "number", "boolean": "boolean"}
_MAX_VALUES = 8
_AUTOMATIC = frozenset("create created creation update updated modified modify".split())
_CHANGES = frozenset({"updated", "update", "modified"})
_RESERVED_TOOLS = frozenset({"reset", "step", "state", "close", "get_reward", "verify", "done"})


class _Unfit(Exception):
    """An operation cannot become a tool: (reason, detail)."""


@dataclass
class Binding:
    """Tools made and operations turned away.

    Attributes:
        tables: those given, and the link tables that tools brought along, by name.
    """

    tools: list[DomainTool] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    refused: list[tuple[Operation, DomainReason, str]] = field(default_factory=list)


def is_automatic(column: Column) -> bool:
    """Whether the system itself keeps the column, as it does a creation time."""
    words = column.name.split("_")
    return column.meaning == "moment" and any(word in _AUTOMATIC for word in words)


def records_changes(column: Column) -> bool:
    """Whether the system sets the column at every change of its row."""
    return is_automatic(column) and not _CHANGES.isdisjoint(column.name.split("_"))


def is_scope(tool: DomainTool, argument: str) -> bool:
    """Whether an argument names the owner that the tool's own row must have."""
    return tool.arguments[argument].kind == "reference" and argument in tool.parameters["required"]


def bind_operations(operations: list[Operation], tables: dict[str, Table]) -> Binding:
    """Binds every operation that fits.

    Args:
        tables: by resource.
    """
    binding = Binding(tables={table.name: table for table in tables.values()})
    seen: set[tuple[Any, ...]] = set()
    names: set[str] = set()
    for operation in sorted(
        operations, key=lambda one: (one.kind is OperationKind.ACTION, one.tool.id)
    ):
        try:
            tool = _bind(operation, tables, binding)
        except _Unfit as unfit:
            reason, detail = unfit.args
            binding.refused.append((operation, reason, detail))
            continue
        shape = (
            tool.kind,
            tool.table,
            tuple(sorted(tool.sets.items())),
            tuple(sorted(tool.arguments)) if tool.kind in _TOLD_BY_ARGUMENTS else (),
        )
        if shape in seen or tool.name in names:
            binding.refused.append((operation, DomainReason.DUPLICATE, tool.name))
            continue
        seen.add(shape)
        names.add(tool.name)
        binding.tools.append(tool)
    return binding


def _bind(operation: Operation, tables: dict[str, Table], binding: Binding) -> DomainTool:
    if operation.verb.startswith(("batch_", "bulk_", "async_")):
        raise _Unfit(DomainReason.BATCH, operation.verb)
    if operation.verb in verbs.LINK | verbs.UNLINK:
        pair = _pair(operation, tables)
        if pair is not None:
            return _bind_link(operation, tables, pair, binding)
    table = tables.get(operation.resource)
    if table is None:
        raise _Unfit(DomainReason.NO_TABLE, operation.resource or operation.tool.name)
    kind = _KINDS.get(operation.kind)
    if kind is None:
        return _bind_transition(operation, table, tables)
    maker = {
        ToolKind.CREATE: _create_arguments,
        ToolKind.UPDATE: _update_arguments,
        ToolKind.LIST: _list_arguments,
        ToolKind.COUNT: _list_arguments,
    }.get(kind, _row_arguments)
    arguments, required = maker(operation, table, tables)
    return _tool(operation, kind, table, arguments, required, tables)


def _key_argument(operation: Operation, table: Table) -> tuple[dict[str, ArgumentRole], set[str]]:
    """The key of the row a tool works on; a tool without any is turned away."""
    asked = [
        needed
        for needed in operation.requires
        if needed.resource == operation.resource or table.name == table_name(needed.resource)
    ]
    if not asked:
        raise _Unfit(
            DomainReason.NO_KEY, ", ".join(request_properties(operation)) or "no parameters"
        )
    (key,) = table.key
    return {key: ArgumentRole(kind="key", table=table.name, column=key)}, {key}


def _references(
    operation: Operation, table: Table, tables: dict[str, Table]
) -> dict[str, tuple[ArgumentRole, bool]]:
    """Foreign keys of `table` that the operation speaks of, and whether it demands them."""
    asked = dict.fromkeys(operation.parents, True)
    for needed in operation.requires:
        asked[needed.resource] = needed.required or asked.get(needed.resource, False)
    if operation.other:
        asked.setdefault(operation.other, True)
    found = {}
    for resource, demanded in asked.items():
        owner = owner_of(resource, [name for name in tables if name != operation.resource])
        if owner is None:
            continue
        target = tables[owner[0]]
        column = table.by_name.get(reference_column(owner[1], target.key[0]))
        if column is not None and column.references == target.name:
            role = ArgumentRole(kind="reference", table=target.name, column=column.name)
            found[column.name] = role, demanded
    return found


def _row_arguments(
    operation: Operation, table: Table, tables: dict[str, Table]
) -> tuple[dict[str, ArgumentRole], set[str]]:
    arguments, required = _key_argument(operation, table)
    for name, (role, demanded) in _references(operation, table, tables).items():
        if demanded:
            arguments[name] = role
            required.add(name)
    return arguments, required


def _create_arguments(
    operation: Operation, table: Table, tables: dict[str, Table]
) -> tuple[dict[str, ArgumentRole], set[str]]:
    arguments: dict[str, ArgumentRole] = {}
    required: set[str] = set()
    if table.natural_key:
        arguments[table.key[0]] = _value(table, table.key[0])
        required.add(table.key[0])
    for name, (role, demanded) in _references(operation, table, tables).items():
        arguments[name] = role
        if demanded or not table.by_name[name].nullable:
            required.add(name)
    missing = [
        c for c in table.columns if c.references and not c.nullable and c.name not in arguments
    ]
    if missing:
        raise _Unfit(DomainReason.NO_KEY, f"cannot set {missing[0].name}")
    if table.label and table.label not in arguments:
        arguments[table.label] = _value(table, table.label)
        required.add(table.label)
    demanded_values = {
        field_name(operation.resource, name)
        for name in operation.tool.parameters.get("required") or ()
    }
    values = [c for c in _settable(operation, table) if c.name != table.status]
    values.sort(key=lambda c: c.name not in demanded_values)
    for column in values[: _MAX_VALUES - len(arguments)]:
        if column.name not in arguments:
            arguments[column.name] = _value(table, column.name)
            if column.name in demanded_values:
                required.add(column.name)
    return arguments, required


def _update_arguments(
    operation: Operation, table: Table, tables: dict[str, Table]
) -> tuple[dict[str, ArgumentRole], set[str]]:
    arguments, required = _row_arguments(operation, table, tables)
    values = [c for c in _settable(operation, table) if c.name not in arguments]
    if not values:
        raise _Unfit(DomainReason.NO_FIELDS, ", ".join(request_properties(operation)))
    for column in values[:_MAX_VALUES]:
        arguments[column.name] = _value(table, column.name)
    if len(values) == 1:
        required.add(values[0].name)
    return arguments, required


def _list_arguments(
    operation: Operation, table: Table, tables: dict[str, Table]
) -> tuple[dict[str, ArgumentRole], set[str]]:
    arguments: dict[str, ArgumentRole] = {}
    required: set[str] = set()
    for name, (role, demanded) in _references(operation, table, tables).items():
        arguments[name] = role
        if demanded:
            required.add(name)
    if operation.other and not arguments:
        raise _Unfit(
            DomainReason.NO_KEY, f"no column ties {operation.resource} to {operation.other}"
        )
    for column in _settable(operation, table):
        if column.meaning in {"choice", "flag"} or column.name == table.label:
            arguments[column.name] = ArgumentRole(
                kind="filter", table=table.name, column=column.name
            )
    return arguments, required


def _bind_transition(operation: Operation, table: Table, tables: dict[str, Table]) -> DomainTool:
    transition = find_transition(operation.verb, table)
    if transition is None or operation.other:
        raise _Unfit(DomainReason.UNKNOWN_EFFECT, operation.verb)
    arguments, required = _row_arguments(operation, table, tables)
    for column in _settable(operation, table):
        if column.name not in arguments and column.name not in transition.sets:
            arguments[column.name] = _value(table, column.name)
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


def _pair(operation: Operation, tables: dict[str, Table]) -> tuple[str, str] | None:
    """The two resources that a link ties, or None when its keys do not name just two tables."""
    owners = []
    for needed in operation.requires:
        owner = owner_of(needed.resource, list(tables))
        if owner is not None and not owner[1] and owner[0] not in owners:
            owners.append(owner[0])
    return (owners[0], owners[1]) if len(owners) == 2 else None


def _bind_link(
    operation: Operation, tables: dict[str, Table], pair: tuple[str, str], binding: Binding
) -> DomainTool:
    one, two = sorted(pair)
    first, second = tables[one], tables[two]
    if any(column.references == first.name for column in second.columns) or any(
        column.references == second.name for column in first.columns
    ):
        raise _Unfit(DomainReason.UNKNOWN_EFFECT, f"{one} and {two} are tied by a column already")
    name = (
        f"{one}_{plural(two.rsplit('_', 1)[-1])}" if "_" not in two else f"{one}_{table_name(two)}"
    )
    link = binding.tables.get(name) or Table(
        name=name,
        noun=f"link between {first.noun} and {second.noun}",
        key=(first.key[0], second.key[0]),
        columns=tuple(
            Column(
                name=table.key[0],
                type="text",
                meaning="reference",
                noun=table.noun,
                nullable=False,
                references=table.name,
            )
            for table in (first, second)
        ),
    )
    binding.tables[name] = link
    arguments = {
        table.key[0]: ArgumentRole(kind="key", table=table.name, column=table.key[0])
        for table in (tables[pair[0]], tables[pair[1]])
    }
    kind = ToolKind.LINK if operation.verb in verbs.LINK else ToolKind.UNLINK
    return _tool(operation, kind, link, arguments, set(arguments), tables)


def _settable(operation: Operation, table: Table) -> list[Column]:
    """Plain columns that the request carries, in the table's order."""
    carried = set()
    for name, schema in request_properties(operation).items():
        stem = field_name(operation.resource, name)
        carried.add(stem)
        for inner in schema.get("properties") or {}:
            carried |= {
                field_name(operation.resource, inner),
                field_name(operation.resource, f"{name}_{inner}"),
            }
    return [
        column
        for column in table.columns
        if column.name in carried
        and column.name not in table.key
        and column.references is None
        and not is_automatic(column)
    ]


def _value(table: Table, column: str) -> ArgumentRole:
    return ArgumentRole(kind="value", table=table.name, column=column)


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
    properties = {name: _property(arguments[name], by_name, table) for name in ordered}
    effect = "read" if kind in {ToolKind.GET, ToolKind.LIST, ToolKind.COUNT} else "write"
    return DomainTool(
        name=_tool_name(operation),
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


def _tool_name(operation: Operation) -> str:
    name = operation.tool.name
    if "." in name:
        method = name.rsplit(".", 1)[-1]
        verb, *rest = split_words(method)
        many = operation.kind in {OperationKind.LIST, OperationKind.COUNT}
        noun = table_name(operation.resource) if many else operation.resource
        name = "_".join([verb, noun, *rest])
    made = snake(name)[:64].rstrip("_")
    return f"{made}_now" if made in _RESERVED_TOOLS else made


def _property(role: ArgumentRole, tables: dict[str, Table], table: Table) -> Schema:
    if role.kind in {"key", "reference"}:
        target = tables[role.table]
        what = f"{target.key[0].rsplit('_', 1)[-1].capitalize()} of the {target.noun}."
        return {"type": "string", "description": what}
    column = table.by_name[role.column]
    schema: Schema = {"type": _JSON_TYPES.get(column.type, "string")}
    if column.enum:
        schema["enum"] = list(column.enum)
    first = column.description.split(". ")[0].rstrip(".").strip()
    words = first if 8 <= len(first) <= 120 else f"The {column.noun} of the {table.noun}"
    if column.type == "date":
        words += " (YYYY-MM-DD)"
    elif column.type == "timestamp":
        words += " (ISO 8601, YYYY-MM-DDTHH:MM:SS)"
    return {**schema, "description": words + "."}
