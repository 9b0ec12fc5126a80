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
from agentscaler.interfaces.cli.addition import add
from agentscaler.interfaces.cli.boundary import Boundary, error_console, output_console
from agentscaler.interfaces.cli.costs import costs
from agentscaler.interfaces.cli.dataset import check, export
from agentscaler.interfaces.cli.difficulty import difficulty
from agentscaler.interfaces.cli.funnel_report import funnel
from agentscaler.interfaces.cli.graph_report import graph_report
from agentscaler.interfaces.cli.instances import instances
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
from agentscaler.interfaces.cli.verification import verify

if TYPE_CHECKING:
    from agentscaler.runfolder import RunFolder, StageRecord

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


pool_app = typer.Typer(invoke_without_command=True)
pool_app.command("add")(add)
app.add_typer(pool_app, name="pool")


@pool_app.callback()
def pool(
    context: typer.Context,
    run: Annotated[
        Path | None, typer.Option("--run", metavar="DIR", help="The run folder.")
    ] = None,
    source: SourceOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Read API descriptions into a clean pool of tools; `pool add` finds out what paths are."""
    options = Options(config, overrides, source, seed, limit, workers, engine=engine)
    if context.invoked_subcommand is not None:
        if run is not None or options != Options():
            context.fail("Give the options behind the word add.")
        return
    if run is None:
        context.fail("Missing option '--run'.")
    _run_stage("pool", run, options)


def _add_stage(name: str, purpose: str) -> None:
    """Adds the command of a stage that reads nothing from outside the run."""

    def command(
        run: RunOption,
        config: ConfigOption = None,
        overrides: SetOption = None,
        seed: SeedOption = None,
        limit: LimitOption = None,
        workers: WorkersOption = None,
        engine: EngineOption = None,
    ) -> None:
        _run_stage(name, run, Options(config, overrides, None, seed, limit, workers, engine=engine))

    app.command(name, help=purpose)(command)


@app.command()
def graph(
    run: RunOption,
    recipe: Annotated[
        str | None,
        typer.Option(
            "--recipe", metavar="default|paper", help="How tools are compared and grouped."
        ),
    ] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Connect the tools of the pool and find their communities."""
    recipes = [f"graph.recipe={recipe}"] if recipe is not None else []
    options = Options(
        config, [*(overrides or ()), *recipes], None, seed, limit, workers, engine=engine
    )
    _run_stage("graph", run, options)


@app.command()
def domains(
    run: RunOption,
    vertical: VerticalOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Make a verified, executable domain of each community, after the verticals named."""
    options = Options(config, overrides, None, seed, limit, workers, vertical, engine)
    _run_stage("domains", run, options)


tasks_app = typer.Typer(invoke_without_command=True)
tasks_app.command("verify")(verify)
tasks_app.command("difficulty")(difficulty)
tasks_app.command("instances")(instances)
app.add_typer(tasks_app, name="tasks")


@tasks_app.callback()
def tasks(
    context: typer.Context,
    run: Annotated[
        Path | None, typer.Option("--run", metavar="DIR", help="The run folder.")
    ] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Walk through the domains and make proven tasks; `tasks verify` proves them again."""
    options = Options(config, overrides, None, seed, limit, workers, engine=engine)
    if context.invoked_subcommand is not None:
        if run is not None or options != Options():
            context.fail(f"Give the options behind the word {context.invoked_subcommand}.")
        return
    if run is None:
        context.fail("Missing option '--run'.")
    _run_stage("tasks", run, options)


@app.command()
def rollout(
    run: RunOption,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Play nothing; say what language models will cost."),
    ] = False,
    budget_usd: BudgetUsdOption = None,
    budget_tokens: BudgetTokensOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Play the tasks: a user and an agent in the running domain."""
    from agentscaler.interfaces.cli.costs import print_estimate
    from agentscaler.pipeline.costs import estimate_rollout
    from agentscaler.runfolder import RunFolder

    options = Options(
        *(config, overrides, None, seed, limit, workers, None, engine, budget_usd, budget_tokens)
    )
    if dry_run:
        folder = RunFolder.open(run)
        settings = options.settings(folder.settings, limited="rollout")
        print_estimate(output_console(), estimate_rollout(folder, settings))
        return
    _run_stage("rollout", run, options)


_add_stage("filter", "Keep the dialogues that are provably right.")

dataset_app = typer.Typer(invoke_without_command=True)
dataset_app.command("export")(export)
dataset_app.command("check")(check)
app.add_typer(dataset_app, name="dataset")


@dataset_app.callback()
def dataset(
    context: typer.Context,
    run: Annotated[
        Path | None, typer.Option("--run", metavar="DIR", help="The run folder.")
    ] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
) -> None:
    """Write the training set: messages, tools, loss masks, card; `dataset export` for trainers."""
    options = Options(config, overrides, None, seed, limit, workers)
    if context.invoked_subcommand is not None:
        if run is not None or options != Options():
            context.fail(f"Give the options behind the word {context.invoked_subcommand}.")
        return
    if run is None:
        context.fail("Missing option '--run'.")
    record = _run_stage("dataset", run, options)
    from agentscaler.interfaces.cli.tables import dataset_table

    output_console().print(dataset_table(record))


app.command("graph-report")(graph_report)
app.command("costs")(costs)
app.command()(funnel)


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


def _run_stage(name: str, path: Path, options: Options) -> "StageRecord":
    from agentscaler.interfaces.cli.progress import watcher
    from agentscaler.pipeline import run_stage, stage_named
    from agentscaler.runfolder import RunFolder

    folder = RunFolder.open(path, create=name == "pool" or bool(options.verticals))
    settings = options.settings(folder.settings, limited=stage_named(name).section)
    with watcher(error_console()) as observer:
        return run_stage(folder, name, settings, observer)


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
