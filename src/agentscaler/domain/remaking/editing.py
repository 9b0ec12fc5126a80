"""What becomes of a draft by edits of its tables.

In: a draft and allowed edits.  Out: the draft made again on the edited tables, with tools whose
parameters take and say what the columns now are.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from agentscaler.domain.addresses import whole
from agentscaler.domain.arguments import property_schema
from agentscaler.domain.domain import ArgumentRole, Column, DomainTool, Table
from agentscaler.domain.draft import Draft, connected
from agentscaler.domain.listing import order_parameters, range_parameters
from agentscaler.domain.meaning import is_person
from agentscaler.domain.remaking.edits import ColumnEdit, TableEdit
from agentscaler.domain.rules import constrained

__all__ = ["edited"]

_VALUES = frozenset({"value", "filter"})
_RANGES = frozenset({"least", "most"})
_ORDER = frozenset({"sort", "descending", "limit"})


def edited(draft: Draft, edits: Sequence[TableEdit]) -> Draft:
    """The draft made again on the edited tables; all edits are allowed ones."""
    by_table = {edit.table: edit for edit in edits}
    tables = {
        name: constrained(_edited_table(table, by_table[name])) if name in by_table else table
        for name, table in draft.tables.items()
    }
    references = {
        (edit.table, one.name): one.references
        for edit in edits
        for one in edit.columns
        if one.references is not None
    }
    tools = [
        _edited_tool(whole(tool, draft.tables), draft.tables, tables, references)
        for tool in draft.tools
    ]
    return connected(tools, tables, draft.told, draft.rejections)


def _edited_table(table: Table, edit: TableEdit) -> Table:
    edits = {one.name: one for one in edit.columns}
    columns = [
        _edited_column(column, edits[column.name]) if column.name in edits else column
        for column in table.columns
    ]
    label = edit.label or table.label
    noun = edit.noun or table.noun
    if edit.label is not None and edit.label != table.label:
        columns = [_as_label(c, noun) if c.name == label else c for c in columns]
    columns += [
        Column(
            name=new.name,
            type=new.type,
            meaning="choice" if new.enum else new.meaning,
            noun=new.noun,
            enum=new.enum or (),
        )
        for new in edit.new_columns
    ]
    return Table(**{**dict(table), "noun": noun, "label": label, "columns": tuple(columns)})


def _edited_column(column: Column, edit: ColumnEdit) -> Column:
    given: dict[str, Any] = {
        name: value
        for name in ("meaning", "noun", "enum", "nullable", "unique", "references")
        if (value := getattr(edit, name)) is not None
    }
    if edit.enum:
        given["meaning"] = "choice"
    if edit.references:
        given["meaning"] = "reference"
    number = int if column.type == "integer" else float
    for bound in ("minimum", "maximum"):
        if (value := getattr(edit, bound)) is not None:
            given[bound] = number(value)
    if edit.meaning is not None and not {"minimum", "maximum"} & given.keys():
        given |= {"minimum": None, "maximum": None}
    return column.model_copy(update=given)


def _as_label(column: Column, noun: str) -> Column:
    meaning = column.meaning
    if meaning not in {"email", "username", "person_name"}:
        meaning = "person_name" if is_person(noun) else "title"
    return column.model_copy(update={"nullable": False, "meaning": meaning})


def _edited_tool(
    tool: DomainTool,
    before: dict[str, Table],
    after: dict[str, Table],
    references: Mapping[tuple[str, str], str | None],
) -> DomainTool:
    """The tool with what its parameters take and say, as the edited tables have it."""
    roles = {
        name: _edited_role(role, references.get((role.table, role.column)))
        for name, role in tool.arguments.items()
    }
    properties = dict(tool.parameters["properties"])
    for name, role in tool.arguments.items():
        old, new = (
            _told(name, role, before[tool.table], before),
            _told(name, roles[name], after[tool.table], after),
        )
        schema = dict(properties[name])
        if schema.get("description") == old.get("description") and "description" in new:
            schema["description"] = new["description"]
        if role.kind in {"value", "filter"} and "enum" in new:
            schema["enum"] = new["enum"]
        if role.kind == "sort" and "enum" in new:
            schema["enum"] = new["enum"]
        properties[name] = schema
    parameters = {**tool.parameters, "properties": properties}
    return tool.model_copy(update={"arguments": roles, "parameters": parameters})


def _edited_role(role: ArgumentRole, target: str | None) -> ArgumentRole:
    """What an argument means where its column now holds keys of `target`."""
    if target is None or role.kind not in _VALUES:
        return role
    return ArgumentRole(kind="reference", table=target, column=role.column)


def _told(name: str, role: ArgumentRole, own: Table, tables: dict[str, Table]) -> dict[str, Any]:
    """The schema of a parameter as the rules write it; empty where it is none of theirs."""
    if role.kind in {"key", "reference", "holds"} or role.kind in _VALUES:
        return property_schema(role, tables, own)
    if role.kind in _RANGES:
        made = range_parameters(own, own.by_name[role.column])
    elif role.kind in _ORDER:
        made = order_parameters(own)
    else:
        return {}
    return made[name][1] if name in made else {}
