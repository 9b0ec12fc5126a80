"""What a wish may depend on: a value of a row, held against what the user says.

A tool that works only on rows in some status is asked for "if it is still pending"; any other by a
value that a person cares for ("if its price is at least 20").
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agentscaler.corpus.english import listing
from agentscaler.domain.batches import key_argument
from agentscaler.domain.domain import Column, DomainTool, Table
from agentscaler.task.cuts import round_between
from agentscaler.task.speech import column_noun, say

__all__ = ["Fork", "gate_of", "value_forks"]

_STATUS = re.compile(r'"?(\w+)"? (NOT IN|IN|=|!=|<>) \(?((?:\'[^\']*\'(?:, )?)+)\)?')
_FEW = 2
_CLEAR = 3
"""Days between a date and the one it is held against, at least."""
_NO_DATE_FIRST = 0.6

Row = dict[str, Any]


@dataclass(frozen=True)
class Fork:
    """A condition on a row.

    Attributes:
        words: the condition, about "it" ("its status is pending").
        holds: whether it is so for the row that was chosen.
    """

    column: Column
    words: str
    holds: bool


@dataclass(frozen=True)
class Gate:
    """The statuses in which a tool works on a row."""

    column: Column
    allowed: tuple[str, ...]

    def fork(self, row: Row) -> Fork | None:
        """What to ask before the tool is used on `row`; None where it takes too many words."""
        refused = tuple(value for value in self.column.enum if value not in self.allowed)
        noun = column_noun(self.column)
        holds = row[self.column.name] in self.allowed
        if len(self.allowed) <= _FEW:
            said = listing([say(self.column, value) for value in self.allowed], "or")
            return Fork(self.column, f"its {noun} is {said}", holds)
        if len(refused) <= _FEW:
            said = listing([say(self.column, value) for value in refused], "or")
            return Fork(self.column, f"its {noun} is not {said}", holds)
        return None


def gate_of(tool: DomainTool, table: Table) -> Gate | None:
    """The gate of a tool, as its contract says it; None if it has none, or more than one."""
    own = {key_argument(tool, table), *table.address}
    gates = []
    for demand in tool.contract.requirements if tool.contract is not None else ():
        found = _STATUS.fullmatch(demand.condition.strip())
        if demand.argument not in own or demand.table != table.name or found is None:
            continue
        column = table.by_name.get(found.group(1))
        if column is None or not column.enum:
            continue
        listed = set(re.findall(r"'([^']*)'", found.group(3)))
        inside = found.group(2) in {"IN", "="}
        allowed = tuple(value for value in column.enum if (value in listed) == inside)
        gates.append(Gate(column, allowed))
    return gates[0] if len(gates) == 1 and gates[0].allowed else None


def value_forks(
    columns: list[Column], row: Row, rows: list[Row], holds: bool, rng: random.Random
) -> Iterator[Fork]:
    """Conditions on one of `columns` that are so for `row`, or are not, in an order drawn."""
    columns = list(columns)
    rng.shuffle(columns)
    if rng.random() < _NO_DATE_FIRST:
        columns.sort(key=lambda column: column.type in {"date", "timestamp"})
    for column in columns:
        value, noun = row[column.name], column_noun(column)
        if column.enum and len(column.enum) > 1:
            others = [one for one in column.enum if one != value]
            wanted = value if holds else rng.choice(others)
            yield Fork(column, f"its {noun} is {say(column, wanted)}", holds)
        elif column.type in {"date", "timestamp"}:
            day = date.fromisoformat(str(value)[:10])
            day += timedelta(days=_CLEAR * rng.randint(1, 5) * (1 if holds else -1))
            said = f"{day.day} {day:%B %Y}"
            yield Fork(column, f"its {noun} is before {said}", holds)
        elif column.type in {"integer", "real"} and column.meaning != "year":
            bound = _bound(column, value, rows, holds)
            if bound is not None:
                yield Fork(column, f"its {noun} is at least {say(column, bound)}", holds)


def _bound(column: Column, value: float, rows: list[Row], holds: bool) -> float | int | None:
    """A round number that the value reaches, or does not, as the other rows' values lie."""
    held = sorted({row[column.name] for row in rows if row[column.name] is not None})
    below = [one for one in held if one < value]
    above = [one for one in held if one > value]
    if holds:
        return round_between(column, below[-1] if below else value / 2, value)
    return round_between(column, value, above[0] if above else value * 2)
