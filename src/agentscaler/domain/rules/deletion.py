"""What stands in the way of a deletion, and what goes with it.

A refusal must be one that an agent can do something about: rows that tools can delete hold what
they refer to; parts that nothing deletes by itself go with their whole, or stay without it.
"""

from collections.abc import Iterator

from agentscaler.corpus.english import capital, listing, plural_noun, with_article
from agentscaler.domain.batches import key_argument
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.rule import Pattern, Rule
from agentscaler.domain.rules.clause import Clause, Ground, Supplied, of_row
from agentscaler.domain.schema import quote
from agentscaler.domain.statement import call, raising

__all__ = ["cascaded", "find_deletion_rules"]

_TIES = "ties to"
_PROTECTIONS = ("protection", "protected", "protection_enabled", "locked", "is_default", "default")


def find_deletion_rules(ground: Ground) -> Iterator[Supplied]:
    """Rules HELD, CASCADE and PROTECTED."""
    for table in ground.entities():
        deletes = ground.of(table, ToolKind.DELETE, ToolKind.BATCH_DELETE)
        if not deletes:
            continue
        held = [(one, column) for one, column in ground.referring(table) if _is_held(ground, one)]
        if held:
            yield _held(table, deletes, held)
        flag = next((column for column in table.columns if _protects(column)), None)
        if flag is not None:
            yield _protected(table, deletes, flag)
        gone = [(other, column) for other, column in ground.referring(table) if not other.is_link]
        gone = [(other, column) for other, column in gone if not _is_held(ground, other)]
        links = [(other, column) for other, column in ground.referring(table) if other.is_link]
        if gone or links:
            yield _cascade(ground, table, deletes, [*gone, *links])


def cascaded(ground: Ground) -> set[str]:
    """Tables of which rows go, or lose their owner, when a row of another is deleted, or go
    several at a time."""
    found = {tool.table for tool in ground.tools if tool.kind is ToolKind.BATCH_DELETE}
    for table in ground.entities():
        if ground.of(table, ToolKind.DELETE, ToolKind.BATCH_DELETE):
            found |= {o.name for o, _ in ground.referring(table) if not _is_held(ground, o)}
    return found


def _is_held(ground: Ground, other: Table) -> bool:
    """Whether rows of `other` must be deleted before what they refer to."""
    if other.is_link:
        return False
    deletable = bool(ground.of(other, ToolKind.DELETE, ToolKind.BATCH_DELETE))
    return deletable or any(one.part_of is None for one, _ in ground.referring(other))


def _held(table: Table, deletes: list[DomainTool], held: list[tuple[Table, str]]) -> Supplied:
    key = table.key[0]
    checks: list[str] = []
    conditions = []
    for other, column in held:
        where = f"{quote(other.name)} WHERE {quote(column)} = ?"
        checks += call("used = db.one", f"SELECT COUNT(*) AS n FROM {where}", [key], '["n"]')
        many = other.name.replace("_", " ")
        checks += raising(
            "used",
            f"{table.noun} {{{key}}} is still used by {{used}} {many}, it cannot be deleted",
        )
        own = f"{quote(table.name)}.{quote(key)}"
        refer = f"SELECT 1 FROM {quote(other.name)} AS _other WHERE _other.{quote(column)} = {own}"
        conditions.append(f"NOT EXISTS ({refer})")
    holders = listing(list(dict.fromkeys(plural_noun(other.noun) for other, _ in held)), "or")
    what = capital(with_article(table.noun))
    text = f"{what} cannot be deleted while {holders} still refer to it."
    rule = Rule(
        id=f"held/{table.name}",
        pattern=Pattern.HELD,
        table=table.name,
        text=text,
        tools=tuple(tool.name for tool in deletes),
    )
    told = f"no {holders} refer to it"
    clauses = []
    for tool in deletes:
        keys = key_argument(tool, table)
        free = tuple(of_row(table, keys, condition, told, rule.id) for condition in conditions)
        clauses.append(Clause(tool.name, checks=tuple(checks), requirements=free))
    return Supplied(rule, tuple(clauses))


