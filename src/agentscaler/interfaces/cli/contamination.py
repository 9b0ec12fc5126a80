"""`agentscaler contamination`: what a run's training set has in common with benchmarks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.options import EngineOption, Options, WorkersOption

if TYPE_CHECKING:
    from agentscaler.dataset.contamination import ContaminationReport

__all__ = ["contamination"]

_FOUND = 1
"""The exit code when there is more in common than --fail-on allows."""


def contamination(
    run: Annotated[
        Path | None, typer.Argument(metavar="[RUN]", help="The run folder.", show_default=False)
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            metavar="NAME|PATH|NAME=PATH",
            help="tau2, tau-bench, acebench, bfcl (names of tools only), or a checkout, data, files"
            " or another run; may be repeated. Without it, what the run's settings say.",
        ),
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="KIND[:SCORE],...",
            help="End with exit code 1 if such overlaps are found: names, schemas, descriptions,"
            " policies, intents, identifiers, sources.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the report goes; else the run folder."),
    ] = None,
    names_of: Annotated[
        Path | None,
        typer.Option(
            "--names-of",
            metavar="DIR",
            help="Print the names of a benchmark's tools as JSON, and do nothing else.",
        ),
    ] = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Say what the training set of a run has in common with benchmarks, with the evidence."""
    if names_of is not None:
        _print_names(names_of)
        return
    if run is None:
        raise typer.BadParameter("Missing argument 'RUN'.")
    report = _compare(run, against, fail_on, out, Options(workers=workers, engine=engine))
    if report.refused:
        raise typer.Exit(_FOUND)


def _compare(
    run: Path,
    against: list[str] | None,
    fail_on: str | None,
    out: Path | None,
    options: Options,
) -> "ContaminationReport":
    from agentscaler.dataset.contamination import parse_limits, read_benchmarks
    from agentscaler.errors import InputError
    from agentscaler.interfaces.cli.progress import Work, watcher
    from agentscaler.pipeline.contamination import compare_run, report_files
    from agentscaler.runfolder import RunFolder, disk_errors

    limits = tuple(fail_on.split(",")) if fail_on else ()
    try:
        parse_limits(limits)
    except ValueError as error:
        raise InputError(
            f"--fail-on {fail_on} cannot be read: {error}.",
            "Write it as kinds with commas, say --fail-on names:0.5,policies.",
        ) from error
    folder = RunFolder.open(run)
    settings = options.settings(folder.settings, limited="dataset")
    benchmarks = read_benchmarks(tuple(against or settings.dataset.contamination.against))
    target = out or folder.path
    work, record = Work("contamination"), folder.record("dataset")
    with disk_errors(target), settings.open_engine() as pool:
        target.mkdir(parents=True, exist_ok=True)
        with watcher(error_console()) as observer:
            observer.begun(work, 0, record.counters.get("train/domains", 0) if record else 0, [])
            report = compare_run(
                *(folder, benchmarks, pool, target, limits),
                advanced=lambda done: observer.advanced(work, done),
            )
        for name, content in report_files(report, folder).items():
            (target / name).write_bytes(content)
    _print_report(output_console(), report, target)
    return report


def _print_report(console: Console, report: "ContaminationReport", target: Path) -> None:
    from agentscaler.dataset.contamination import OverlapKind

    table = Table(
        title="In common with benchmarks",
        title_justify="left",
        box=SIMPLE_HEAD,
        caption="-: not looked for, since only names of its tools are known"
        if any(one.names_only for one in report.benchmarks)
        else None,
        caption_justify="left",
    )
    table.add_column("benchmark")
    for kind in OverlapKind:
        table.add_column(kind, justify="right")
    for one in report.benchmarks:
        counts = [
            f"{report.count(kind, one.name):,}"
            if kind is OverlapKind.NAMES or not one.names_only
            else "-"
            for kind in OverlapKind
        ]
        table.add_row(escape(one.name), *counts)
    console.print(table)
    for line in report.source_lines:
        console.print(line, markup=False, soft_wrap=True)
    for one in report.benchmarks:
        for reason in one.unread:
            console.print(f"Not read of {one.name}: {reason}", markup=False, soft_wrap=True)
    if report.refused:
        console.print(
            f"{report.refused:,} overlaps are not allowed by --fail-on {','.join(report.fail_on)}.",
            markup=False,
            soft_wrap=True,
        )
    console.print(f"Written: {target / 'contamination.md'}", markup=False, soft_wrap=True)


def _print_names(path: Path) -> None:
    import orjson

    from agentscaler.dataset.contamination import names_of, read_benchmark

    benchmark = read_benchmark(str(path))
    names = orjson.dumps({benchmark.name: names_of(benchmark)}, option=orjson.OPT_INDENT_2)
    output_console().print(names.decode(), markup=False, soft_wrap=True)
