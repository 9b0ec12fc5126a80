"""Evaluations of one suite side by side: their figures, and tests on the tasks that they share.

In: the records and results of two evaluations or more.  Out: a `Comparison`; each evaluation is
held against the first, task by task, so that hard tasks do not speak for or against anybody.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agentscaler.errors import InputError
from agentscaler.evaluation.figures import Figures, by_task, cluster_of, figures_of
from agentscaler.evaluation.folder import EvaluationRecord
from agentscaler.evaluation.statistics import PairedTest
from agentscaler.evaluation.statistics import compare as paired_test
from agentscaler.evaluation.trial import TrialResult

__all__ = ["Compared", "Comparison", "Evaluated", "Flip", "compare_evaluations"]

_TINY = 1e-9


@dataclass(frozen=True)
class Evaluated:
    """One evaluation that is compared.

    Attributes:
        name: unique among those compared.
    """

    name: str
    record: EvaluationRecord
    results: tuple[TrialResult, ...]


@dataclass(frozen=True)
class Flip:
    """A task that one solves more often than the other: shares of its trials."""

    task: str
    before: float
    after: float


@dataclass(frozen=True)
class Compared:
    """An evaluation held against the first.

    Attributes:
        tasks: in common, with a trial done in both.
        success, reward: tests over these.
        better, worse: tasks that are solved more often, and less often; the greatest difference
            first.
        clusters: of the tasks in common.
    """

    name: str
    tasks: int
    clusters: int
    success: PairedTest
    reward: PairedTest
    better: tuple[Flip, ...]
    worse: tuple[Flip, ...]


@dataclass(frozen=True)
class Comparison:
    """What came of it.

    Attributes:
        figures: of each evaluation, over all of its own tasks.
        pairs: each but the first held against it; those without a task in common are left out.
        differing: what is not the same in all of them: names of settings and data, with the value
            of each.
    """

    suite: str
    evaluated: tuple[Evaluated, ...]
    figures: Mapping[str, Figures]
    pairs: tuple[Compared, ...]
    differing: Mapping[str, tuple[str, ...]]


def compare_evaluations(evaluated: Sequence[Evaluated]) -> Comparison:
    """Compares two evaluations or more.

    Raises:
        InputError: they are of different suites, or nothing in one of them is done.
    """
    suites = sorted({one.record.suite for one in evaluated})
    if len(suites) > 1:
        raise InputError(
            f"Evaluations of different suites cannot be compared: {', '.join(suites)}.",
            "Name evaluations of one suite.",
        )
    for one in evaluated:
        if not any(result.done for result in one.results):
            raise InputError(
                f"In the evaluation {one.name} no trial is done.", "Let it play first."
            )
    first, *others = evaluated
    pairs = (_held_against(first, other) for other in others)
    return Comparison(
        suite=suites[0],
        evaluated=tuple(evaluated),
        figures={one.name: figures_of(one.record, one.results) for one in evaluated},
        pairs=tuple(pair for pair in pairs if pair is not None),
        differing=dict(_differing([one.record for one in evaluated])),
    )


def _held_against(first: Evaluated, other: Evaluated) -> Compared | None:
    """`other` against `first`; None where they share no task."""
    one = by_task(result for result in first.results if result.done)
    two = by_task(result for result in other.results if result.done)
    tasks = [task for task in one if task in two]
    if not tasks:
        return None
    clusters = {task: cluster_of(one[task][0]) for task in tasks}
    before = {task: _mean([float(r.success) for r in one[task]]) for task in tasks}
    after = {task: _mean([float(r.success) for r in two[task]]) for task in tasks}
    rewarded = {task: _mean([r.reward for r in one[task]]) for task in tasks}
    then = {task: _mean([r.reward for r in two[task]]) for task in tasks}
    flips = [Flip(task, before[task], after[task]) for task in tasks]
    flips.sort(key=lambda flip: (-abs(flip.after - flip.before), flip.task))
    return Compared(
        name=other.name,
        tasks=len(tasks),
        clusters=len(set(clusters.values())),
        success=_test(before, after, clusters),
        reward=_test(rewarded, then, clusters),
        better=tuple(flip for flip in flips if flip.after > flip.before + _TINY),
        worse=tuple(flip for flip in flips if flip.after < flip.before - _TINY),
    )


def _test(
    before: Mapping[str, float], after: Mapping[str, float], clusters: Mapping[str, str]
) -> PairedTest:
    sizes = Counter(clusters.values())
    sums: list[dict[str, float]] = [defaultdict(float), defaultdict(float)]
    for task, cluster in clusters.items():
        sums[0][cluster] += before[task]
        sums[1][cluster] += after[task]
    first, second = ({(0, name): (of[name], sizes[name]) for name in sizes} for of in sums)
    return paired_test(first, second)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _differing(records: Sequence[EvaluationRecord]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is set or given differently, by its dotted name."""
    flat = [
        _flat({"settings": one.settings, "data": one.data, "trials": one.trials, "code": one.code})
        for one in records
    ]
    for name in dict.fromkeys(name for one in flat for name in one):
        values = tuple(one.get(name, "-") for one in flat)
        if len(set(values)) > 1:
            yield name, values


def _flat(value: Any, name: str = "") -> dict[str, str]:
    if isinstance(value, dict) and value:
        nested: dict[str, str] = {}
        for key, inner in value.items():
            nested |= _flat(inner, f"{name}.{key}" if name else str(key))
        return nested
    return {name: str(value)}
