"""Seats: many episodes over few live worlds.

An episode that waits for its model needs no database in the meantime.  Each has a `Seat`; the
`SeatHouse` keeps at most so many worlds alive and closes those that were used longest ago.  A seat
whose world was closed gets it back, exactly, by making its successful writes once more.  The world
of a seat that was left is reset for the next at the same state: cheaper than to open one, and its
statements are prepared already.
"""

from collections import OrderedDict
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from agentscaler.chat import ToolResult
from agentscaler.domain.domain import Domain
from agentscaler.errors import WorldError
from agentscaler.world.changeset import Change
from agentscaler.world.world import World

__all__ = ["Seat", "SeatHouse"]


class SeatHouse:
    """Gives out seats and keeps the number of open worlds within `worlds`."""

    def __init__(self, worlds: int) -> None:
        self._most = worlds
        self._live: OrderedDict[Seat, World] = OrderedDict()
        self._idle: list[tuple[Domain, str, World]] = []
        """Worlds whose seats were left, with their domain and state; the oldest first."""
        self.restored = 0
        """How often a world was closed and had to be made again."""

    def seat(self, domain: Domain, state: str) -> "Seat":
        """A seat at a world as newly opened on that initial state; it is so when first used."""
        return Seat(self, domain, state)

    @property
    def live(self) -> int:
        """Worlds that seats hold at this moment."""
        return len(self._live)

    @property
    def open(self) -> int:
        """Worlds open at this moment."""
        return len(self._live) + len(self._idle)

    def world_of(self, seat: "Seat") -> World:
        """The seat's world, brought back if it was closed."""
        world = self._live.get(seat)
        if world is not None:
            self._live.move_to_end(seat)
            return world
        world = self._fresh(seat.domain, seat.state)
        seat.restore(world)
        self._live[seat] = world
        self.restored += seat.has_written
        return world

    def leave(self, seat: "Seat") -> None:
        """Takes the seat's world back, if it is open."""
        world = self._live.pop(seat, None)
        if world is not None:
            self._idle.append((seat.domain, seat.state, world))

    def close(self) -> None:
        """Closes all worlds."""
        while self._idle:
            self._idle.pop()[2].close()
        while self._live:
            self._live.popitem()[1].close()

    def _fresh(self, domain: Domain, state: str) -> World:
        """A world as newly opened: one that was left, or a new one once there is room."""
        for place, (its_domain, its_state, world) in enumerate(self._idle):
            if its_domain is domain and its_state == state:
                del self._idle[place]
                world.reset()
                return world
        while self._idle and self.open >= self._most:
            self._idle.pop(0)[2].close()
        while self.open >= self._most:
            self._live.popitem(last=False)[1].close()
        return domain.world(state)


class Seat:
    """One episode's place at a world."""

    def __init__(self, house: SeatHouse, domain: Domain, state: str) -> None:
        self._house = house
        self.domain = domain
        self.state = state
        self._writes: list[tuple[str, dict[str, Any]]] = []

    @property
    def has_written(self) -> bool:
        return bool(self._writes)

    def call(self, name: str, arguments: Mapping[str, Any]) -> ToolResult:
        """See `World.call`."""
        result = self._house.world_of(self).call(name, arguments)
        tool = self.domain.manifest.tool.get(name)
        if result.ok and tool is not None and tool.effect == "write":
            self._writes.append((name, dict(arguments)))
        return result

    def changeset(self) -> tuple[Change, ...]:
        """See `World.changeset`."""
        return self._house.world_of(self).changeset()

    def state_hash(self) -> str:
        """See `World.state_hash`."""
        return self._house.world_of(self).state_hash()

    def restore(self, world: World) -> None:
        """Makes the seat's writes in a world that is as newly opened."""
        for name, arguments in self._writes:
            result = world.call(name, arguments)
            if not result.ok:
                world.close()
                raise WorldError(f"{name} was done once and is refused when repeated")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._house.leave(self)
