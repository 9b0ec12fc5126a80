"""Columns that the system itself keeps up: counts and totals over the rows that refer to a row."""

from collections.abc import Iterator

from agentscaler.corpus.english import plural_noun, with_article
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.rule import Pattern, Rule
from agentscaler.domain.rules.clause import Clause, Ground, Supplied
from agentscaler.domain.rules.deletion import cascaded
from agentscaler.domain.schema import quote
from agentscaler.domain.statement import call
from agentscaler.words import singular

__all__ = ["find_sum_rules", "kept_columns"]

_BEFORE = (["number", "of"], ["count", "of"], ["num"], ["total"])
_TOTALS = frozenset("total subtotal total_amount amount_total grand_total total_price".split())
_PARTS = ("amount", "total", "price", "cost", "total_amount", "unit_price")
_CHANGES = (ToolKind.CREATE, ToolKind.DELETE)


def kept_columns(ground: Ground) -> dict[tuple[str, str], tuple[Table, str, str]]:
    """Columns that count or add up, as (table, column) -> (table of the parts, their reference,
    the column added up or "" where rows are counted)."""
    loose = cascaded(ground)
    found = {}
    for table in ground.entities():
        for column in table.columns:
            if column.type not in {"integer", "real"} or ground.settable(table, [column.name]):
                continue
            for part, reference in ground.referring(table):
                if part.is_link or part.name in loose or part.name == table.name:
                    continue
                if not ground.of(part, ToolKind.CREATE):
                    continue
                summed = _summed(ground, table, column, part)
                if summed is not None:
                    found[table.name, column.name] = part, reference, summed
                    break
    return found


def find_sum_rules(ground: Ground) -> Iterator[Supplied]:
    """Rules COUNTER and TOTAL."""
    for (name, column), (part, reference, summed) in kept_columns(ground).items():
        yield _kept(ground, ground.tables[name], column, part, reference, summed)


def _summed(ground: Ground, table: Table, column: Column, part: Table) -> str | None:
    """ "" where the column counts rows of `part`, the column it adds up, or None."""
    if column.type == "integer" and _counted(column.name) in (part.noun, part.noun.split(" ")[-1]):
        return ""
    if column.name in _TOTALS and column.meaning in {"money", "quantity", "number"}:
        for name in _PARTS:
            added = part.by_name.get(name)
            if added is None or added.type != column.type:
                continue
            changed = [
                tool
                for tool in ground.of(part, ToolKind.UPDATE, ToolKind.TRANSITION)
                if any(role.column == name for role in tool.arguments.values())
            ]
            return None if changed else name
    return None


def _counted(name: str) -> str:
    """The noun of what a column counts: "order count", "number of orders", "total orders"."""
    words = name.split("_")
    for before in _BEFORE:
        if words[: len(before)] == before and len(words) > len(before):
            return " ".join([*words[len(before) : -1], singular(words[-1])])
    if words[-1] in {"count", "counts"} and len(words) > 1:
        rest = [word for word in words[:-1] if word not in {"total", "current"}]
        return " ".join([*rest[:-1], singular(rest[-1])]) if rest else ""
    return ""


def _kept(
    ground: Ground, table: Table, column: str, part: Table, reference: str, summed: str
) -> Supplied:
    many = plural_noun(part.noun)
    value = f"coalesce(SUM({quote(summed)}), 0)" if summed else "COUNT(*)"
    truth = (
        f"(SELECT {value} FROM {quote(part.name)}"
        f" WHERE {quote(part.name)}.{quote(reference)} = {quote(table.name)}.{quote(table.key[0])})"
    )
    name, kept = quote(table.name), quote(column)
    tools = ground.of(part, *_CHANGES)
    what = f"the {summed} of its {many}" if summed else f"its {many}"
    verb = "adds up" if summed else "counts"
    pattern = Pattern.TOTAL if summed else Pattern.COUNTER
    rule = Rule(
        id=f"{pattern}/{table.name}.{column}",
        pattern=pattern,
        table=table.name,
        columns=(column,),
        text=f"The {column} of {with_article(table.noun)} {verb} {what}.",
        tools=tuple(tool.name for tool in tools),
        broken=f"SELECT {quote(table.key[0])} FROM {name} WHERE {kept} IS NOT {truth}",
    )
    update = f"UPDATE {name} SET {kept} = {truth}"
    clauses = [_kept_by(table, column, part, reference, summed, tool, update) for tool in tools]
    zero = f"UPDATE {name} SET {kept} = 0 WHERE {quote(table.key[0])} = ?"
    start = tuple(call("db.run", zero, [table.key[0]]))
    clauses += [
        Clause(tool.name, deeds=start, effects_after=(update,))
        for tool in ground.of(table, ToolKind.CREATE)
    ]
    return Supplied(rule, tuple(clauses), settle=(update,))


def _kept_by(
    table: Table,
    column: str,
    part: Table,
    reference: str,
    summed: str,
    tool: DomainTool,
    update: str,
) -> Clause:
    """What a create or a delete of a part does to the column."""
    kept, sign = quote(column), "+" if tool.kind is ToolKind.CREATE else "-"
    where = f"WHERE {quote(table.key[0])} = ?"
    if tool.kind is ToolKind.DELETE:
        owner, added = f'row["{reference}"]', f'row["{summed}"]'
    else:
        owner, added = reference, summed if summed in tool.arguments else "None"
        if reference not in tool.arguments:
            owner = "None"
    if summed:
        deed = call(
            "db.run",
            f"UPDATE {quote(table.name)} SET {kept} = {kept} {sign} coalesce(?, 0) {where}",
            [added, owner],
        )
    else:
        deed = call(
            "db.run", f"UPDATE {quote(table.name)} SET {kept} = {kept} {sign} 1 {where}", [owner]
        )
    return Clause(
        tool.name,
        deeds=tuple(deed),
        row=tool.kind is ToolKind.DELETE,
        effects_after=(update,),
        writes=(table.name,),
    )
