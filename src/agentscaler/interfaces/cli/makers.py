"""Who made what, for people: parts that a model made, and drafts of the rules that stayed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from agentscaler.interfaces.cli.boundary import output_console
from agentscaler.interfaces.cli.options import RunOption

if TYPE_CHECKING:
    from agentscaler.pipeline.makers import MakerLine

__all__ = ["makers"]


def makers(run: RunOption) -> None:
    """Say which parts of a run a language model made, and why drafts of the rules stayed."""
    from agentscaler.pipeline.makers import makers_of
    from agentscaler.runfolder import RunFolder

    lines = makers_of(RunFolder.open(run))
    if not lines:
        output_console().print("The rules made every part of this run.")
        return
    output_console().print(_table(lines))


def _table(lines: Sequence["MakerLine"]) -> Table:
    table = Table(title="Who made the parts", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("stage", "part", "model", "prompt"):
        table.add_column(heading, no_wrap=True)
    for heading in ("asked", "made", "repaired", "drafts"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("why drafts stayed", overflow="fold")
    for line in lines:
        drafts = sum(line.drafts.values())
        counts = (line.first + line.repaired + drafts, line.first, line.repaired, drafts)
        why = ", ".join(f"{count:,} {reason}" for reason, count in line.drafts.items())
        table.add_row(
            line.stage,
            line.part,
            escape(line.model),
            escape(line.prompt),
            *(f"{count:,}" for count in counts),
            why or "-",
        )
    return table
