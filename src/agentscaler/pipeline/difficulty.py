"""Measures how hard the tasks of a run are, and writes `bands.jsonl`.

Agents of known weakness play every task, the funnel judges what they did, and the share that passes
puts the task into a band.  What they played is not kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from agentscaler.domain import Domain, load_domain
from agentscaler.errors import SettingsError
from agentscaler.filtering import FunnelReason, FunnelStage, Verdict, verdicts_of
from agentscaler.filtering.difficulty import Difficulty, measure_difficulty
from agentscaler.pipeline.records import by_domain
from agentscaler.pipeline.settings import Settings
from agentscaler.rollout import AgentMaker, agent_named, roll_out
from agentscaler.rollout.trajectory import FailureOwner, Trajectory
from agentscaler.runfolder import RunFolder
from agentscaler.task import Task

__all__ = ["BANDS", "measure_run"]

BANDS = "bands.jsonl"
_HELD = "run"


@dataclass(frozen=True)
class _Unit:
    """The tasks of one domain, with the verdicts that the run has on them already."""

    path: Path
    tasks: list[Task]
    held: list[Verdict]


def measure_run(
    folder: RunFolder, settings: Settings, limit: int | None = None
) -> Iterator[list[Difficulty]]:
    """The difficulties of the tasks of a run, one list a domain; at the end `bands.jsonl` is there.

    Args:
        settings: of the run; the sections `difficulty`, `rollout` and `funnel` are used.
        limit: at most so many domains.

    Raises:
        SettingsError: there is no such agent.
        RunFolderError: the run has no tasks, or another process writes there.
    """
    agents = settings.difficulty.agents
    for name in agents:
        _maker(name, settings)
    held = _held(folder) if _HELD in agents else {}
    groups = by_domain(folder.read("tasks.jsonl", Task))
    units = (
        _Unit(folder.path / "domains" / name, group, held.get(name, []))
        for name, group in islice(groups, limit)
    )
    part = folder.path / f".{BANDS}.part"
    with folder.locked(), settings.open_engine() as engine, part.open("wb") as file:
        for measured in engine.map(partial(_measure, settings=settings), units):
            for one in measured:
                file.write(one.model_dump_json().encode() + b"\n")
            yield measured
    part.replace(folder.path / BANDS)


def _measure(unit: _Unit, *, settings: Settings) -> list[Difficulty]:
    domain = load_domain(unit.path)
    verdicts = {
        name: unit.held if maker is None else _played(domain, unit.tasks, maker, settings)
        for name in settings.difficulty.agents
        for maker in [_maker(name, settings)]
    }
    return measure_difficulty(unit.tasks, verdicts, settings.difficulty)


def _played(
    domain: Domain, tasks: list[Task], maker: AgentMaker, settings: Settings
) -> list[Verdict]:
    """The verdicts on episodes of one agent; an episode that broke off did not pass."""
    rollout = settings.rollout.model_copy(
        update={"trials": settings.difficulty.trials, "limit": None}
    )
    (episodes,) = roll_out([(domain, tasks)], rollout, settings.seed, agent=maker)
    verdicts = verdicts_of(domain, tasks, episodes, settings.funnel)
    return [*filter(None, verdicts), *_broken_off(episodes)]


def _broken_off(episodes: Sequence[Trajectory]) -> Iterator[Verdict]:
    """Verdicts on episodes that failed by the agent; nobody else's failure counts."""
    for one in episodes:
        if one.failure_owner is FailureOwner.AGENT:
            yield Verdict(
                trajectory=one.id,
                task=one.task,
                domain=one.domain,
                kept=False,
                stage=FunnelStage.VALIDITY,
                reason=FunnelReason.NOT_SATISFIED,
                detail=one.failure,
            )


def _held(folder: RunFolder) -> dict[str, list[Verdict]]:
    """The verdicts of the run itself, by domain."""
    verdicts: dict[str, list[Verdict]] = {}
    for output in ("kept.jsonl", "rejected.jsonl"):
        for verdict in folder.read(output, Verdict):
            verdicts.setdefault(verdict.domain, []).append(verdict)
    for failed in _broken_off(list(folder.read("failures.jsonl", Trajectory))):
        verdicts.setdefault(failed.domain, []).append(failed)
    return verdicts


def _maker(name: str, settings: Settings) -> AgentMaker | None:
    """The maker of the agents called `name`; None for the episodes that the run holds."""
    if name == _HELD:
        return None
    try:
        return agent_named(name, settings.rollout.mistake_rate)
    except SettingsError as error:
        raise SettingsError(
            error.what, "Name expert, hasty, run, or slipping:0.2 and the like."
        ) from error
