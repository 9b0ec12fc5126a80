"""The command `compare`: evaluations of one suite side by side."""

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agentscaler.errors import InputError
from agentscaler.interfaces.cli.boundary import output_console

if TYPE_CHECKING:
    from agentscaler.evaluation.compare import Evaluated

__all__ = ["compare"]


class Reference(StrEnum):
    """What can be laid beside."""

    PAPER = "paper"
    """The rows that the paper published on the suite."""


def compare(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR DIR...", help="Folders of evaluations.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Where page, JSON and plot go; else it is printed."
        ),
    ] = None,
    reference: Annotated[
        Reference | None,
        typer.Option("--reference", help="Also show what the paper published on the suite."),
    ] = None,
) -> None:
    """Lay evaluations of one suite side by side, and hold each against the first."""
    from agentscaler.evaluation.compare import compare_evaluations
    from agentscaler.evaluation.compare_page import Published, comparison_json, comparison_page
    from agentscaler.evaluation.published import published_for
    from agentscaler.evaluation.report import CALLS_PLOT, calls_plot
    from agentscaler.pipeline.suites import published_figures
    from agentscaler.runfolder import disk_errors, write_atomically

    if len(folders) < 2:
        raise InputError("One evaluation cannot be compared.", "Name two folders or more.")
    comparison = compare_evaluations(_read(folders))
    published = None
    if reference is not None:
        ours = {
            one.name: published_figures(one.record, one.results) for one in comparison.evaluated
        }
        published = Published(published_for(comparison.suite), ours)
    console = output_console()
    if out is None:
        page = comparison_page(comparison, published)
        console.print(page, markup=False, soft_wrap=True, end="")
        return
    drawn = CALLS_PLOT if any(len(of.calls) > 1 for of in comparison.figures.values()) else ""
    with disk_errors(out, "--out"):
        out.mkdir(parents=True, exist_ok=True)
        page = comparison_page(comparison, published, drawn)
        (out / "compare.md").write_text(page, encoding="utf-8")
        write_atomically(out / "compare.json", comparison_json(comparison, published))
        if drawn:
            (out / CALLS_PLOT).write_text(calls_plot(comparison.figures), encoding="utf-8")
    for name in ("compare.md", "compare.json", drawn):
        if name:
            console.print(f"Written: {out / name}", markup=False, soft_wrap=True)


def _read(folders: list[Path]) -> "list[Evaluated]":
    """The evaluations, named for their contestants, or for their folders where that is one name."""
    from agentscaler.evaluation import EvaluationFolder
    from agentscaler.evaluation.compare import Evaluated

    if len({folder.resolve() for folder in folders}) < len(folders):
        raise InputError("A folder is named twice.", "Name each evaluation once.")
    records = [EvaluationFolder(folder).read() for folder in folders]
    known = Counter(record.contestant for record in records)
    return [
        Evaluated(
            name=(
                record.contestant
                if known[record.contestant] == 1
                else f"{record.contestant} ({folder})"
            ),
            record=record,
            results=tuple(EvaluationFolder(folder).results()),
        )
        for folder, record in zip(folders, records, strict=True)
    ]
