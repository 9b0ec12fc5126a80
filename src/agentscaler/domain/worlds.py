"""`Worlds`: the worlds of a domain to play in again and again, one a state, always fresh."""

from agentscaler.domain.domain import Domain
from agentscaler.world.world import World

__all__ = ["Worlds"]


class Worlds:
    """One world a state, opened when it is asked for first.

    A world that is as newly opened is given out again with its statements prepared; any other is
    reset.
    """

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self._worlds: dict[str, World] = {}

    def fresh(self, state: str) -> World:
        """A world as newly opened, good until the next of its state is asked for."""
        world = self._worlds.get(state)
        if world is None:
            world = self._worlds[state] = self.domain.world(state)
        elif not world.is_new:
            world.reset()
        return world

    def close(self) -> None:
        """Frees the worlds."""
        while self._worlds:
            self._worlds.popitem()[1].close()
