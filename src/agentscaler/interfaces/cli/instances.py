"""`agentscaler tasks instances`: tasks of a run once more, with everything in them new."""

import random
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.options import (
    EngineOption,
    Options,
    RunOption,
    SeedOption,
    WorkersOption,
)

__all__ = ["instances"]


def instances(
    run: RunOption,
    task: Annotated[
        list[str] | None,
        typer.Option(
            "--task",
            metavar="ID",
            help="A task: its id, the beginning of it, a number such as #3, or random; may be"
            " repeated.  Without it, all tasks.",
        ),
    ] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="Instances of each task.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="The new run; by default `instances` in --run."),
    ] = None,
    seed: SeedOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Make fresh instances of tasks: same tools in the same order, on rows nobody has seen."""
    from agentscaler.interfaces.cli.choose import choose
    from agentscaler.interfaces.cli.lookup import task_ids
    from agentscaler.interfaces.cli.progress import Work, watcher
    from agentscaler.interfaces.cli.tables import rejected
    from agentscaler.pipeline import write_instances
    from agentscaler.runfolder import RunFolder

    folder, console = RunFolder.open(run), output_console()
    settings = Options(seed=seed, workers=workers, engine=engine).settings(
        folder.settings, limited="task"
    )
    ids, rng = task_ids(folder), random.SystemRandom()
    wanted = [choose(ids, one, "task", rng) for one in task or ()]
    target = RunFolder.open(out or folder.path / "instances", create=True)
    record = folder.record("tasks")
    domains = record.counters.get("domains", 0) if record is not None else 0
    work = Work("instances")
    with watcher(error_console()) as observer:
        observer.begun(work, 0, domains, [])
        advanced = partial(observer.advanced, work)
        made = write_instances(folder, target, settings, count, wanted, advanced)
    asked = (len(wanted) or len(ids)) * count
    console.print(f"{made.counters.get('out', 0):,} of {asked:,} instances: {target.path}")
    for reason, number in rejected(made.counters):
        console.print(f"{number:,} {reason}")
