"""The commands.  Each reads its options, calls the pipeline, and shows what came of it.

The pipeline and what it brings along are imported when a command runs, so that `--help` is quick.
"""

import random
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentscaler import __version__
from agentscaler.interfaces.cli.boundary import Boundary, error_console, output_console
from agentscaler.interfaces.cli.compare import compare
from agentscaler.interfaces.cli.contamination import contamination
from agentscaler.interfaces.cli.costs import costs
from agentscaler.interfaces.cli.evaluate import evaluate
from agentscaler.interfaces.cli.experiment import experiment
from agentscaler.interfaces.cli.funnel_report import funnel
from agentscaler.interfaces.cli.graph_report import graph_report
from agentscaler.interfaces.cli.judge import judge
from agentscaler.interfaces.cli.makers import makers
from agentscaler.interfaces.cli.options import (
    BudgetTokensOption,
    BudgetUsdOption,
    ConfigOption,
    EngineOption,
    LimitOption,
    Options,
    RunOption,
    SeedOption,
    SetOption,
    SourceOption,
    VerticalOption,
    WorkersOption,
)
from agentscaler.interfaces.cli.rescore import rescore
from agentscaler.interfaces.cli.serve import serve
from agentscaler.interfaces.cli.stages import add_stages

if TYPE_CHECKING:
    from agentscaler.runfolder import RunFolder

__all__ = ["app", "main"]

DEMO_LIMIT = 3000
"""Tools in the slice of the demo."""

app = typer.Typer(
    cls=Boundary,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Turn real API descriptions into verified tool worlds, proven tasks and dialogues.",
)


class Kind(StrEnum):
    """What `show` can print."""

    DOMAIN = "domain"
    """Tables, tools, policy, certificate and some rows of a domain."""
    TASK = "task"
    """Intent, facts, gold calls, database diff and proof of a task."""
    TRAJECTORY = "trajectory"
    """A dialogue turn by turn, with the verdict on it."""
    EXAMPLE = "example"
    """An example of the training set, and the way back to the descriptions of real APIs."""


def main() -> None:
    """The entry point of the `agentscaler` program."""
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        output_console().print(f"agentscaler {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Turn real API descriptions into verified tool worlds, proven tasks and dialogues.

    A run folder remembers its settings: after the first command, --run is enough.
    """


add_stages(app)
app.command("graph-report")(graph_report)
app.command("costs")(costs)
app.command("makers")(makers)
app.command()(contamination)
app.command("judge")(judge)
app.command("serve")(serve)
app.command()(funnel)
app.command()(rescore)
app.command()(compare)
app.add_typer(evaluate, name="evaluate")
app.add_typer(experiment, name="experiment")


@app.command()
def run(
    run: RunOption,
    source: SourceOption = None,
    vertical: VerticalOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
    budget_usd: BudgetUsdOption = None,
    budget_tokens: BudgetTokensOption = None,
) -> None:
    """Run all stages; --limit takes a slice of so many tools."""
    options = Options(
        *(config, overrides, source, seed, limit, workers, vertical, engine),
        *(budget_usd, budget_tokens),
    )
    _run_all(run, options)


@app.command()
def demo(
    run: RunOption,
    seed: SeedOption = None,
    limit: LimitOption = DEMO_LIMIT,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Run all stages on a slice, then print a dialogue and say where the files lie."""
    from agentscaler.interfaces.cli.demo import print_example, print_files

    folder = _run_all(run, Options(seed=seed, limit=limit, workers=workers, engine=engine))
    console = output_console()
    print_example(console, folder)
    print_files(console, folder)


@app.command()
def status(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run folder.")],
) -> None:
    """Say what a run holds."""
    from agentscaler.interfaces.cli.tables import file_lines, status_table
    from agentscaler.runfolder import RunFolder

    run, console = RunFolder.open(folder), output_console()
    console.print(status_table(run))
    for line in file_lines(run):
        console.print(line, markup=False, soft_wrap=True)


@app.command()
def show(
    kind: Annotated[Kind, typer.Argument(help="What to print.")],
    run: RunOption,
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="[ID]", help="An id, the beginning of one, a number such as #3, or random."
        ),
    ] = "random",
    full: Annotated[bool, typer.Option("--full", help="Do not shorten long texts.")] = False,
) -> None:
    """Print one domain, task, trajectory or example for a person to read."""
    from agentscaler.interfaces.cli.show import show_domain, show_task, show_trajectory
    from agentscaler.interfaces.cli.show_example import show_example
    from agentscaler.runfolder import RunFolder

    printers: dict[Kind, Callable[..., None]] = {
        Kind.DOMAIN: show_domain,
        Kind.TASK: show_task,
        Kind.TRAJECTORY: show_trajectory,
        Kind.EXAMPLE: show_example,
    }
    rng = random.SystemRandom()
    printers[kind](output_console(), RunFolder.open(run), wanted, rng, full=full)


def _run_all(path: Path, options: Options) -> "RunFolder":
    from agentscaler.interfaces.cli.progress import watcher
    from agentscaler.interfaces.cli.tables import summary_table
    from agentscaler.pipeline import run as run_pipeline
    from agentscaler.runfolder import RunFolder

    folder = RunFolder.open(path, create=True)
    settings = options.settings(folder.settings, limited="pool")
    with watcher(error_console()) as observer:
        records = run_pipeline(folder, settings, observer)
    output_console().print(summary_table(records))
    return folder
