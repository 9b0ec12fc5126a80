"""Contracts of the rules' tools: requirements, effects and answer in SQL, from what a tool is.

`source` writes the same tool as Python.  The two are written apart, so that running one against the
other shows a slip in either.
"""

from collections.abc import Iterable, Iterator, Sequence

from agentscaler.corpus.english import listing
from agentscaler.domain.addresses import addressed, addressed_contract
from agentscaler.domain.batches import BATCHES, key_argument
from agentscaler.domain.binding import is_automatic, is_scope, records_changes
from agentscaler.domain.domain import ArgumentRole, Column, DomainTool, Table, ToolKind
from agentscaler.domain.members import changing, is_held, listed, shown_lists
from agentscaler.domain.rules import Clause
from agentscaler.domain.schema import literal, quote
from agentscaler.domain.source import list_columns
from agentscaler.domain.statuses import first_status
from agentscaler.world.contract import Answer, Contract, Requirement

__all__ = ["specify"]

_ROW = frozenset({ToolKind.GET, ToolKind.UPDATE, ToolKind.DELETE, ToolKind.TRANSITION})
_LINKS = frozenset({ToolKind.LINK, ToolKind.UNLINK})


def specify(tool: DomainTool, tables: dict[str, Table], clauses: Sequence[Clause] = ()) -> Contract:
    """What `tool` promises, with what business rules add to it."""
    table = tables[tool.table]
    minted = tool.kind is ToolKind.CREATE and not table.natural_key
    ruled = [requirement for clause in clauses for requirement in clause.requirements]
    before = [effect for clause in clauses for effect in clause.effects_before]
    after = [effect for clause in clauses for effect in clause.effects_after]
    contract = Contract(
        requirements=(*_requirements(tool, table, tables), *ruled),
        effects=(*before, *_effects(tool, table), *after),
        answer=_answer(tool, table),
        mints=table.key[0] if minted else "",
    )
    return addressed_contract(contract, addressed(tool, tables), tables)


def _requirements(
    tool: DomainTool, table: Table, tables: dict[str, Table]
) -> Iterator[Requirement]:
    if tool.kind in _ROW:
        yield from _row_requirements(tool, table)
        return
    for name, role in tool.arguments.items():
        if role.kind in {"key", "reference", "holds"}:
            target = tables[role.table]
            yield Requirement(argument=name, table=target.name, key=target.key[0])
    if tool.kind in BATCHES:
        members = f"json_each(:{key_argument(tool, table)})"
        once = f"(SELECT COUNT(*) = COUNT(DISTINCT value) FROM {members})"
        yield Requirement(condition=once, text="nothing is named twice")
    if tool.kind is ToolKind.CREATE and table.natural_key:
        yield Requirement(condition=f"NOT {_found(table, table.key)}", text="the name is not taken")
    elif tool.kind in _LINKS:
        negation = "NOT " if tool.kind is ToolKind.LINK else ""
        state = "not linked yet" if negation else "linked"
        yield Requirement(
            condition=f"{negation}{_found(table, table.key)}", text=f"they are {state}"
        )


def _row_requirements(tool: DomainTool, table: Table) -> Iterator[Requirement]:
    """What must hold of the row that a tool works on."""

    def of_row(condition: str = "TRUE", text: str = "") -> Requirement:
        key = table.key[0]
        return Requirement(condition=condition, argument=key, table=table.name, key=key, text=text)

    yield of_row()
    for name, role in tool.arguments.items():
        if is_scope(tool, name):
            yield of_row(f"{quote(role.column)} IS :{name}")
    if tool.precondition is not None:
        column, allowed = tool.precondition.column, tool.precondition.allowed
        yield of_row(
            f"{quote(column)} IN ({', '.join(literal(value) for value in allowed)})",
            f"the {table.noun}'s {column} is {_states(allowed)}",
        )
    changes = changing(tool)
    if tool.kind is ToolKind.UPDATE and len(changes) > 1:
        given = " OR ".join(f":{name} IS NOT NULL" for name in changes)
        yield Requirement(condition=given)


def _effects(tool: DomainTool, table: Table) -> Iterator[str]:
    name, key = quote(table.name), table.key[0]
    where = f"WHERE {quote(key)} = :{key}"
    match tool.kind:
        case ToolKind.CREATE:
            filled = {column.name: _initial(column, table, tool) for column in table.columns}
            given = {column: value for column, value in filled.items() if value is not None}
            columns = ", ".join(map(quote, given))
            yield f"INSERT INTO {name} ({columns}) VALUES ({', '.join(given.values())})"
        case ToolKind.UPDATE | ToolKind.TRANSITION:
            sets = [f"{quote(column)} = {literal(value)}" for column, value in tool.sets.items()]
            sets += [
                f"{quote(role.column)} = coalesce(:{argument}, {quote(role.column)})"
                for argument, role in tool.arguments.items()
                if role.kind == "value"
            ]
            sets += [f"{quote(c.name)} = :_now" for c in table.columns if records_changes(c)][:1]
            if sets:
                yield f"UPDATE {name} SET {', '.join(sets)} {where}"
        case ToolKind.DELETE:
            yield f"DELETE FROM {name} {where}"
        case ToolKind.BATCH_DELETE:
            members = f"SELECT value FROM json_each(:{key_argument(tool, table)})"
            yield f"DELETE FROM {name} WHERE {quote(key)} IN ({members})"
        case ToolKind.LINK:
            columns = ", ".join(quote(column) for column in table.key)
            ends = ", ".join(f":{column}" for column in table.key)
            yield f"INSERT INTO {name} ({columns}) VALUES ({ends})"
        case ToolKind.UNLINK:
            yield f"DELETE FROM {name} WHERE {_match(table.key)}"


