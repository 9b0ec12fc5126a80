"""Proves all tasks of a run again, from what lies on disk and nothing else.

The files are held against the digests that the manifest has of them, and the tasks of each domain
are proven anew in processes that never saw them.  Nothing is written.
"""

from collections.abc import Iterator
from pathlib import Path

from agentscaler.domain import load_domain
from agentscaler.errors import AgentScalerError, RunFolderError
from agentscaler.pipeline.records import by_domain
from agentscaler.pipeline.settings import Settings
from agentscaler.runfolder import RunFolder, StageState
from agentscaler.task import Task
from agentscaler.task.verify import Finding, Flaw, TaskChecks, check_tasks

__all__ = ["altered_outputs", "verify_run"]


def altered_outputs(folder: RunFolder) -> list[str]:
    """The outputs of the stages `domains` and `tasks` that are not what these stages wrote.

    Raises:
        RunFolderError: the tasks of the run are not complete.
    """
    if folder.state("tasks") is not StageState.COMPLETE:
        raise RunFolderError(
            f"The tasks of {folder.path} are {folder.state('tasks')}.",
            f"First run `agentscaler tasks --run {folder.path}`.",
        )
    return [*folder.altered("domains"), *folder.altered("tasks")]


def verify_run(folder: RunFolder, settings: Settings) -> Iterator[TaskChecks]:
    """What came of proving the tasks again, one domain after the other.

    Args:
        settings: say where the work runs; no other of them counts.

    Raises:
        RunFolderError: `tasks.jsonl` is missing, or a line of it is not a task.
    """
    tasks = by_domain(folder.read("tasks.jsonl", Task))
    units = ((folder.path / "domains" / name, group) for name, group in tasks)
    with settings.open_engine() as engine:
        yield from engine.map(_check, units)


def _check(unit: tuple[Path, list[Task]]) -> TaskChecks:
    path, tasks = unit
    try:
        return check_tasks(load_domain(path), tasks)
    except AgentScalerError as error:
        flaw = Finding(tasks[0].id, Flaw.NO_DOMAIN, str(error))
        return TaskChecks(tasks=len(tasks), findings=[flaw])
