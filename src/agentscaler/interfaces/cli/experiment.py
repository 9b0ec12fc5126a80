"""`agentscaler experiment`: do more worlds make a better agent?  One command an arm, and a report."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.options import ConfigOption, RunOption, SetOption
from agentscaler.settings import Layer, compose, parse_override, read_config

if TYPE_CHECKING:
    from agentscaler.experiment import ExperimentFolder, ExperimentSettings, Sources

__all__ = ["experiment_app"]

_SECONDS_BETWEEN_LINES = 60.0

experiment_app = typer.Typer(
    no_args_is_help=True, help="Train agents on dialogues of a run, and compare them in new worlds."
)

OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="The experiment's folder.")]
SeedsOption = Annotated[
    list[int] | None, typer.Option("--seeds", help="A seed of all agents; may be repeated.")
]
TokensOption = Annotated[
    int | None, typer.Option("--tokens", min=1, help="Tokens that every agent sees.")
]
WorkersOption = Annotated[
    int, typer.Option("--workers", min=1, help="Agents trained at the same time.")
]
ThreadsOption = Annotated[
    int | None, typer.Option("--threads", min=1, help="Threads of the linear algebra of each.")
]
LearnerOption = Annotated[
    str | None,
    typer.Option("--learner", metavar="small|rehearsal", help="Who learns; rehearsal only tries."),
]
DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Choose the data, time a probe, say what there is to do."),
]


@experiment_app.command()
def scaling(
    run: RunOption,
    out: OutOption,
    sizes: Annotated[
        list[int] | None,
        typer.Option("--sizes", help="A number of training domains; may be repeated."),
    ] = None,
    seeds: SeedsOption = None,
    tokens: TokensOption = None,
    learner: LearnerOption = None,
    workers: WorkersOption = 1,
    threads: ThreadsOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Success in held-out domains against the number of training domains, at equal tokens."""
    from agentscaler.experiment import Sources
    from agentscaler.runfolder import RunFolder

    given = {"sizes": sizes, "seeds": seeds, "tokens": tokens, "learner": learner}
    settings = _settings(config, overrides, {**given, "threads": threads})
    _carry_out("scaling", Sources(RunFolder.open(run)), out, settings, workers, dry=dry_run)


@experiment_app.command()
def phases(
    run: RunOption,
    out: OutOption,
    vertical: Annotated[
        str,
        typer.Option(
            "--vertical", metavar="SERVICE|ID,ID", help="A service, or domains by id: the vertical."
        ),
    ],
    vertical_run: Annotated[
        Path | None,
        typer.Option("--vertical-run", metavar="DIR", help="The run it is in; else the same."),
    ] = None,
    seeds: SeedsOption = None,
    tokens: TokensOption = None,
    learner: LearnerOption = None,
    workers: WorkersOption = 1,
    threads: ThreadsOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Two phases against one mixed phase, the vertical alone and general domains alone."""
    from agentscaler.experiment import Sources
    from agentscaler.runfolder import RunFolder

    given = {"seeds": seeds, "tokens": tokens, "learner": learner, "threads": threads}
    settings = _settings(config, overrides, given)
    other = RunFolder.open(vertical_run) if vertical_run is not None else None
    sources = Sources(RunFolder.open(run), other, vertical)
    _carry_out("phases", sources, out, settings, workers, dry=dry_run)


@experiment_app.command()
def funnel(
    run: RunOption,
    out: OutOption,
    seeds: SeedsOption = None,
    tokens: TokensOption = None,
    learner: LearnerOption = None,
    workers: WorkersOption = 1,
    threads: ThreadsOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Dialogues with planted faults, filtered by the whole funnel, without a stage, or not."""
    from agentscaler.experiment import Sources
    from agentscaler.runfolder import RunFolder

    given = {"seeds": seeds, "tokens": tokens, "learner": learner, "threads": threads}
    settings = _settings(config, overrides, given)
    _carry_out("funnel", Sources(RunFolder.open(run)), out, settings, workers, dry=dry_run)


@experiment_app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The experiment's folder.")],
) -> None:
    """Write table, plot and figures of the points that are done."""
    from agentscaler.experiment import ExperimentFolder

    _report(ExperimentFolder(folder))


def _settings(
    config: Path | None, overrides: Sequence[str] | None, given: dict[str, Any]
) -> "ExperimentSettings":
    """What the command line says lies over what the file says."""
    from agentscaler.experiment import ExperimentSettings

    layers = [read_config(config)] if config is not None else []
    layers += [parse_override(text) for text in overrides or ()]
    layers += [Layer(f"--{name}", {name: value}) for name, value in given.items() if value]
    return compose(ExperimentSettings, layers)


def _carry_out(
    arm: str,
    sources: "Sources",
    out: Path,
    settings: "ExperimentSettings",
    workers: int,
    *,
    dry: bool,
) -> None:
    from agentscaler.engine import LocalEngine
    from agentscaler.experiment import (
        ExperimentFolder,
        learner_of,
        prepare,
        results_of,
        run_points,
    )

    folder, learner = ExperimentFolder(out), learner_of(settings)
    with folder.locked():
        with LocalEngine(workers) as engine:
            prepare(folder, arm, sources, settings, learner, engine, _say)
        total = len(folder.points())
        _say(f"{arm}: {total:,} points, {len(results_of(folder)):,} of them done")
        if dry:
            _tell_estimate(folder, settings.threads, workers)
            return
        with _watched(folder):
            for result in run_points(folder, workers, settings.threads):
                rates = ", ".join(f"{name} {rate:.1%}" for name, rate in result.success.items())
                done = len(results_of(folder))
                _say(f"{done:,} of {total:,}: {result.id}, {rates}, in {result.seconds:,.0f} s")
        _report(folder)


def _tell_estimate(folder: "ExperimentFolder", threads: int, workers: int) -> None:
    from agentscaler.experiment.estimate import estimate

    found = estimate(folder, threads)
    hours = (found.train_seconds + found.try_seconds) / workers / 3600
    output_console().print(
        f"{found.points:,} points left: {found.tokens:,} tokens to learn from, about"
        f" {found.train_seconds / 3600:.1f} h, and {found.episodes:,} episodes to play, about"
        f" {found.try_seconds / 3600:.1f} h; with {workers} at a time {hours:.1f} h in all.",
        soft_wrap=True,
    )


def _report(folder: "ExperimentFolder") -> None:
    from agentscaler.experiment import write_report

    figures, files = write_report(folder)
    console = output_console()
    for one in figures.agents:
        for trial, found in one.success.items():
            console.print(
                f"{one.label}: {trial} {found.mean:.1%} ({found.low:.1%} to {found.high:.1%})",
                markup=False,
            )
    for file in files:
        console.print(f"Written: {file}", markup=False, soft_wrap=True)


@contextmanager
def _watched(folder: "ExperimentFolder") -> Iterator[None]:
    """Says now and then what the points under way are at."""
    over = threading.Event()

    def watch() -> None:
        from agentscaler.experiment import progress_of, todo_of

        last: dict[str, str] = {}
        while not over.wait(_SECONDS_BETWEEN_LINES):
            for point in todo_of(folder):
                line = progress_of(folder, point)
                if line and last.get(point.id) != line:
                    last[point.id] = line
                    _say(f"{time.strftime('%H:%M:%S')} {point.id}: {line}")

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _say(line: str) -> None:
    error_console().print(line, markup=False, soft_wrap=True)
