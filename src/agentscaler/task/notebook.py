"""`Notebook`: what a walk has done so far - calls made, facts told, things known.

The walk writes tasks down here while it executes them on a world: each call with its result and the
provenance of its arguments, each fact the user has to tell.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agentscaler.domain.domain import Domain, DomainTool
from agentscaler.domain.schema import quote
from agentscaler.task.reasons import TaskReason
from agentscaler.task.recollections import Memory, Recollection
from agentscaler.task.task import Fact, Goal, GoldCall, Provenance
from agentscaler.world.world import Mark as WorldMark
from agentscaler.world.world import World

__all__ = ["Focus", "Mark", "Mention", "Notebook", "WalkStop"]


class WalkStop(Exception):
    """A walk cannot go on: (reason, detail)."""


@dataclass(frozen=True)
class Focus:
    """The row that a wish was about."""

    table: str
    key: str


@dataclass(frozen=True)
class Mention:
    """How a row is spoken of: the user's `full` singles it out and tells `facts`; the agent says
    `reference`.

    Attributes:
        recollection: how the user remembers it, where that is how it is spoken of.
        name: what it is called in `reference`, where only a result has shown that; "" elsewhere.
    """

    full: str
    facts: tuple[str, ...]
    reference: str
    recollection: Recollection | None = None
    name: str = ""


@dataclass(frozen=True)
class Mark:
    """A moment of a walk."""

    calls: int
    facts: dict[str, Fact]
    mentioned: dict[tuple[str, str], Mention]
    touched: dict[tuple[str, str], set[str]]
    grouped: set[str]
    world: WorldMark


@dataclass
class Notebook:
    """The running record of one walk.

    Attributes:
        world: where the calls are executed.
        named: how often tasks before this one named each row, as (table, key).
        calls: gold calls so far.
        facts: by name.
        mentioned: (table, key) of rows that the user has spoken of, with the words for them.
        touched: (table, key) -> columns the task has set; "*" once the row was created or deleted.
        grouped: tables of which the user has spoken of several rows at once.
        memory: how often rows are remembered rather than named.
    """

    domain: Domain
    world: World
    max_calls: int
    named: Counter[tuple[str, str]] = field(default_factory=Counter)
    calls: list[GoldCall] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    mentioned: dict[tuple[str, str], Mention] = field(default_factory=dict)
    touched: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    grouped: set[str] = field(default_factory=set)
    memory: Memory = field(default_factory=Memory)

    def recollected(self, table: str, key: str) -> frozenset[str]:
        """The columns of a row by which the user remembers it."""
        mention = self.mentioned.get((table, key))
        found = mention.recollection if mention is not None else None
        return found.columns if found is not None else frozenset()

    def call(
        self, tool: DomainTool, arguments: dict[str, tuple[Any, Provenance]], purpose: str
    ) -> int:
        """Executes a call and writes it down; returns its index.

        Raises:
            WalkStop: the tool refused, or the walk is at its longest.
        """
        if len(self.calls) >= self.max_calls:
            raise WalkStop(TaskReason.TOO_LONG, str(self.max_calls))
        arguments = self.as_called(tool, arguments)
        values = {name: value for name, (value, _) in arguments.items()}
        result = self.world.call(tool.name, values)
        if not result.ok:
            raise WalkStop(TaskReason.REFUSED, f"{tool.name}: {result.error}")
        self.calls.append(
            GoldCall.model_validate(
                {
                    "tool": tool.name,
                    "arguments": values,
                    "provenance": {name: origin for name, (_, origin) in arguments.items()},
                    "result": result.value,
                    "purpose": purpose,
                    "effect": tool.effect,
                }
            )
        )
        return len(self.calls) - 1

    def as_called(
        self, tool: DomainTool, arguments: dict[str, tuple[Any, Provenance]]
    ) -> dict[str, tuple[Any, Provenance]]:
        """Arguments as the tool takes them: of a key that is made of an owner and a name, both.

        Raises:
            WalkStop: one of them was neither told nor seen, or such a key is asked for as a whole
                that was not seen.
        """
        called = dict(arguments)
        for key, parts in tool.addresses.items():
            if key not in called:
                continue
            value, _ = called.pop(key)
            made_of = self._parts(key, value)
            called |= {part: (made_of[part], self.known(made_of[part])) for part in parts}
        for name, (value, _) in called.items():
            role = tool.arguments.get(name)
            is_row = role is not None and role.kind in {"key", "reference"}
            if role and is_row and self.domain.manifest.table[role.table].address:
                if isinstance(value, list):
                    items = tuple(self._shown(one) for one in value)
                    called[name] = value, Provenance(origin="items", items=items)
                else:
                    called[name] = value, self._shown(value)
        return called

    def _shown(self, path: str) -> Provenance:
        """Where a whole key was returned, of which people only say the parts."""
        seen = self.seen(path)
        if seen is None:
            raise WalkStop(TaskReason.NO_START, f"{path} was not returned yet")
        return seen

    def _parts(self, key: str, value: Any) -> dict[str, Any]:
        """What a row's key is made of, by column."""
        (table,) = (one for one in self.domain.manifest.tables if one.key == (key,))
        shown = ", ".join(map(quote, table.address))
        rows = self.world.query(
            f"SELECT {shown} FROM {quote(table.name)} WHERE {quote(key)} = ?", value
        )
        if not rows:
            raise WalkStop(TaskReason.NO_START, f"{value} is no longer there")
        row = rows[0]
        above = table.by_name[table.address[0]].references
        if above is None or not self.domain.manifest.table[above].address:
            return row
        (owner,) = self.domain.manifest.table[above].key
        return row | self._parts(owner, row[owner])

    def known(self, value: Any) -> Provenance:
        """Where a value is known from: what the user told, else what a tool returned.

        Raises:
            WalkStop: from nowhere.
        """
        for fact in self.facts.values():
            if fact.value == value:
                return Provenance(origin="user", fact=fact.name)
        seen = self.seen(value)
        if seen is None:
            raise WalkStop(TaskReason.NO_START, f"{value} is not known")
        return seen

    def mark(self) -> "Mark":
        """The present moment, to come back to with `return_to`."""
        return Mark(
            len(self.calls),
            dict(self.facts),
            dict(self.mentioned),
            {key: set(columns) for key, columns in self.touched.items()},
            set(self.grouped),
            self.world.mark(),
        )

    def return_to(self, mark: "Mark") -> None:
        """Forgets everything since `mark`, which is used up."""
        self.world.return_to(mark.world)
        del self.calls[mark.calls :]
        self.facts, self.mentioned, self.touched = mark.facts, mark.mentioned, mark.touched
        self.grouped = mark.grouped

    def spoken_facts(self, goals: Iterable[Goal]) -> list[Fact]:
        """The facts that the requests of `goals` tell, in the order they were made."""
        spoken = {name for goal in goals for fragment in goal.request for name in fragment.facts}
        return [fact for name, fact in self.facts.items() if name in spoken]

    def same_call(self, tool: str, arguments: dict[str, Any]) -> int | None:
        """The index of an equal earlier read, if no write came after it."""
        for index in range(len(self.calls) - 1, -1, -1):
            call = self.calls[index]
            if call.effect == "write":
                return None
            if call.tool == tool and call.arguments == arguments:
                return index
        return None

    def tell(self, name: str, value: Any, said: str, label: str) -> Fact:
        """The fact that the user knows `value`; an equal fact is told once."""
        for fact in self.facts.values():
            if fact.said == said and fact.label == label and fact.value == value:
                return fact
        unique, number = name, 2
        while unique in self.facts:
            unique, number = f"{name}_{number}", number + 1
        fact = self.facts[unique] = Fact(name=unique, value=value, said=said, label=label)
        return fact

    def seen(self, value: str, beside: Mapping[str, Any] | None = None) -> Provenance | None:
        """Where an earlier result shows `value`, the latest first; None if nowhere.

        Args:
            beside: fields that must stand in the same record, so that an agent that knows these
                can tell that `value` is meant.
        """
        for index in range(len(self.calls) - 1, -1, -1):
            path = _find(self.calls[index].result, value, beside or {})
            if path is not None:
                return Provenance(origin="tool", call=index, path=path)
        return None


def _find(result: Any, value: str, beside: Mapping[str, Any]) -> tuple[str | int, ...] | None:
    """The path to `value` inside a JSON value, depth first, in a record with all of `beside`."""
    if isinstance(result, dict):
        items: list[tuple[str | int, Any]] = list(result.items())
    elif isinstance(result, list):
        items = list(enumerate(result))
    else:
        return None
    for step, inner in items:
        if inner == value and not isinstance(inner, (dict, list)):
            if isinstance(result, dict) and beside.items() <= _scalars(result).items():
                return (step,)
            continue
        path = _find(inner, value, beside)
        if path is not None:
            return (step, *path)
    return None


def _scalars(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: field for name, field in record.items() if not isinstance(field, (dict, list))}
