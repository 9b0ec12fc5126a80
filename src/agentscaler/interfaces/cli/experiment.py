"""`agentscaler experiment scaling` and its siblings: train agents, try them in unseen worlds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agentscaler.errors import SettingsError
from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.options import ConfigOption, RunOption, SetOption
from agentscaler.settings import Layer, compose, parse_override, read_config

if TYPE_CHECKING:
    from agentscaler.experiment import ExperimentFolder, ExperimentSettings

__all__ = ["experiment"]

experiment = typer.Typer(
    no_args_is_help=True,
    help="Train agents on dialogues of a run and try them in worlds that they never saw.",
)

OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="The experiment's folder.")]
SeedsOption = Annotated[
    str | None, typer.Option("--seeds", metavar="0,1,2", help="A training of each agent a seed.")
]
TokensOption = Annotated[
    int | None, typer.Option("--tokens", min=1, help="That every agent sees in training.")
]
WorkersOption = Annotated[
    int, typer.Option("--workers", min=1, help="Agents at the same time, a process each.")
]
ThreadsOption = Annotated[
    int, typer.Option("--threads", min=1, help="Of the linear algebra of each process.")
]
DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Train nothing; say how much data and how many agents."),
]
VerticalOption = Annotated[
    str,
    typer.Option(
        "--vertical",
        metavar="NAMES",
        help="Services or domains, with commas, that the second phase is about; all of them of"
        " --vertical-run where none is named.",
    ),
]
VerticalRunOption = Annotated[
    Path | None,
    typer.Option("--vertical-run", metavar="DIR", help="A run that holds the vertical."),
]


@experiment.command()
def scaling(
    run: RunOption,
    out: OutOption,
    sizes: Annotated[
        str | None,
        typer.Option(
            "--sizes", metavar="16,64,...", help="Domains to learn from; as many as there are."
        ),
    ] = None,
    seeds: SeedsOption = None,
    tokens: TokensOption = None,
    workers: WorkersOption = 1,
    threads: ThreadsOption = 1,
    config: ConfigOption = None,
    overrides: SetOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Train on more and more domains, at equal numbers of tokens."""
    given = {"sizes": _numbers(sizes, "--sizes"), **_given(seeds, tokens)}
    settings = _settings(given, config, overrides)
    _work("scaling", _Order(run, out, settings, workers, threads, dry_run))


@experiment.command()
def phases(
    run: RunOption,
    out: OutOption,
    vertical_run: VerticalRunOption = None,
    vertical: VerticalOption = "",
    seeds: SeedsOption = None,
    tokens: TokensOption = None,
    workers: WorkersOption = 1,
    threads: ThreadsOption = 1,
    config: ConfigOption = None,
    overrides: SetOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Two phases against one mixed phase, the vertical alone and the general domains alone."""
    settings = _settings(_given(seeds, tokens), config, overrides)
    order = _Order(run, out, settings, workers, threads, dry_run, vertical_run, vertical)
    _work("phases", order)


@experiment.command()
def funnel(
    run: RunOption,
    out: OutOption,
    seeds: SeedsOption = None,
    tokens: TokensOption = None,
    workers: WorkersOption = 1,
    threads: ThreadsOption = 1,
    config: ConfigOption = None,
    overrides: SetOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Train on dialogues with faults, filtered by the whole funnel and by parts of it."""
    settings = _settings(_given(seeds, tokens), config, overrides)
    _work("funnel", _Order(run, out, settings, workers, threads, dry_run))


@experiment.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The experiment's folder.")],
) -> None:
    """Write table, plot and figures of the agents that are done."""
    from agentscaler.experiment import ExperimentFolder

    _report(ExperimentFolder(folder))


@dataclass(frozen=True)
class _Order:
    """What was asked for on the command line."""

    run: Path
    out: Path
    settings: "ExperimentSettings"
    workers: int
    threads: int
    dry_run: bool
    vertical_run: Path | None = None
    vertical: str = ""


def _work(arm: str, order: _Order) -> None:
    from agentscaler.engine import LocalEngine
    from agentscaler.experiment import (
        ExperimentFolder,
        Sources,
        learner_of,
        plan_lines,
        prepare,
        run_points,
    )
    from agentscaler.runfolder import RunFolder

    vertical_run = None
    if order.vertical_run is not None:
        vertical_run = RunFolder.open(order.vertical_run)
    sources = Sources(RunFolder.open(order.run), vertical_run, order.vertical)
    folder = ExperimentFolder(order.out)
    with LocalEngine(order.workers) as engine:
        learner = learner_of(order.settings)
        prepare(folder, arm, sources, order.settings, learner, engine, _say)
    for line in plan_lines(folder, order.workers):
        output_console().print(line, markup=False, soft_wrap=True)
    if order.dry_run:
        return
    for result in run_points(folder, order.workers, order.threads):
        successes = ", ".join(f"{name} {rate:.1%}" for name, rate in result.success.items())
        _say(f"{result.id}: {successes} ({result.seconds / 60:.1f} minutes)")
    _report(folder)


def _report(folder: "ExperimentFolder") -> None:
    from agentscaler.experiment import write_report

    _, files = write_report(folder)
    output_console().print(files[0].read_text(encoding="utf-8"), markup=False, soft_wrap=True)
    for file in files:
        output_console().print(f"Written: {file}", markup=False, soft_wrap=True)


def _say(line: str) -> None:
    error_console().print(line, markup=False, soft_wrap=True)


def _settings(
    given: Mapping[str, Any], config: Path | None, overrides: Sequence[str] | None
) -> "ExperimentSettings":
    """The settings of an experiment: defaults, a file, single ones, the command's own options."""
    from agentscaler.experiment import ExperimentSettings

    layers = [read_config(config)] if config is not None else []
    layers += [parse_override(text) for text in overrides or ()]
    layers += [Layer(f"--{name}", {name: of}) for name, of in given.items() if of is not None]
    return compose(ExperimentSettings, layers)


def _given(seeds: str | None, tokens: int | None) -> dict[str, Any]:
    return {"seeds": _numbers(seeds, "--seeds"), "tokens": tokens}


def _numbers(text: str | None, option: str) -> tuple[int, ...] | None:
    """Whole numbers with commas between.

    Raises:
        SettingsError: they are none.
    """
    if text is None:
        return None
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise SettingsError(
            f"{option} {text} is no list of whole numbers.", f"Write it like {option} 16,64,256."
        ) from error
