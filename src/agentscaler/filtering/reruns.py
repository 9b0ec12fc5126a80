"""`Reruns`: the calls of trajectories made again in the worlds of one domain, none of them twice.

In: an initial state, then calls.  Out: what an agent would read of each, and where they end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agentscaler.domain.domain import Domain
from agentscaler.domain.worlds import Worlds
from agentscaler.errors import WorldError
from agentscaler.rollout.episode import result_text
from agentscaler.world.changeset import Change
from agentscaler.world.world import World

__all__ = ["Given", "Rerun", "Reruns"]

MAX_CHARACTERS = 20_000_000
"""Of calls and results that are remembered at a time."""

_Call = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What a call gave."""

    text: str
    """As an agent reads it."""
    refused: bool
    after: "_Moment"
    """The moment that the world is at then: the same as before where the call left nothing."""


@dataclass(slots=True, eq=False)
class _Moment:
    """A point that a world comes to from its initial state by certain writes.

    Attributes:
        known: what calls give here, by name and spelling of the arguments.
    """

    known: dict[tuple[str, str], Given] = field(default_factory=dict)
    state_hash: str | None = None


class Reruns:
    """What calls give in the worlds of one domain: each is made once, and remembered.

    A world is deterministic (certificates are earned by running domains in two processes), and
    a call that is refused, or that may write nothing and made no id, leaves nothing in it.  So what
    a call gives hangs on the initial state, on the calls before it that left something, and on
    itself; where all of these were there before, it is not made again.  "Itself" is its name and
    its arguments to the letter: neither is 5 the same as 5.0, nor True as 1.

    Only what was given here is remembered, never what stands on record: a record is held against
    a call that was really made, by this trajectory or by one that came this way before.

    Attributes:
        made: how many calls were made in a world.
    """

    def __init__(self, domain: Domain, most: int = MAX_CHARACTERS) -> None:
        """For trajectories of `domain`; `most` bounds the characters that are remembered."""
        self.domain = domain
        self.made = 0
        self._worlds = Worlds(domain)
        self._starts: dict[str, _Moment] = {}
        self._most = most
        self._size = 0

    def begin(self, state: str) -> "Rerun":
        """Calls from an initial state on; good until the next of that state are begun."""
        return Rerun(self, state, self._starts.setdefault(state, _Moment()))

    def fresh(self, state: str) -> World:
        """A world as newly opened; see `Worlds.fresh`."""
        return self._worlds.fresh(state)

    def remember(self, moment: _Moment, key: tuple[str, str], given: Given) -> None:
        """Puts down what a call gave when it was made; a memory that is full starts anew."""
        self.made += 1
        self._size += len(key[1]) + len(given.text)
        if self._size > self._most:
            self._starts.clear()
            self._size = 0
        moment.known[key] = given

    def close(self) -> None:
        """Frees the worlds and forgets everything."""
        self._worlds.close()
        self._starts.clear()


class Rerun:
    """One trajectory's calls, made again where nobody came this way before."""

    def __init__(self, reruns: Reruns, state: str, start: _Moment) -> None:
        self._reruns = reruns
        self._state = state
        self._moment = start
        self._world: World | None = None
        self._owed: list[tuple[_Call, str]] = []
        """Writes that were remembered and not made in the world, with what they gave."""

    def call(self, name: str, arguments: Mapping[str, Any]) -> Given:
        """What a call gives now.

        Raises `WorldError` where a tool breaks its contract; that is never remembered.
        """
        key = name, repr(arguments)
        given = self._moment.known.get(key)
        if given is None:
            given = self._make(name, arguments)
            self._reruns.remember(self._moment, key, given)
        elif given.after is not self._moment:
            self._owed.append(((name, arguments), given.text))
        self._moment = given.after
        return given

    def state_hash(self) -> str:
        """The digest of what the calls changed; see `World.state_hash`."""
        if self._moment.state_hash is None:
            self._moment.state_hash = self._present().state_hash()
        return self._moment.state_hash

    def changeset(self) -> tuple[Change, ...]:
        """What the calls changed; see `World.changeset`."""
        return self._present().changeset()

    def _make(self, name: str, arguments: Mapping[str, Any]) -> Given:
        world = self._present()
        minted = world.minted
        result = world.call(name, arguments)
        stays = not result.ok or (
            not self._reruns.domain.manifest.tool[name].writes and world.minted == minted
        )
        after = self._moment if stays else _Moment()
        return Given(result_text(result), not result.ok, after)

    def _present(self) -> World:
        """The world at this moment: what it is owed is made in it first."""
        if self._world is None:
            self._world = self._reruns.fresh(self._state)
        for (name, arguments), text in self._owed:
            if result_text(self._world.call(name, arguments)) != text:
                raise WorldError(f"tool {name} did not do again what it had done before")
        self._owed.clear()
        return self._world
