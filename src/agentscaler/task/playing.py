"""Playing calls in fresh worlds: what they answer, what they touch, and where it ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from agentscaler.domain.domain import Domain
from agentscaler.errors import WorldError
from agentscaler.task.task import GoldCall
from agentscaler.world.changeset import Change
from agentscaler.world.world import World

__all__ = ["Call", "Footprint", "Played", "calls_of", "ends", "play", "play_all"]

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

    @property
    def tables_written(self) -> set[str]:
        return {table for table, _ in self.written}


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


def calls_of(gold: Iterable[GoldCall]) -> list[Call]:
    return [(call.tool, call.arguments) for call in gold]


def play(domain: Domain, state: str, calls: Sequence[Call]) -> Played:
    """Plays calls in a fresh world and notes what each one touched."""
    results: list[Any] = []
    prints: list[Footprint] = []
    with domain.world(state) as world:
        before: tuple[Change, ...] = ()
        for tool, arguments in calls:
            try:
                results.append(world.call(tool, arguments).value)
            except WorldError:
                return Played((), (), (), "", broke=True)
            after = before if _only_reads(domain, tool) else world.changeset()
            prints.append(Footprint(world.tables_read, _moved(before, after)))
            before = after
        return Played(tuple(results), tuple(prints), world.changeset(), world.state_hash())


def ends(domain: Domain, state: str, calls: Iterable[Call]) -> str:
    """The hash of the state that calls come to; empty where a tool broke its contract."""
    with domain.world(state) as world:
        return world.state_hash() if play_all(world, calls) is not None else ""


def play_all(world: World, calls: Iterable[Call]) -> list[Any] | None:
    """The values of calls made in a world; None where a tool broke its contract."""
    try:
        return [world.call(tool, arguments).value for tool, arguments in calls]
    except WorldError:
        return None


def _only_reads(domain: Domain, tool: str) -> bool:
    known = domain.manifest.tool.get(tool)
    return known is None or known.effect == "read"


def _moved(before: Sequence[Change], after: Sequence[Change]) -> frozenset[Row]:
    """The rows whose net change since the start is another one."""
    if before == after:
        return frozenset()
    old = {(change["table"], tuple(change["key"])): change for change in before}
    new = {(change["table"], tuple(change["key"])): change for change in after}
    return frozenset(row for row in old.keys() | new.keys() if old.get(row) != new.get(row))
