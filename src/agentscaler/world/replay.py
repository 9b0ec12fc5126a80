"""The same calls once more, in two worker processes whose Python hashes differently.

In: the calls of a sequence with what came of them, and the changes they made.  Out: where a worker
saw something else.  What a tool keeps to itself between calls, or takes from the order of a set,
shows here.  Each sequence is one request; nothing that a worker says is used but to be compared.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from agentscaler.world.changeset import Change
from agentscaler.world.jail import REQUIRED
from agentscaler.world.jailed import JailedToolbox
from agentscaler.world.toolbox import Toolbox
from agentscaler.world.worker import Answer
from agentscaler.world.workers import Seat, WorkerLostError, Workers
from agentscaler.world.world import Outcome

__all__ = ["HASH_SEEDS", "Difference", "Replay", "one_worker"]

HASH_SEEDS = (0, 1)

Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Difference:
    """What a worker saw otherwise: at which call, or in the changes where `call` is None."""

    call: int | None
    detail: str


class Replay:
    """Plays sequences of one domain's calls again.

    Args:
        tools: of a `JailedToolbox` the replay is jailed as well; what runs in process anyway takes
            as much of the jail as the machine offers.
        now: the clock of the worlds.
        workers: where to play; this process has two for all its replays.
    """

    def __init__(
        self,
        tools: Toolbox | JailedToolbox,
        now: str,
        workers: Sequence[Workers] | None = None,
    ) -> None:
        confined = isinstance(tools, JailedToolbox)
        sent = tools if isinstance(tools, JailedToolbox) else JailedToolbox.of(tools)
        self._tools = sent
        self._now = now
        self._workers = workers or _pair(confined)

    def difference(
        self,
        image: bytes,
        calls: Sequence[Call],
        outcomes: Sequence[Outcome],
        changes: Sequence[Change],
    ) -> Difference | None:
        """The first thing that is not the same in both workers as it was before."""
        expected = orjson.dumps([Answer.DONE, outcomes, changes])
        for workers in self._workers:
            try:
                said = self._play(workers.place(), image, calls)
            except WorkerLostError as lost:
                return Difference(None, str(lost))
            if said != expected:
                return _difference(said, outcomes)
        return None

    def _play(self, seat: Seat, image: bytes, calls: Sequence[Call]) -> bytes:
        with seat.lock:
            tools, said = seat.load(
                self._tools.key,
                lambda number: seat.ask("tools", number, self._tools.source, self._tools.sent),
            )
            if said is not None and not _is_done(said):
                seat.unload(self._tools.key)
                return said
            number, _ = seat.load(image, lambda number: seat.ask("image", number, data=image))
            return seat.ask("play", tools, number, self._now, calls)


@cache
def _pair(confined: bool) -> tuple[Workers, ...]:
    """One worker a hash seed, for this process."""
    required = REQUIRED if confined else ()
    return tuple(Workers(1, required=required, hash_seed=seed) for seed in HASH_SEEDS)


def one_worker(*, confined: bool) -> tuple[Workers, ...]:
    """One worker whose Python hashes otherwise than this process's, for what was played here
    first; this process has one for all who ask.

    Args:
        confined: whether what it plays needs the whole jail.
    """
    own = os.environ.get("PYTHONHASHSEED", "random")
    return (_single(confined, next(seed for seed in HASH_SEEDS[::-1] if str(seed) != own)),)


@cache
def _single(confined: bool, hash_seed: int) -> Workers:
    return Workers(1, required=REQUIRED if confined else (), hash_seed=hash_seed)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pair.cache_clear)
    os.register_at_fork(after_in_child=_single.cache_clear)


def _is_done(said: bytes) -> bool:
    return said.startswith(orjson.dumps([Answer.DONE])[:-1])


def _difference(said: bytes, outcomes: Sequence[Outcome]) -> Difference:
    """Where in a worker's answer the first difference stands; the answer may be anything."""
    try:
        answer = orjson.loads(said)
    except orjson.JSONDecodeError:
        return Difference(None, "a worker process gave what is not an answer")
    match answer:
        case [Answer.DONE, [*again], _]:
            for position, (now, before) in enumerate(zip(again, outcomes, strict=False)):
                if orjson.dumps(now) != orjson.dumps(before):
                    return Difference(position, f"{_short(now)}, not {_short(before)}")
            return Difference(None, "the state comes out differently")
    return Difference(None, f"a worker process says {_short(answer)}")


def _short(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 200 else text[:197] + "..."
