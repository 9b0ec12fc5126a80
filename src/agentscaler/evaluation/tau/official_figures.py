"""Mean reward and pass^k of simulations, by the rules of the packages that made them.

tau2 leaves out what the infrastructure failed, and tells pass^k up to the fewest trials of a task.
tau-bench counts every episode, a failed one as a reward of 0, and takes the number of trials of the
file as that of each task.  Sources: `compute_metrics` of tau2 (`metrics/agent_metrics.py`),
`display_metrics` of tau-bench (`run.py`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum

from agentscaler.evaluation.passk import mean_pass_hat
from agentscaler.evaluation.tau.home import Package

__all__ = ["OfficialFigures", "Scored", "official_figures"]

_NEAR = 1e-6
"""How far from 1 a reward may be and still be a success."""


@dataclass(frozen=True)
class Scored:
    """A simulation's reward."""

    task: str
    trial: int
    reward: float
    infrastructure: bool = False


@dataclass(frozen=True)
class OfficialFigures:
    """Figures of a results file.

    Attributes:
        counted: simulations that figures are made of.
        infrastructure: simulations that the infrastructure failed.
        mean_reward: None where nothing is counted.
        pass_hat: by k.
    """

    counted: int
    infrastructure: int
    tasks: int
    mean_reward: float | None
    pass_hat: dict[int, float]


def official_figures(
    package: Package, simulations: Iterable[Scored], trials: int | None = None
) -> OfficialFigures:
    """Mean reward and pass^k.

    Args:
        trials: how many each task was meant to have, as the file says.
    """
    everything = list(simulations)
    failed = sum(one.infrastructure for one in everything)
    counted = everything
    if package == "tau2":
        counted = [one for one in everything if not one.infrastructure]
    if not counted:
        return OfficialFigures(0, failed, 0, None, {})
    played = Counter(one.task for one in counted)
    won = Counter(one.task for one in counted if abs(one.reward - 1) <= _NEAR)
    if package == "tau2":
        most = min(played.values())
        most = most if trials is None else min(most, trials)
        counts = [(played[task], won[task]) for task in played]
    else:
        most = len({one.trial for one in counted})
        counts = [(most, min(won[task], most)) for task in played]
    figures = {k: mean_pass_hat(counts, k) for k in range(1, most + 1)}
    return OfficialFigures(
        counted=len(counted),
        infrastructure=failed,
        tasks=len(played),
        mean_reward=fsum(one.reward for one in counted) / len(counted),
        pass_hat={k: value for k, value in figures.items() if value is not None},
    )
