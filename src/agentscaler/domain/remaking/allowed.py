"""Which edits of a table are allowed.

In: the edits of one table, and the draft that it belongs to.  Out: what is wrong with them, in
words that say what would be right.  Names and listed values go into SQL and Python through the
rules' own writers; here they are held against strict patterns first.
"""

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence

from agentscaler.domain.arguments import is_automatic
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.draft import Draft
from agentscaler.domain.meaning import is_person
from agentscaler.domain.remaking.edits import (
    MEANINGS,
    MOST_VALUES,
    ColumnEdit,
    NewColumn,
    TableEdit,
    is_open,
)

__all__ = ["edit_faults"]

_NOUN = re.compile(r"[a-z][a-z0-9]*( [a-z0-9]+){0,4}")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9])?")
_LONGEST = 40
_MOST_COLUMNS = 16
_LARGEST = 10**9
_RESERVED = frozenset(
    "db row rows key member members least most now new_id reset step close".split()
)
_KEPT_BY_SOFTWARE = frozenset("create created creation update updated modified modify".split())
_CHANGERS = frozenset({ToolKind.UPDATE, ToolKind.TRANSITION, ToolKind.ACTION})


def edit_faults(edit: TableEdit, draft: Draft) -> list[str]:
    """What is not allowed in the edits of one table, which is there."""
    table = draft.tables[edit.table]
    tools = [tool for tool in draft.tools if tool.table == table.name]
    wrong = list(_table_faults(edit, table, draft))
    names = [one.name for one in edit.columns]
    for one in edit.columns:
        column = table.by_name.get(one.name)
        if column is None:
            wrong.append(f"there is no column {one.name[:60]!r}; new ones go into new_columns")
        elif names.count(one.name) > 1:
            wrong.append(f"{one.name} is edited twice")
        else:
            wrong += [f"{one.name}: {fault}" for fault in _column_faults(one, column, table, draft)]
    taken = {*table.by_name, *table.list_field}
    taken |= {name for tool in tools for name in tool.arguments}
    for new in edit.new_columns:
        wrong += [f"new column {new.name[:60]!r}: {fault}" for fault in _new_faults(new, taken)]
        taken.add(new.name)
    if len(table.columns) + len(edit.new_columns) > _MOST_COLUMNS:
        wrong.append(f"with new columns it has more than {_MOST_COLUMNS}; add fewer")
    return wrong


def _table_faults(edit: TableEdit, table: Table, draft: Draft) -> Iterator[str]:
    if edit.noun is not None:
        yield from _noun_faults(edit.noun)
        if edit.noun in {one.noun for one in draft.tables.values() if one.name != table.name}:
            yield f"another table has the noun {edit.noun!r}"
        if is_person(edit.noun) != is_person(table.noun):
            yield f"{edit.noun!r} makes people of things, or things of people"
    if edit.label is None or edit.label == table.label:
        return
    column = table.by_name.get(edit.label)
    changed = next((one for one in edit.columns if one.name == edit.label), None)
    if table.natural_key:
        yield "its rows are called by their key; it takes no other label"
    elif column is None:
        yield f"the label {edit.label[:60]!r} is none of its columns"
    elif column.type != "text" or column.enum or column.references or column.name in table.key:
        yield f"the label {edit.label} must be free text"
    elif changed is not None and (changed.enum or changed.references or changed.nullable):
        yield f"the label {edit.label} must be free text that no row lacks"
    elif not _is_always_given(column, table, draft):
        yield f"the label {edit.label} is not given whenever a row is made"


def _column_faults(edit: ColumnEdit, column: Column, table: Table, draft: Draft) -> Iterator[str]:
    if edit.noun is not None:
        yield from _noun_faults(edit.noun)
    is_fixed = column.name in {*table.key, *table.address} or column.references is not None
    values = (edit.meaning, edit.enum, edit.minimum, edit.maximum, edit.nullable, edit.unique)
    if is_fixed and (any(one is not None for one in values) or edit.references):
        yield "it is a key; only its noun can change"
        return
    if edit.meaning is not None:
        yield from _meaning_faults(edit.meaning, column.type)
        if column.enum:
            yield "it has listed values; its meaning cannot change"
    if edit.enum is not None:
        yield from _enum_faults(edit.enum, column, table)
    yield from _bound_faults(edit, column)
    if edit.nullable is False and column.nullable and not _is_always_given(column, table, draft):
        yield "a row can be made without it, so it stays nullable"
    if edit.nullable and column.name in {table.label, table.status}:
        yield "no row can lack it"
    if edit.unique is False and column.unique:
        yield "its values stay unique"
    if edit.unique and (column.type != "text" or column.enum or edit.enum):
        yield "only free text can be unique"
    if edit.references is not None:
        yield from _reference_faults(edit, column, table, draft)


def _noun_faults(noun: str) -> Iterator[str]:
    if not _NOUN.fullmatch(noun) or len(noun) > _LONGEST:
        yield f"the noun {noun[:60]!r} is not one to five lower-case words in the singular"


