"""Intervals and tests, held against textbook formulas and against simulated experiments."""

import numpy as np
import pytest
from scipy import stats

from agentscaler.evaluation.statistics import compare, rate, wilson


def scores(successes: np.ndarray, tasks: int) -> dict[tuple[int, str], tuple[float, int]]:
    return {
        (seed, f"service-{cluster:02}"): (float(successes[seed, cluster]), tasks)
        for seed in range(successes.shape[0])
        for cluster in range(successes.shape[1])
    }


def simulated(
    rng: np.random.Generator,
    *,
    mean: float = 0.5,
    seeds: int = 3,
    clusters: int = 30,
    of_seeds: float = 0.05,
    of_clusters: float = 0.2,
    tasks: int = 4,
) -> np.ndarray:
    """Successes of agents whose seeds and clusters differ in how well they do."""
    chance = (
        mean
        + rng.normal(0, of_seeds, size=(seeds, 1))
        + rng.normal(0, of_clusters, size=(1, clusters))
    )
    return rng.binomial(tasks, chance.clip(0, 1))


def test_wilson_is_the_textbook_interval() -> None:
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I: 81 of 263.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_wilson_of_no_success_is_no_point() -> None:
    low, high = wilson(0, 20)
    assert low == 0
    assert high == pytest.approx(0.1611, abs=1e-4)


def test_wilson_of_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_with_one_seed_the_interval_is_the_t_interval_over_clusters() -> None:
    successes = np.array([[0, 4, 4, 1, 3, 4, 0, 4]])
    found = rate(scores(successes, 4))
    shares = successes[0] / 4
    low, high = stats.t.interval(0.95, 7, shares.mean(), stats.sem(shares))
    assert (found.low, found.high) == pytest.approx((max(low, 0), min(high, 1)))
    assert found.factors == "clusters"


def test_with_one_cluster_the_interval_is_the_t_interval_over_seeds() -> None:
    successes = np.array([[10], [14], [12]])
    found = rate(scores(successes, 20))
    low, high = stats.t.interval(0.95, 2, 0.6, stats.sem(successes[:, 0] / 20))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.factors == "seeds"


def test_clusters_count_by_their_tasks() -> None:
    found = rate({(0, "large"): (9, 10), (0, "small"): (0, 2)})
    assert found.mean == pytest.approx(9 / 12)


def test_a_rate_of_nothing_is_no_narrower_than_wilsons() -> None:
    found = rate(scores(np.zeros((3, 10)), 4))
    assert (found.mean, found.low) == (0, 0)
    assert found.high == pytest.approx(wilson(0, 40)[1])


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(400):
        found = rate(scores(simulated(rng), 4))
        covered += found.low <= 0.5 <= found.high
    assert 0.92 <= covered / 400 <= 0.995


def test_an_interval_that_forgot_the_seeds_would_not() -> None:
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(200):
        successes = simulated(rng, of_seeds=0.15, of_clusters=0.05)
        pooled = successes.sum()
        low, high = wilson(float(pooled), successes.size * 4)
        covered += low <= 0.5 <= high
    assert covered / 200 < 0.8


def test_no_difference_is_found_where_there_is_none() -> None:
    rng = np.random.default_rng(3)
    rejected = flipped = 0
    for _ in range(200):
        clusters = rng.normal(0, 0.2, size=(1, 12))
        one, other = (
            rng.binomial(4, (0.5 + rng.normal(0, 0.05, size=(3, 1)) + clusters).clip(0, 1))
            for _ in range(2)
        )
        found = compare(scores(one, 4), scores(other, 4))
        rejected += found.p_t < 0.05
        flipped += found.p_flips < 0.05
    assert rejected / 200 < 0.1
    assert 0 < flipped / 200 < 0.25  # it takes the seeds as they are, so it rejects more


def test_a_difference_is_found_where_there_is_one() -> None:
    rng = np.random.default_rng(4)
    small = simulated(rng, mean=0.3, of_seeds=0.02)
    large = simulated(rng, mean=0.7, of_seeds=0.02)
    found = compare(scores(small, 4), scores(large, 4))
    assert found.difference.mean > 0.2
    assert found.difference.low > 0
    assert found.p_t < 0.001
    assert found.p_flips < 0.001


def test_sign_flips_of_few_clusters_are_all_counted() -> None:
    one = scores(np.zeros((1, 5)), 4)
    other = scores(np.full((1, 5), 4), 4)
    assert compare(one, other).p_flips == pytest.approx(2 / 2**5)


def test_equal_agents_have_p_1() -> None:
    one = scores(np.array([[1, 2, 3]]), 4)
    assert (compare(one, one).p_t, compare(one, one).p_flips) == (1.0, 1.0)


def test_agents_that_were_tried_on_other_tasks_are_not_compared() -> None:
    one = scores(np.array([[1, 2]]), 4)
    with pytest.raises(ValueError, match="same seeds"):
        compare(one, scores(np.array([[1, 2, 3]]), 4))
    with pytest.raises(ValueError, match="same seeds"):
        compare(one, scores(np.array([[1, 2]]), 5))


def test_a_hole_in_the_design_is_told() -> None:
    with pytest.raises(ValueError, match="every seed needs a score"):
        rate({(0, "a"): (1, 2), (0, "b"): (1, 2), (1, "a"): (1, 2)})
    with pytest.raises(ValueError, match="same tasks"):
        rate({(0, "a"): (1, 2), (1, "a"): (1, 3)})


def test_where_seeds_and_clusters_add_up_the_error_is_that_of_both() -> None:
    of_seeds, of_clusters = np.array([-2, 0, 2]), np.array([-6, -2, 2, 6])
    found = rate(scores(10 + of_seeds[:, None] + of_clusters[None, :], 20))
    variance = (of_seeds / 20).var(ddof=1) / 3 + (of_clusters / 20).var(ddof=1) / 4
    assert found.error == pytest.approx(variance**0.5)
