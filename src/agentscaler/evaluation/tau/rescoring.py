"""Scores saved simulations again, without a model, in several processes of the user's interpreter.

The official evaluator judges (`bridge.tau2_scoring`); here its work is dealt out, and what it says
is compared with what the file says (`verdicts`).
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from agentscaler.errors import InputError
from agentscaler.evaluation.tau.client import BridgePool
from agentscaler.evaluation.tau.home import Home
from agentscaler.evaluation.tau.official_figures import OfficialFigures, Scored, official_figures
from agentscaler.evaluation.tau.process import BridgeLostError, CallFailedError
from agentscaler.evaluation.tau.results import (
    ResultsFile,
    SavedSimulation,
    UnreadableSimulation,
)
from agentscaler.evaluation.tau.task_matching import Match, match_tasks
from agentscaler.evaluation.tau.tau_bench_episodes import actions_of, was_stopped
from agentscaler.evaluation.tau.verdicts import Rescored, Verdict, judged

__all__ = ["FileRescoring", "TaskDrift", "rescore"]

_BATCH = 16
"""Simulations a call: the parsed databases are looked over once in each."""


@dataclass(frozen=True)
class TaskDrift:
    """A task of a results file that the package no longer has like that.

    Attributes:
        now: id of the same task in the package; "" where there is none.
        fields: what differs, of a task that still has its id.
    """

    task: str
    now: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class FileRescoring:
    """A results file, scored again.

    Attributes:
        evaluator: the package that scored: `version`, `commit`.
        stored, recomputed: figures of the stored rewards and of the new ones.  A simulation
            without a new reward stands in the new figures with the stored one.
        drift: tasks that the package has otherwise now; None where it could not tell.
    """

    file: ResultsFile
    domain: str
    evaluator: dict[str, Any]
    simulations: tuple[Rescored, ...]
    unreadable: tuple[UnreadableSimulation, ...]
    stored: OfficialFigures
    recomputed: OfficialFigures
    drift: tuple[TaskDrift, ...] | None

    @property
    def counts(self) -> dict[Verdict, int]:
        """Simulations by verdict."""
        found = Counter(one.verdict for one in self.simulations)
        return {verdict: found[verdict] for verdict in Verdict if found[verdict]}


async def rescore(
    file: ResultsFile,
    home: Home,
    pool: BridgePool,
    processes: int,
    domain: str = "",
    told: Callable[[int], None] = lambda done: None,
) -> FileRescoring:
    """Scores the simulations of a file again.

    Args:
        pool: of the package in `home`.
        domain: instead of the one that the file names.
        told: hears how many more simulations are done.

    Raises:
        InputError: the package cannot be used, or the file does not say of what domain it is.
    """
    domain = domain or file.domain
    if not domain:
        raise InputError(f"{file.path} does not say of what domain it is.", "Give --domain.")
    found = await pool.found()
    if domain not in found["domains"]:
        raise InputError(
            f"{home.path} has no domain {domain!r}: it has {', '.join(found['domains'])}.",
            "Give a checkout that has it, or --domain.",
        )
    everything = list(file.simulations())
    saved = [one for one in everything if isinstance(one, SavedSimulation)]
    unreadable = [one for one in everything if isinstance(one, UnreadableSimulation)]
    matches = _matches(file, saved)
    due = [one for one in saved if not one.infrastructure and matches[one.number].task is not None]
    work = _Work(file, domain, pool, matches)
    comparing = asyncio.create_task(work.drift())
    try:
        outcomes = await work.outcomes(due, processes, told)
        drift = await comparing
    finally:
        comparing.cancel()
    rescored = [judged(one, matches[one.number], outcomes.get(one.number)) for one in saved]
    return FileRescoring(
        file=file,
        domain=domain,
        evaluator={name: found.get(name, "") for name in ("package", "version", "commit")},
        simulations=tuple(rescored),
        unreadable=tuple(unreadable),
        stored=official_figures(file.package, _stored(saved), file.trials),
        recomputed=official_figures(file.package, _recomputed(saved, rescored), file.trials),
        drift=drift,
    )


def _matches(file: ResultsFile, saved: list[SavedSimulation]) -> dict[int, Match]:
    if file.package == "tau2":
        return match_tasks(file.tasks, saved)
    return {one.number: Match(one.task if one.task in file.tasks else None) for one in saved}


def _stored(saved: list[SavedSimulation]) -> Iterator[Scored]:
    for one in saved:
        yield Scored(one.task, one.trial, one.reward or 0.0, one.infrastructure)


def _recomputed(saved: list[SavedSimulation], rescored: list[Rescored]) -> Iterator[Scored]:
    for one, new in zip(saved, rescored, strict=True):
        reward = one.reward if new.reward is None else new.reward
        yield Scored(new.scored_as or one.task, one.trial, reward or 0.0, one.infrastructure)


class _Work:
    """The calls to the bridge for one file."""

    def __init__(
        self, file: ResultsFile, domain: str, pool: BridgePool, matches: dict[int, Match]
    ) -> None:
        self._file = file
        self._domain = domain
        self._pool = pool
        self._matches = matches

    async def outcomes(
        self, due: list[SavedSimulation], processes: int, told: Callable[[int], None]
    ) -> dict[int, dict[str, Any]]:
        """What the evaluator says, by the number of the simulation."""
        size = max(1, min(_BATCH, -(-len(due) // processes)))
        batches = iter([due[start : start + size] for start in range(0, len(due), size)])
        found: dict[int, dict[str, Any]] = {}

        async def work() -> None:
            for batch in batches:
                outcomes = await self._scored(batch)
                found.update((one.number, new) for one, new in zip(batch, outcomes, strict=True))
                told(len(batch))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(processes, -(-len(due) // size) if due else 0)):
                group.create_task(work())
        return found

    async def drift(self) -> tuple[TaskDrift, ...] | None:
        """How the tasks of the file differ from those that the package has."""
        tasks: dict[str, Any] = (
            {task: span.place for task, span in self._file.task_spans.items()}
            if self._file.package == "tau2"
            else self._file.tasks
        )
        try:
            compared = await self._pool.call(
                "compare_tasks", {"domain": self._domain, "tasks": tasks}
            )
        except (CallFailedError, BridgeLostError, InputError):
            return None
        return tuple(
            TaskDrift(task, one["found"], tuple(one["fields"]))
            for task, one in compared.items()
            if one["found"] != task or one["fields"]
        )

    async def _scored(self, batch: list[SavedSimulation]) -> list[dict[str, Any]]:
        """Outcomes of some simulations; one that ends the process costs only itself."""
        given = {"domain": self._domain, "info": self._file.info}
        try:
            items = [self._item(one) for one in batch]
        except ValueError as error:
            if len(batch) > 1:
                return await self._one_by_one(batch)
            return [{"error": {"type": "ValueError", "text": str(error)}}]
        try:
            outcomes: list[dict[str, Any]] = await self._pool.call(
                "score", given | {"items": items}
            )
        except (BridgeLostError, InputError) as error:
            if len(batch) > 1:
                return await self._one_by_one(batch)
            return [{"error": {"type": "ProcessLost", "text": str(error)}}]
        except CallFailedError as error:
            if len(batch) > 1:
                return await self._one_by_one(batch)
            return [{"error": {"type": error.kind, "text": error.text}}]
        return outcomes

    async def _one_by_one(self, batch: list[SavedSimulation]) -> list[dict[str, Any]]:
        return [outcome for one in batch for outcome in await self._scored([one])]

    def _item(self, one: SavedSimulation) -> dict[str, Any]:
        task = self._matches[one.number].task
        assert task is not None
        if self._file.package == "tau2":
            return {
                "simulation": one.span.place,
                "task": self._file.task_spans[task].place,
            }
        raw = self._file.read(one.span)
        messages = raw.get("traj") or []
        return {
            "actions": actions_of(messages),
            "stopped": was_stopped(messages),
            "task": (raw.get("info") or {}).get("task") or self._file.tasks[task],
        }
