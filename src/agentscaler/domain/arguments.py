"""The parameters of a tool: which keys, owners, values and filters an operation takes.

They are the columns of its table that the operation speaks of, in the words of the table.
"""

from typing import Any

from agentscaler.domain.domain import ArgumentRole, Column, Table
from agentscaler.domain.fields import field_name, request_properties
from agentscaler.domain.lists import member_arguments, members_schema
from agentscaler.domain.reasons import DomainReason
from agentscaler.domain.tables import owner_of, reference_column, table_name
from agentscaler.graph.operation import Operation

__all__ = [
    "Arguments",
    "Unfit",
    "create_arguments",
    "is_automatic",
    "list_arguments",
    "property_schema",
    "row_arguments",
    "settable",
    "update_arguments",
    "value_of",
]

Schema = dict[str, Any]
Arguments = tuple[dict[str, ArgumentRole], set[str]]
"""What each parameter means, by name, and which of them are required."""

_ASKED_BY = frozenset(
    "category choice city company country currency department flag job_title language region"
    " time_zone zone".split()
)
"""Meanings of columns by whose value people ask for rows, since several rows share it."""
_JSON_TYPES = {"integer": "integer", "real": "number", "boolean": "boolean"}
_MAX_VALUES = 8
_AUTOMATIC = frozenset("create created creation update updated modified modify".split())


class Unfit(Exception):
    """An operation cannot become a tool: (reason, detail)."""


def is_automatic(column: Column) -> bool:
    """Whether the system itself keeps the column, as it does a creation time."""
    words = column.name.split("_")
    return column.meaning == "moment" and any(word in _AUTOMATIC for word in words)


def row_arguments(operation: Operation, table: Table, tables: dict[str, Table]) -> Arguments:
    arguments, required = _key_argument(operation, table)
    for name, (role, demanded) in _references(operation, table, tables).items():
        if demanded and name not in table.address:
            arguments[name] = role
            required.add(name)
    return arguments, required


def create_arguments(operation: Operation, table: Table, tables: dict[str, Table]) -> Arguments:
    arguments: dict[str, ArgumentRole] = {}
    required: set[str] = set()
    if table.natural_key:
        given = [c for c in table.address or table.key if not table.by_name[c].references]
        arguments |= {column: value_of(table, column) for column in given}
        required |= set(given)
    for name, (role, demanded) in _references(operation, table, tables).items():
        arguments[name] = role
        if demanded or not table.by_name[name].nullable:
            required.add(name)
    missing = [
        c for c in table.columns if c.references and not c.nullable and c.name not in arguments
    ]
    if missing:
        raise Unfit(DomainReason.NO_KEY, f"cannot set {missing[0].name}")
    if table.label and table.label not in arguments:
        arguments[table.label] = value_of(table, table.label)
        required.add(table.label)
    demanded_values = {
        field_name(operation.resource, name)
        for name in operation.tool.parameters.get("required") or ()
    }
    values = [c for c in settable(operation, table) if c.name != table.status]
    values.sort(key=lambda c: c.name not in demanded_values)
    for column in values[: _MAX_VALUES - len(arguments)]:
        if column.name not in arguments:
            arguments[column.name] = value_of(table, column.name)
            if column.name in demanded_values:
                required.add(column.name)
    return arguments | member_arguments(operation, table), required


def update_arguments(operation: Operation, table: Table, tables: dict[str, Table]) -> Arguments:
    arguments, required = row_arguments(operation, table, tables)
    values = [c for c in settable(operation, table) if c.name not in arguments]
    lists = member_arguments(operation, table)
    if not values and not lists:
        raise Unfit(DomainReason.NO_FIELDS, ", ".join(request_properties(operation)))
    for column in values[:_MAX_VALUES]:
        arguments[column.name] = value_of(table, column.name)
    arguments |= lists
    if len(values) + len(lists) == 1:
        required |= {*lists, *(column.name for column in values)}
    return arguments, required


