"""Trial calls of tools, with arguments drawn from the state that a world is in.

In: a `ToolTrial` that says where each argument's values come from.  Out: arguments as a well
informed agent would give them, or with a key that no record has, or against the schema.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from agentscaler.world.world import World

__all__ = ["Draw", "Drawing", "Manner", "ReadBack", "RowCondition", "ToolTrial", "manner_of"]

MEETS_PRECONDITION = 0.9
"""Share of trials that take a row on which the tool can do its work, where there is one."""


@dataclass(frozen=True)
class Draw:
    """Where trial values of a parameter come from.

    `key`: `column` of a row of `table` that the tool works on; all such parameters of a call take
    the same row (the two ends of a link, or a record and its owner).  `reference`: `column` of any
    row of `table`.  `value`: one of `pool`, or where that is empty whatever the schema allows.
    """

    kind: Literal["key", "reference", "value"]
    table: str = ""
    column: str = ""
    pool: tuple[Any, ...] = ()


@dataclass(frozen=True)
class RowCondition:
    """The row of `table` must hold one of `allowed` in `column`, or the tool refuses."""

    table: str
    column: str
    allowed: tuple[str | int, ...]


@dataclass(frozen=True)
class ReadBack:
    """How to see what a write did: the read `tool`, called next.

    Attributes:
        arguments: by parameter of the read, the field to take: of the write's result, or if the
            row is `gone` of its arguments.
        gone: whether the read must be refused, for the write removed the row.
    """

    tool: str
    arguments: Mapping[str, str]
    gone: bool = False


@dataclass(frozen=True)
class ToolTrial:
    """How to try a tool: where each of its arguments comes from, and how to see what it did."""

    tool: str
    draws: Mapping[str, Draw]
    precondition: RowCondition | None = None
    read_back: ReadBack | None = None


class Manner(StrEnum):
    """How the arguments of a trial are drawn."""

    PLAIN = "plain"
    """As a well informed agent would."""
    UNKNOWN = "unknown"
    """With a key that no record has."""
    MALFORMED = "malformed"
    """Against the schema."""


def manner_of(number: int) -> Manner:
    """How to draw the trial of that number: of any six one is unknown, one is malformed."""
    return {1: Manner.UNKNOWN, 3: Manner.MALFORMED}.get(number % 6, Manner.PLAIN)


class Drawing:
    """Draws the arguments of one call from the state as it is now."""

    def __init__(
        self, world: World, trial: ToolTrial, parameters: Mapping[str, Any], rng: random.Random
    ) -> None:
        self._world = world
        self._trial = trial
        self._properties: Mapping[str, Any] = parameters.get("properties", {})
        self._required = frozenset(parameters.get("required", ()))
        self._rng = rng
        self._rows: dict[str, dict[str, Any] | None] = {}

    def arguments(self, manner: Manner) -> tuple[dict[str, Any], str]:
        """Arguments, and in words what is wrong with them ("" where nothing is)."""
        rng = self._rng
        arguments = {
            name: self._value(name)
            for name in self._properties
            if name in self._required or rng.random() < 0.5
        }
        if manner is Manner.UNKNOWN:
            keys = [n for n in self._properties if self._draw(n).kind != "value"]
            if not keys:
                return arguments, ""
            name = rng.choice(keys)
            arguments[name] = self._in_shape(name, self._unknown_key(self._draw(name)))
            return arguments, f"an unknown {name}"
        if manner is Manner.MALFORMED:
            return arguments, self._spoil(arguments)
        return arguments, ""

    def _draw(self, name: str) -> Draw:
        return self._trial.draws.get(name, Draw("value"))

    def _value(self, name: str) -> Any:
        draw = self._draw(name)
        if draw.kind == "value":
            if draw.pool:
                return self._in_shape(name, self._rng.choice(draw.pool))
            return _sample(self._properties[name], self._rng)
        if draw.kind == "key":
            if draw.table not in self._rows:
                self._rows[draw.table] = self._row(draw.table)
            row = self._rows[draw.table]
        else:
            row = self._any_row(draw.table, "", ())
        value = row[draw.column] if row is not None else None
        return self._in_shape(name, self._unknown_key(draw) if value is None else value)

    def _in_shape(self, name: str, value: Any) -> Any:
        """`value` as the parameter takes it: 0 and 1 as booleans, one of many in an array."""
        schema = self._properties[name]
        if schema.get("type") == "boolean":
            return bool(value)
        wanted = schema.get("type") == "array" and not isinstance(value, list)
        return [value] if wanted else value

    def _row(self, table: str) -> dict[str, Any] | None:
        condition = self._trial.precondition
        if (
            condition is not None
            and condition.table == table
            and self._rng.random() < MEETS_PRECONDITION
        ):
            marks = ", ".join("?" * len(condition.allowed))
            where = f' WHERE "{condition.column}" IN ({marks})'
            row = self._any_row(table, where, condition.allowed)
            if row is not None:
                return row
        return self._any_row(table, "", ())

    def _any_row(self, table: str, where: str, values: Sequence[Any]) -> dict[str, Any] | None:
        source = f'FROM "{table}"{where}'
        (count,) = self._world.query(f"SELECT count(*) AS n {source}", *values)
        if not count["n"]:
            return None
        chosen = self._rng.randrange(count["n"])
        (row,) = self._world.query(f"SELECT * {source} LIMIT 1 OFFSET ?", *values, chosen)
        return row

    def _unknown_key(self, draw: Draw) -> Any:
        """A key in the shape of those that are there, but of no row."""
        row = self._any_row(draw.table, "", ())
        model = row[draw.column] if row is not None else None
        while True:
            key = _another(model, self._rng)
            if self._any_row(draw.table, f' WHERE "{draw.column}" = ?', [key]) is None:
                return key

    def _spoil(self, arguments: dict[str, Any]) -> str:
        present = sorted(self._required & arguments.keys())
        ways = ["extra", *(["missing"] if present else []), *(["type"] if arguments else [])]
        way = self._rng.choice(ways)
        if way == "missing":
            name = self._rng.choice(present)
            del arguments[name]
            return f"a call without {name}"
        if way == "type":
            name = self._rng.choice(sorted(arguments))
            arguments[name] = {"neither": "scalar nor array"}
            return f"an object as {name}"
        arguments["not_a_parameter"] = "anything"
        return "an argument it does not have"


def _another(model: Any, rng: random.Random) -> Any:
    if isinstance(model, (int, float)):
        return type(model)(rng.randrange(10**6, 10**9))
    tail = "".join(rng.choice("0123456789abcdef") for _ in range(8))
    text = str(model or "unknown-00000000")
    return text[:-8] + tail if len(text) > 12 else f"{text}-{tail}"


_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fern", "grove", "harbor")


def _sample(schema: Mapping[str, Any], rng: random.Random) -> Any:
    """Some value that a flat schema allows."""
    if schema.get("enum"):
        return rng.choice(schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        fewest = schema.get("minItems", 0)
        most = min(schema.get("maxItems", 3), max(fewest, 3))
        return [_sample(schema["items"], rng) for _ in range(rng.randint(fewest, most))]
    if kind == "boolean":
        return rng.random() < 0.5
    if kind in ("integer", "number"):
        least = schema.get("minimum", 1)
        whole: int = rng.randint(int(least), int(schema.get("maximum", least + 99)))
        return whole if kind == "integer" else float(whole)
    if schema.get("format") == "date":
        return f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    if schema.get("format") == "date-time":
        return f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}T09:00:00Z"
    text = f"{rng.choice(_WORDS)} {rng.choice(_WORDS)} {rng.randint(100, 999)}"
    text = text.ljust(schema.get("minLength", 0), "x")
    return text[: schema.get("maxLength", len(text))]
