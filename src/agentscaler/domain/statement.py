"""Lines of Python that run SQL, as the source of tools has them."""

import re

__all__ = ["call", "indent", "ordering", "raising", "row_function", "row_variable", "set_column"]

from agentscaler.domain.domain import DomainTool, Table
from agentscaler.domain.schema import quote

_WIDTH = 96


def call(head: str, statement: str, values: list[str], tail: str = "") -> list[str]:
    """A call with an SQL statement, folded when it is long.

    Args:
        head: what stands before the opening bracket ("row = db.one").
        values: Python expressions for the question marks.
        tail: what stands behind the closing bracket.
    """
    line = f'{head}("{_escape(statement)}"{"".join(f", {value}" for value in values)}){tail}'
    if len(line) <= _WIDTH:
        return [line]
    margin = " " * (len(head) - len(head.lstrip()) + 4)
    folded = [f"{head}(", *(f'{margin}"{_escape(piece)}"' for piece in _fold(statement))]
    folded[-1] += ","
    if values:
        folded.append(f"{margin}{', '.join(values)},")
    return [*folded, f"{margin[:-4]}){tail}"]


def raising(condition: str, text: str) -> list[str]:
    """A refusal: `text` is the inside of an f-string in double quotes."""
    return [f"if {condition}:", f'    raise ToolError(f"{text}")']


def indent(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def row_function(table: Table) -> str:
    """The function that fetches one row of a table."""
    return f"fetch_{table.noun.replace(' ', '_')}_row"


def row_variable(argument: str) -> str:
    """What the row is called that an argument names."""
    return f"{re.sub('_(id|name|path)$', '', argument)}_row"


def ordering(tool: DomainTool) -> list[str]:
    """Sorts the rows of a list and cuts it off, where it is asked to; rows without the value that
    is sorted by come last."""
    by_kind = {role.kind: name for name, role in tool.arguments.items()}
    lines = []
    if "sort" in by_kind:
        by, down = by_kind["sort"], by_kind["descending"]
        lines += [
            f"if {by} is not None:",
            f"    known = [row for row in rows if row[{by}] is not None]",
            f"    unknown = [row for row in rows if row[{by}] is None]",
            f"    rows = sorted(known, key=lambda row: row[{by}], reverse=bool({down})) + unknown",
        ]
    if "limit" in by_kind:
        limit = by_kind["limit"]
        lines += [f"if {limit} is not None:", f"    rows = rows[:{limit}]"]
    return lines


def set_column(table: Table, column: str) -> str:
    """The statement that sets a column of one row."""
    return f"UPDATE {quote(table.name)} SET {quote(column)} = ? WHERE {quote(table.key[0])} = ?"


def _fold(statement: str) -> list[str]:
    """A statement in pieces that fit a line, cut at spaces."""
    pieces = [""]
    for word in statement.split(" "):
        if len(pieces[-1]) + len(word) > _WIDTH - 16:
            pieces.append("")
        pieces[-1] += word + " "
    pieces[-1] = pieces[-1].rstrip()
    return pieces


def _escape(statement: str) -> str:
    return statement.replace("\\", "\\\\").replace('"', '\\"')
