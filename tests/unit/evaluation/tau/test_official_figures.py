import pytest

from agentscaler.evaluation.tau.official_figures import Scored, official_figures


def scored(task: str, *rewards: float) -> list[Scored]:
    return [Scored(task, trial, reward) for trial, reward in enumerate(rewards)]


def test_pass_hat_is_the_mean_over_tasks_of_the_chance_that_k_trials_succeed() -> None:
    found = official_figures("tau2", scored("a", 1, 1, 0, 0) + scored("b", 1, 1, 1, 1), 4)
    assert found.mean_reward == 0.75
    assert found.pass_hat == {
        1: 0.75,
        2: pytest.approx((1 / 6 + 1) / 2),
        3: 0.5,
        4: 0.5,
    }


def test_tau2_leaves_out_what_the_infrastructure_failed_and_stops_at_the_fewest_trials() -> None:
    failed = [Scored("a", 1, 0.0, infrastructure=True)]
    found = official_figures("tau2", scored("a", 1) + failed + scored("b", 0, 1), 2)
    assert (found.counted, found.infrastructure) == (3, 1)
    assert found.pass_hat == {1: 0.75}


def test_tau_bench_counts_what_failed_and_takes_the_trials_of_the_file_for_each_task() -> None:
    failed = [Scored("a", 1, 0.0, infrastructure=True)]
    found = official_figures("tau-bench", scored("a", 1) + failed + scored("b", 1), None)
    assert found.counted == 3
    assert found.mean_reward == pytest.approx(2 / 3)
    assert found.pass_hat == {1: 0.5, 2: 0.0}


def test_a_reward_next_to_one_is_a_success_and_no_other() -> None:
    found = official_figures("tau2", scored("a", 1 - 5e-7) + scored("b", 0.99))
    assert found.pass_hat == {1: 0.5}


def test_nothing_counted_has_no_figures() -> None:
    found = official_figures("tau2", [Scored("a", 0, 0.0, infrastructure=True)])
    assert (found.mean_reward, found.pass_hat, found.infrastructure) == (None, {}, 1)
