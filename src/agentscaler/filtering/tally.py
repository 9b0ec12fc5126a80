"""`FunnelTally`: verdicts counted by stage, reason, domain and length."""

from collections import Counter
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict

from agentscaler.filtering.verdict import FunnelStage, Verdict

__all__ = ["LENGTHS", "FunnelTally", "count_verdicts", "length_of"]

LENGTHS = ("0", "1", "2", "3-4", "5-8", "9-16", "17+")
"""Numbers of calls, as they are counted together."""
_UPPER = (0, 1, 2, 4, 8, 16)


class FunnelTally(BaseModel):
    """What became of the trajectories of a run.

    Attributes:
        judged: trajectories in all.
        stages: by stage, how many were turned away there; "passed" are kept.
        reasons: by stage and reason, how many were turned away.
        lengths: by number of calls, how many came to each stage's end.
        domains: by domain, the same.
        recovered: kept trajectories with refused calls.
        refusals: by kind of refusal, how many kept trajectories got over one.
        mistakes: by kind of mistake, how many kept trajectories show it and how it is put right.
        failed: episodes that never came to the funnel, by whom they are put down to.
    """

    model_config = ConfigDict(frozen=True)

    judged: int
    stages: dict[FunnelStage, int]
    reasons: dict[FunnelStage, dict[str, int]]
    lengths: dict[str, dict[FunnelStage, int]]
    domains: dict[str, dict[FunnelStage, int]]
    recovered: int
    refusals: dict[str, int]
    mistakes: dict[str, int]
    failed: dict[str, int]

    @property
    def kept(self) -> int:
        return self.stages.get(FunnelStage.PASSED, 0)

    def left_after(self, stage: FunnelStage) -> int:
        """Trajectories that passed a stage and those before it."""
        order = list(FunnelStage)
        gone = order[: order.index(stage) + 1]
        return self.judged - sum(self.stages.get(one, 0) for one in gone if one is not order[-1])


def count_verdicts(
    verdicts: Iterable[Verdict], failed: Mapping[str, int] | None = None
) -> FunnelTally:
    """Counts verdicts.

    Args:
        failed: episodes that failed, by owner.
    """
    stages: Counter[FunnelStage] = Counter()
    reasons: dict[FunnelStage, Counter[str]] = {}
    lengths: dict[str, Counter[FunnelStage]] = {length: Counter() for length in LENGTHS}
    domains: dict[str, Counter[FunnelStage]] = {}
    refusals: Counter[str] = Counter()
    mistakes: Counter[str] = Counter()
    recovered = 0
    for verdict in verdicts:
        stages[verdict.stage] += 1
        lengths[length_of(verdict.calls)][verdict.stage] += 1
        domains.setdefault(verdict.domain, Counter())[verdict.stage] += 1
        if not verdict.kept:
            reasons.setdefault(verdict.stage, Counter())[str(verdict.reason)] += 1
            continue
        recovered += verdict.recovered
        refusals.update({str(kind) for kind in verdict.refusals})
        mistakes.update(set(verdict.mistakes))
    return FunnelTally(
        judged=sum(stages.values()),
        stages=dict(sorted(stages.items(), key=lambda one: list(FunnelStage).index(one[0]))),
        reasons={stage: _ranked(reasons[stage]) for stage in FunnelStage if stage in reasons},
        lengths={length: dict(counts) for length, counts in lengths.items() if counts},
        domains={domain: dict(domains[domain]) for domain in sorted(domains)},
        recovered=recovered,
        refusals=_ranked(refusals),
        mistakes=_ranked(mistakes),
        failed=_ranked(Counter(failed or {})),
    )


def length_of(calls: int) -> str:
    """The group of `LENGTHS` that a number of calls belongs to."""
    return LENGTHS[sum(calls > most for most in _UPPER)]


def _ranked(counts: Counter[str]) -> dict[str, int]:
    """The most frequent first."""
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
