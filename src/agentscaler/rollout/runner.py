"""Many episodes: every task of every domain, in order, on an engine or many at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Container, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count

from agentscaler.domain.domain import Domain
from agentscaler.engine import Engine, Flight, LocalEngine
from agentscaler.rollout.episode import finish, play_at
from agentscaler.rollout.expert import ExpertMaker
from agentscaler.rollout.protocols import AgentMaker, UserMaker
from agentscaler.rollout.scripted_user import ScriptedUserMaker
from agentscaler.rollout.seats import SeatHouse
from agentscaler.rollout.settings import RolloutSettings
from agentscaler.rollout.trajectory import FailureOwner, Trajectory
from agentscaler.task.task import Task

__all__ = ["roll_out"]


def roll_out(
    work: Iterable[tuple[Domain, list[Task]]],
    settings: RolloutSettings | None = None,
    seed: int = 0,
    engine: Engine | None = None,
    *,
    agent: AgentMaker | None = None,
    user: UserMaker | None = None,
    at_end: Callable[[], Awaitable[None]] | None = None,
    without: Container[str] = frozenset(),
) -> Iterator[list[Trajectory]]:
    """Plays the tasks of each domain.

    An episode's seed is made of `seed`, the task's id and the trial, so what is played does not
    depend on the other tasks, on their order, or on how many processes share the work.

    Args:
        settings: None takes the defaults.
        engine: None plays in this process; with `settings.in_flight` this process plays all
            episodes, so many at the same time, and an engine is not used.
        agent: makes the agents; None takes the expert.
        user: makes the users; None takes the scripted user.  With an engine of several processes
            both makers must be picklable.
        at_end: with `settings.in_flight`, awaited in the episodes' event loop when they are over:
            closes the connections of models.
        without: episodes that are not played, by the id of the trajectory that each would be.

    Yields:
        one list of trajectories a domain, in the order of `work`; task by task, trial by trial.
        After `settings.limit` episodes the lists are empty.
    """
    settings = settings or RolloutSettings()
    cast = _Cast(
        agent or ExpertMaker(settings.mistake_rate),
        user or ScriptedUserMaker(settings.withhold_rate, settings.change_rate, settings.typo_rate),
        settings,
        seed,
    )
    units = _units(work, settings, without)
    if settings.in_flight is None:
        yield from (engine or LocalEngine()).map(cast.play_unit, units)
    else:
        yield from cast.play_together(units, settings.in_flight, at_end)


@dataclass(frozen=True)
class _Unit:
    """The episodes of one domain."""

    domain: Domain
    episodes: tuple[tuple[Task, int], ...]


def _units(
    work: Iterable[tuple[Domain, list[Task]]], settings: RolloutSettings, without: Container[str]
) -> Iterator[_Unit]:
    left = settings.limit
    for domain, tasks in work:
        episodes = [
            (task, trial)
            for task in tasks
            for trial in range(settings.trials)
            if f"{task.id}/{trial}" not in without
        ]
        if left is not None:
            episodes = episodes[:left]
            left -= len(episodes)
        yield _Unit(domain, tuple(episodes))


@dataclass(frozen=True)
class _Cast:
    """Who plays, and how."""

    agent: AgentMaker
    user: UserMaker
    settings: RolloutSettings
    seed: int

    def play_unit(self, unit: _Unit) -> list[Trajectory]:
        """The episodes of a domain, one after the other."""
        with closing(SeatHouse(len(unit.domain.states) or 1)) as house:
            return [finish(self.play(house, unit.domain, *episode)) for episode in unit.episodes]

    def play_together(
        self,
        units: Iterable[_Unit],
        in_flight: int,
        at_end: Callable[[], Awaitable[None]] | None,
    ) -> Iterator[list[Trajectory]]:
        """The episodes of all domains, many at the same time."""
        items = ([(unit.domain, *episode) for episode in unit.episodes] for unit in units)
        with closing(SeatHouse(self.settings.worlds)) as house:
            flight = Flight(lambda item: self.play(house, *item), items, in_flight, at_end)
            yield from flight.results()

    async def play(self, house: SeatHouse, domain: Domain, task: Task, trial: int) -> Trajectory:
        """One episode; one that the infrastructure failed is begun again after a while."""
        seed = f"{self.seed}/{task.id}/{trial}"
        for attempt in count():
            trajectory = await play_at(
                house.seat(domain, task.state),
                domain,
                task,
                self.agent(domain, task, f"{seed}/agent"),
                self.user(domain, task, f"{seed}/user"),
                trial=trial,
                max_turns=self.settings.max_turns,
            )
            failed = trajectory.failure_owner is FailureOwner.INFRASTRUCTURE
            if not failed or attempt == self.settings.retries:
                return trajectory
            await self._pause(self.settings.retry_seconds * 2**attempt)
        raise AssertionError("there is always one more attempt")

    async def _pause(self, seconds: float) -> None:
        if self.settings.in_flight is None:
            time.sleep(seconds)
        else:
            await asyncio.sleep(seconds)
