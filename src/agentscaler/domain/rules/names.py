"""Rules about who is called what, and what belongs to whom."""

from collections.abc import Iterator

from agentscaler.corpus.english import plural_noun, with_article
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.rule import Pattern, Rule
from agentscaler.domain.rules.clause import Clause, Ground, Supplied, of_row
from agentscaler.domain.schema import quote
from agentscaler.domain.statement import call, indent, raising, row_variable
from agentscaler.world.contract import Requirement

__all__ = ["find_name_rules", "unique_columns"]

_NAMES = frozenset("name display_name friendly_name full_name".split())
_WRITERS = (ToolKind.CREATE, ToolKind.UPDATE, ToolKind.TRANSITION)
_ADDRESSES = frozenset({"email", "username"})


def unique_columns(table: Table) -> list[Column]:
    """Columns, besides the key, whose values no two rows share.

    A name of a thing is taken to single it out; titles of posts and names of people are not.
    """
    return [
        column
        for column in table.columns
        if column.name not in (*table.key, *table.address)
        and column.references is None
        and (
            column.unique
            or (column.name == table.label and column.name in _NAMES and column.meaning == "title")
            or (column.meaning in _ADDRESSES and column.name in {table.label, *_ADDRESSES})
        )
    ]


def find_name_rules(ground: Ground) -> Iterator[Supplied]:
    """Rules UNIQUE and OWNERSHIP."""
    for table in ground.entities():
        if table.natural_key and ground.of(table, ToolKind.CREATE):
            yield Supplied(_unique_rule(table, table.key[0], ground.of(table, ToolKind.CREATE)))
        for column in unique_columns(table):
            writers = [
                tool for tool in ground.of(table, *_WRITERS) if column.name in tool.arguments
            ]
            if writers:
                yield _unique(table, column, writers)
        for tool in ground.of(table, ToolKind.CREATE):
            yield from _ownership(ground, table, tool)


def _unique_rule(table: Table, column: str, writers: list[DomainTool]) -> Rule:
    word = "name" if column == table.key[0] or column in _NAMES else column.replace("_", " ")
    key = quote(column)
    within = ""
    if table.address and column == table.key[0]:
        within = f"of one {table.by_name[table.address[0]].noun} "
    return Rule(
        id=f"unique/{table.name}.{column}",
        pattern=Pattern.UNIQUE,
        supplied=column != table.key[0],
        table=table.name,
        columns=(column,),
        text=f"No two {plural_noun(table.noun)} {within}share {with_article(word)}.",
        tools=tuple(tool.name for tool in writers),
        broken=f"SELECT {key} FROM {quote(table.name)} WHERE {key} IS NOT NULL"
        f" GROUP BY {key} HAVING COUNT(*) > 1",
    )


def _unique(table: Table, column: Column, writers: list[DomainTool]) -> Supplied:
    rule = _unique_rule(table, column.name, writers)
    key, name = table.key[0], column.name
    clauses = []
    for tool in writers:
        others = f"SELECT 1 FROM {quote(table.name)} WHERE {quote(name)} = "
        update = tool.kind is not ToolKind.CREATE
        own = f" AND {quote(key)} != " if update else ""
        probe = f"{others}?{own}{'?' if update else ''}"
        values = [name, key] if update else [name]
        refusal = f"another {table.noun} has the {column.noun or name} {{{name}}}, choose another"
        checks = [
            *call("if db.one", probe, values, " is not None:"),
            f'    raise ToolError(f"{refusal}")',
        ]
        if name not in tool.parameters["required"]:
            checks = [f"if {name} is not None:", *indent(checks)]
        condition = f"NOT EXISTS ({others}:{name}{own}{f':{key}' if update else ''})"
        text = f"no other {table.noun} has that {column.noun or name}"
        requirement = Requirement(condition=condition, text=text, rule=rule.id)
        clauses.append(Clause(tool.name, checks=tuple(checks), requirements=(requirement,)))
    return Supplied(rule, tuple(clauses))


def _ownership(ground: Ground, table: Table, tool: DomainTool) -> Iterator[Supplied]:
    """Two owners of a new row, of which one belongs to a row of the other's table itself."""
    references = {n: r for n, r in tool.arguments.items() if r.kind == "reference"}
    settled: set[str] = set()
    for inner, role in references.items():
        target = ground.tables[role.table]
        if inner not in tool.parameters["required"]:
            continue
        for column in target.columns:
            outer = column.name
            if outer == inner or outer not in references or outer in settled:
                continue
            if outer in table.address:  # part of what the row is called, and not to be changed
                continue
            if column.references != references[outer].table or column.references == table.name:
                continue
            settled.add(outer)
            yield _belongs(table, tool, inner, outer, target)


def _belongs(table: Table, tool: DomainTool, inner: str, outer: str, target: Table) -> Supplied:
    one, other = table.by_name[inner].noun or inner, table.by_name[outer].noun or outer
    rule = Rule(
        id=f"ownership/{tool.name}.{inner}",
        pattern=Pattern.OWNERSHIP,
        table=table.name,
        columns=(inner, outer),
        text=f"The {one} of {with_article(table.noun)} must belong to its {other}.",
        tools=(tool.name,),
        broken=f"SELECT t.{quote(table.key[0])} FROM {quote(table.name)} AS t"
        f" JOIN {quote(target.name)} AS o ON o.{quote(target.key[0])} = t.{quote(inner)}"
        f" WHERE t.{quote(outer)} != o.{quote(outer)}",
    )
    row = row_variable(inner)
    condition = f'{row}["{outer}"] != {outer}'
    if outer not in tool.parameters["required"]:
        condition = f"{outer} is not None and {condition}"
    refusal = f"{target.noun} {{{inner}}} does not belong to {{{outer}}}"
    shared = f":{outer} IS NULL OR {quote(outer)} IS :{outer}"
    told = f"the {one} belongs to the {other}"
    requirement = of_row(target, inner, shared, told, rule.id)
    clause = Clause(
        tool.name,
        checks=tuple(raising(condition, refusal)),
        owners=(inner,),
        requirements=(requirement,),
    )
    return Supplied(rule, (clause,), settle=_owners_agree(table, inner, outer, target))


def _owners_agree(table: Table, inner: str, outer: str, target: Table) -> tuple[str, str]:
    """Statements that give an inner owner without an outer one that of a row it owns, then every
    row the outer owner of its inner one."""
    rows, owners = quote(table.name), quote(target.name)
    one, other, key = quote(inner), quote(outer), quote(target.key[0])
    of_owner = f"FROM {rows} WHERE {rows}.{one} = {owners}.{key}"
    of_row = f"FROM {owners} WHERE {owners}.{key} = {rows}.{one}"
    return (
        f"UPDATE {owners} SET {other} = (SELECT MIN({rows}.{other}) {of_owner})"
        f" WHERE {other} IS NULL",
        f"UPDATE {rows} SET {other} = (SELECT {owners}.{other} {of_row})"
        f" WHERE EXISTS (SELECT 1 {of_row} AND {owners}.{other} IS NOT NULL)",
    )
