"""Domains and tasks of a run as an evaluation chooses among them, without reading each task whole.

`tasks.jsonl` of a large run has hundreds of megabytes, of which an evaluation wants a tenth.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import ValidationError

from agentscaler.dataset.build import split_of
from agentscaler.dataset.kinship import DomainSketch, sketch_of
from agentscaler.domain import DomainManifest
from agentscaler.errors import RunFolderError
from agentscaler.evaluation.own import TaskSketch
from agentscaler.runfolder import RunFolder, StageState

__all__ = [
    "LocatedTask",
    "digest_domains",
    "held_out_of",
    "lines_of",
    "locate_tasks",
    "sketches_of",
]


@dataclass(frozen=True)
class LocatedTask:
    """A task and the bytes of `tasks.jsonl` that hold it, without the end of the line."""

    sketch: TaskSketch
    offset: int
    length: int


def sketches_of(run: RunFolder) -> list[DomainSketch]:
    """A sketch of each domain of a run, in the order of their ids.

    Raises:
        RunFolderError: the run has no domains, or one cannot be read.
    """
    files = sorted((run.path / "domains").glob("*/domain.json"))
    if not files or run.state("domains") is not StageState.COMPLETE:
        raise _not_there(run, "domains")
    return [sketch_of(_manifest(file)) for file in files]


def locate_tasks(run: RunFolder) -> Iterator[LocatedTask]:
    """The tasks of a run, in their order.

    Raises:
        RunFolderError: the run has no tasks, or a line of theirs is no task.
    """
    file = run.path / "tasks.jsonl"
    if run.state("tasks") is not StageState.COMPLETE or not file.exists():
        raise _not_there(run, "tasks")
    offset = 0
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                task = orjson.loads(line)
                kind = "special" if task.get("special") else task["kind"]
                sketch = TaskSketch(task["id"], task["domain"], kind)
            except (ValueError, KeyError, AttributeError) as error:
                raise RunFolderError(
                    f"{file}, line {number}, is not a task.",
                    "Delete the file and run the stage that writes it again.",
                ) from error
            yield LocatedTask(sketch, offset, len(line.rstrip(b"\n")))
            offset += len(line)


def lines_of(run: RunFolder, tasks: Iterable[LocatedTask]) -> list[bytes]:
    """The lines of some tasks, without their ends."""
    with (run.path / "tasks.jsonl").open("rb") as stream:
        lines = []
        for task in tasks:
            stream.seek(task.offset)
            lines.append(stream.read(task.length))
        return lines


def held_out_of(run: RunFolder) -> Callable[[str], bool]:
    """Says of a domain's id whether the run's training set holds it out.

    Raises:
        RunFolderError: the run has no training set.
    """
    record = run.record("dataset")
    if record is None or run.state("dataset") is not StageState.COMPLETE:
        raise _not_there(run, "dataset")
    seed = record.fingerprint.seed
    share = float(record.fingerprint.settings["held_out_share"])
    return lambda domain: split_of(domain, seed, share) == "held_out"


def digest_domains(run: RunFolder, names: Iterable[str]) -> str:
    """SHA-256 over the files of some domains."""
    digest = hashlib.sha256()
    for name in names:
        folder = run.path / "domains" / name
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            digest.update(f"{name}/{file.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _manifest(file: Path) -> DomainManifest:
    try:
        return DomainManifest.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise RunFolderError(
            f"{file} cannot be read.", "Make the domain again with the domains stage."
        ) from error


def _not_there(run: RunFolder, stage: str) -> RunFolderError:
    what = {"dataset": "training set, which says what is held out from training"}.get(stage, stage)
    return RunFolderError(
        f"The run {run.path} has no {what} yet.",
        f"First run `agentscaler run --run {run.path}`, or evaluate with --split all."
        if stage == "dataset"
        else f"First run `agentscaler {stage} --run {run.path}`.",
    )