def _cascade(
    ground: Ground, table: Table, deletes: list[DomainTool], gone: list[tuple[Table, str]]
) -> Supplied:
    key = table.key[0]
    checks: list[str] = []
    changes: list[tuple[str, str]] = []
    parts: list[str] = []
    loose: list[str] = []
    written: set[str] = set()
    for other, column in gone:
        nullable = other.by_name[column].nullable
        name, field = quote(other.name), quote(column)
        if not nullable:  # what lists hold of these rows goes first
            for member, reference in ground.referring(other):
                if member.part_of is not None:
                    rows = f"SELECT {quote(other.key[0])} FROM {name} WHERE {field}"
                    head = f"{_removal(member, reference)} IN ({rows}"
                    changes.append((head, ")"))
                    written.add(member.name)
        changes.append((_removal(other, column), ""))
        written.add(other.name)
        (loose if nullable else parts).append(_called(ground, other, column))
    for head, tail in changes:
        checks += call("db.run", f"{head} = ?{tail}", [key])
    what = capital(with_article(table.noun))
    told = []
    parts.sort(key=lambda words: words.startswith(_TIES))
    if parts:
        told.append(f"Its {listing(list(dict.fromkeys(parts)))} are deleted with it.")
    if loose:
        told.append(f"Its {listing(list(dict.fromkeys(loose)))} stay without it.")
    rule = Rule(
        id=f"cascade/{table.name}",
        pattern=Pattern.CASCADE,
        table=table.name,
        text=f"{what} can be deleted. {' '.join(told)}",
        tools=tuple(tool.name for tool in deletes),
    )
    clauses = tuple(
        Clause(
            tool.name,
            checks=tuple(checks),
            effects_before=tuple(f"{head} {_named(tool, table)}{tail}" for head, tail in changes),
            writes=tuple(sorted(written)),
        )
        for tool in deletes
    )
    return Supplied(rule, clauses)


def _called(ground: Ground, other: Table, column: str) -> str:
    """The rows of `other` that refer to a row by `column`, in words."""
    ends = [one for one in other.columns if one.name != column and one.references is not None]
    if other.is_link and len(other.columns) == len(other.key) and ends:
        return f"{_TIES} {plural_noun(ground.tables[ends[0].references or ''].noun)}"
    return plural_noun(other.noun)


def _removal(other: Table, column: str) -> str:
    """The statement that frees rows of what they refer to, up to the value of `column`."""
    name, field = quote(other.name), quote(column)
    nullable = other.by_name[column].nullable
    change = f"UPDATE {name} SET {field} = NULL" if nullable else f"DELETE FROM {name}"
    return f"{change} WHERE {field}"


def _protects(column: Column) -> bool:
    return column.type == "boolean" and (
        column.name in _PROTECTIONS or column.name.endswith(_PROTECTIONS[:4])
    )


def _protected(table: Table, deletes: list[DomainTool], flag: Column) -> Supplied:
    key, name = table.key[0], flag.name
    default = name.endswith("default")
    state = "the default" if default else "protected"
    remedy = "" if default else f", turn {name} off first"
    checks = raising(
        f'row["{name}"]', f"{table.noun} {{{key}}} is {state}, it cannot be deleted{remedy}"
    )
    condition = f"NOT coalesce({quote(name)}, 0)"
    rule = Rule(
        id=f"protected/{table.name}.{name}",
        pattern=Pattern.PROTECTED,
        table=table.name,
        columns=(name,),
        text=f"{capital(with_article(table.noun))} cannot be deleted while its {name} is true.",
        tools=tuple(tool.name for tool in deletes),
    )
    clauses = []
    for tool in deletes:
        keys = key_argument(tool, table)
        off = of_row(table, keys, condition, f"its {name} is false", rule.id)
        clauses.append(Clause(tool.name, checks=tuple(checks), row=True, requirements=(off,)))
    return Supplied(rule, tuple(clauses))


def _named(tool: DomainTool, table: Table) -> str:
    """A test in SQL for the key, or the keys, of what is deleted."""
    argument = key_argument(tool, table)
    if tool.kind is ToolKind.BATCH_DELETE:
        return f"IN (SELECT value FROM json_each(:{argument}))"
    return f"= :{argument}"
