"""Lists of records in tools: how their members are read, checked and written.

Each is said twice: as Python for the source of tools, and as SQL for their contracts.  A list given
to a tool is a set; a member that it names twice is there once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agentscaler.domain.domain import Column, DomainTool, ListField, Table, ToolKind
from agentscaler.domain.rules import Clause, Supply
from agentscaler.domain.schema import literal, quote
from agentscaler.domain.statement import call, indent, raising
from agentscaler.world.contract import Requirement

__all__ = [
    "adder_function",
    "adding",
    "changing",
    "holding",
    "is_held",
    "listed",
    "reading",
    "shown_lists",
    "with_members",
]

_RECORDS = frozenset(
    {ToolKind.CREATE, ToolKind.GET, ToolKind.UPDATE, ToolKind.TRANSITION, ToolKind.BATCH_GET}
)
"""Kinds of tools that return whole records."""


def shown_lists(kind: ToolKind, table: Table) -> tuple[ListField, ...]:
    """The lists that a tool's result shows of each record: all of them where it shows the whole
    record, those of bare values where it lists records."""
    if kind in _RECORDS:
        return table.lists
    if kind is ToolKind.LIST:
        return tuple(field for field in table.lists if field.is_plain)
    return ()


def changing(tool: DomainTool) -> list[str]:
    """The arguments that change what a record holds."""
    return [name for name, role in tool.arguments.items() if role.kind in {"value", "members"}]


def adder_function(table: Table) -> str:
    """The function that adds its lists to a row of a table."""
    return f"add_{table.noun.replace(' ', '_')}_lists"


def adding(table: Table) -> str:
    """The source of that function."""
    lines = [
        f"def {adder_function(table)}(db, row):",
        f'    """The {table.noun} with all that it holds."""',
        *(line for field in table.lists for line in indent(reading(table, field))),
        "    return row",
    ]
    return "\n".join(lines) + "\n"


def reading(table: Table, field: ListField) -> list[str]:
    """Lines that put a list into `row`, which holds its key already."""
    columns = ", ".join(quote(column.name) for column in field.columns)
    statement = (
        f"SELECT {columns} FROM {quote(field.table)} WHERE {quote(field.owner)} = ?"
        f" ORDER BY {quote(field.order)}"
    )
    lines = call("members = db.all", statement, [f'row["{table.key[0]}"]'])
    if field.is_plain:
        return [*lines, f'row["{field.name}"] = [one["{field.order}"] for one in members]']
    flags = [column.name for column in field.columns if column.type == "boolean"]
    if flags:
        lines.append("for one in members:")
        lines += [f'    one["{name}"] = bool(one["{name}"])' for name in flags]
    return [*lines, f'row["{field.name}"] = members']


def listed(table: Table, field: ListField) -> str:
    """The list as a column of a query on its table, in JSON text."""
    key = table.key[0]
    if field.is_plain:
        shown = f"_one.{quote(field.order)}"
    else:
        pairs = (f"{literal(column.name)}, {_in_json(column)}" for column in field.columns)
        shown = f"json_object({', '.join(pairs)})"
    return (
        f"(SELECT json_group_array({shown} ORDER BY _one.{quote(field.order)})"
        f" FROM {quote(field.table)} AS _one"
        f" WHERE _one.{quote(field.owner)} = {quote(table.name)}.{quote(key)})"
        f" AS {quote(field.name)}"
    )


def holding(table: Table, name: str) -> str:
    """A test for a query of rows: whether the list holds the value of a question mark."""
    field = next(one for one in table.lists if one.name == name)
    holders = f"SELECT {quote(field.owner)} FROM {quote(field.table)}"
    return f"{quote(table.key[0])} IN ({holders} WHERE {quote(field.order)} = ?)"


def is_held(table: Table, name: str, argument: str) -> str:
    """The same in the words of a contract, for an argument."""
    field = next(one for one in table.lists if one.name == name)
    own = f"{quote(table.name)}.{quote(table.key[0])}"
    return (
        f"EXISTS (SELECT 1 FROM {quote(field.table)} AS _one"
        f" WHERE _one.{quote(field.owner)} = {own} AND _one.{quote(field.order)} = :{argument})"
    )


def with_members(supply: Supply, tools: Iterable[DomainTool], tables: dict[str, Table]) -> Supply:
    """The rules' clauses, and those of tools that are given lists."""
    clauses = dict(supply.clauses)
    for tool in tools:
        clause = _clause(tool, tables)
        if clause is not None:
            clauses[tool.name] = (*clauses.get(tool.name, ()), clause)
    return replace(supply, clauses=clauses)


