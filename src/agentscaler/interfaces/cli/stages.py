"""The commands of the stages, in the order of the pipeline.

What a stage brings along is imported when its command runs, so that `--help` is quick.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentscaler.interfaces.cli.addition import add
from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.dataset import check, export
from agentscaler.interfaces.cli.difficulty import difficulty
from agentscaler.interfaces.cli.inspect import inspect
from agentscaler.interfaces.cli.instances import instances
from agentscaler.interfaces.cli.options import (
    BudgetTokensOption,
    BudgetUsdOption,
    ConfigOption,
    DryRunOption,
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
from agentscaler.interfaces.cli.train import train_app
from agentscaler.interfaces.cli.verification import verify

if TYPE_CHECKING:
    from agentscaler.runfolder import StageRecord

__all__ = ["add_stages"]


def add_stages(app: typer.Typer) -> None:
    """Adds the command of each stage."""
    app.add_typer(pool_app, name="pool")
    app.command()(graph)
    app.command()(domains)
    app.add_typer(tasks_app, name="tasks")
    app.command()(rollout)
    app.command("filter")(filter_)
    app.add_typer(dataset_app, name="dataset")
    app.add_typer(train_app, name="train")


pool_app = typer.Typer(invoke_without_command=True)
pool_app.command("add")(add)


@pool_app.callback()
def pool(
    context: typer.Context,
    run: Annotated[
        Path | None, typer.Option("--run", metavar="DIR", help="The run folder.")
    ] = None,
    source: SourceOption = None,
    dry_run: DryRunOption = False,
    budget_usd: BudgetUsdOption = None,
    budget_tokens: BudgetTokensOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Read API descriptions into a clean pool of tools; `pool add` finds out what paths are."""
    options = Options(
        *(config, overrides, source, seed, limit, workers, None, engine, budget_usd, budget_tokens)
    )
    if context.invoked_subcommand is not None:
        if run is not None or dry_run or options != Options():
            context.fail("Give the options behind the word add.")
        return
    if run is None:
        context.fail("Missing option '--run'.")
    _run_or_estimate("pool", run, options, dry=dry_run)


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


def domains(
    run: RunOption,
    vertical: VerticalOption = None,
    dry_run: DryRunOption = False,
    budget_usd: BudgetUsdOption = None,
    budget_tokens: BudgetTokensOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Make a verified, executable domain of each community, after the verticals named."""
    options = Options(
        *(config, overrides, None, seed, limit, workers, vertical, engine),
        *(budget_usd, budget_tokens),
    )
    _run_or_estimate("domains", run, options, dry=dry_run)


tasks_app = typer.Typer(invoke_without_command=True)
tasks_app.command("verify")(verify)
tasks_app.command("difficulty")(difficulty)
tasks_app.command("instances")(instances)


@tasks_app.callback()
def tasks(
    context: typer.Context,
    run: Annotated[
        Path | None, typer.Option("--run", metavar="DIR", help="The run folder.")
    ] = None,
    dry_run: DryRunOption = False,
    budget_usd: BudgetUsdOption = None,
    budget_tokens: BudgetTokensOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Walk through the domains and make proven tasks; `tasks verify` proves them again."""
    options = Options(
        *(config, overrides, None, seed, limit, workers, None, engine, budget_usd, budget_tokens)
    )
    if context.invoked_subcommand is not None:
        if run is not None or dry_run or options != Options():
            context.fail(f"Give the options behind the word {context.invoked_subcommand}.")
        return
    if run is None:
        context.fail("Missing option '--run'.")
    _run_or_estimate("tasks", run, options, dry=dry_run)


def rollout(
    run: RunOption,
    dry_run: DryRunOption = False,
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
    options = Options(
        *(config, overrides, None, seed, limit, workers, None, engine, budget_usd, budget_tokens)
    )
    _run_or_estimate("rollout", run, options, dry=dry_run)


def filter_(
    run: RunOption,
    config: ConfigOption = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Keep the dialogues that are provably right."""
    options = Options(config, overrides, None, seed, limit, workers, engine=engine)
    _run_stage("filter", run, options)


dataset_app = typer.Typer(invoke_without_command=True)
dataset_app.command("export")(export)
dataset_app.command("check")(check)
dataset_app.command("inspect")(inspect)


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


def _run_stage(name: str, path: Path, options: Options) -> "StageRecord":
    from agentscaler.interfaces.cli.progress import watcher
    from agentscaler.pipeline import run_stage, stage_named
    from agentscaler.runfolder import RunFolder

    folder = RunFolder.open(path, create=name == "pool" or bool(options.verticals))
    settings = options.settings(folder.settings, limited=stage_named(name).section)
    with watcher(error_console()) as observer:
        return run_stage(folder, name, settings, observer)


def _run_or_estimate(name: str, path: Path, options: Options, *, dry: bool) -> None:
    """Runs a stage, or with `dry` says what language models will cost in it."""
    if not dry:
        _run_stage(name, path, options)
        return
    from agentscaler.interfaces.cli.costs import print_estimate
    from agentscaler.pipeline import stage_named
    from agentscaler.pipeline.costs import estimate
    from agentscaler.runfolder import RunFolder

    folder = RunFolder.open(path, create=name == "pool")
    settings = options.settings(folder.settings, limited=stage_named(name).section)
    print_estimate(output_console(), estimate(folder, name, settings))