def list_arguments(operation: Operation, table: Table, tables: dict[str, Table]) -> Arguments:
    arguments: dict[str, ArgumentRole] = {}
    required: set[str] = set()
    owners = _references(operation, table, tables)
    holders = _holders(operation, table, tables)
    asked = owners | {name: one for name, one in holders.items() if name not in owners}
    for name, (role, demanded) in asked.items():
        arguments[name] = role
        if demanded:
            required.add(name)
    owner = operation.other or next((one for one in operation.parents[::-1] if one in tables), "")
    if owner and not arguments:
        raise Unfit(DomainReason.NO_KEY, f"no column ties {operation.resource} to {owner}")
    for column in settable(operation, table):
        if column.meaning in _ASKED_BY or column.name == table.label:
            arguments[column.name] = ArgumentRole(
                kind="filter", table=table.name, column=column.name
            )
    return arguments, required


def settable(operation: Operation, table: Table) -> list[Column]:
    """Plain columns that the request carries, in the table's order."""
    carried = set()
    for name, schema in request_properties(operation).items():
        stem = field_name(operation.resource, name)
        carried |= {stem, field_name(operation.resource, stem.removeprefix("new_"))}
        for inner in schema.get("properties") or {}:
            carried |= {
                field_name(operation.resource, inner),
                field_name(operation.resource, f"{name}_{inner}"),
            }
    return [
        column
        for column in table.columns
        if column.name in carried
        and column.name not in (*table.key, *table.address)
        and column.references is None
        and not is_automatic(column)
    ]


def property_schema(role: ArgumentRole, tables: dict[str, Table], table: Table) -> Schema:
    if role.kind in {"key", "reference", "holds"}:
        target = tables[role.table]
        what = f"{target.key[0].rsplit('_', 1)[-1].capitalize()} of the {target.noun}."
        return {"type": "string", "description": what}
    if role.kind == "members":
        return members_schema(table, role.column)
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


def value_of(table: Table, column: str) -> ArgumentRole:
    return ArgumentRole(kind="value", table=table.name, column=column)


def _key_argument(operation: Operation, table: Table) -> Arguments:
    """The key of the row a tool works on; a tool without any is turned away."""
    asked = [
        needed
        for needed in operation.requires
        if needed.resource == operation.resource or table.name == table_name(needed.resource)
    ]
    if not asked:
        raise Unfit(
            DomainReason.NO_KEY, ", ".join(request_properties(operation)) or "no parameters"
        )
    (key,) = table.key
    return {key: ArgumentRole(kind="key", table=table.name, column=key)}, {key}


def _references(
    operation: Operation, table: Table, tables: dict[str, Table]
) -> dict[str, tuple[ArgumentRole, bool]]:
    """Foreign keys of `table` that the operation speaks of, and whether it demands them."""
    found = {}
    for resource, demanded in _asked(operation).items():
        owner = owner_of(resource, [name for name in tables if name != operation.resource])
        if owner is None:
            continue
        target = tables[owner[0]]
        column = table.by_name.get(reference_column(owner[1], target.key[0]))
        if column is not None and column.references == target.name:
            role = ArgumentRole(kind="reference", table=target.name, column=column.name)
            found[column.name] = role, demanded
    return found


def _holders(
    operation: Operation, table: Table, tables: dict[str, Table]
) -> dict[str, tuple[ArgumentRole, bool]]:
    """Keys that lists of `table` hold and the operation speaks of, and whether it demands them."""
    found = {}
    for resource, demanded in _asked(operation).items():
        owner = owner_of(resource, [name for name in tables if name != operation.resource])
        if owner is None:
            continue
        for field in table.lists:
            target, column = tables[owner[0]], field.columns[0]
            if field.is_plain and (column.references, column.name) == (
                target.name,
                reference_column(owner[1], target.key[0]),
            ):
                role = ArgumentRole(kind="holds", table=target.name, column=field.name)
                found[column.name] = role, demanded
    return found


def _asked(operation: Operation) -> dict[str, bool]:
    """The resources whose keys an operation speaks of, and whether it demands them."""
    asked = dict.fromkeys(operation.parents, True)
    for needed in operation.requires:
        if needed.resource == operation.resource:
            continue
        asked[needed.resource] = needed.required or asked.get(needed.resource, False)
    if operation.other:
        asked.setdefault(operation.other, True)
    return asked