def _initial(column: Column, table: Table, tool: DomainTool) -> str | None:
    """What a create puts into a column, as SQL; None leaves it NULL."""
    if column.name in table.key:
        return f":{column.name}" if table.natural_key else ":_id"
    if column.name in tool.arguments:
        return f"coalesce(:{column.name}, 0)" if column.type == "boolean" else f":{column.name}"
    if column.name == table.status:
        return literal(first_status(column))
    if column.type == "boolean":
        return "0"
    return ":_now" if is_automatic(column) else None


def _answer(tool: DomainTool, table: Table) -> Answer:
    name, key = quote(table.name), table.key[0]
    flags = tuple(column.name for column in table.columns if column.type == "boolean")
    fields = shown_lists(tool.kind, table)
    held = "".join(f", {listed(table, field)}" for field in fields)
    lists = tuple(field.name for field in fields)
    match tool.kind:
        case ToolKind.LIST | ToolKind.COUNT:
            tests = (_filter(tool, table, *item) for item in tool.arguments.items())
            where = " AND ".join(test for test in tests if test)
            source = f"{name} WHERE {where}" if where else name
            if tool.kind is ToolKind.COUNT:
                return Answer(sql=f"SELECT count(*) AS count FROM {source}")
            shown = list_columns(table)
            columns = ", ".join(quote(column.name) for column in shown)
            return Answer(
                sql=f"SELECT {columns}{held} FROM {source}"
                f" ORDER BY {', '.join(_order(tool, table))}{_limit(tool)}",
                field=table.name,
                flags=tuple(column.name for column in shown if column.name in flags),
                lists=lists,
            )
        case ToolKind.BATCH_GET:
            members = f"SELECT value FROM json_each(:{key_argument(tool, table)})"
            where = f"WHERE {quote(key)} IN ({members}) ORDER BY {quote(key)}"
            rows = f"SELECT *{held} FROM {name} {where}"
            return Answer(sql=rows, field=table.name, flags=flags, lists=lists)
        case ToolKind.BATCH_DELETE:
            return Answer(sql=f"SELECT json_array_length(:{key_argument(tool, table)}) AS deleted")
        case ToolKind.DELETE:
            return Answer(sql=f"SELECT :{key} AS {quote(key)}, 1 AS deleted", flags=("deleted",))
        case ToolKind.LINK | ToolKind.UNLINK:
            ends = ", ".join(f":{column} AS {quote(column)}" for column in table.key)
            linked = int(tool.kind is ToolKind.LINK)
            return Answer(sql=f"SELECT {ends}, {linked} AS linked", flags=("linked",))
    made = tool.kind is ToolKind.CREATE and not table.natural_key
    row = ":_id" if made else f":{key}"
    found = f"SELECT *{held} FROM {name} WHERE {quote(key)} = {row}"
    return Answer(sql=found, flags=flags, lists=lists)


def _filter(tool: DomainTool, table: Table, name: str, role: ArgumentRole) -> str:
    if role.kind in {"sort", "descending", "limit"}:
        return ""
    sign = {"least": ">=", "most": "<="}.get(role.kind, "=")
    test = f"{quote(role.column)} {sign} :{name}"
    if role.kind == "holds":
        test = is_held(table, role.column, name)
    return test if name in tool.parameters["required"] else f"(:{name} IS NULL OR {test})"


def _order(tool: DomainTool, table: Table) -> Iterator[str]:
    """What a list is ordered by: what was asked for, then the label and the key."""
    roles = {role.kind: name for name, role in tool.arguments.items()}
    if "sort" in roles:
        by, down = roles["sort"], f"coalesce(:{roles['descending']}, 0)"
        for column in tool.parameters["properties"][by]["enum"]:
            asked, name = f":{by} = {literal(column)}", quote(column)
            yield f"CASE WHEN {asked} THEN {name} IS NULL END"
            yield f"CASE WHEN {asked} AND NOT {down} THEN {name} END"
            yield f"CASE WHEN {asked} AND {down} THEN {name} END DESC"
    yield from map(quote, dict.fromkeys(one for one in (table.label, *table.key) if one))


def _limit(tool: DomainTool) -> str:
    limits = [name for name, role in tool.arguments.items() if role.kind == "limit"]
    return f" LIMIT coalesce(:{limits[0]}, -1)" if limits else ""


def _found(table: Table, key: Iterable[str]) -> str:
    return f"EXISTS (SELECT 1 FROM {quote(table.name)} WHERE {_match(key)})"


def _match(key: Iterable[str]) -> str:
    return " AND ".join(f"{quote(column)} = :{column}" for column in key)


def _states(allowed: tuple[str | int, ...]) -> str:
    if isinstance(allowed[0], str):
        return listing([str(value) for value in allowed], "or")
    return str(bool(allowed[0])).lower()
