"""`Drawing`: draws the arguments of a tool's trial calls from the state that a model is in.

In: a `ToolTrial` that says where each argument's values come from, and the tool's contract.  Out:
arguments as a well informed agent would give them: rows on which the tool can do its work, and
that belong together where it asks for that.  Or with one requirement unmet, with a key that no
record has, or against the schema.
"""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from agentscaler.world.arguments import MAX_ARRAY
from agentscaler.world.bindings import named_in
from agentscaler.world.candidates import Candidates
from agentscaler.world.contract import Contract
from agentscaler.world.edges import to_the_edge
from agentscaler.world.model import Model
from agentscaler.world.samples import another_key, in_shape, sample, spoil, varied
from agentscaler.world.toolbox import ToolDefinition
from agentscaler.world.trials import Draw, Drawn, Manner, ToolTrial

__all__ = ["Drawing"]

_ATTEMPTS = 6
_FROM_HOME = 0.8
"""Share of filters, and of owners in a list, that a row of the table has, so that it is found."""
_TO_THE_EDGE = 0.25
_TOUCHES_MORE = 0.5
"""Share of rows chosen so that one of the tool's effects, whichever, finds rows to change."""
_NAMED_TWICE = 0.1
"""Share of arrays that name a row twice, where no requirement forbids it."""
_AS_IT_IS = 0.1
"""Share of changes of a row that leave some column as it is; and of pairs that are made equal."""


class Drawing:
    """Draws the arguments of one tool's calls, each from the state as it is then."""

    def __init__(self, trial: ToolTrial, definition: ToolDefinition) -> None:
        self._trial = trial
        self._properties: Mapping[str, Any] = definition.parameters.get("properties", {})
        self._required = frozenset(definition.parameters.get("required", ()))
        self._optional = [name for name in self._properties if name not in self._required]
        queries = {name: draw.query for name, draw in trial.draws.items() if draw.query}
        contract = definition.contract or Contract()
        self._candidates = Candidates(contract, self._properties, queries)
        self._rows, self._late = self._candidates.rows, self._candidates.late
        positions = range(len(self._candidates.requirements))
        self._sets = {
            name
            for name in self._rows
            if not any(self._candidates.is_of_whole(position, name) for position in positions)
        }
        self._edges = self._edge_arguments()
        self._pairs = self._compared_values()
        self._values_of_row = self._own_values()
        self._needs_home = any(
            draw.kind in {"key", "filter"} or draw.held for draw in trial.draws.values()
        )

    def draw(self, model: Model, rng: random.Random, manner: Manner, number: int = 0) -> Drawn:
        """The arguments of the trial of that number."""
        broken, breakable = None, self._candidates.breakable
        if manner is Manner.UNMET and breakable:
            broken = breakable[number // 10 % len(breakable)]
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
        given = self._given(rng, broken, attempt)
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
        if self._pairs and rng.random() < _AS_IT_IS:
            one, two = rng.choice(self._pairs)
            drawn |= {two: drawn[one]} if one in drawn and two in drawn else {}
        if self._values_of_row and rng.random() < _AS_IT_IS:
            self._leave_as_it_is(drawn, model, rng)
        return {name: drawn[name] for name in self._properties if name in drawn}

    def _leave_as_it_is(self, drawn: dict[str, Any], model: Model, rng: random.Random) -> None:
        """Gives one column the value that the row has already."""
        argument, name = rng.choice(self._values_of_row)
        columns = model.tables[self._trial.table].columns
        if name not in drawn or argument not in drawn:
            return
        key = columns.index(self._rows[argument][1])
        position = columns.index(self._draw(name).column)
        for row in model.rows(self._trial.table):
            if row[key] == drawn[argument] and row[position] is not None:
                drawn[name] = in_shape(self._properties[name], row[position])

    def _compared_values(self) -> list[tuple[str, str]]:
        """Pairs of values that a requirement holds against each other: now and then both are the
        same, which is the edge of what it accepts."""
        pairs = []
        for position in range(len(self._candidates.requirements)):
            spoken_of = self._candidates.spoken_of(position)
            for name in self._properties:
                other = self._counterpart(name, spoken_of)
                if name in spoken_of and other != name:
                    pairs.append((name, other))
        return pairs

    def _own_values(self) -> list[tuple[str, str]]:
        """Pairs of an argument that names a row of the tool's own table, and one that goes into a
        column of it."""
        table = self._trial.table
        rows = [name for name, (target, _) in self._rows.items() if target == table and table]
        return [
            (row, name)
            for row in rows[:1]
            for name in self._properties
            if name not in self._rows
            and self._draw(name).kind == "value"
            and self._draw(name).table == table
        ]

    def _given(self, rng: random.Random, broken: int | None, attempt: int) -> set[str]:
        """Which parameters a call gives: of those it may leave out, some, or just one; to break a
        requirement, those that it speaks of and then none, in turn."""
        if not self._optional or (broken is not None and attempt % 2 == 1):
            return set(self._required)
        if rng.random() < 0.4:
            given = {*self._required, rng.choice(self._optional)}
        else:
            given = {*self._required, *(name for name in self._optional if rng.random() < 0.5)}
        if broken is not None:
            given |= self._candidates.spoken_of(broken) & self._properties.keys()
        return given

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
        schema = self._properties[name]
        spoken_of = self._candidates.spoken_of(broken) if broken is not None else frozenset()
        draw = self._draw(name)
        if name in spoken_of and attempt > 1:
            draw = self._draw(self._counterpart(name, spoken_of))
        if draw.query and attempt < _ATTEMPTS // 2:
            found = model.select(draw.query, model.bound(self._trial.tool, drawn))
            if found:
                return in_shape(schema, rng.choice(found)[0])
        if draw.kind == "key" and name in spoken_of:
            return in_shape(schema, self._any_row(draw, model, rng))
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

    def _counterpart(self, name: str, others: Collection[str]) -> str:
        """The argument that a requirement compares `name` with: the next of the same kind."""
        alike = [
            other
            for other, schema in self._properties.items()
            if other in others
            and other not in self._rows
            and not schema.get("enum")
            and schema.get("type") != "array"
            and schema.get("type") == self._properties[name].get("type")
        ]
        return alike[(alike.index(name) + 1) % len(alike)] if name in alike else name

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
        bound = model.bound(self._trial.tool, drawn)
        effects = self._candidates.effects(name)
        found: list[Any] = []
        if effects and broken is None and rng.random() < _TOUCHES_MORE:
            effect = rng.randrange(effects)
            found = self._candidates.keys(model, name, bound, effect=effect)
        found = found or self._candidates.keys(model, name, bound, broken)
        if not found:
            return None
        if self._properties[name].get("type") == "array":
            members = rng.sample(found, min(len(found), rng.randint(1, 3)))
            whole = broken is not None and self._candidates.is_of_whole(broken, name)
            room = self._properties[name].get("maxItems", MAX_ARRAY) > len(members)
            again = room and name in self._sets and rng.random() < _NAMED_TWICE
            return [*members, members[0]] if whole or again else members
        held = self._draw(name).held
        wanted = home.get(held) if home is not None and held else None
        if wanted is not None and rng.random() < _FROM_HOME and wanted in found:
            return wanted
        return rng.choice(found)

    def _edge_arguments(self) -> tuple[str, ...]:
        """Numbers that a requirement speaks of: it turns from met to unmet somewhere."""
        named: set[str] = set()
        for requirement in self._candidates.requirements:
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
        if self._candidates.requirements:
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
