"""Records of a run, read domain by domain: its stage files are in the order of the domains."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Protocol, TypeVar

from agentscaler.domain import Domain, load_domain
from agentscaler.filtering import Verdict
from agentscaler.rollout import Trajectory
from agentscaler.runfolder import RunFolder
from agentscaler.task import Task

__all__ = ["by_domain", "domain_of", "kept", "played"]


def domain_of(folder: RunFolder, name: str) -> Domain:
    """A domain of the run, by its id."""
    return load_domain(folder.path / "domains" / name)


class _OfDomain(Protocol):
    @property
    def domain(self) -> str: ...


Record = TypeVar("Record", bound=_OfDomain)


def by_domain(records: Iterable[Record]) -> Iterator[tuple[str, list[Record]]]:
    """Neighbouring records of one domain together."""
    for name, group in groupby(records, key=attrgetter("domain")):
        yield name, list(group)


def played(folder: RunFolder) -> Iterator[tuple[str, list[Task], list[Trajectory]]]:
    """Trajectories by domain, with the domain's tasks; both files are in the order of domains."""
    tasks = by_domain(folder.read("tasks.jsonl", Task))
    for name, trajectories in by_domain(folder.read("trajectories.jsonl", Trajectory)):
        yield name, next(group for domain, group in tasks if domain == name), trajectories


def kept(folder: RunFolder) -> Iterator[tuple[str, list[Task], list[Trajectory]]]:
    """Kept trajectories by domain, with the domain's tasks."""
    verdicts = folder.read("kept.jsonl", Verdict)
    verdict = next(verdicts, None)
    for name, tasks, trajectories in played(folder):
        chosen = []
        for trajectory in trajectories:
            if verdict is not None and verdict.trajectory == trajectory.id:
                chosen.append(trajectory)
                verdict = next(verdicts, None)
        if chosen:
            yield name, tasks, chosen
