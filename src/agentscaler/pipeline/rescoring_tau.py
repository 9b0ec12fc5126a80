"""Scoring again what was played on tau2-bench and tau-bench: results files, and our evaluations."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from agentscaler.errors import InputError
from agentscaler.evaluation import EvaluationFolder, TrialResult
from agentscaler.evaluation.tau.benchmark import is_successful
from agentscaler.evaluation.tau.client import BridgePool
from agentscaler.evaluation.tau.home import Home
from agentscaler.evaluation.tau.rescoring import FileRescoring, rescore
from agentscaler.evaluation.tau.results import ResultsFile
from agentscaler.evaluation.tau.verdicts import Rescored, Verdict
from agentscaler.evaluation.trial import Slot

__all__ = ["rescore_results", "rescore_tau", "useful_processes"]

_WORTH_A_PROCESS = 400
"""Simulations that take as long to score as a process takes to import the package."""
_SILENT_SECONDS = 300.0
_NEAR = 1e-9


def rescore_results(
    files: Sequence[ResultsFile],
    home: Path,
    python: str,
    processes: int,
    domain: str = "",
    told: Callable[[int], None] = lambda done: None,
) -> list[FileRescoring]:
    """Scores results files again, with the package in `home` as the judge.

    Args:
        processes: at most; no more are started than pay for themselves.
        domain: instead of those that the files name.
        told: hears how many more simulations are done.

    Raises:
        InputError: the files are of both packages, or the package cannot be used.
    """
    packages = sorted({file.package for file in files})
    if len(packages) != 1:
        raise InputError(
            f"The files are of {' and '.join(packages)}.", "Score those of each package alone."
        )
    where = Home.find(packages[0], home, python)
    most = max(len(file) for file in files)

    async def work() -> list[FileRescoring]:
        useful = useful_processes(most, processes)
        async with BridgePool(where, useful, silent_seconds=_SILENT_SECONDS) as pool:
            return [await rescore(file, where, pool, useful, domain, told) for file in files]

    return asyncio.run(work())


def useful_processes(simulations: int, processes: int) -> int:
    """How many processes score that many simulations soonest."""
    return max(1, min(processes, -(-simulations // _WORTH_A_PROCESS)))


def rescore_tau(
    folder: EvaluationFolder, home: Path | None, python: Path | None, processes: int
) -> Iterator[list[TrialResult]]:
    """Scores an evaluation of ours again, from the package's results files in its folder.

    Args:
        home, python: of the package; None takes those that the evaluation was played with.

    Raises:
        InputError: the package cannot be used, or there are no results files.
    """
    stored = {one.slot: one for one in folder.results()}
    where, interpreter = _means(folder, home, python)
    files = [ResultsFile.open(path) for path in sorted(folder.path.glob("results-*.json"))]
    if not files:
        raise InputError(
            f"{folder.path} holds no results files of its package.",
            "They are written when an evaluation ends; the same command goes on with it.",
        )
    for file in files:
        domain = file.path.stem.removeprefix("results-")
        for found in rescore_results([file], where, interpreter, processes, domain):
            yield [
                _result(one, before)
                for one in found.simulations
                if one.reward is not None
                and (before := stored.get(Slot(f"{domain}/{one.task}", one.trial))) is not None
            ]


def _means(folder: EvaluationFolder, home: Path | None, python: Path | None) -> tuple[Path, str]:
    if home is None:
        raise InputError(
            f"{folder.path} is scored by its official package.",
            "Give --home and --python, as when it was played.",
        )
    return home, "python3" if python is None else str(python)


def _result(one: Rescored, before: TrialResult) -> TrialResult:
    """A trial's result with its new reward; why it failed stands where the reward does."""
    assert one.reward is not None
    changed: dict[str, Any] = {"reward": one.reward, "success": is_successful(one.reward)}
    if one.verdict is Verdict.SAME and abs(before.reward - one.reward) <= _NEAR:
        return before.model_copy(update=changed)
    parts = {name.lower(): float(value) for name, value in one.parts.items()}
    failed = "+".join(name for name, value in parts.items() if not is_successful(value))
    actions: list[bool] = one.checks.get("actions") or []
    if actions:
        parts["gold_actions"] = sum(actions) / len(actions)
    changed |= {"scores": parts, "owner": None, "detail": "; ".join(one.why)}
    changed["reason"] = "" if changed["success"] else failed or "reward"
    return before.model_copy(update=changed)
