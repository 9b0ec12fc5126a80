"""A live evaluation on tau2-bench or tau-bench: the package plays and judges, our models answer.

    agenda = await read_agenda(home, benchmark, ...)     which tasks there are
    for result in play(folder, agenda, ...): ...         each trial that is owed, many at a time

An episode whose process is lost is begun again; so is one over which a model's answer was of no
use, with other answers of that model and the same ones of the others.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from agentscaler.engine import Flight
from agentscaler.errors import EndpointError, InputError, RequestRefusedError
from agentscaler.evaluation.folder import EvaluationFolder
from agentscaler.evaluation.tau.answering import Answering, Cast, Part, UnusableAnswerError
from agentscaler.evaluation.tau.benchmark import Benchmark, Episode, TauTask, is_successful
from agentscaler.evaluation.tau.client import BridgePool
from agentscaler.evaluation.tau.home import Home
from agentscaler.evaluation.tau.process import BridgeLostError, CallFailedError
from agentscaler.evaluation.tau.settings import HomeSettings
from agentscaler.evaluation.tau.simulations import Simulations
from agentscaler.evaluation.trial import Slot, TrialResult, TrialState
from agentscaler.rollout.trajectory import FailureOwner

__all__ = ["Agenda", "Player", "play", "read_agenda"]

_LARGEST_SEED = 1_000_000
_LOSSES_BEFORE_ALONE = 2
"""Processes that an episode is lost with before it is given one of its own: it may be the one that
they die of, and the others with it go on without it."""
_PARTS: tuple[Part, ...] = ("agent", "user", "judge")


@dataclass(frozen=True)
class Agenda:
    """What is to be played.

    Attributes:
        found: what the package is: version, commit, python.
        frames: by domain, what results files say besides; None where they say nothing.
        seeds: by trial, as the package makes them.
    """

    home: Home
    found: dict[str, Any]
    tasks: list[TauTask]
    frames: dict[str, dict[str, Any] | None]
    seeds: tuple[int, ...]

    @property
    def data(self) -> dict[str, Any]:
        """What was evaluated on, for `EvaluationRecord.data`."""
        domains = list(dict.fromkeys(task.domain for task in self.tasks))
        return {
            **{name: self.found[name] for name in ("package", "version", "commit")},
            "domains": {domain: self.home.fingerprint(domain) for domain in domains},
        }

    @property
    def judged(self) -> list[str]:
        """Tasks whose reward needs a judge model."""
        return [task.key for task in self.tasks if task.judged]

    def episode(self, slot: Slot) -> Episode:
        """The episode of a slot."""
        task = next(task for task in self.tasks if task.key == slot.task)
        return Episode(task, slot.trial, self.seeds[slot.trial])


async def read_agenda(
    home: Home,
    benchmark: Benchmark,
    cast: Cast,
    trials: int,
    seed: int,
    *,
    task_ids: tuple[str, ...] = (),
    limit: int | None = None,
) -> Agenda:
    """Asks the package what there is to play.

    Args:
        trials: of each task.
        seed: of the evaluation.
        task_ids: the only ones to play; none plays all.
        limit: tasks at most, spread over the domains.

    Raises:
        InputError: the package cannot be used, or has no such domain or task.
    """
    async with BridgePool(home) as pool:
        found = await pool.found()
        listed = [await _tasks_of(pool, found, benchmark, domain) for domain in benchmark.domains]
        tasks = _chosen(listed, task_ids, limit)
        frames: dict[str, dict[str, Any] | None] = {}
        for domain in dict.fromkeys(task.domain for task in tasks):
            given = benchmark.framing(domain, cast, trials)
            frames[domain] = None if given is None else await _told(pool, "frame", given)
    drawn = random.Random(seed)
    seeds = tuple(drawn.randint(0, _LARGEST_SEED) for _ in range(trials))
    return Agenda(home, found, tasks, frames, seeds)


def play(
    folder: EvaluationFolder,
    agenda: Agenda,
    player: "Player",
    in_flight: int,
    at_end: Callable[[], Awaitable[None]] | None = None,
) -> Iterator[list[TrialResult]]:
    """Plays what is missing; each result is in the folder before it is given.

    Args:
        in_flight: episodes at the same time.
        at_end: awaited in the episodes' event loop when they are over.

    Raises:
        AgentScalerError: something that the user can mend; what was played is kept.
    """
    simulations = Simulations(folder)
    simulations.begin(agenda.frames)

    async def play_slot(slot: Slot) -> TrialResult:
        played, result = await player.play(agenda.episode(slot))
        simulations.append(slot, played)
        folder.append([result])
        return result

    async def end() -> None:
        await player.aclose()
        if at_end is not None:
            await at_end()

    units = ([slot] for slot in folder.missing())
    yield from Flight(play_slot, units, in_flight, end).results()


@dataclass
class Player:
    """Plays episodes, in bridge processes that it starts when the first one comes.

    Args:
        processes: of bridges, at most.
        trials: of each task in the evaluation.
    """

    benchmark: Benchmark
    settings: HomeSettings
    cast: Cast
    home: Home
    processes: int
    trials: int
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], str] = field(default=lambda: datetime.now(UTC).isoformat())
    retry_seconds: float = 1.0

    def __post_init__(self) -> None:
        self._pool = BridgePool(self.home, self.processes, self.settings.silent_seconds)

    async def aclose(self) -> None:
        """Ends the processes."""
        await self._pool.aclose()

    async def play(self, episode: Episode) -> tuple[dict[str, Any], TrialResult]:
        """One trial: what stands in a results file of it, and what came of it.

        Raises:
            AgentScalerError: something that the user can mend.
        """
        began = self.clock()
        draws: Counter[Part] = Counter()
        losses = 0
        while True:
            answering = self._answering(episode, draws)
            given = self.benchmark.playing(episode, self.cast)
            try:
                alone = losses >= _LOSSES_BEFORE_ALONE
                played = await self._pool.call("play", given, answering, alone=alone)
            except BridgeLostError as error:
                losses += 1
                if losses > self.settings.retries:
                    return self._failed(episode, "process", str(error), began)
                await asyncio.sleep(self.retry_seconds)
            except EndpointError as error:
                return self._failed(episode, "endpoint", str(error), began)
            except RequestRefusedError as error:
                return self._failed(episode, "refused", str(error), began)
            except UnusableAnswerError as error:
                draws[error.part] += 1
                if draws[error.part] > self._most_draws(error.part):
                    return self._failed(episode, f"{error.part}_answer", str(error), began)
            except CallFailedError as error:
                blamed = answering.asked_last
                if blamed is not None:
                    draws[blamed] += 1
                if blamed is None or draws[blamed] > self.settings.redraws:
                    return self._failed(episode, "package", str(error), began)
            else:
                return played, self._result(episode, played, answering, began)

    def _most_draws(self, part: Part) -> int:
        return self.settings.agent_redraws if part == "agent" else self.settings.redraws

    def _answering(self, episode: Episode, draws: Counter[Part]) -> Answering:
        samples = {
            part: self.benchmark.sample(part, episode, draws[part], self.trials) for part in _PARTS
        }
        return Answering(self.cast, samples, final=draws["agent"] >= self.settings.agent_redraws)

    def _result(
        self, episode: Episode, played: dict[str, Any], answering: Answering, began: float
    ) -> TrialResult:
        score = self.benchmark.score(played)
        task = episode.task
        return TrialResult(
            task=task.key,
            trial=episode.trial,
            group=task.domain,
            kind=task.kind,
            calls=task.calls + task.user_calls,
            reward=score.reward,
            success=is_successful(score.reward),
            owner=FailureOwner.AGENT if answering.fault else score.owner,
            reason=answering.fault or score.reason,
            scores=score.scores,
            turns=answering.turns,
            made_calls=answering.calls,
            prompt_tokens=answering.prompt_tokens,
            completion_tokens=answering.completion_tokens,
            seconds=round(self.clock() - began, 3),
        )

    def _failed(
        self, episode: Episode, reason: str, detail: str, began: float
    ) -> tuple[dict[str, Any], TrialResult]:
        task = episode.task
        result = TrialResult(
            task=task.key,
            trial=episode.trial,
            group=task.domain,
            kind=task.kind,
            calls=task.calls + task.user_calls,
            state=TrialState.INFRASTRUCTURE,
            owner=FailureOwner.INFRASTRUCTURE,
            reason=reason,
            detail=detail,
            seconds=round(self.clock() - began, 3),
        )
        return self.benchmark.unplayed(episode, f"{reason}: {detail}", self.now()), result


async def _tasks_of(
    pool: BridgePool, found: dict[str, Any], benchmark: Benchmark, domain: str
) -> list[TauTask]:
    if domain not in found["domains"]:
        raise InputError(
            f"{benchmark.package} has no domain {domain}.",
            f"Choose among {', '.join(found['domains'])}.",
        )
    listed = await _told(pool, "tasks", benchmark.listing(domain))
    return [
        TauTask(
            domain=domain,
            id=one["id"],
            calls=one["calls"],
            user_calls=one["user_calls"],
            kind=one["kind"],
            judged=one["judged"],
            record=one["task"],
        )
        for one in listed
    ]


async def _told(pool: BridgePool, what: str, given: dict[str, Any]) -> Any:
    """What the package says of a domain before anything is played."""
    try:
        return await pool.call(what, given)
    except CallFailedError as error:
        raise InputError(
            f"{pool.home.package} cannot tell the {what} of {given['domain']}: {error}.",
            "See that its checkout is whole and of a version that docs/tau.md names, and that the "
            "set and the split of tasks exist.",
        ) from error
    except BridgeLostError as error:
        raise InputError(
            f"{pool.home.package} was lost over the {what} of {given['domain']}: {error}.",
            "Give the same command again; if it is lost again, run the package's own commands.",
        ) from error


def _chosen(
    listed: list[list[TauTask]], task_ids: tuple[str, ...], limit: int | None
) -> list[TauTask]:
    """The tasks to play, domain by domain, in the order of the package."""
    if task_ids:
        wanted = frozenset(task_ids)
        listed = [[task for task in tasks if {task.id, task.key} & wanted] for tasks in listed]
        known = {name for tasks in listed for task in tasks for name in (task.id, task.key)}
        if unknown := sorted(wanted - known):
            raise InputError(
                f"There is no task {unknown[0]}.",
                "Give the ids as the package has them, with DOMAIN/ before where two domains "
                "have the same; the split (--split) must hold them.",
            )
    if limit is not None:
        places = [
            (place, number) for number, tasks in enumerate(listed) for place in range(len(tasks))
        ]
        taken = frozenset(sorted(places)[:limit])
        listed = [
            [task for place, task in enumerate(tasks) if (place, number) in taken]
            for number, tasks in enumerate(listed)
        ]
    return [task for tasks in listed for task in tasks]
