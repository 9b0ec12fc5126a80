"""What some rows of a group have in common, as people say it: "the three oldest pending ones".

A `Cut` is a condition, an order and a number over columns that a list shows.  It can be read off
the rows of a list, and it can be asked of the database; both must name the same rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agentscaler.domain.domain import Column, Table
from agentscaler.domain.schema import quote

__all__ = ["Condition", "Cut", "round_between"]

_TESTS = {"=": "IS", "<": "<", ">=": ">="}

Row = dict[str, Any]


@dataclass(frozen=True)
class Condition:
    """A column held against a value."""

    column: str
    test: Literal["=", "<", ">="]
    value: Any

    def holds(self, row: Row) -> bool:
        held = row[self.column]
        if held is None:
            return False
        if self.test == "=":
            return bool(held == self.value)
        return bool(held < self.value if self.test == "<" else held >= self.value)


@dataclass(frozen=True)
class Cut:
    """Which rows of a group are meant: those that meet `conditions`, in the order of `order`.

    Attributes:
        order: the column that ranks the rows, which must tell them apart; "" for no order.
        skip: how many of the first are left out.
        most: how many of the first are meant, 0 for all.
        without: the key of a row that is left out.
    """

    conditions: tuple[Condition, ...] = ()
    order: str = ""
    down: bool = False
    skip: int = 0
    most: int = 0
    without: str = ""

    @property
    def columns(self) -> set[str]:
        """The columns that one must see to tell which rows are meant."""
        return {one.column for one in self.conditions} | ({self.order} if self.order else set())

    def of(self, rows: Sequence[Row], key: str) -> list[str] | None:
        """The keys of the rows that are meant; None where the order does not tell them apart."""
        met = [row for row in rows if all(one.holds(row) for one in self.conditions)]
        if self.order:
            values = [row[self.order] for row in met]
            if None in values or len(set(values)) < len(values):
                return None
            met.sort(key=lambda row: row[self.order], reverse=self.down)
        end = self.most or len(met)
        return [str(row[key]) for row in met[self.skip : end] if row[key] != self.without]

    def query(self, table: Table, group: dict[str, Any]) -> tuple[str, list[Any]]:
        """The same as a query for the keys, with its values.

        Args:
            group: what all rows of the group hold, by column.
        """
        key = quote(table.key[0])
        tests = [f"{quote(column)} IS ?" for column in group]
        tests += [f"{quote(one.column)} {_TESTS[one.test]} ?" for one in self.conditions]
        values = [*group.values(), *(one.value for one in self.conditions)]
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        order = f" ORDER BY {quote(self.order)} {'DESC' if self.down else 'ASC'}, {key}"
        inner = f"SELECT {key} AS key FROM {quote(table.name)}{where}"
        inner += (order if self.order else "") + " LIMIT ? OFFSET ?"
        values += [self.most - self.skip if self.most else -1, self.skip, self.without]
        return f"SELECT key FROM ({inner}) WHERE key != ?", values


def round_between(column: Column, low: float, high: float) -> float | int | None:
    """The roundest number above `low` and not above `high`; None where none is short to say."""
    step = 10**9
    while step >= 1:
        number = (low // step + 1) * step
        if low < number <= high:
            return int(number) if column.type == "integer" else float(number)
        step //= 10
    return None