def _in_json(column: Column) -> str:
    value = f"_one.{quote(column.name)}"
    return f"json(iif({value}, 'true', 'false'))" if column.type == "boolean" else value


def _clause(tool: DomainTool, tables: dict[str, Table]) -> Clause | None:
    table = tables[tool.table]
    by_name = {field.name: field for field in table.lists}
    given = {
        name: by_name[role.column]
        for name, role in tool.arguments.items()
        if role.kind == "members"
    }
    if not given:
        return None
    checks: list[str] = []
    deeds: list[str] = []
    requirements: list[Requirement] = []
    effects: list[str] = []
    for name, field in given.items():
        checks += _if_given(tool, name, _checks(name, field, tables))
        deeds += _if_given(tool, name, _deeds(tool, table, name, field))
        requirements += _requirements(name, field, tables)
        effects += _effects(tool, table, name, field)
    return Clause(
        tool.name,
        checks=tuple(checks),
        deeds=tuple(deeds),
        requirements=tuple(requirements),
        effects_after=tuple(effects),
        writes=tuple(sorted({field.table for field in given.values()})),
    )


def _if_given(tool: DomainTool, name: str, lines: list[str]) -> list[str]:
    if not lines or name in tool.parameters["required"]:
        return lines
    return [f"if {name} is not None:", *indent(lines)]


def _target(field: ListField, tables: dict[str, Table]) -> Table | None:
    """The table whose keys a list holds."""
    references = field.columns[0].references
    return tables[references] if references is not None else None


def _checks(name: str, field: ListField, tables: dict[str, Table]) -> list[str]:
    target = _target(field, tables)
    if target is None:
        return []
    probe = f"SELECT 1 FROM {quote(target.name)} WHERE {quote(target.key[0])} = ?"
    return [
        f"for member in {name}:",
        *indent(call("found = db.one", probe, ["member"])),
        *indent(raising("found is None", f"{target.noun} {{member}} not found")),
    ]


def _deeds(tool: DomainTool, table: Table, name: str, field: ListField) -> list[str]:
    members, key = quote(field.table), table.key[0]
    lines = []
    if tool.kind is not ToolKind.CREATE:
        lines += call("db.run", f"DELETE FROM {members} WHERE {quote(field.owner)} = ?", [key])
    columns = f"{quote(field.owner)}, {quote(field.order)}"
    insert = f"INSERT INTO {members} ({columns}) VALUES (?, ?)"
    return [
        *lines,
        f"for member in set({name}):",
        *indent(call("db.run", insert, [key, "member"])),
    ]


def _requirements(name: str, field: ListField, tables: dict[str, Table]) -> Iterator[Requirement]:
    target = _target(field, tables)
    if target is not None:
        yield Requirement(argument=name, table=target.name, key=target.key[0])


def _effects(tool: DomainTool, table: Table, name: str, field: ListField) -> Iterator[str]:
    members, owner = quote(field.table), quote(field.owner)
    made = tool.kind is ToolKind.CREATE and not table.natural_key
    key = ":_id" if made else f":{table.key[0]}"
    if tool.kind is not ToolKind.CREATE:
        yield f"DELETE FROM {members} WHERE {owner} = {key} AND :{name} IS NOT NULL"
    yield (
        f"INSERT INTO {members} ({owner}, {quote(field.order)})"
        f" SELECT DISTINCT {key}, value FROM json_each(:{name})"
    )
