"""The figures of an evaluation, made of its record and its trials alone.

In: an `EvaluationRecord` and the newest `TrialResult` of each slot.  Out: `Figures`, with an
interval around everything that is a mean.  What the infrastructure failed counts as nothing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from agentscaler.evaluation.folder import EvaluationRecord
from agentscaler.evaluation.passk import mean_pass_hat, pass_hat
from agentscaler.evaluation.statistics import Interval, rate
from agentscaler.evaluation.trial import TrialResult
from agentscaler.rollout.trajectory import FailureOwner

__all__ = ["Counts", "Figures", "Part", "Spending", "by_task", "cluster_of", "figures_of"]

UNKNOWN = "unknown"
"""The owner of a failure that nobody is known to be blamed for."""

Key = TypeVar("Key")


@dataclass(frozen=True)
class Counts:
    """The trials that are owed: `expected` is the sum of the other three.

    Attributes:
        infrastructure: failed by an endpoint, a disk or a process; played again on resume.
        unplayed: not begun or not ended.
    """

    expected: int
    done: int
    infrastructure: int
    unplayed: int


@dataclass(frozen=True)
class Part:
    """Figures of some of the tasks.

    Attributes:
        tasks: with a trial that is done.
        trials: that are done.
        pass_hat: pass^k by k, over the tasks with k trials done; up to the trials of a task.
        reward: the mean of the trials.
    """

    tasks: int
    trials: int
    pass_hat: Mapping[int, Interval]
    reward: Interval


@dataclass(frozen=True)
class Spending:
    """Means a trial; of tokens, over the trials that tell, None where none does."""

    turns: float
    calls: float
    prompt_tokens: float | None
    completion_tokens: float | None


@dataclass(frozen=True)
class Figures:
    """See the module.

    Attributes:
        whole: of all tasks; None where no trial is done.
        bands, kinds, groups: the same by part, where the suite knows parts; bands in the order of
            the numbers in them, groups of their names, kinds of the tasks.
        calls: by the number of calls that a task needs.
        owners: failed trials by who is to blame.
        reasons: the same by owner and reason, the most frequent first.
        others_failed: trials that failed by the user or the environment; `without_them` is pass^1
            over the rest, None where there are none.
        scores: means of the further scores of the suite, by name.
    """

    counts: Counts
    whole: Part | None
    bands: Mapping[str, Part]
    kinds: Mapping[str, Part]
    groups: Mapping[str, Part]
    calls: Mapping[int, Part]
    owners: Mapping[str, int]
    reasons: Mapping[tuple[str, str], int]
    others_failed: int
    without_them: Interval | None
    scores: Mapping[str, Interval]
    spending: Spending | None


def figures_of(record: EvaluationRecord, results: Sequence[TrialResult]) -> Figures:
    """The figures of an evaluation.

    Args:
        results: at most one a slot, of slots that are owed.
    """
    done = [one for one in results if one.done]
    failed = [one for one in done if not one.success]
    reasons = Counter((str(one.owner or UNKNOWN), one.reason) for one in failed)
    theirs = {FailureOwner.USER, FailureOwner.ENVIRONMENT}
    rest = [one for one in done if one.success or one.owner not in theirs]
    expected = len(record.slots)
    return Figures(
        counts=Counts(expected, len(done), len(results) - len(done), expected - len(results)),
        whole=_part(done, record.trials) if done else None,
        bands=dict(sorted(_parts(done, record.trials, lambda one: one.band).items(), key=_rank)),
        kinds=_parts(done, record.trials, lambda one: one.kind),
        groups=dict(sorted(_parts(done, record.trials, lambda one: one.group).items())),
        calls=dict(sorted(_parts(done, record.trials, lambda one: one.calls).items())),
        owners=dict(sorted(Counter(str(one.owner or UNKNOWN) for one in failed).items())),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        others_failed=len(done) - len(rest),
        without_them=(
            _trial_mean(rest, lambda one: float(one.success)) if 0 < len(rest) < len(done) else None
        ),
        scores=_scores(done),
        spending=_spending(done) if done else None,
    )


def _rank(band: tuple[str, Part]) -> int:
    number = re.match(r"\d+", band[0])
    return int(number[0]) if number else -1


def by_task(results: Iterable[TrialResult]) -> dict[str, list[TrialResult]]:
    """The results of each task, in the order of the tasks."""
    tasks: dict[str, list[TrialResult]] = defaultdict(list)
    for one in results:
        tasks[one.task].append(one)
    return tasks


def cluster_of(result: TrialResult) -> str:
    """What the task of a result is drawn together with; itself where it stands alone."""
    return result.cluster or result.task


def _part(done: Sequence[TrialResult], trials: int) -> Part:
    tasks = by_task(done)
    most = min(trials, max(len(of) for of in tasks.values()))
    return Part(
        tasks=len(tasks),
        trials=len(done),
        pass_hat={k: _pass_hat(tasks, k) for k in range(1, most + 1)},
        reward=_trial_mean(done, lambda one: one.reward),
    )


def _parts(
    done: Sequence[TrialResult], trials: int, key: Callable[[TrialResult], Key | None]
) -> dict[Key, Part]:
    """A part for each value of `key` but "" and None, in the order in which they first come."""
    parts: dict[Key, list[TrialResult]] = defaultdict(list)
    for one in done:
        value = key(one)
        if value is not None and value != "":
            parts[value].append(one)
    return {value: _part(of, trials) for value, of in parts.items()}


def _pass_hat(tasks: Mapping[str, Sequence[TrialResult]], k: int) -> Interval:
    """pass^k with its interval: the value of each task is one draw, clusters go together."""
    counts = {
        task: (len(of), sum(one.success for one in of))
        for task, of in tasks.items()
        if len(of) >= k
    }
    sums: dict[str, float] = defaultdict(float)
    sizes: Counter[str] = Counter()
    for task, (n, successes) in counts.items():
        cluster = cluster_of(tasks[task][0])
        sums[cluster] += pass_hat(n, successes, k)
        sizes[cluster] += 1
    mean = mean_pass_hat(counts.values(), k)
    assert mean is not None
    return replace(_interval(sums, sizes, len(counts)), mean=mean)


def _trial_mean(done: Sequence[TrialResult], value: Callable[[TrialResult], float]) -> Interval:
    """The mean over trials, of which there are some; its interval allows for their clusters."""
    sums: dict[str, float] = defaultdict(float)
    sizes: Counter[str] = Counter()
    for one in done:
        sums[cluster_of(one)] += value(one)
        sizes[cluster_of(one)] += 1
    mean = sum(value(one) for one in done) / len(done)
    return replace(_interval(sums, sizes, len(by_task(done))), mean=mean)


def _interval(sums: Mapping[str, float], sizes: Mapping[str, int], tasks: int) -> Interval:
    found = rate({(0, name): (sums[name], sizes[name]) for name in sizes}, tasks)
    return replace(found, tasks=tasks)


def _scores(done: Sequence[TrialResult]) -> dict[str, Interval]:
    names = dict.fromkeys(name for one in done for name in one.scores)
    means = {}
    for name in names:
        having = [one for one in done if name in one.scores]
        means[name] = _trial_mean(having, partial(_score, name))
    return means


def _score(name: str, result: TrialResult) -> float:
    return result.scores[name]


def _spending(done: Sequence[TrialResult]) -> Spending:
    return Spending(
        turns=sum(one.turns for one in done) / len(done),
        calls=sum(one.made_calls for one in done) / len(done),
        prompt_tokens=_known_mean([one.prompt_tokens for one in done]),
        completion_tokens=_known_mean([one.completion_tokens for one in done]),
    )


def _known_mean(values: Sequence[int | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
