"""Rules that a row's status makes: where actions start, and what an end means."""

from collections.abc import Iterator

from agentscaler.corpus.english import capital, listing, past, with_article
from agentscaler.domain.batches import key_argument
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.rule import Pattern, Rule
from agentscaler.domain.rules.clause import Clause, Ground, Supplied, of_row
from agentscaler.domain.schema import literal, quote
from agentscaler.domain.statement import raising, row_variable
from agentscaler.domain.statuses import bare_values, first_status, is_passing, spoken_value

__all__ = ["find_status_rules"]

_ENDED = frozenset(
    "aborted archived canceled cancelled closed declined deleted deactivated deprecated expired"
    " rejected released retired revoked terminated void voided withdrawn".split()
)
"""Statuses that mean that a thing is over.  What failed, or is complete, may still be worked on."""

_STOPS = frozenset("stop disable deactivate suspend pause unpublish cancel abort archive".split())
"""Actions that put a thing to rest, so that it can be deleted."""


def find_status_rules(ground: Ground) -> Iterator[Supplied]:
    """Rules STATUS, FINAL, BUSY, STOP_FIRST and OPEN_OWNER."""
    for tool in ground.tools:
        if tool.kind is ToolKind.TRANSITION and tool.precondition is not None:
            yield _status(ground.tables[tool.table], tool)
    for table in ground.entities():
        yield from _hindrances(ground, table)
        ended = _ended(table)
        if not ended:
            continue
        updates = _plain_updates(ground, table)
        if updates:
            yield _final(table, updates, ended)
        creates = [
            (tool, name)
            for tool in ground.tools
            if tool.kind is ToolKind.CREATE and tool.table != table.name
            for name, role in tool.arguments.items()
            if role.kind == "reference" and role.table == table.name
            if name in tool.parameters["required"]
        ]
        if creates:
            yield _open_owner(ground, table, creates, ended)


def _ended(table: Table) -> tuple[str, ...]:
    """The statuses of a table's rows that mean the end, if rows begin with another."""
    if table.status is None:
        return ()
    column = table.by_name[table.status]
    words = bare_values(column.enum)
    ended = tuple(value for value in column.enum if words[value] in _ENDED)
    return () if first_status(column) in ended or len(ended) == len(column.enum) else ended


def _status(table: Table, tool: DomainTool) -> Supplied:
    """The record of a transition's precondition; the tool's own code enforces it."""
    assert tool.precondition is not None
    column = table.by_name[tool.precondition.column]
    allowed = [str(value) for value in tool.precondition.allowed]
    verb = past(tool.name.split("_")[0])
    what = with_article(table.noun)
    if column.enum:
        states = listing([spoken_value(value, column.enum) for value in allowed], "or")
        text = f"{capital(what)} can be {verb} with {tool.name} only while it is {states}."
    else:
        states = "true" if tool.precondition.allowed[0] else "false"
        text = f"{capital(what)} can be {verb} with {tool.name} only while its {column.name} is"
        text = f"{text} {states}."
    return Supplied(
        Rule(
            id=f"status/{tool.name}",
            pattern=Pattern.STATUS,
            table=table.name,
            columns=(column.name,),
            text=text,
            tools=(tool.name,),
        )
    )


def _hindrances(ground: Ground, table: Table) -> Iterator[Supplied]:
    """Statuses in which a row cannot be deleted, or not be touched at all."""
    if table.status is None:
        return
    column = table.by_name[table.status]
    deletes = ground.of(table, ToolKind.DELETE, ToolKind.BATCH_DELETE)
    updates = _plain_updates(ground, table)
    busy = tuple(value for value in column.enum if is_passing(value))
    if busy and (deletes or updates) and first_status(column) not in busy:
        yield _busy(table, updates, deletes, busy)
    stops = [
        tool
        for tool in ground.of(table, ToolKind.TRANSITION)
        if tool.name.split("_")[0] in _STOPS and table.status in tool.sets
    ]
    if stops and deletes and _leaves_rest(column, stops[0], busy):
        yield _stop_first(table, stops[0], deletes, busy)


def _leaves_rest(column: Column, stop: DomainTool, busy: tuple[str, ...]) -> bool:
    """Whether a stop ends in a status in which a row can be deleted."""
    assert stop.precondition is not None
    hindering = {*stop.precondition.allowed, *busy}
    return stop.sets[column.name] not in hindering


def _plain_updates(ground: Ground, table: Table) -> list[DomainTool]:
    """Updates that do not set the status themselves."""
    return [
        tool
        for tool in ground.of(table, ToolKind.UPDATE)
        if all(role.column != table.status for role in tool.arguments.values())
    ]


