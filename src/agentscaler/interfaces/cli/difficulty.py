"""`agentscaler tasks difficulty`: how hard the tasks of a run are, measured with given agents."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.options import (
    EngineOption,
    LimitOption,
    Options,
    RunOption,
    SeedOption,
    SetOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from agentscaler.filtering.difficulty import Difficulty

__all__ = ["agents_table", "bands_table", "difficulty"]

_CALLS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 8), (9, None))


def difficulty(
    run: RunOption,
    agent: Annotated[
        list[str] | None,
        typer.Option(
            "--agent",
            metavar="NAME",
            help="Who plays: expert, hasty, slipping:RATE, or run for the episodes of the run; may"
            " be repeated.",
        ),
    ] = None,
    trials: Annotated[
        int | None, typer.Option("--trials", min=1, help="Episodes a task and agent.")
    ] = None,
    overrides: SetOption = None,
    seed: SeedOption = None,
    limit: LimitOption = None,
    workers: WorkersOption = None,
    engine: EngineOption = None,
) -> None:
    """Put tasks into bands by the pass rates of given agents; --limit takes so many domains."""
    import orjson

    from agentscaler.interfaces.cli.progress import Work, watcher
    from agentscaler.pipeline import BANDS, measure_run
    from agentscaler.runfolder import RunFolder

    folder, console = RunFolder.open(run), output_console()
    given = [f"difficulty.agents={orjson.dumps(agent).decode()}"] if agent else []
    given += [f"difficulty.trials={trials}"] if trials is not None else []
    options = Options(
        overrides=[*(overrides or ()), *given], seed=seed, workers=workers, engine=engine
    )
    settings = options.settings(folder.settings, limited="task")
    record = folder.record("tasks")
    domains = record.counters.get("domains", 0) if record is not None else 0
    measured: list[Difficulty] = []
    total = domains if limit is None else min(limit, domains)
    work = Work("difficulty")
    with watcher(error_console()) as observer:
        observer.begun(work, 0, total, [])
        for done, one in enumerate(measure_run(folder, settings, limit), 1):
            measured += one
            observer.advanced(work, done)
    console.print(bands_table(measured))
    console.print(agents_table(measured))
    console.print(f"Written: {folder.path / BANDS}", markup=False, soft_wrap=True)


def bands_table(measured: "Sequence[Difficulty]") -> Table:
    """How many tasks each band holds, by the number of calls."""
    from agentscaler.filtering.difficulty import Band

    table = _table("Tasks by band and number of calls", "band", *map(_span, _CALLS), "all")
    for band in Band:
        of_band = [one for one in measured if one.band is band]
        counts = [sum(_within(one.calls, span) for one in of_band) for span in _CALLS]
        table.add_row(band, *(f"{count:,}" for count in counts), f"{len(of_band):,}")
    return table


def agents_table(measured: "Sequence[Difficulty]") -> Table:
    """The pass rate of each agent, by the number of calls."""
    table = _table("Pass rates", "agent", *map(_span, _CALLS), "all")
    for agent in dict.fromkeys(name for one in measured for name in one.agents):
        rates = [_rate(measured, agent, span) for span in (*_CALLS, (1, None))]
        table.add_row(escape(agent), *rates)
    return table


def _rate(measured: "Sequence[Difficulty]", agent: str, span: tuple[int, int | None]) -> str:
    records = [
        one.agents[agent] for one in measured if agent in one.agents and _within(one.calls, span)
    ]
    episodes = sum(record.episodes for record in records)
    return f"{sum(record.passed for record in records) / episodes:.0%}" if episodes else "-"


def _within(calls: int, span: tuple[int, int | None]) -> bool:
    return span[0] <= calls and (span[1] is None or calls <= span[1])


def _span(span: tuple[int, int | None]) -> str:
    least, most = span
    if most is None:
        return f"{least}+"
    return str(least) if least == most else f"{least}-{most}"


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    return table
