"""What models cost, for people: the bill, and what a stage is going to cost."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agentscaler.interfaces.cli.boundary import output_console
from agentscaler.interfaces.cli.options import RunOption

if TYPE_CHECKING:
    from agentscaler.llm import CostLine
    from agentscaler.pipeline.costs import Estimate, RoleEstimate

__all__ = ["costs", "costs_table", "print_estimate"]

_NANO = 1_000_000_000
_WORDS = frozenset({"stage", "role", "model"})


def costs(run: RunOption) -> None:
    """Say what language models have cost a run: calls, tokens and dollars."""
    from agentscaler.pipeline.costs import costs_of
    from agentscaler.runfolder import RunFolder

    lines = costs_of(RunFolder.open(run))
    if not lines:
        output_console().print("No language model was asked in this run.")
        return
    output_console().print(costs_table(lines))


def costs_table(lines: Sequence["CostLine"]) -> Table:
    """A line a stage, role and model, and their sum."""
    headings = ("stage", "role", "model", "calls", "reused", "prompt", "cached", "answer", "US $")
    table = _table("What language models cost", headings)
    for line in lines:
        table.add_row(line.stage, line.role, escape(line.model), *_figures([line]))
    table.add_section()
    table.add_row("all", "", "", *_figures(lines))
    return table


def print_estimate(console: Console, estimate: "Estimate") -> None:
    """What the units that are left will cost, or that nobody can know yet."""
    console.print(f"{estimate.units}: {estimate.done:,} done, {estimate.left:,} left.")
    if not estimate.roles:
        console.print("No language model is asked for them: they cost nothing.")
        return
    table = _table("About what they will cost", ("role", "model", "calls", "tokens", "US $"))
    for line in estimate.roles:
        table.add_row(line.role, escape(line.model), *_estimated(line))
    console.print(table)
    if any(line.calls is None for line in estimate.roles):
        console.print(
            "Where nothing is known yet, do a few first, say with --limit 20, and ask again; "
            "their answers are kept."
        )


def _table(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for heading in headings:
        table.add_column(heading, justify="left" if heading in _WORDS else "right", no_wrap=True)
    return table


def _figures(lines: Sequence["CostLine"]) -> list[str]:
    counts = (
        sum(line.calls for line in lines),
        sum(line.reused for line in lines),
        sum(line.prompt_tokens for line in lines),
        sum(line.cached_tokens for line in lines),
        sum(line.completion_tokens for line in lines),
    )
    return [*(f"{count:,}" for count in counts), _dollars(sum(line.nano_usd for line in lines))]


def _estimated(line: "RoleEstimate") -> list[str]:
    if line.calls is None or line.nano_usd is None:
        return ["unknown"] * 3
    return [f"{line.calls:,}", f"{line.tokens:,}", _dollars(line.nano_usd)]


def _dollars(nano_usd: int) -> str:
    return f"{nano_usd / _NANO:,.4f}"
