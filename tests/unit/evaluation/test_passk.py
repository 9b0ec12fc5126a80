"""pass^k against a count of all sets of k trials."""

from itertools import combinations, product

import pytest

from agentscaler.evaluation import mean_pass_hat, pass_hat


def test_the_estimate_is_the_share_of_sets_of_k_trials_that_all_succeed():
    for outcomes in product((False, True), repeat=5):
        for k in range(1, 6):
            sets = list(combinations(outcomes, k))
            share = sum(map(all, sets)) / len(sets)
            assert pass_hat(5, sum(outcomes), k) == pytest.approx(share)


def test_the_mean_leaves_out_tasks_with_too_few_trials():
    assert mean_pass_hat([(4, 2), (1, 1), (4, 4)], 2) == pytest.approx((1 / 6 + 1) / 2)
    assert mean_pass_hat([(1, 1)], 2) is None


@pytest.mark.parametrize(("trials", "successes", "k"), [(4, 5, 1), (4, 2, 0), (4, 2, 5)])
def test_figures_that_cannot_be_are_refused(trials, successes, k):
    with pytest.raises(ValueError, match="cannot be told"):
        pass_hat(trials, successes, k)
