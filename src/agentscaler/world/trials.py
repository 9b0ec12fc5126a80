"""Trial calls of tools, with arguments drawn from the state that a model is in.

In: a `ToolTrial` that says where each argument's values come from, and the tool's contract.  Out:
arguments as a well informed agent would give them: rows on which the tool can do its work, and
that belong together where it asks for that.  Or with one requirement unmet, with a key that no
record has, or against the schema.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from agentscaler.world.bindings import named_in
from agentscaler.world.contract import Requirement
from agentscaler.world.edges import to_the_edge
from agentscaler.world.model import Model, quote, requirement_sql, with_names
from agentscaler.world.samples import another_key, in_shape, sample, spoil, varied
from agentscaler.world.toolbox import ToolDefinition

__all__ = ["Draw", "Drawing", "Drawn", "Manner", "ReadBack", "ToolTrial", "manner_of"]

_ATTEMPTS = 6
_FROM_HOME = 0.8
"""Share of filters, and of owners in a list, that a row of the table has, so that it is found."""
_TO_THE_EDGE = 0.25


@dataclass(frozen=True)
class Draw:
    """Where trial values of a parameter come from.

    `key`: `column` of a row of `table`; where no contract ties them together, all such parameters
    of a call take the same row.  `reference`: `column` of any row of `table`; a row of the tool's
    own table holds it in `held`.  `filter`: mostly `column` of a row of `table`, the same row for
    all of a call, else one of `pool`.  `value`: one of `pool`, or where that is empty whatever the
    schema allows; rows of `table` have such values in `column`.  Where there is a `query`, the
    values are what it gives; it may use other arguments.
    """

    kind: Literal["key", "reference", "filter", "value"]
    table: str = ""
    column: str = ""
    pool: tuple[Any, ...] = ()
    held: str = ""
    query: str = ""


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
    """How to try a tool: where each of its arguments comes from, and how to see what it did.

    Attributes:
        table: the tool's own table, if it has one.
    """

    tool: str
    draws: Mapping[str, Draw]
    read_back: ReadBack | None = None
    table: str = ""


class Manner(StrEnum):
    """How the arguments of a trial are drawn."""

    PLAIN = "plain"
    """As a well informed agent would."""
    UNMET = "unmet"
    """So that one requirement is not met, and the others are."""
    UNKNOWN = "unknown"
    """With a key that no record has."""
    MALFORMED = "malformed"
    """Against the schema."""


_MANNERS = {1: Manner.UNKNOWN, 3: Manner.MALFORMED, 6: Manner.UNMET}


def manner_of(number: int) -> Manner:
    """How to draw the trial of that number: seven of ten are plain, one is of each other manner."""
    return _MANNERS.get(number % 10, Manner.PLAIN)


@dataclass(frozen=True)
class Drawn:
    """Arguments of a call.

    Attributes:
        wrong: in words, what is wrong with them on purpose ("" where nothing is).
        unknown: the key that no record has, where there is one.
        unmet: positions of the contract's requirements that they do not meet.
        fits: whether they are what was asked for; no row of the state may do.
    """

    arguments: dict[str, Any]
    wrong: str = ""
    unknown: Any = None
    unmet: tuple[int, ...] = ()
    fits: bool = True


class Drawing:
    """Draws the arguments of one tool's calls, each from the state as it is then."""

    def __init__(self, trial: ToolTrial, definition: ToolDefinition) -> None:
        self._trial = trial
        self._properties: Mapping[str, Any] = definition.parameters.get("properties", {})
        self._required = frozenset(definition.parameters.get("required", ()))
        self._optional = [name for name in self._properties if name not in self._required]
        contract = definition.contract
        self._requirements = contract.requirements if contract is not None else ()
        self._rows = self._row_arguments()
        self._late = self._late_arguments()
        self._closing = self._closed()
        self._breakable = [
            position for position, one in enumerate(self._requirements) if one.condition != "TRUE"
        ]
        self._edges = self._edge_arguments()
        self._sql: dict[tuple[str, int | None], str] = {}
        self._needs_home = any(
            draw.kind in {"key", "filter"} or draw.held for draw in trial.draws.values()
        )

    def draw(self, model: Model, rng: random.Random, manner: Manner, number: int = 0) -> Drawn:
        """The arguments of the trial of that number."""
        broken = None
        if manner is Manner.UNMET and self._breakable:
            broken = self._breakable[number // 10 % len(self._breakable)]
        arguments, unmet = self._fitting(model, rng, broken)
        fits = unmet == (() if broken is None else (broken,))
        if manner is Manner.UNKNOWN:
            return self._unknown(model, rng, arguments, unmet, number // 10)
        if manner is Manner.MALFORMED:
            return Drawn(arguments, spoil(arguments, self._required, rng))
        if manner is Manner.PLAIN and self._edges and fits and rng.random() < _TO_THE_EDGE:
            arguments = to_the_edge(
                self._trial.tool, arguments, self._edges, self._properties, model, rng
            )
            unmet = model.unmet(self._trial.tool, arguments)
        return Drawn(arguments, unmet=unmet, fits=fits)

    def _fitting(
        self, model: Model, rng: random.Random, broken: int | None
    ) -> tuple[dict[str, Any], tuple[int, ...]]:
        """Arguments that meet every requirement, or all but `broken`, if such are found."""
        promised = model.promises(self._trial.tool)
        wanted = () if broken is None else (broken,)
        best: tuple[dict[str, Any], tuple[int, ...]] | None = None
        for attempt in range(_ATTEMPTS):
            last = attempt == _ATTEMPTS - 1 and best is None
            arguments = self._arguments(model, rng, broken, attempt, any_row=last)
            if arguments is None:
                continue
            unmet = model.unmet(self._trial.tool, arguments) if promised else ()
            if unmet == wanted or not promised:
                return arguments, unmet
            if best is None or (broken in unmet and len(unmet) < len(best[1])):
                best = arguments, unmet
        assert best is not None
        return best

    def _arguments(
        self,
        model: Model,
        rng: random.Random,
        broken: int | None,
        attempt: int,
        *,
        any_row: bool,
    ) -> dict[str, Any] | None:
        """One try; None where no row fits."""
        home = self._home(model, rng) if self._needs_home else None
        drawn: dict[str, Any] = {}
        given = self._given(rng, bare=broken is not None and attempt % 2 == 1)
        for name in self._properties:
            if name in given and name not in self._rows and name not in self._late:
                drawn[name] = self._value(name, drawn, home, model, rng, broken, attempt)
        for name in self._rows:
            if name not in given:
                continue
            found = None if any_row else self._row(name, drawn, home, model, rng, broken)
            if found is None:
                if not any_row:
                    return None
                found = self._any_row(self._draw(name), model, rng)
            drawn[name] = in_shape(self._properties[name], found)
        for name in self._late:
            if name in given:
                drawn[name] = self._value(name, drawn, home, model, rng, broken, attempt)
        return {name: drawn[name] for name in self._properties if name in drawn}

    def _given(self, rng: random.Random, *, bare: bool) -> set[str]:
        """Which parameters a call gives: of those it may leave out, some, or just one."""
        if bare or not self._optional:
            return set(self._required)
        if rng.random() < 0.4:
            return {*self._required, rng.choice(self._optional)}
        return {*self._required, *(name for name in self._optional if rng.random() < 0.5)}

    def _draw(self, name: str) -> Draw:
        return self._trial.draws.get(name) or Draw("value")

    def _home(self, model: Model, rng: random.Random) -> dict[str, Any] | None:
        """Some row of the tool's own table."""
        table = self._trial.table
        if not table:
            return None
        rows = model.rows(table)
        if not rows:
            return None
        return dict(zip(model.tables[table].columns, rng.choice(rows), strict=True))

    def _value(
        self,
        name: str,
        drawn: Mapping[str, Any],
        home: dict[str, Any] | None,
        model: Model,
        rng: random.Random,
        broken: int | None,
        attempt: int,
    ) -> Any:
        draw, schema = self._draw(name), self._properties[name]
        if draw.query and attempt < _ATTEMPTS // 2:
            found = model.select(draw.query, model.bound(self._trial.tool, drawn))
            if found:
                return in_shape(schema, rng.choice(found)[0])
        if draw.kind == "key":
            value = home.get(draw.column) if home is not None else None
            return in_shape(schema, another_key(None, rng) if value is None else value)
        if draw.kind == "reference":
            return in_shape(schema, self._any_row(draw, model, rng))
        if draw.kind == "filter" and home is not None and rng.random() < _FROM_HOME:
            value = home.get(draw.column)
            if value is not None:
                return in_shape(schema, value)
        if broken is not None and draw.table and rng.random() < 0.7:
            value = self._column_value(draw, model, rng)
            if value is not None:
                return in_shape(schema, value)
        value = rng.choice(draw.pool) if draw.pool else sample(schema, rng)
        return varied(in_shape(schema, value), schema, attempt, rng)

    def _column_value(self, draw: Draw, model: Model, rng: random.Random) -> Any:
        columns = model.tables[draw.table].columns
        rows = model.rows(draw.table)
        if not rows or draw.column not in columns:
            return None
        return rng.choice(rows)[columns.index(draw.column)]

    def _any_row(self, draw: Draw, model: Model, rng: random.Random) -> Any:
        value = self._column_value(draw, model, rng) if draw.table else None
        return another_key(None, rng) if value is None else value

    def _row(
        self,
        name: str,
        drawn: Mapping[str, Any],
        home: Mapping[str, Any] | None,
        model: Model,
        rng: random.Random,
        broken: int | None,
    ) -> Any:
        """The key of a row that does not stand against any requirement; several for an array."""
        sql = self._sql.get((name, broken))
        if sql is None:
            sql = self._sql[name, broken] = self._candidates(name, broken)
        found = [key for (key,) in model.select(sql, model.bound(self._trial.tool, drawn))]
        if not found:
            return None
        if self._properties[name].get("type") == "array":
            return rng.sample(found, min(len(found), rng.randint(1, 3)))
        held = self._draw(name).held
        wanted = home.get(held) if home is not None and held else None
        if wanted is not None and rng.random() < _FROM_HOME and wanted in found:
            return wanted
        return rng.choice(found)

    def _candidates(self, name: str, broken: int | None) -> str:
        """SQL for the keys that `name` may take beside the arguments drawn before it."""
        table, key = self._rows[name]
        many = self._properties[name].get("type") == "array"
        tests = []
        for position in self._closing[name]:
            requirement = self._requirements[position]
            own = requirement.argument == name
            if many and (not own or name in named_in(requirement.condition)):
                continue  # speaks of the array as a whole: tried when it is drawn
            test = requirement_sql(requirement)
            test = with_names(test, {name: "_drawn.value"})
            tests.append(f"NOT {test}" if position == broken else test)
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        source = f"(SELECT {quote(key)} AS value FROM {quote(table)}) AS _drawn"
        return f"SELECT _drawn.value FROM {source}{where}"

    def _row_arguments(self) -> dict[str, tuple[str, str]]:
        """Table and key by argument that names a row; those tied to others come first."""
        rows: dict[str, tuple[str, str]] = {}
        ties: dict[str, int] = {}
        for requirement in self._requirements:
            name = requirement.argument
            if requirement.table and name in self._properties:
                rows[name] = (requirement.table, requirement.key)
                ties[name] = ties.get(name, 0) + len(named_in(requirement.condition) - {name})
        ordered = sorted(rows, key=lambda name: -ties[name])
        return {name: rows[name] for name in ordered}

    def _late_arguments(self) -> tuple[str, ...]:
        """Values that are asked for when the rows are known."""
        return tuple(
            name
            for name in self._properties
            if name not in self._rows and named_in(self._draw(name).query) & self._rows.keys()
        )

    def _closed(self) -> dict[str, list[int]]:
        """By row argument, the requirements that can be tried once it is drawn."""
        closing: dict[str, list[int]] = {name: [] for name in self._rows}
        order = list(self._rows)
        for position, requirement in enumerate(self._requirements):
            named = _named(requirement) & self._rows.keys()
            if named and not named_in(requirement.condition) & set(self._late):
                closing[max(named, key=order.index)].append(position)
        return closing

    def _edge_arguments(self) -> tuple[str, ...]:
        """Numbers that a requirement speaks of: it turns from met to unmet somewhere."""
        named: set[str] = set()
        for requirement in self._requirements:
            named |= named_in(requirement.condition)
        return tuple(
            name
            for name, schema in self._properties.items()
            if name in named
            and schema.get("type") in {"integer", "number"}
            and self._draw(name).kind == "value"
        )

    def _unknown(
        self,
        model: Model,
        rng: random.Random,
        arguments: dict[str, Any],
        unmet: tuple[int, ...],
        number: int,
    ) -> Drawn:
        if self._requirements:
            names = [name for name in self._properties if name in self._rows]
        else:
            draws = {name: self._draw(name) for name in self._properties}
            names = [name for name, draw in draws.items() if draw.kind in {"key", "reference"}]
            if not all(model.rows(draws[name].table) for name in names):
                return Drawn(arguments, fits=False)
        if not names or unmet:  # what is wrong with it must be this key alone
            return Drawn(arguments, unmet=unmet, fits=not unmet)
        name = names[number % len(names)]
        draw = self._draw(name)
        table, column = self._rows.get(name, (draw.table, draw.column))
        key = _unknown_key(table, column, model, rng)
        changed = {**arguments, name: in_shape(self._properties[name], key)}
        ordered = {one: changed[one] for one in self._properties if one in changed}
        return Drawn(ordered, f"an unknown {name}", key)


def _named(requirement: Requirement) -> frozenset[str]:
    own = {requirement.argument} if requirement.table else set()
    return named_in(requirement.condition) | own


def _unknown_key(table: str, column: str, model: Model, rng: random.Random) -> Any:
    """A key in the shape of those that are there, but of no row."""
    known: Sequence[Any] | Iterable[Any] = ()
    if table:
        position = model.tables[table].columns.index(column)
        known = [row[position] for row in model.rows(table)]
    like = rng.choice(known) if isinstance(known, list) and known else None
    while True:
        key = another_key(like, rng)
        if key not in known:
            return key
