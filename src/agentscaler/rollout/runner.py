"""Many episodes: every task of every domain, in order, wherever the engine runs them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from agentscaler.domain.domain import Domain
from agentscaler.engine import Engine, LocalEngine
from agentscaler.rollout.episode import play
from agentscaler.rollout.expert import ExpertMaker
from agentscaler.rollout.protocols import AgentMaker, UserMaker
from agentscaler.rollout.scripted_user import ScriptedUserMaker
from agentscaler.rollout.settings import RolloutSettings
from agentscaler.rollout.trajectory import Trajectory
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
) -> Iterator[list[Trajectory]]:
    """Plays the tasks of each domain.

    An episode's seed is made of `seed`, the task's id and the trial, so what is played does not
    depend on the other tasks, on their order, or on how many processes share the work.

    Args:
        settings: None takes the defaults.
        engine: None plays in this process.
        agent: makes the agents; None takes the expert.
        user: makes the users; None takes the scripted user.  With an engine of several processes
            both makers must be picklable.

    Yields:
        one list of trajectories a domain, in the order of `work`; task by task, trial by trial.
        After `settings.limit` episodes the lists are empty.
    """
    settings = settings or RolloutSettings()
    function = partial(
        _play_unit,
        settings=settings,
        seed=seed,
        agent=agent or ExpertMaker(settings.mistake_rate),
        user=user
        or ScriptedUserMaker(settings.withhold_rate, settings.change_rate, settings.typo_rate),
    )
    yield from (engine or LocalEngine()).map(function, _units(work, settings))


@dataclass(frozen=True)
class _Unit:
    """The episodes of one domain."""

    domain: Domain
    episodes: tuple[tuple[Task, int], ...]


def _units(work: Iterable[tuple[Domain, list[Task]]], settings: RolloutSettings) -> Iterator[_Unit]:
    left = settings.limit
    for domain, tasks in work:
        episodes = [(task, trial) for task in tasks for trial in range(settings.trials)]
        if left is not None:
            episodes = episodes[:left]
            left -= len(episodes)
        yield _Unit(domain, tuple(episodes))


def _play_unit(
    unit: _Unit, *, settings: RolloutSettings, seed: int, agent: AgentMaker, user: UserMaker
) -> list[Trajectory]:
    trajectories = []
    for task, trial in unit.episodes:
        episode_seed = f"{seed}/{task.id}/{trial}"
        trajectories.append(
            play(
                unit.domain,
                task,
                agent(unit.domain, task, f"{episode_seed}/agent"),
                user(unit.domain, task, f"{episode_seed}/user"),
                trial=trial,
                max_turns=settings.max_turns,
            )
        )
    return trajectories
