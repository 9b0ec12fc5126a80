"""The command `rescore`: scores what was played again, without a model."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.options import WorkersOption

if TYPE_CHECKING:
    from agentscaler.evaluation import EvaluationFolder
    from agentscaler.evaluation.rescoring import Rescoring
    from agentscaler.pipeline.suites import Means

__all__ = ["rescore"]


def rescore(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="The evaluation's folder; or a results file of tau2 or tau-bench, or a folder of "
            "such files.",
        ),
    ],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Keep the new scores in place of the old ones."),
    ] = False,
    shown: Annotated[
        int, typer.Option("--differences", min=0, help="So many differences are printed.")
    ] = 20,
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="DIR", help="The official package, where it is the judge."),
    ] = None,
    python: Annotated[
        Path | None,
        typer.Option("--python", metavar="FILE", help="The interpreter that it runs in."),
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option("--domain", metavar="NAME", help="Of a results file that does not name it."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Takes what was found in results files."),
    ] = None,
    workers: WorkersOption = None,
) -> None:
    """Score the episodes of an evaluation again, without a model, and say what differs.

    The results files of tau2 and tau-bench that others made are scored in the same way, by the
    official package in --home, which runs in --python.

    Exits with 1 where something differs.
    """
    import os

    from agentscaler.evaluation import EvaluationFolder
    from agentscaler.interfaces.cli.evaluate.rescore_tau import rescore_files
    from agentscaler.pipeline.suites import Means

    evaluation = EvaluationFolder(folder)
    processes = workers or len(os.sched_getaffinity(0))
    if evaluation.exists:
        _rescore_evaluation(evaluation, Means(processes, home, python), replace, shown)
    else:
        rescore_files(folder, home, python, processes, domain or "", shown, out)


def _rescore_evaluation(
    evaluation: "EvaluationFolder", means: "Means", replace: bool, shown: int
) -> None:
    from agentscaler.interfaces.cli.evaluate.watching import print_figures
    from agentscaler.interfaces.cli.progress import Work, watcher
    from agentscaler.pipeline.suites import report_on
    from agentscaler.pipeline.suites import rescore as score_again

    console, work = output_console(), Work("rescore")
    total = len(evaluation.results())
    with evaluation.locked():
        with watcher(error_console()) as observer:
            observer.begun(work, 0, total, [])
            found = score_again(evaluation, means, lambda n: observer.advanced(work, n))
        if replace:
            evaluation.replace(found.results)
    _print(console, found, shown)
    if replace:
        figures, files = report_on(evaluation)
        print_figures(console, figures, files)
    if found.differences:
        raise typer.Exit(1)


def _print(console: Console, found: "Rescoring", shown: int) -> None:
    console.print(
        f"{found.scored:,} trials are scored again; {len(found.differences):,} differ from what was"
        " kept."
    )
    if found.without:
        console.print(f"{found.without:,} trials have no episode that could be scored.")
    if not found.differences:
        return
    told = ", ".join(f"{n:,} {what}" for what, n in sorted(found.changes.items()))
    console.print(f"Of these: {told}.")
    for one in found.differences[:shown]:
        why = f" ({one.why})" if one.why else ""
        line = f"{one.slot.task}, trial {one.slot.trial}: {'; '.join(one.what)}{why}"
        console.print(line, markup=False, soft_wrap=True)
    if len(found.differences) > shown:
        console.print(f"{len(found.differences) - shown:,} more.")
