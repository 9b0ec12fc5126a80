"""`agentscaler tasks verify`: proves every task of a run again and says what was found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.options import EngineOption, Options, RunOption, WorkersOption

if TYPE_CHECKING:
    from agentscaler.task.verify import TaskChecks

__all__ = ["verification_table", "verify"]


def verify(
    run: RunOption,
    workers: WorkersOption = None,
    engine: EngineOption = None,
    show: Annotated[
        int, typer.Option("--show", min=0, help="How many findings to print one by one.")
    ] = 20,
) -> None:
    """Prove every task of a run again, from its files alone; exit code 1 if one fails."""
    from agentscaler.interfaces.cli.progress import Work, watcher
    from agentscaler.pipeline import altered_outputs, verify_run
    from agentscaler.runfolder import RunFolder
    from agentscaler.task.verify import TaskChecks

    folder, console = RunFolder.open(run), output_console()
    given = Options(workers=workers, engine=engine)
    settings = given.settings(folder.settings, limited="task")
    altered = altered_outputs(folder)
    record = folder.record("tasks")
    domains = record.counters.get("domains", 0) if record is not None else 0
    total = TaskChecks()
    work = Work("verify")
    with watcher(error_console()) as observer:
        observer.begun(work, 0, domains, [])
        for done, checks in enumerate(verify_run(folder, settings), 1):
            total.add(checks)
            observer.advanced(work, done)
    console.print(verification_table(total))
    _print_findings(total, altered, show)
    if altered or total.findings:
        raise typer.Exit(1)


def verification_table(total: "TaskChecks") -> Table:
    """The proofs that were run, a line a check: what was tried, and what came out right."""
    figure = total.figures.get
    table = Table(title="Proofs run again", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("check", "tried", "as they should", "share"):
        table.add_column(heading, justify="left" if heading == "check" else "right", no_wrap=True)
    idle = figure("mutants_idle", 0)
    rows = (
        ("tasks whose proof holds", total.tasks, total.holding),
        ("gold replays", total.tasks, figure("gold_passes", 0)),
        ("gold replays in another process", total.tasks, figure("replays_elsewhere", 0)),
        ("doing nothing fails", total.tasks, figure("nothing_fails", 0)),
        ("dropped writes fail", figure("writes", 0), figure("dropped_writes_fail", 0)),
        ("mutants fail", figure("mutants", 0) - idle, figure("mutants_fail", 0)),
        ("mutants that do nothing more", idle, idle),
        (
            "wrong reads tell something else",
            figure("wrong_reads", 0),
            figure("wrong_reads_differ", 0),
        ),
        ("variants pass", figure("variants", 0), figure("variants_pass", 0)),
    )
    for what, tried, right in rows:
        share = f"{right / tried:.2%}" if tried else "-"
        table.add_row(what, f"{tried:,}", f"{right:,}", share)
    return table


def _print_findings(total: "TaskChecks", altered: Sequence[str], show: int) -> None:
    console = output_console()
    for output in altered:
        console.print(f"{escape(output)} is not what the run wrote", soft_wrap=True)
    counts: dict[str, int] = {}
    for finding in total.findings:
        counts[finding.flaw] = counts.get(finding.flaw, 0) + 1
    for flaw, count in sorted(counts.items()):
        console.print(f"{flaw}: {count:,}")
    for finding in total.findings[:show]:
        line = f"{finding.task}: {finding.flaw}: {finding.detail}"
        console.print(line, markup=False, soft_wrap=True)
    if not total.findings and not altered:
        console.print("Nothing was found against any task.")
