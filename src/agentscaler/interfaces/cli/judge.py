"""How the kept dialogues of a run read, asked of a language model and told in marks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.options import (
    BudgetTokensOption,
    BudgetUsdOption,
    ConfigOption,
    LimitOption,
    Options,
    RunOption,
    SetOption,
)

if TYPE_CHECKING:
    from agentscaler.filtering import Criterion, CriterionTally, Judgement, Mark
    from agentscaler.llm import MakerRecord

__all__ = ["judge"]


def judge(
    run: RunOption,
    remarks: Annotated[
        int, typer.Option("--remarks", min=0, help="So many remarks are printed, the worst first.")
    ] = 5,
    budget_usd: BudgetUsdOption = None,
    budget_tokens: BudgetTokensOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    limit: LimitOption = None,
) -> None:
    """Ask a model how the kept dialogues read; it decides nothing. --limit takes a sample."""
    from agentscaler.filtering import tally_judgements
    from agentscaler.interfaces.cli.progress import Work, watcher
    from agentscaler.pipeline import JUDGEMENTS, judge_run
    from agentscaler.runfolder import RunFolder

    folder, console = RunFolder.open(run), output_console()
    options = Options(
        config=config,
        overrides=overrides,
        limit=limit,
        budget_usd=budget_usd,
        budget_tokens=budget_tokens,
    )
    settings = options.settings(folder.settings, limited="judge")
    kept = folder.record("filter")
    total = kept.counters.get("out", 0) if kept is not None else 0
    total = total if settings.judge.limit is None else min(total, settings.judge.limit)
    judgements: list[Judgement] = []
    records: list[MakerRecord] = []
    work = Work("judge")
    with watcher(error_console()) as observer:
        observer.begun(work, 0, total, [])
        for judged, made in judge_run(folder, settings):
            judgements += judged
            records += made
            observer.advanced(work, len(records))
    console.print(_table(tally_judgements(judgements), len(judgements)))
    for line in _left_out(records):
        console.print(line, markup=False, soft_wrap=True)
    _print_remarks(console, judgements, remarks)
    console.print(f"Written: {folder.path / JUDGEMENTS}", markup=False, soft_wrap=True)


def _table(tallies: "Sequence[CriterionTally]", dialogues: int) -> Table:
    title = f"How {dialogues:,} dialogues read, by a model's marks"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("criterion", no_wrap=True)
    for heading in ("mean", "below 3", "1", "2", "3", "4", "5"):
        table.add_column(heading, justify="right", no_wrap=True)
    for tally in tallies:
        counts = [f"{count:,}" for count in tally.counts]
        table.add_row(tally.criterion, f"{tally.mean:.2f}", f"{tally.low_share:.1%}", *counts)
    return table


def _left_out(records: "Sequence[MakerRecord]") -> Iterator[str]:
    reasons = Counter(str(one.reason) for one in records if one.reason is not None)
    for reason, count in sorted(reasons.items()):
        yield f"Without a judgement: {count:,} ({reason})."


def _print_remarks(console: Console, judgements: "Sequence[Judgement]", wanted: int) -> None:
    """The remarks on the lowest marks, no two on one dialogue."""
    for judgement, criterion, mark in _lowest(judgements)[:wanted]:
        console.print(
            f"[bold]{escape(judgement.trajectory)}[/]  {criterion}: {mark.score}", soft_wrap=True
        )
        console.print(f"     {escape(mark.remark)}", soft_wrap=True)
        if mark.quote:
            console.print(f"     [green]{escape(mark.quote)}[/]", soft_wrap=True)


def _lowest(
    judgements: "Sequence[Judgement]",
) -> "list[tuple[Judgement, Criterion, Mark]]":
    worst = [
        (judgement, *min(judgement.marks.items(), key=lambda item: item[1].score))
        for judgement in judgements
    ]
    return sorted((one for one in worst if one[2].remark), key=lambda one: one[2].score)
