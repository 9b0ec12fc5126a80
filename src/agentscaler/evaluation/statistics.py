"""Success rates with honest intervals, where tasks resemble each other, and agents of one kind do.

Episodes are not independent: those of one service resemble each other, and so do those of one seed,
which decides what is trained on and how.  So a rate's variance is that of a crossed design with two
random factors, seeds and clusters (services), each of which is a sample: what would another
training have given, and what other services?  With y_ij the successes of seed i in cluster j, made
a share of the tasks that a mean cluster has,

    Var(mean) = (MS_seeds + MS_clusters - MS_rest) / (seeds * clusters)

with the mean squares of a two-way analysis of variance, and a t-interval whose degrees of freedom
are Satterthwaite's (Satterthwaite 1946, "An approximate distribution of estimates of variance
components", Biometrics Bulletin 2; the design is that of Obuchowski and Rockette 1995).  With one
seed there is no spread of seeds to be seen, and with one cluster none of clusters: the interval
then speaks of the other factor only, and `Interval.factors` says so.  One seed leaves the
cluster-robust interval of a mean (Liang and Zeger 1986, "Longitudinal data analysis using
generalized linear models", Biometrika 73; for evaluations, Miller 2024, "Adding Error Bars to
Evals", arXiv 2411.00640), with clusters - 1 degrees of freedom.

Near 0 and 1 such an interval is too narrow, and with no success at all it is a point.  So a rate's
interval is never narrower than Wilson's over the clusters' tasks of one seed (Wilson 1927,
"Probable inference, the law of succession, and statistical inference", JASA 22).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["Interval", "PairedTest", "compare", "rate", "wilson"]

CONFIDENCE = 0.95
_FLIPS, _FLIPS_AT_ONCE = 20_000, 1_000
_ALL_FLIPS = 14
"""So many clusters have few enough patterns to look at each."""
_TINY = 1e-12

Scores = Mapping[tuple[int, str], tuple[float, int]]
"""Successes and tasks, by seed and cluster."""


@dataclass(frozen=True)
class Interval:
    """A rate, or a difference of rates, with its 95% interval.

    Attributes:
        low, high: both equal to `mean` where nothing varies.
        error: standard error of the mean.
        freedom: degrees of freedom of the t-interval; 0 where there was nothing to estimate from.
        factors: what the interval allows for: "seeds and clusters", "seeds", "clusters", "nothing".
    """

    mean: float
    low: float
    high: float
    error: float
    freedom: float
    seeds: int
    clusters: int
    tasks: int
    factors: str


@dataclass(frozen=True)
class PairedTest:
    """Two agents on the same tasks, seed by seed and cluster by cluster.

    Attributes:
        difference: of the second's rate and the first's.
        p_t: of the t-test for no difference, two-sided, over seeds and clusters.
        p_flips: of a sign-flip test over clusters, two-sided: how often the difference would be as
            large if in each cluster it were a toss of a coin who is who.  It takes the seeds as
            they are.
    """

    difference: Interval
    p_t: float
    p_flips: float


def rate(scores: Scores, sample: int | None = None) -> Interval:
    """The success rate over all tasks, of a seed drawn at random in a service drawn at random.

    With one seed it is the mean with a cluster-robust t-interval.

    Args:
        scores: every seed has every cluster, with equally many tasks.
        sample: how many draws Wilson's interval is for; None takes the tasks.

    Raises:
        ValueError: there is nothing, or seeds differ in their clusters or tasks.
    """
    successes, tasks = _table(scores)
    found = _crossed(successes, tasks)
    sample = int(tasks.sum()) if sample is None else sample
    low, high = wilson(found.mean * sample, sample)
    return replace(found, low=max(0.0, min(found.low, low)), high=min(1.0, max(found.high, high)))


def compare(first: Scores, second: Scores) -> PairedTest:
    """Tests whether `second` is better or worse than `first`.

    Args:
        first, second: over the same seeds and clusters, with the same tasks.

    Raises:
        ValueError: they are not.
    """
    one, tasks = _table(first)
    other, others_tasks = _table(second)
    if sorted(first) != sorted(second) or not np.array_equal(tasks, others_tasks):
        raise ValueError("a paired test needs the same seeds, clusters and tasks on both sides")
    found = _crossed(other - one, tasks)
    found = replace(found, low=max(-1.0, found.low), high=min(1.0, found.high))
    if found.error > _TINY and found.freedom:
        p = float(2 * stats.t.sf(abs(found.mean) / found.error, found.freedom))
    else:
        p = 1.0 if abs(found.mean) < _TINY or not found.freedom else 0.0
    return PairedTest(found, p, _sign_flips((other - one).mean(axis=0)))


def wilson(successes: float, n: int) -> tuple[float, float]:
    """The score interval of a proportion; (0, 1) of none."""
    if n == 0:
        return 0.0, 1.0
    z = float(stats.norm.ppf(0.5 + CONFIDENCE / 2))
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def _table(scores: Scores) -> tuple[NDArray[Any], NDArray[Any]]:
    """Successes, one row a seed and one column a cluster; and the tasks of each cluster."""
    seeds = sorted({seed for seed, _ in scores})
    clusters = sorted({cluster for _, cluster in scores})
    if not scores or len(scores) != len(seeds) * len(clusters):
        raise ValueError("every seed needs a score in every cluster")
    successes = np.array([[scores[i, j][0] for j in clusters] for i in seeds], dtype=float)
    tasks = np.array([[scores[i, j][1] for j in clusters] for i in seeds])
    if (tasks != tasks[0]).any() or not tasks.all():
        raise ValueError("every seed needs the same tasks, and every cluster one at least")
    return successes, tasks[0]


def _crossed(successes: NDArray[Any], tasks: NDArray[Any]) -> Interval:
    """The mean a task with the t-interval of a crossed design; see the module.

    Clusters differ in their number of tasks, so the mean is a ratio; its residuals are linearised.
    """
    seeds, clusters = successes.shape
    mean = float(successes.sum() / (seeds * tasks.sum()))
    scores = mean + (successes - mean * tasks) / tasks.mean()
    of_seeds = scores.mean(axis=1, keepdims=True) - mean
    of_clusters = scores.mean(axis=0, keepdims=True) - mean
    rest = scores - mean - of_seeds - of_clusters
    squares = [
        (float((of_seeds**2).sum()) * clusters, seeds - 1),
        (float((of_clusters**2).sum()) * seeds, clusters - 1),
        (float((rest**2).sum()), (seeds - 1) * (clusters - 1)),
    ]
    error, freedom = _combine(squares, seeds * clusters)
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2, freedom)) * error if freedom else 0.0
    return Interval(
        mean=mean,
        low=mean - half,
        high=mean + half,
        error=error,
        freedom=freedom,
        seeds=seeds,
        clusters=clusters,
        tasks=int(tasks.sum()),
        factors=_factors(seeds, clusters),
    )


def _combine(squares: Sequence[tuple[float, int]], cells: int) -> tuple[float, float]:
    """Standard error and degrees of freedom, from sums of squares with theirs.

    Where the mean squares of seeds and clusters sum to less than the rest leaves to take off, a
    component was estimated below 0; the larger of the two mean squares is then taken alone.
    """
    of_seeds, of_clusters, rest = (
        square / freedom if freedom else 0.0 for square, freedom in squares
    )
    parts = [(of_seeds, squares[0][1]), (of_clusters, squares[1][1]), (-rest, squares[2][1])]
    total = of_seeds + of_clusters - rest
    if total < max(of_seeds, of_clusters):
        parts = [max(parts[:2])]
        total = parts[0][0]
    if total <= _TINY:
        return 0.0, float(max(freedom for _, freedom in squares))
    below = sum(part**2 / freedom for part, freedom in parts if freedom)
    return float(np.sqrt(total / cells)), total**2 / below


def _factors(seeds: int, clusters: int) -> str:
    names = [name for name, n in (("seeds", seeds), ("clusters", clusters)) if n > 1]
    return " and ".join(names) or "nothing"


def _sign_flips(differences: NDArray[Any]) -> float:
    """The share of sign patterns with a sum as far from 0: all of them up to 14, else a sample."""
    n = len(differences)
    found = abs(float(differences.sum())) - _TINY
    if n <= _ALL_FLIPS:
        bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        extreme = int((np.abs((2 * bits - 1) @ differences) >= found).sum())
        return float(extreme / 2**n)
    rng, extreme = np.random.default_rng(0), 0
    for _ in range(_FLIPS // _FLIPS_AT_ONCE):
        bits = rng.integers(0, 2, size=(_FLIPS_AT_ONCE, n))
        extreme += int((np.abs((2 * bits - 1) @ differences) >= found).sum())
    # A sample counts the pattern that was found, too (Phipson and Smyth 2010).
    return (extreme + 1) / (_FLIPS + 1)
