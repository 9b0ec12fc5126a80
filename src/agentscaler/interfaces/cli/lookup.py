"""Getting one record, and what belongs to it, out of a run."""

import random
from collections.abc import Collection
from typing import TypeVar

from pydantic import BaseModel

from agentscaler.corpus import ToolSpec
from agentscaler.dataset import Example
from agentscaler.domain import Domain, load_domain
from agentscaler.errors import InputError
from agentscaler.filtering import Verdict
from agentscaler.interfaces.cli.choose import choose
from agentscaler.pipeline import DomainEntry
from agentscaler.pipeline.card import SPLITS
from agentscaler.rollout import Trajectory
from agentscaler.runfolder import RunFolder
from agentscaler.task import Task

__all__ = [
    "find_domain",
    "find_example",
    "find_task",
    "find_trajectory",
    "sources_of",
    "task_ids",
    "task_of",
    "trajectory_of",
    "verdict_on",
]

Record = TypeVar("Record", Example, Task, Trajectory)


class _Named(BaseModel):
    """The one field that looking up needs; the rest of a line is passed over."""

    id: str


def find_domain(folder: RunFolder, wanted: str, rng: random.Random) -> Domain:
    """The domain that `wanted` means; see `choose`."""
    ids = [entry.id for entry in _entries(folder) if entry.id]
    return load_domain(folder.path / "domains" / choose(ids, wanted, "domain", rng))


def find_task(folder: RunFolder, wanted: str, rng: random.Random) -> Task:
    """The task that `wanted` means; see `choose`."""
    name = choose(_ids(folder, "tasks.jsonl"), wanted, "task", rng)
    return _record(folder, "tasks.jsonl", Task, name)


def task_ids(folder: RunFolder) -> list[str]:
    """The ids of all tasks, in order."""
    return _ids(folder, "tasks.jsonl")


def find_trajectory(folder: RunFolder, wanted: str, rng: random.Random) -> Trajectory:
    """The trajectory that `wanted` means, failed ones included; see `choose`."""
    played, failed = _ids(folder, "trajectories.jsonl"), _ids(folder, "failures.jsonl")
    name = choose([*played, *failed], wanted, "trajectory", rng)
    output = "trajectories.jsonl" if name in set(played) else "failures.jsonl"
    return _record(folder, output, Trajectory, name)


def find_example(folder: RunFolder, wanted: str, rng: random.Random) -> Example:
    """The example of the training set that `wanted` means, of either split; see `choose`."""
    outputs = [f"dataset/{split}.jsonl" for split in SPLITS]
    ids = {output: _ids(folder, output) for output in outputs}
    name = choose([one for output in outputs for one in ids[output]], wanted, "example", rng)
    output = next(output for output in outputs if name in set(ids[output]))
    return _record(folder, output, Example, name)


def trajectory_of(folder: RunFolder, name: str) -> Trajectory:
    """The trajectory of that id, which came to its end."""
    return _record(folder, "trajectories.jsonl", Trajectory, name)


def sources_of(folder: RunFolder, origins: Collection[str]) -> dict[str, ToolSpec]:
    """The operations of the pool that have these ids, as far as there is a pool."""
    path = folder.path / "pool.jsonl"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        named = ((_Named.model_validate_json(line).id, line) for line in file)
        found = {name: line for name, line in named if name in origins}
    return {name: ToolSpec.model_validate_json(line) for name, line in found.items()}


def task_of(folder: RunFolder, trajectory: Trajectory) -> Task:
    """The task that a trajectory plays."""
    return _record(folder, "tasks.jsonl", Task, trajectory.task)


def verdict_on(folder: RunFolder, trajectory: Trajectory) -> Verdict | None:
    """What the funnel said of a trajectory, if it has been through it."""
    for output in ("kept.jsonl", "rejected.jsonl"):
        if (folder.path / output).exists():
            for verdict in folder.read(output, Verdict):
                if verdict.trajectory == trajectory.id:
                    return verdict
    return None


def _entries(folder: RunFolder) -> list[DomainEntry]:
    if not (folder.path / "domains.jsonl").exists():
        return []
    return list(folder.read("domains.jsonl", DomainEntry))


def _ids(folder: RunFolder, output: str) -> list[str]:
    if not (folder.path / output).exists():
        return []
    return [record.id for record in folder.read(output, _Named)]


def _record(folder: RunFolder, output: str, model: type[Record], name: str) -> Record:
    for record in folder.read(output, model):
        if record.id == name:
            return record
    raise InputError(f"{name} is not in {folder.path / output}.", "Run the stage again.")
