"""How the certificate tries the tools of a draft: where each argument's values come from."""

from agentscaler.domain.domain import ArgumentRole, DomainTool, Table, ToolKind
from agentscaler.domain.draft import Draft
from agentscaler.domain.values import ValueMaker
from agentscaler.world.trials import Draw, ReadBack, RowCondition, ToolTrial

__all__ = ["tool_trials"]

_POOL = 12
_ANY_ROW = frozenset(
    {ToolKind.CREATE, ToolKind.LINK, ToolKind.LIST, ToolKind.COUNT, ToolKind.ACTION}
)
"""Tools whose references may be any row's, not just those of the row they work on."""


def tool_trials(draft: Draft, now: str) -> list[ToolTrial]:
    """One trial plan a tool, in the draft's order."""
    values = ValueMaker("trials", now)
    readers = {tool.table: tool for tool in draft.tools if tool.kind is ToolKind.GET}
    return [_trial(tool, readers.get(tool.table), draft.tables, values) for tool in draft.tools]


def _trial(
    tool: DomainTool, reader: DomainTool | None, tables: dict[str, Table], values: ValueMaker
) -> ToolTrial:
    draws = {name: _draw(tool, name, role, tables, values) for name, role in tool.arguments.items()}
    condition = None
    if tool.precondition is not None:
        condition = RowCondition(tool.table, tool.precondition.column, tool.precondition.allowed)
    return ToolTrial(tool.name, draws, condition, _read_back(tool, reader))


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
    tables: dict[str, Table],
    values: ValueMaker,
) -> Draw:
    if role.kind in {"key", "reference"}:
        if tool.kind in _ANY_ROW:
            target = tables[role.table]
            return Draw("reference", target.name, target.key[0])
        return Draw("key", tool.table, name)
    if not role.column:
        return Draw("value")
    table = tables[role.table]
    column = table.by_name[role.column]
    pool = [values.value(table, column) for _ in range(_POOL)]
    return Draw("value", pool=tuple(dict.fromkeys(pool)))