def _meaning_faults(meaning: str, kind: str) -> Iterator[str]:
    if meaning not in MEANINGS[kind]:
        yield f"{meaning[:40]!r} is no meaning of {kind}; choose one of {', '.join(MEANINGS[kind])}"


def _enum_faults(values: Sequence[str], column: Column, table: Table) -> Iterator[str]:
    if column.type != "text" or column.enum or column.unique or column.name == table.label:
        yield "only free text that does not name a row can get listed values"
    yield from _listed_faults(values)


def _listed_faults(values: Sequence[str]) -> Iterator[str]:
    if not 2 <= len(values) <= MOST_VALUES:
        yield f"it lists {len(values)} values; give 2 to {MOST_VALUES}"
    odd = [value for value in values if not _VALUE.fullmatch(value) or len(value) > _LONGEST]
    if odd:
        yield f"the value {odd[0][:60]!r} is not a short word or two of letters, digits, - and _"
    if len({value.lower() for value in values}) < len(values):
        yield "a value is listed twice"


def _bound_faults(edit: ColumnEdit, column: Column) -> Iterator[str]:
    given = [bound for bound in (edit.minimum, edit.maximum) if bound is not None]
    if not given:
        return
    if column.type not in {"integer", "real"}:
        yield "only numbers have a minimum and a maximum"
        return
    if column.type == "integer" and any(bound != int(bound) for bound in given):
        yield "its bounds must be whole numbers"
    if any(abs(bound) > _LARGEST for bound in given):
        yield "its bounds are out of all proportion"
    low = edit.minimum if edit.minimum is not None else column.minimum
    high = edit.maximum if edit.maximum is not None else column.maximum
    if low is not None and high is not None and high - low < (3 if column.type == "integer" else 0):
        yield f"between {low} and {high} there is no room for different values"
    if column.minimum is not None and low is not None and low < column.minimum:
        yield f"the minimum cannot be less than {column.minimum}"
    if column.maximum is not None and high is not None and high > column.maximum:
        yield f"the maximum cannot be more than {column.maximum}"


def _reference_faults(
    edit: ColumnEdit, column: Column, table: Table, draft: Draft
) -> Iterator[str]:
    target = draft.tables.get(edit.references or "")
    if target is None or not is_open(target):
        yield f"there is no table {(edit.references or '')[:60]!r} whose keys it could hold"
        return
    if column.type != "text" or column.enum or column.name in {table.label, table.status}:
        yield "only free text that does not name a row can refer to a table"
    if target.address:
        yield f"keys of {target.name} are made of several columns"
    if edit.enum or edit.meaning or edit.unique:
        yield "what refers to a table takes no values, meaning or uniqueness of its own"
    changers = [
        tool.name
        for tool in draft.tools
        if tool.kind in _CHANGERS and _takes(tool, table, column.name)
    ]
    if changers:
        yield f"{', '.join(changers)} changes it, so it cannot refer to a table"
    if table.name in _reached(target.name, draft.tables):
        yield f"{target.name} refers to {table.name} already"
    if not column.nullable:
        yield "no row may lack it, so it cannot refer to a table"


def _new_faults(new: NewColumn, taken: set[str]) -> Iterator[str]:
    words = new.name.split("_")
    if not _NAME.fullmatch(new.name) or len(new.name) > _LONGEST:
        yield "its name is not snake_case of letters and digits"
    elif new.name in taken:
        yield "a column, a list or an argument has that name"
    elif keyword.iskeyword(new.name) or new.name in _RESERVED or words[-1] in {"id", "ids"}:
        yield "its name is one that software keeps for itself"
    elif not _KEPT_BY_SOFTWARE.isdisjoint(words):
        yield "times of making and changing are kept by software"
    yield from _noun_faults(new.noun)
    if new.enum is None:
        yield from _meaning_faults(new.meaning, new.type)
    elif new.type != "text":
        yield "only text has listed values"
    else:
        yield from _listed_faults(new.enum)


def _is_always_given(column: Column, table: Table, draft: Draft) -> bool:
    """Whether no row can be made without a value of a column."""
    creates = [t for t in draft.tools if t.table == table.name and t.kind is ToolKind.CREATE]
    return (
        not column.nullable
        or is_automatic(column)
        or column.type == "boolean"
        or all(column.name in tool.parameters["required"] for tool in creates)
    )


def _takes(tool: DomainTool, table: Table, column: str) -> bool:
    return any(
        role.table == table.name and role.column == column for role in tool.arguments.values()
    )


def _reached(name: str, tables: Mapping[str, Table]) -> set[str]:
    """The tables that a table refers to, near or far, and itself."""
    reached, left = set(), [name]
    while left:
        one = left.pop()
        if one not in reached:
            reached.add(one)
            left += [c.references for c in tables[one].columns if c.references]
    return reached
