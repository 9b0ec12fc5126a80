"""Writes fresh instances of a run's tasks as a run of their own, which later stages go on with.

In the new run's `domains/` lie the domains with the fresh states only, in its `tasks.jsonl` the
instances.  Its stages `domains` and `tasks` are complete and say what they were made from; it goes
on with `rollout`, and can be verified like any other.
"""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path

from agentscaler.domain import load_domain, save_domain
from agentscaler.errors import InputError, RunFolderError
from agentscaler.pipeline.records import by_domain
from agentscaler.pipeline.run import PACKAGES
from agentscaler.pipeline.settings import MACHINERY, Settings
from agentscaler.pipeline.stages import DomainEntry, stage_named
from agentscaler.runfolder import (
    Fingerprint,
    RunFolder,
    StageRecord,
    StageState,
    StageWriter,
    code_version,
)
from agentscaler.task import Instances, Task, make_instances

__all__ = ["write_instances"]


def write_instances(
    folder: RunFolder,
    target: RunFolder,
    settings: Settings,
    count: int,
    wanted: Collection[str] = (),
    advanced: Callable[[int], None] | None = None,
) -> StageRecord:
    """Makes `count` fresh instances of tasks and writes them into another run.

    A call that was interrupted goes on where it stopped when it is made again.

    Args:
        target: a new run, or one that holds instances already, which are made again if they would
            come out otherwise.
        settings: of the run; its seed and workers are used, and all of it is kept in the target.
        wanted: ids of tasks; all tasks if there are none.
        advanced: is told how many domains are done.

    Returns:
        what the target's stage `tasks` holds now.

    Raises:
        RunFolderError: the tasks of the run are not complete, or the target is that run.
        InputError: a task is not there, or nothing says how states of its domain are made.
    """
    tasks = folder.record("tasks")
    if tasks is None or folder.state("tasks") is not StageState.COMPLETE:
        raise RunFolderError(
            f"The tasks of {folder.path} are {folder.state('tasks')}.",
            f"First run `agentscaler tasks --run {folder.path}`.",
        )
    if folder.path.resolve() == target.path.resolve():
        raise RunFolderError(
            f"{target.path} is the run whose tasks are made anew.", "Give --out another folder."
        )
    inputs = {
        "tasks": tasks.fingerprint.digest,
        "wanted": " ".join(sorted(wanted)) or "all",
        "count": str(count),
    }
    first = _fingerprint("domains", "", inputs, settings)
    second = _fingerprint("tasks", first.digest, inputs, settings)
    if not (target.is_current("domains", first) and target.is_current("tasks", second)):
        _write(folder, target, settings, count, set(wanted), first, second, advanced)
    record = target.record("tasks")
    assert record is not None, "a stage that is current or has just been written has a record"
    return record


def _write(
    folder: RunFolder,
    target: RunFolder,
    settings: Settings,
    count: int,
    wanted: Collection[str],
    first: Fingerprint,
    second: Fingerprint,
    advanced: Callable[[int], None] | None,
) -> None:
    make = partial(_make, count=count, seed=settings.seed)
    domains, tasks = stage_named("domains"), stage_named("tasks")
    with (
        target.locked(),
        settings.open_engine() as engine,
        target.stage("domains", first, domains.outputs, domains.directories) as domains_out,
        target.stage("tasks", second, tasks.outputs) as tasks_out,
    ):
        target.save_settings(settings, exclude=MACHINERY)
        units = list(_units(folder, wanted))[tasks_out.done_units :]
        for made in engine.map(make, units):
            if domains_out.done_units == tasks_out.done_units:
                _write_domain(domains_out, made)
            _write_tasks(tasks_out, made)
            if advanced is not None:
                advanced(tasks_out.done_units)


def _units(folder: RunFolder, wanted: Collection[str]) -> Iterator[tuple[Path, list[Task]]]:
    """Domains with those of their tasks that are wanted."""
    found: set[str] = set()
    for name, group in by_domain(folder.read("tasks.jsonl", Task)):
        tasks = [task for task in group if not wanted or task.id in wanted]
        found |= {task.id for task in tasks}
        if tasks:
            yield folder.path / "domains" / name, tasks
    missing = sorted(set(wanted) - found)
    if missing:
        raise InputError(f"There is no task {missing[0]}.", f"See `show task --run {folder.path}`.")


def _make(unit: tuple[Path, list[Task]], *, count: int, seed: int) -> Instances:
    path, tasks = unit
    return make_instances(load_domain(path), tasks, count, seed)


def _write_domain(out: StageWriter, made: Instances) -> None:
    manifest = made.domain.manifest
    if made.tasks:
        save_domain(made.domain, out.directory("domains") / made.domain.id)
        entry = DomainEntry(
            community=None,
            id=made.domain.id,
            title=manifest.title,
            tools=len(manifest.tools),
            tables=len(manifest.tables),
        )
        out.write("domains.jsonl", [entry])
    out.count("in")
    out.count("out", int(bool(made.tasks)))
    out.commit()


def _write_tasks(out: StageWriter, made: Instances) -> None:
    out.write("tasks.jsonl", made.tasks)
    out.write("rejected-tasks.jsonl", made.rejections)
    out.count("in")
    out.count("out", len(made.tasks))
    out.count("domains", int(bool(made.tasks)))
    for rejection in made.rejections:
        out.count(f"rejected:{rejection.reason}")
    out.commit()


def _fingerprint(
    stage: str, upstream: str, inputs: dict[str, str], settings: Settings
) -> Fingerprint:
    packages = PACKAGES[: PACKAGES.index("task") + 1]
    return Fingerprint(
        stage=stage,
        upstream=upstream,
        inputs=inputs,
        seed=settings.seed,
        code=code_version((*packages, "pipeline")),
    )
