"""`agentscaler rescore FILE`: results files of tau2 and tau-bench, scored again."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from agentscaler.errors import InputError
from agentscaler.interfaces.cli.boundary import error_console, output_console

if TYPE_CHECKING:
    from agentscaler.evaluation.tau.rescoring import FileRescoring

__all__ = ["rescore_files"]


def rescore_files(
    path: Path,
    home: Path | None,
    python: Path | None,
    processes: int,
    domain: str,
    shown: int,
    out: Path | None,
) -> None:
    """Scores results files again, prints what was found, and writes it to `out` if that is given.

    Raises:
        InputError: there are no results files, or the package cannot be used.
        typer.Exit: with 1, where a reward differs or the evaluator gives none.
    """
    from agentscaler.evaluation.tau.results import ResultsFile, find_results
    from agentscaler.interfaces.cli.progress import Work, watcher
    from agentscaler.pipeline.rescoring_tau import rescore_results

    files = [ResultsFile.open(one) for one in find_results(path)]
    if home is None:
        raise InputError(
            f"{path} is scored by its official package.",
            "Give its checkout with --home, and the interpreter that it is installed in with "
            "--python.",
        )
    work = Work("rescore")
    done = 0
    with watcher(error_console()) as observer:
        observer.begun(work, 0, sum(len(file) for file in files), [])

        def told(more: int) -> None:
            nonlocal done
            done += more
            observer.advanced(work, done)

        interpreter = "python3" if python is None else str(python)
        found = rescore_results(files, home, interpreter, processes, domain, told)
    _print(output_console(), found, shown)
    if out is not None:
        _write(out, found)
    if any(one.why for rescored in found for one in rescored.simulations if _disagrees(one)):
        raise typer.Exit(1)


def _disagrees(one: object) -> bool:
    from agentscaler.evaluation.tau.verdicts import Verdict

    return getattr(one, "verdict", None) in {Verdict.DIFFERS, Verdict.REFUSED}


def _print(console: Console, found: "Sequence[FileRescoring]", shown: int) -> None:
    from agentscaler.evaluation.tau.rescoring_page import summary_rows

    for rescored in found:
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        for label, text in summary_rows(rescored):
            table.add_row(label, text)
        console.print(str(rescored.file.path), style="bold", markup=False)
        console.print(table)
        told = [one for one in rescored.simulations if one.why]
        for one in told[:shown]:
            rewards = f"stored {_reward(one.stored)}, now {_reward(one.reward)}"
            line = f"#{one.number} task {one.task}, trial {one.trial}: {one.verdict.value}"
            why = "; ".join(one.why)[:400]
            console.print(f"{line}, {rewards}: {why}", markup=False, soft_wrap=True)
        if len(told) > shown:
            console.print(f"{len(told) - shown:,} more.")
        for bad in rescored.unreadable[:shown]:
            console.print(
                f"#{bad.number} cannot be read: {bad.reason}", markup=False, soft_wrap=True
            )
        console.print()


def _reward(reward: float | None) -> str:
    return "-" if reward is None else f"{reward:g}"


def _write(out: Path, found: "Sequence[FileRescoring]") -> None:
    from agentscaler.evaluation.tau.rescoring_page import rescoring_page, rescoring_record
    from agentscaler.runfolder import write_atomically

    out.mkdir(parents=True, exist_ok=True)
    (out / "rescoring.md").write_text(rescoring_page(found))
    write_atomically(out / "rescoring.json", [rescoring_record(one) for one in found])
