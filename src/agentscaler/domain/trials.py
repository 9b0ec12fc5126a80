"""How the certificate tries the tools of a domain: where each argument's values come from."""

from collections.abc import Iterable, Mapping
from typing import Literal

from agentscaler.domain.batches import BATCHES
from agentscaler.domain.domain import ArgumentRole, ColumnValues, DomainTool, Table, ToolKind
from agentscaler.domain.schema import joined_key, quote
from agentscaler.domain.values import ValueMaker
from agentscaler.world.trials import Draw, ReadBack, ToolTrial

__all__ = ["tool_trials"]

_POOL = 12
_LIMITS = (1, 1, 2, 3, 5)
"""Of a list, mostly less than there is."""
_ANY_ROW = BATCHES | {
    *(ToolKind.CREATE, ToolKind.LINK, ToolKind.LIST, ToolKind.COUNT, ToolKind.ACTION)
}
"""Tools whose references may be any row's, not just those of the row they work on."""
_READS = frozenset({ToolKind.LIST, ToolKind.COUNT})


def tool_trials(
    tools: Iterable[DomainTool],
    tables: Mapping[str, Table],
    now: str,
    values: Iterable[ColumnValues] = (),
) -> list[ToolTrial]:
    """One trial plan a tool, in the order of `tools`.

    Args:
        values: what some columns hold.
    """
    tools = list(tools)
    pools = _Pools(now, values)
    readers = {tool.table: tool for tool in tools if tool.kind is ToolKind.GET}
    return [_trial(tool, readers.get(tool.table), tables, pools) for tool in tools]


class _Pools:
    """Values by column, drawn once for all tools that take them."""

    def __init__(self, now: str, values: Iterable[ColumnValues]) -> None:
        self._maker = ValueMaker("trials", now, values)
        self._pools: dict[tuple[str, str], tuple[object, ...]] = {}

    def of(self, table: Table, name: str) -> tuple[object, ...]:
        pool = self._pools.get((table.name, name))
        if pool is None:
            column = table.by_name[name]
            drawn = [self._maker.value(table, column) for _ in range(_POOL)]
            pool = self._pools[table.name, name] = tuple(dict.fromkeys(drawn))
        return pool


def _trial(
    tool: DomainTool, reader: DomainTool | None, tables: Mapping[str, Table], values: _Pools
) -> ToolTrial:
    draws = {name: _draw(tool, name, role, tables, values) for name, role in tool.arguments.items()}
    return ToolTrial(tool.name, draws, _read_back(tool, reader), tool.table)


def _read_back(tool: DomainTool, reader: DomainTool | None) -> ReadBack | None:
    """How to see what a write did, if a get shows it."""
    if reader is None or tool.effect == "read":
        return None
    fields = {name: reader.arguments[name].column for name in reader.parameters["required"]}
    if tool.kind is not ToolKind.DELETE:
        same = tool.returns == reader.returns
        return ReadBack(reader.name, fields) if same else None
    given = fields.keys() <= tool.arguments.keys()
    return ReadBack(reader.name, {name: name for name in fields}, gone=True) if given else None


def _draw(
    tool: DomainTool,
    name: str,
    role: ArgumentRole,
    tables: Mapping[str, Table],
    values: _Pools,
) -> Draw:
    if role.kind == "members":
        return _draw_members(tables[role.table], role.column, tables, values)
    query = tool.ask.draws.get(name, "") if tool.ask is not None else ""
    if role.kind in {"key", "reference", "holds"}:
        if tool.kind not in _ANY_ROW:
            return Draw("key", tool.table, name)
        target = tables[role.table]
        held = role.column if tool.kind in _READS and role.kind == "reference" else ""
        return Draw("reference", target.name, target.key[0], held=held)
    if role.kind == "address":
        return _part(tool, name, role, tables)
    if role.kind == "limit":
        return Draw("value", pool=_LIMITS)
    listed = "enum" in tool.parameters["properties"][name] and role.kind != "filter"
    if listed or role.kind == "descending" or not role.column:
        return Draw("value", query=query)
    table = tables[role.table]
    kind: Literal["value", "filter"] = "value" if role.kind == "value" else "filter"
    return Draw(kind, table.name, role.column, values.of(table, role.column), query=query)


def _draw_members(table: Table, name: str, tables: Mapping[str, Table], values: _Pools) -> Draw:
    """Keys of rows, or several lists of values, some empty and some with a value named twice."""
    field = next(one for one in table.lists if one.name == name)
    references = field.columns[0].references
    if references is not None:
        target = tables[references]
        return Draw("reference", target.name, target.key[0])
    pool = values.of(tables[field.table], field.order)
    lists: list[list[object]] = [[], [pool[0], pool[0]]]
    lists += [
        [pool[(start + step * 5) % len(pool)] for step in range(start % 3 + 1)]
        for start in range(_POOL)
    ]
    return Draw("value", pool=tuple(lists))


def _part(tool: DomainTool, name: str, role: ArgumentRole, tables: Mapping[str, Table]) -> Draw:
    """A part of a key: all parts of a call of one row, mostly one that rows of the tool's own
    table belong to."""
    table = tables[role.table]
    if tool.kind in _ANY_ROW:
        return Draw("reference", table.name, role.column)
    if tool.table == table.name:
        return Draw("key", table.name, role.column)
    ways = (
        (parts, _reached(table, key, tables[tool.table], tables))
        for key, parts in tool.addresses.items()
        if name in parts
    )
    parts, reached = next((way for way in ways if way[1]), ((), ""))
    if not reached:
        return Draw("reference", table.name, role.column)
    owner, last = table.address
    tests = [f"{quote(table.key[0])} IN ({reached})"]
    above = parts[: parts.index(name)]
    if role.column == last and above:
        tests.append(f"{quote(owner)} IS ({joined_key(above, ':')})")
    query = f"SELECT {quote(role.column)} FROM {quote(table.name)} WHERE {' AND '.join(tests)}"
    return Draw("reference", table.name, role.column, query=query)


def _reached(table: Table, key: str, own: Table, tables: Mapping[str, Table]) -> str:
    """A query for the keys of rows of `table` that rows of `own` belong to, by way of `key`; ""
    where that way leads elsewhere, as two keys may have a part in common."""
    current, rows, query = own, quote(own.name), ""
    while current.name != table.name:
        if (key,) != current.key:
            column = key
        elif current.address:
            column = current.address[0]
        else:
            return ""
        references = current.by_name[column].references
        if references is None:
            return ""
        current = tables[references]
        query = f"SELECT {quote(column)} FROM {rows}"
        key = current.key[0]
        rows = f"{quote(current.name)} WHERE {quote(key)} IN ({query})"
    return query
