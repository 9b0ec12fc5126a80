"""How an evaluation is watched, and what is said at its end, whatever the suite."""

from collections.abc import Iterator
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agentscaler.errors import AgentScalerError
from agentscaler.evaluation import EvaluationFolder, TrialResult
from agentscaler.evaluation.figures import Figures
from agentscaler.evaluation.report_page import interval_cell
from agentscaler.interfaces.cli.progress import Work, watcher
from agentscaler.llm.call_store import NANO
from agentscaler.pipeline.models import bill_of
from agentscaler.pipeline.suites import report_on

__all__ = ["finish", "print_figures"]

_WORK = Work("evaluate")


def finish(
    folder: EvaluationFolder,
    playing: Iterator[list[TrialResult]],
    progress: Console,
    output: Console,
) -> None:
    """Lets an evaluation play to its end, writes its report and prints the figures.

    The report is written also where something stops it on the way.

    Args:
        playing: keeps results itself and gives them as they come.

    Raises:
        AgentScalerError: whatever stopped it; or some trials failed by the infrastructure.
    """
    record = folder.read()
    total, done = len(record.slots), len(record.slots) - len(folder.missing())
    try:
        with watcher(progress) as observer:
            observer.begun(_WORK, done, total, [])
            for results in playing:
                done += sum(one.done for one in results)
                observer.advanced(_WORK, done)
    finally:
        figures, files = report_on(folder)
        print_figures(output, figures, files)
        for line in bill_of(folder.path):
            output.print(
                f"Asked in the role {line.role}: {line.model}, {line.calls:,} answers of"
                f" {line.tokens:,} tokens, {line.nano_usd / NANO:,.4f} US $.",
                markup=False,
                soft_wrap=True,
            )
    missing = figures.counts.expected - figures.counts.done
    if missing:
        raise AgentScalerError(
            f"{missing:,} of {total:,} trials were failed by the infrastructure and count as"
            " nothing.",
            "Give the same command again to play them.",
        )


def print_figures(console: Console, figures: Figures, files: list[Path]) -> None:
    """The figures of all tasks, and where the report lies."""
    counts = figures.counts
    console.print(
        f"{counts.expected:,} trials expected: {counts.done:,} done,"
        f" {counts.infrastructure:,} failed by the infrastructure, {counts.unplayed:,} not played."
    )
    if figures.whole is not None:
        table = Table(box=SIMPLE_HEAD)
        table.add_column("")
        table.add_column("with 95% interval", justify="right", no_wrap=True)
        table.add_column("tasks", justify="right")
        for k, one in figures.whole.pass_hat.items():
            table.add_row(f"pass^{k}", interval_cell(one), f"{one.tasks:,}")
        reward = figures.whole.reward
        table.add_row("mean reward", interval_cell(reward), f"{reward.tasks:,}")
        console.print(table)
    for file in files:
        console.print(f"Written: {file}", markup=False, soft_wrap=True)
