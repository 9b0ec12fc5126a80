"""The suites by name: how each scores again what was played, and what it adds to a report."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agentscaler.errors import InputError
from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, TrialResult
from agentscaler.evaluation.figures import Figures, figures_of
from agentscaler.evaluation.report import write_report
from agentscaler.evaluation.report_page import ReportSection
from agentscaler.evaluation.rescoring import Rescoring, compare_scores
from agentscaler.pipeline.acebench import ace_parts, ace_sections, rescore_ace
from agentscaler.pipeline.evaluating_bfcl import rescore_bfcl
from agentscaler.pipeline.own_worlds import own_sections, rescore_own
from agentscaler.pipeline.rescoring_tau import rescore_tau

__all__ = ["SUITES", "Means", "Suite", "published_figures", "report_on", "rescore"]


@dataclass(frozen=True)
class Means:
    """What scoring again may be done with.

    Attributes:
        workers: processes.
        home, python: of the official package, for suites that have one as their judge.
    """

    workers: int = 1
    home: Path | None = None
    python: Path | None = None


def _no_sections(folder: EvaluationFolder) -> Sequence[ReportSection]:
    return ()


def _rescore_tau(folder: EvaluationFolder, means: Means) -> Iterator[list[TrialResult]]:
    return rescore_tau(folder, means.home, means.python, means.workers)


def _by_group(record: EvaluationRecord, results: Sequence[TrialResult]) -> Mapping[str, float]:
    groups = figures_of(record, results).groups
    return {name: 100 * part.pass_hat[1].mean for name, part in groups.items()}


@dataclass(frozen=True)
class Suite:
    """What is done with an evaluation once its trials are played.

    Attributes:
        rescore: scores every episode again, some at a time, without a model.
        sections: what its report says besides.
        parts: its figures per cent, under the names that published rows have them under; by
            default pass^1 by group.
    """

    rescore: Callable[[EvaluationFolder, Means], Iterator[list[TrialResult]]]
    sections: Callable[[EvaluationFolder], Sequence[ReportSection]] = field(default=_no_sections)
    parts: Callable[[EvaluationRecord, Sequence[TrialResult]], Mapping[str, float]] = field(
        default=_by_group
    )


SUITES: Mapping[str, Suite] = {
    "bfcl": Suite(lambda folder, means: rescore_bfcl(folder, means.python)),
    "own": Suite(lambda folder, means: rescore_own(folder, means.workers), own_sections),
    "tau2": Suite(_rescore_tau),
    "tau-bench": Suite(_rescore_tau),
    "acebench": Suite(lambda folder, means: rescore_ace(folder), ace_sections, ace_parts),
}
"""By `EvaluationRecord.suite`."""


def report_on(folder: EvaluationFolder) -> tuple[Figures, list[Path]]:
    """Writes the report of an evaluation, with what its suite adds; see `write_report`."""
    return write_report(folder, _suite(folder).sections(folder))


def published_figures(record: EvaluationRecord, results: Sequence[TrialResult]) -> dict[str, float]:
    """Figures of an evaluation, per cent, under the names that published rows have them under."""
    return dict(SUITES[record.suite].parts(record, results)) if record.suite in SUITES else {}


def rescore(
    folder: EvaluationFolder, means: Means, advanced: Callable[[int], None] = lambda trials: None
) -> Rescoring:
    """Scores an evaluation again; writes nothing.

    Args:
        advanced: is told how many trials are scored so far.

    Raises:
        InputError: there is no evaluation of a known suite, or it cannot be scored again.
    """
    suite, stored = _suite(folder), folder.results()
    fresh: list[TrialResult] = []
    for results in suite.rescore(folder, means):
        fresh += results
        advanced(len(fresh))
    return compare_scores(stored, fresh)


def _suite(folder: EvaluationFolder) -> Suite:
    name = folder.read().suite
    if name not in SUITES:
        raise InputError(
            f"{folder.path} is an evaluation of the suite {name}, which is not known here.",
            f"The suites are {', '.join(SUITES)}.",
        )
    return SUITES[name]
