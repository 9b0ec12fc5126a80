"""Room: a column that says how many rows may refer to its row."""

from collections.abc import Iterator

from agentscaler.corpus.english import capital, plural_noun, with_article
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.rule import Pattern, Rule
from agentscaler.domain.rules.clause import Clause, Ground, Supplied, of_row
from agentscaler.domain.rules.sums import kept_columns
from agentscaler.domain.schema import quote
from agentscaler.domain.statement import call, raising, row_variable
from agentscaler.words import singular

__all__ = ["find_capacity_rules"]

_ROOM = frozenset("capacity seats max_capacity quota slots".split())
_LIMITS = frozenset("max maximum limit capacity quota".split())
_ADJECTIVES = frozenset("active allowed concurrent count number of open total usable".split())


def find_capacity_rules(ground: Ground) -> Iterator[Supplied]:
    """Rule CAPACITY."""
    kept = kept_columns(ground)
    for table in ground.entities():
        parts = ground.parts(table)
        for column in table.columns:
            if column.type != "integer" or (table.name, column.name) in kept:
                continue
            for part, reference in parts:
                if _has_room_for(column, part, len(parts)):
                    yield _capacity(ground, table, column, part, reference)
                    break


def _has_room_for(column: Column, part: Table, choices: int) -> bool:
    if column.name in _ROOM:
        return choices == 1
    words = column.name.split("_")
    for word in ("in", "per"):
        words = words[: words.index(word)] if word in words[1:] else words
    if _LIMITS.isdisjoint(words):
        return False
    named = [singular(word) for word in words if word not in _LIMITS | _ADJECTIVES]
    return bool(named) and " ".join(named) in (part.noun, part.noun.split(" ")[-1])


def _capacity(
    ground: Ground, table: Table, column: Column, part: Table, reference: str
) -> Supplied:
    name, room, key = quote(table.name), quote(column.name), table.key[0]
    used = (
        f"(SELECT COUNT(*) FROM {quote(part.name)}"
        f" WHERE {quote(part.name)}.{quote(reference)} = {name}.{quote(key)})"
    )
    makers = ground.makers(part, reference)
    setters = [
        tool
        for tool in ground.of(table, ToolKind.UPDATE, ToolKind.TRANSITION)
        if column.name in tool.arguments
    ]
    rule = Rule(
        id=f"capacity/{table.name}.{column.name}",
        pattern=Pattern.CAPACITY,
        table=table.name,
        columns=(column.name,),
        text=f"{capital(with_article(table.noun))} has room for as many"
        f" {plural_noun(part.noun)} as its {column.name} says.",
        tools=tuple(tool.name for tool in [*makers, *setters]),
        broken=f"SELECT {quote(key)} FROM {name} WHERE {room} < {used}",
    )
    full = f"{used} > 0 AND rowid % 4 = 0"
    return Supplied(
        rule,
        (
            *(_taking(tool, table, column, part, reference, used, rule.id) for tool in makers),
            *(_setting(tool, table, column, part, reference, used, rule.id) for tool in setters),
        ),
        settle=(f"UPDATE {name} SET {room} = {used} WHERE {room} < {used} OR ({full})",),
    )


def _taking(
    tool: DomainTool,
    table: Table,
    column: Column,
    part: Table,
    reference: str,
    used: str,
    rule: str,
) -> Clause:
    """A create of a part takes up room."""
    room = f'{row_variable(reference)}["{column.name}"]'
    told = room.replace('"', "'")
    there = "" if reference in tool.parameters["required"] else f"{row_variable(reference)} and "
    checks = [
        *_counted(part, reference, reference),
        *raising(
            f"{there}{room} is not None and used >= {room}",
            f"{table.noun} {{{reference}}} is full: {{used}} of {{{told}}}"
            f" {plural_noun(part.noun)}",
        ),
    ]
    left = f"coalesce({quote(column.name)} > {used}, TRUE)"
    requirement = of_row(table, reference, left, f"the {table.noun} has room left", rule)
    return Clause(tool.name, checks=tuple(checks), owners=(reference,), requirements=(requirement,))


def _setting(
    tool: DomainTool,
    table: Table,
    column: Column,
    part: Table,
    reference: str,
    used: str,
    rule: str,
) -> Clause:
    """An update of the column leaves room for what is there."""
    key, name, many = table.key[0], column.name, plural_noun(part.noun)
    given = "" if name in tool.parameters["required"] else f"{name} is not None and "
    checks = [
        *_counted(part, reference, key),
        *raising(
            f"{given}{name} < used",
            f"{table.noun} {{{key}}} has {{used}} {many}, its {name} cannot be {{{name}}}",
        ),
    ]
    enough = f"coalesce(:{name} >= {used}, TRUE)"
    requirement = of_row(table, key, enough, f"the {name} is enough for its {many}", rule)
    return Clause(tool.name, checks=tuple(checks), requirements=(requirement,))


def _counted(part: Table, reference: str, owner: str) -> list[str]:
    count = f"SELECT COUNT(*) AS n FROM {quote(part.name)} WHERE {quote(reference)} = ?"
    return call("used = db.one", count, [owner], '["n"]')
