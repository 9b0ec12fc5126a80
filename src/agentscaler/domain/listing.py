"""What a list can be asked beside equality: ranges, an order, at most so many.

Readers drop page sizes and the like as noise of transport; what is meant by them comes back here,
in one form for every list: `created_at_from`, `max_price`, `sort_by`, `descending`, `limit`.
"""

from typing import Any

from agentscaler.corpus.english import plural_noun
from agentscaler.domain.domain import ArgumentRole, Column, DomainTool, Table, ToolKind
from agentscaler.domain.source import list_columns

__all__ = ["order_parameters", "range_parameters", "sortable_columns", "with_ranges_and_order"]

Schema = dict[str, Any]

_NUMBERS = frozenset({"integer", "real"})
_TIMES = frozenset({"date", "timestamp"})
_RANGED = frozenset(
    "bytes distance gigabytes kilograms money percent priority quantity rating temperature".split()
)
_FORMS = {"date": " (YYYY-MM-DD)", "timestamp": " (ISO 8601, YYYY-MM-DDTHH:MM:SS)"}


def sortable_columns(table: Table) -> list[Column]:
    """The columns of a list that have an order people care for."""
    return [column for column in list_columns(table) if column.type in _NUMBERS | _TIMES]


def with_ranges_and_order(tool: DomainTool, table: Table) -> DomainTool:
    """A list or count of a table's rows with what its columns allow; other tools as they are."""
    if tool.kind not in {ToolKind.LIST, ToolKind.COUNT} or table.is_link:
        return tool
    added: dict[str, tuple[ArgumentRole, Schema]] = {}
    for column in _ranged(table):
        added |= range_parameters(table, column)
    if tool.kind is ToolKind.LIST:
        added |= order_parameters(table)
    fresh = {name: one for name, one in added.items() if name not in tool.arguments}
    if not fresh:
        return tool
    properties = {name: schema for name, (_, schema) in fresh.items()}
    roles = {name: role for name, (role, _) in fresh.items()}
    return tool.model_copy(
        update={
            "arguments": {**tool.arguments, **roles},
            "parameters": {
                **tool.parameters,
                "properties": {**tool.parameters["properties"], **properties},
            },
        }
    )


def _ranged(table: Table) -> list[Column]:
    """One time and one amount to ask ranges of, where there are any."""
    times = [column for column in sortable_columns(table) if column.type in _TIMES]
    amounts = [
        column
        for column in sortable_columns(table)
        if column.meaning in _RANGED and not column.name.startswith(("min", "max"))
    ]
    return times[:1] + amounts[:1]


def range_parameters(table: Table, column: Column) -> dict[str, tuple[ArgumentRole, Schema]]:
    name, noun = column.name, column.noun or column.name
    many = plural_noun(table.noun)
    kind = {"integer": "integer", "real": "number"}.get(column.type, "string")
    form = _FORMS.get(column.type, "")
    names = (
        (f"{name}_from", f"{name}_until")
        if column.type in _TIMES
        else (f"min_{name}", f"max_{name}")
    )
    words = (
        ("not before" if column.type in _TIMES else "at least"),
        ("not after" if column.type in _TIMES else "at most"),
    )
    ends = ("least", "most")
    return {
        parameter: (
            ArgumentRole(kind=end, table=table.name, column=name),
            {"type": kind, "description": f"Only {many} whose {noun} is {word} this{form}."},
        )
        for parameter, word, end in zip(names, words, ends, strict=True)
    }


def order_parameters(table: Table) -> dict[str, tuple[ArgumentRole, Schema]]:
    columns = [column.name for column in sortable_columns(table)]
    many = plural_noun(table.noun)
    limit: Schema = {
        "type": "integer",
        "minimum": 1,
        "description": f"At most so many {many}.",
    }
    found = {"limit": (ArgumentRole(kind="limit", table=table.name), limit)}
    if columns:
        by: Schema = {
            "type": "string",
            "enum": columns,
            "description": "What to sort by, the smallest or earliest first; else by name or key.",
        }
        down: Schema = {
            "type": "boolean",
            "description": "Whether what sort_by names comes greatest or latest first.",
        }
        found = {
            "sort_by": (ArgumentRole(kind="sort", table=table.name), by),
            "descending": (ArgumentRole(kind="descending", table=table.name), down),
            **found,
        }
    return found
