"""`Histories`: everything that is played to prove one task, each call after the same calls once.

In: calls, made after other calls.  Out: what they answer, touch and change.

What a call does follows from the writes that were made before it and from nothing else: a tool
keeps nothing to itself, a read writes nothing, and what is refused leaves no trace (see `world`).
So the writes are a tree that begins at the initial state, every call is run where it is asked for
the first time, and one world goes from place to place by undoing writes and making others.  Two
orders of the same writes are two places, whose calls are run in both: their tables may hold the
same rows in another order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from agentscaler.domain.domain import Domain
from agentscaler.errors import WorldError
from agentscaler.world.changeset import Change
from agentscaler.world.world import Mark, World

__all__ = ["Call", "Footprint", "Histories", "History", "Played", "Step"]

Call = tuple[str, dict[str, Any]]

Row = tuple[str, tuple[Any, ...]]
"""A table and a key."""


@dataclass(frozen=True)
class Footprint:
    """What one call touched.

    Attributes:
        read: tables that its statements read; None where nobody can tell.
        written: rows that are not as they were before it.
    """

    read: frozenset[str] | None
    written: frozenset[Row]

    @cached_property
    def tables_written(self) -> frozenset[str]:
        return frozenset(table for table, _ in self.written)


@dataclass(eq=False)
class History:
    """A place in the tree: the writes that were made so far, none of them refused.

    Attributes:
        line: the places on the way here, from the initial state to this one.
        write: the last write; None at the initial state.
        steps: what was called here, by call.
        end: changes and state hash here, once they were asked for.
    """

    above: tuple["History", ...] = ()
    write: Call | None = None
    steps: dict[tuple[str, str], "Step"] = field(default_factory=dict)
    end: tuple[tuple[Change, ...], str] | None = None

    @property
    def line(self) -> tuple["History", ...]:
        return (*self.above, self)


@dataclass(frozen=True)
class Step:
    """What came of a call.

    Attributes:
        value: its result; None where it was refused.
        ok: whether it was not refused.
        broke: whether the tool broke its contract, which undoes the call.
        read: tables that it read; None where nobody can tell.
        after: where it leads to.
    """

    value: Any
    ok: bool
    broke: bool
    read: frozenset[str] | None
    after: History


@dataclass(frozen=True)
class Played:
    """Calls that were played to their end.

    Attributes:
        results: the value of each call, None for one that was refused.
        prints: what each call touched.
        broke: whether a tool broke its contract, which ended it.
    """

    results: tuple[Any, ...]
    prints: tuple[Footprint, ...]
    changes: tuple[Change, ...]
    state_hash: str
    broke: bool = False


class Histories:
    """What calls do on one initial state.

    Args:
        world: one on that state in which nothing was called yet; it is used up.
    """

    def __init__(self, domain: Domain, world: World) -> None:
        self.start = History()
        self.domain = domain
        self._world = world
        self._line = [self.start]
        """Where the world is, and the places on its way there."""
        self._marks: list[Mark] = []
        """The moments at the places of the line; of the last one only once it is called there."""

    def step(self, history: History, call: Call) -> Step:
        """What comes of a call."""
        tool, arguments = call
        key = (tool, repr(arguments))
        known = history.steps.get(key)
        if known is None:
            known = history.steps[key] = self._made(history, call)
        return known

    def after(self, history: History, calls: Iterable[Call]) -> History | None:
        """Where calls lead to; None if a tool broke its contract."""
        for call in calls:
            step = self.step(history, call)
            if step.broke:
                return None
            history = step.after
        return history

    def at(self, history: History) -> World:
        """The world in the state that a history leads to, to look at before the next call."""
        self._go_to(history)
        return self._world

    def changes(self, history: History) -> tuple[Change, ...]:
        """The net changes of a history."""
        return self._end(history)[0]

    def state_hash(self, history: History) -> str:
        """The hash of the state that a history leads to."""
        return self._end(history)[1]

    def play(self, calls: Sequence[Call]) -> Played:
        """Plays calls from the start and says what each one touched."""
        history, results, prints = self.start, [], []
        for call in calls:
            self.changes(history)  # asked for while the world is here
            step = self.step(history, call)
            if step.broke:
                return Played((), (), (), "", broke=True)
            results.append(step.value)
            prints.append(Footprint(step.read, self._moved(history, step.after)))
            history = step.after
        return Played(
            tuple(results), tuple(prints), self.changes(history), self.state_hash(history)
        )

    def _made(self, history: History, call: Call) -> Step:
        tool, arguments = call
        self._go_to(history)
        self._mark()
        minted = self._world.minted
        try:
            result = self._world.call(tool, arguments)
        except WorldError:
            return Step(None, False, True, frozenset(), history)
        after = history
        if result.ok and (self._writes(tool) or self._world.minted != minted):
            after = History(history.line, call)
            self._line.append(after)
        return Step(result.value, result.ok, False, self._world.tables_read, after)

    def _go_to(self, history: History) -> None:
        """Brings the world to a place: back to where the ways part, and from there on again."""
        if self._line[-1] is history:
            return
        wanted = history.line
        pairs = zip(self._line, wanted, strict=False)
        shared = sum(here is there for here, there in pairs)
        if shared < len(self._line):
            self._world.return_to(self._marks[shared - 1])
            del self._marks[shared - 1 :], self._line[shared:]
        for place in wanted[shared:]:
            assert place.write is not None
            self._mark()
            if not self._world.call(*place.write).ok:
                raise WorldError(f"{place.write[0]} did not do again what it had done before")
            self._line.append(place)

    def _mark(self) -> None:
        """Makes sure that the world can come back to where it is."""
        if len(self._marks) < len(self._line):
            self._marks.append(self._world.mark())

    def _end(self, history: History) -> tuple[tuple[Change, ...], str]:
        if history.end is None:
            self._go_to(history)
            history.end = self._world.changeset(), self._world.state_hash()
        return history.end

    def _moved(self, before: History, after: History) -> frozenset[Row]:
        """The rows whose net change since the start is another one."""
        if before is after:
            return frozenset()
        old, new = (
            {(change["table"], tuple(change["key"])): change for change in self.changes(place)}
            for place in (before, after)
        )
        return frozenset(row for row in old.keys() | new.keys() if old.get(row) != new.get(row))

    def _writes(self, tool: str) -> bool:
        known = self.domain.manifest.tool.get(tool)
        return known is not None and known.effect == "write"