def _busy(
    table: Table, updates: list[DomainTool], deletes: list[DomainTool], busy: tuple[str, ...]
) -> Supplied:
    spoken = _spoken(table, busy)
    deeds = [word for word, tools in (("changed", updates), ("deleted", deletes)) if tools]
    rule = Rule(
        id=f"busy/{table.name}",
        pattern=Pattern.BUSY,
        table=table.name,
        columns=(table.status or "",),
        text=f"{capital(with_article(table.noun))} that is {spoken} cannot be"
        f" {listing(deeds, 'or')} meanwhile.",
        tools=tuple(tool.name for tool in [*updates, *deletes]),
    )
    text = f"the {table.noun} is not {spoken}"
    refusal = "it cannot be touched until that is over"
    clauses = (_unless(table, tool, busy, refusal, text, rule.id) for tool in [*updates, *deletes])
    return Supplied(rule, tuple(clauses))


def _stop_first(
    table: Table, stop: DomainTool, deletes: list[DomainTool], busy: tuple[str, ...]
) -> Supplied:
    assert stop.precondition is not None
    at_work = tuple(str(value) for value in stop.precondition.allowed if value not in busy)
    verb = past(stop.name.split("_")[0])
    rule = Rule(
        id=f"stop_first/{table.name}",
        pattern=Pattern.STOP_FIRST,
        table=table.name,
        columns=(table.status or "",),
        text=f"{capital(with_article(table.noun))} that is {_spoken(table, at_work)} must be {verb}"
        f" with {stop.name} before it can be deleted.",
        tools=tuple(tool.name for tool in deletes),
    )
    text = f"the {table.noun} is not {_spoken(table, at_work)}"
    refusal = f"it must be {verb} with {stop.name} before it can be deleted"
    clauses = (_unless(table, tool, at_work, refusal, text, rule.id) for tool in deletes)
    return Supplied(rule, tuple(clauses))


def _unless(
    table: Table, tool: DomainTool, values: tuple[str, ...], refusal: str, text: str, rule: str
) -> Clause:
    """A refusal where the row that the tool works on has one of these statuses."""
    status, key = table.status or "", table.key[0]
    checks = raising(
        f'row["{status}"] in {_tuple(values)}',
        f"{table.noun} {{{key}}} is {{row['{status}']}}, {refusal}",
    )
    other = f"{quote(status)} NOT IN ({', '.join(map(literal, values))})"
    requirement = of_row(table, key_argument(tool, table), other, text, rule)
    return Clause(tool.name, checks=tuple(checks), row=True, requirements=(requirement,))


def _final(table: Table, updates: list[DomainTool], ended: tuple[str, ...]) -> Supplied:
    spoken = _spoken(table, ended)
    rule = Rule(
        id=f"final/{table.name}",
        pattern=Pattern.FINAL,
        table=table.name,
        columns=(table.status or "",),
        text=f"{capital(with_article(table.noun))} that is {spoken} cannot be changed any more.",
        tools=tuple(tool.name for tool in updates),
    )
    text = f"the {table.noun} is not {spoken}"
    refusal = "it cannot be changed any more"
    clauses = (_unless(table, tool, ended, refusal, text, rule.id) for tool in updates)
    return Supplied(rule, tuple(clauses))


def _open_owner(
    ground: Ground, table: Table, creates: list[tuple[DomainTool, str]], ended: tuple[str, ...]
) -> Supplied:
    status = table.status or ""
    spoken = _spoken(table, ended)
    nouns = list(dict.fromkeys(ground.tables[tool.table].noun for tool, _ in creates))
    rule = Rule(
        id=f"open_owner/{table.name}",
        pattern=Pattern.OPEN_OWNER,
        table=table.name,
        columns=(status,),
        text=f"{capital(with_article(table.noun))} that is {spoken} takes no new"
        f" {listing(nouns, 'or')}.",
        tools=tuple(dict.fromkeys(tool.name for tool, _ in creates)),
    )
    clauses = []
    for tool, name in creates:
        row = row_variable(name)
        checks = raising(
            f'{row}["{status}"] in {_tuple(ended)}',
            f"{table.noun} {{{name}}} is {{{row}['{status}']}},"
            f" it takes no new {ground.tables[tool.table].noun}",
        )
        going_on = f"{quote(status)} NOT IN ({', '.join(map(literal, ended))})"
        text = f"the {table.noun} is not {spoken}"
        requirement = of_row(table, name, going_on, text, rule.id)
        clauses.append(
            Clause(tool.name, checks=tuple(checks), owners=(name,), requirements=(requirement,))
        )
    return Supplied(rule, tuple(clauses))


def _spoken(table: Table, values: tuple[str, ...]) -> str:
    known = table.by_name[table.status or ""].enum
    return listing([spoken_value(value, known) for value in values], "or")


def _tuple(values: tuple[str, ...]) -> str:
    return f"({', '.join(_text(value) for value in values)}{',' if len(values) == 1 else ''})"


def _text(value: str) -> str:
    """A text as Python in double quotes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
