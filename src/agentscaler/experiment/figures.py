"""`figures_of`: what an experiment found, as numbers: rates with intervals, and a paired test.

All figures come from the episodes' outcomes of the points that are complete.  Where seeds have
not all come as far, only those count that all points of the experiment have.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict

from agentscaler.evaluation.statistics import Interval, PairedTest, Scores, compare, rate
from agentscaler.experiment.campaign import results_of
from agentscaler.experiment.folder import ExperimentFolder, read_lines
from agentscaler.experiment.running import PointResult
from agentscaler.experiment.trying import Outcome

__all__ = ["AgentFigures", "Figures", "figures_of"]


class AgentFigures(BaseModel):
    """One agent, over all seeds.

    Attributes:
        success: by trial.
        state_right: of tasks that write; `exact_calls` of all; both on the first trial.
        kinds: success by kind of task, on the first trial: rate and tasks.
        per_episode: refused calls, malformed calls and calls of unknown tools an episode.
        reasons: why episodes failed, most frequent first.
        tokens, distinct: of training: seen by each agent, and its distinct dialogues, mean.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    label: str
    size: int
    seeds: tuple[int, ...]
    success: dict[str, Interval]
    by_seed: dict[str, dict[int, float]]
    state_right: Interval | None
    exact_calls: Interval
    kinds: dict[str, tuple[float, int]]
    per_episode: dict[str, float]
    reasons: dict[str, int]
    tokens: float
    distinct: float
    dialogues: float
    seconds: float


class Figures(BaseModel):
    """All figures of an experiment.

    Attributes:
        tests: by trial and what is compared ("1024 - 16"): the first's success less the second's.
        missing: points without a result.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    arm: str
    agents: list[AgentFigures]
    tests: dict[str, dict[str, PairedTest]]
    seeds: tuple[int, ...]
    missing: int

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            **self.model_dump(mode="json", exclude={"agents", "tests"}),
            "agents": [one.model_dump(mode="json") for one in self.agents],
            "tests": {
                trial: {name: asdict(test) for name, test in tests.items()}
                for trial, tests in self.tests.items()
            },
        }


def figures_of(folder: ExperimentFolder) -> Figures:
    """The figures of the points that are complete.

    Raises:
        InputError: there is no experiment.
    """
    record, points, results = folder.read(), folder.points(), results_of(folder)
    clusters = {one.domain: one.family for one in folder.dialogues()}
    labels = list(dict.fromkeys(one.label for one in points))
    have: dict[str, set[int]] = defaultdict(set)
    for one in results:
        have[one.label].add(one.seed)
    begun = [label for label in labels if have[label]]
    seeds = set.intersection(*(have[label] for label in begun)) if begun else set()
    by_label = {
        label: [one for one in results if one.label == label and one.seed in seeds]
        for label in begun
    }
    outcomes = {
        one.id: list(read_lines(folder.path / "points" / one.id / "outcomes.jsonl", Outcome))
        for group in by_label.values()
        for one in group
    }
    agents = [
        _agent(label, group, outcomes, clusters) for label, group in by_label.items() if group
    ]
    return Figures(
        arm=record.arm,
        agents=agents,
        tests=_tests(record.arm, by_label, outcomes, clusters) if seeds else {},
        seeds=tuple(sorted(seeds)),
        missing=len(points) - len(results),
    )


def _agent(
    label: str,
    results: Sequence[PointResult],
    outcomes: dict[str, list[Outcome]],
    clusters: dict[str, str],
) -> AgentFigures:
    trials = _trials(results)
    first = [one for r in results for one in outcomes[r.id] if one.trial == trials[0]]
    kinds: dict[str, list[bool]] = defaultdict(list)
    for one in first:
        kinds[one.kind].append(one.success)

    def scored(trial: str, what: Callable[[Outcome], bool], *, writes: bool = False) -> Scores:
        return _scores(results, outcomes, clusters, trial, what, writes=writes)

    writes = scored(trials[0], lambda one: one.state_right, writes=True)
    phases = [phase for one in results for phase in one.phases]
    n = len(results)
    return AgentFigures(
        label=label,
        size=results[0].size,
        seeds=tuple(one.seed for one in results),
        success={trial: rate(scored(trial, lambda one: one.success)) for trial in trials},
        by_seed={
            trial: {r.seed: r.success[key] for r in results for key in [_key(r, trial)]}
            for trial in trials
        },
        state_right=rate(writes) if writes else None,
        exact_calls=rate(scored(trials[0], lambda one: one.exact_calls)),
        kinds={name: (sum(of) / len(of), len(of) // n) for name, of in sorted(kinds.items())},
        per_episode={
            "refused": sum(one.refused for one in first) / len(first),
            "malformed": sum(one.malformed for one in first) / len(first),
            "unknown tools": sum(one.unknown_tools for one in first) / len(first),
        },
        reasons=dict(Counter(one.reason for one in first if not one.success).most_common()),
        tokens=sum(one.tokens for one in phases) / n,
        distinct=sum(one.distinct for one in phases) / n,
        dialogues=sum(one.dialogues for one in phases) / n,
        seconds=sum(one.seconds for one in results) / n,
    )


def _trials(results: Sequence[PointResult]) -> list[str]:
    """The trials of an agent; those that differ from seed to seed under one name."""
    return list(dict.fromkeys(_general(name) for name in results[0].success))


def _general(trial: str) -> str:
    return trial.split(", seed")[0]


def _key(result: PointResult, trial: str) -> str:
    return next(name for name in result.success if _general(name) == trial)


def _scores(
    results: Sequence[PointResult],
    outcomes: dict[str, list[Outcome]],
    clusters: dict[str, str],
    trial: str,
    what: Callable[[Outcome], bool],
    *,
    writes: bool = False,
) -> Scores:
    """Successes and tasks by seed and cluster.

    Where seeds are tried in different domains, all of a seed's are one cluster: which ones they
    are is part of what varies between seeds.
    """
    successes: dict[tuple[int, str], float] = defaultdict(float)
    tasks: Counter[tuple[int, str]] = Counter()
    for result in results:
        for one in outcomes[result.id]:
            if _general(one.trial) == trial and not (writes and one.kind != "write"):
                key = result.seed, clusters[one.domain]
                successes[key] += what(one)
                tasks[key] += 1
    names = {seed: sorted({c for s, c in tasks if s == seed}) for seed, _ in tasks}
    if len({tuple(of) for of in names.values()}) > 1:
        totals = {seed: sum(tasks[seed, c] for c in of) for seed, of in names.items()}
        least = min(totals.values())
        return {
            (seed, "all"): (sum(successes[seed, c] for c in of) / totals[seed] * least, least)
            for seed, of in names.items()
        }
    return {key: (successes[key], tasks[key]) for key in tasks}


def _tests(
    arm: str,
    by_label: dict[str, list[PointResult]],
    outcomes: dict[str, list[Outcome]],
    clusters: dict[str, str],
) -> dict[str, dict[str, PairedTest]]:
    """Each size against the smallest, and each other agent against the first of its arm."""
    labels = list(by_label)
    first = labels[0]
    tests: dict[str, dict[str, PairedTest]] = {}
    for trial in _trials(by_label[first]):
        scores = {
            label: _scores(of, outcomes, clusters, trial, lambda one: one.success)
            for label, of in by_label.items()
        }
        pairs = [(label, first) if arm == "scaling" else (first, label) for label in labels[1:]]
        tests[trial] = {
            f"{one} - {other}": compare(scores[other], scores[one]) for one, other in pairs
        }
    return tests
