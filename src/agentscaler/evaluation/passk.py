"""pass^k: the chance that k trials of a task all succeed, estimated without bias from n of them.

For a task with c successes in n trials the estimate is C(c, k) / C(n, k): the share of the sets of
k trials in which all succeed.  A benchmark's figure is the mean over its tasks.
Source: Yao et al. 2024, "tau-bench: A Benchmark for Tool-Agent-User Interaction in Real-World
Domains", arXiv 2406.12045, section 3.
"""

from collections.abc import Iterable
from math import comb

__all__ = ["mean_pass_hat", "pass_hat"]


def pass_hat(trials: int, successes: int, k: int) -> float:
    """The estimate for one task.

    Raises:
        ValueError: k is not between 1 and the number of trials, or there are more successes.
    """
    if not 1 <= k <= trials or not 0 <= successes <= trials:
        raise ValueError(f"pass^{k} cannot be told from {successes} successes in {trials} trials")
    return comb(successes, k) / comb(trials, k)


def mean_pass_hat(counts: Iterable[tuple[int, int]], k: int) -> float | None:
    """The mean over tasks with k trials or more, each (trials, successes); None without any."""
    values = [pass_hat(trials, successes, k) for trials, successes in counts if trials >= k]
    return sum(values) / len(values) if values else None
