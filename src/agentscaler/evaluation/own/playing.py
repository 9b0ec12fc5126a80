"""`play`: the trials that are owed, many at a time, and what came of each.

In: domains with their tasks.  Out: for each unit of work the results with the episodes, so that
whoever keeps them can judge them again (`judge_again`) without a model.
"""

from collections.abc import Awaitable, Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agentscaler.domain import Domain, load_domain
from agentscaler.engine import Engine
from agentscaler.evaluation.own.judging import results_of
from agentscaler.evaluation.own.metering import MeteredMaker
from agentscaler.evaluation.own.settings import OwnEvaluation
from agentscaler.evaluation.trial import TrialResult
from agentscaler.llm import Usage
from agentscaler.rollout import AgentMaker, Trajectory, UserMaker, roll_out
from agentscaler.task import Task

__all__ = ["Cast", "Played", "Work", "judge_again", "play"]


@dataclass(frozen=True)
class Work:
    """The tasks of one domain.

    Attributes:
        path: the folder of the domain.
        family: what its tasks are drawn together with.
    """

    path: Path
    family: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Played:
    """One episode and what came of it."""

    result: TrialResult
    episode: Trajectory


@dataclass(frozen=True)
class Cast:
    """Who plays.

    Attributes:
        agent: makes the agents; a `MeteredMaker` tells what tokens they took.
        user: makes the users; None takes the scripted user.
        waits: whether either asks a model; then this process plays all episodes, so many at a time
            as the settings say, else an engine's processes share them.
        at_end: awaited in the episodes' event loop when they are over.
    """

    agent: AgentMaker
    user: UserMaker | None = None
    waits: bool = False
    at_end: Callable[[], Awaitable[None]] | None = None


def play(
    work: Sequence[Work],
    cast: Cast,
    settings: OwnEvaluation,
    engine: Engine,
    done: Container[str],
) -> Iterator[list[Played]]:
    """Plays every trial that is not done, and judges it.

    Args:
        done: ids of the episodes ("task/trial") that are not played.

    Yields:
        the episodes of a task where models are asked, else of a domain, in the order of `work`.
    """
    todo = [
        one
        for one in work
        if any(f"{task.id}/{n}" not in done for task in one.tasks for n in range(settings.trials))
    ]
    if cast.waits:
        yield from _play_here(todo, cast, settings, done)
        return
    # What is done is told as a plain set of few texts to other processes.
    own = {f"{task.id}/{n}" for one in todo for task in one.tasks for n in range(settings.trials)}
    without = frozenset(name for name in own if name in done)
    yield from engine.map(partial(_play_unit, cast=cast, settings=settings, done=without), todo)


def judge_again(
    work: Work, episodes: Sequence[Trajectory], settings: OwnEvaluation
) -> list[TrialResult]:
    """What the episodes of a domain come to now; what tokens they took is not known here."""
    domain = load_domain(work.path)
    return list(results_of(domain, work.tasks, episodes, settings.own, work.family, {}))


def _play_unit(
    work: Work, *, cast: Cast, settings: OwnEvaluation, done: Container[str]
) -> list[Played]:
    domain = load_domain(work.path)
    (episodes,) = roll_out(
        [(domain, list(work.tasks))],
        settings.rollout(),
        settings.seed,
        agent=cast.agent,
        user=cast.user,
        without=done,
    )
    return _judged(domain, work, episodes, settings, {})


def _play_here(
    todo: Sequence[Work], cast: Cast, settings: OwnEvaluation, done: Container[str]
) -> Iterator[list[Played]]:
    """Plays task by task, so that little is lost with the process."""
    units: list[tuple[Domain, Work, Task]] = []

    def work_of() -> Iterator[tuple[Domain, list[Task]]]:
        for one in todo:
            domain = load_domain(one.path)
            for task in one.tasks:
                units.append((domain, one, task))
                yield domain, [task]

    rollout = settings.rollout().model_copy(update={"in_flight": settings.concurrency})
    played = roll_out(
        work_of(),
        rollout,
        settings.seed,
        agent=cast.agent,
        user=cast.user,
        at_end=cast.at_end,
        without=done,
    )
    for number, episodes in enumerate(played):
        domain, work, _ = units[number]
        if episodes:
            usage = _usage(cast.agent, episodes, settings.seed)
            yield _judged(domain, work, episodes, settings, usage)


def _judged(
    domain: Domain,
    work: Work,
    episodes: Sequence[Trajectory],
    settings: OwnEvaluation,
    usage: Mapping[str, Usage],
) -> list[Played]:
    results = results_of(domain, work.tasks, episodes, settings.own, work.family, usage)
    return [Played(*pair) for pair in zip(results, episodes, strict=True)]


def _usage(agent: AgentMaker, episodes: Sequence[Trajectory], seed: int) -> dict[str, Usage]:
    if not isinstance(agent, MeteredMaker):
        return {}
    spent = agent.spent
    return {one.id: spent[f"{seed}/{one.id}/agent"] for one in episodes}
