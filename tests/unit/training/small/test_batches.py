"""Which dialogue is seen when: equal budgets, full batches, the same order each time."""

import numpy as np
import pytest

from agentscaler.training.small.batches import draw_order, group_by_length, plan_batches

LENGTHS = np.random.default_rng(0).integers(5, 200, size=300)


def test_a_budget_is_kept_to_within_one_dialogue() -> None:
    for tokens in (1, 5_000, 100_000):
        for order in ("shuffled", "given"):
            drawn = draw_order(LENGTHS, tokens, order, seed=1)  # type: ignore[arg-type]
            total = LENGTHS[drawn].sum()
            assert total >= tokens > total - LENGTHS[drawn[-1]]


def test_each_dialogue_is_seen_once_in_each_pass_and_passes_differ() -> None:
    drawn = draw_order(LENGTHS, int(2 * LENGTHS.sum()), "shuffled", seed=1)
    first, second = drawn[:300], drawn[300:]
    assert sorted(first) == sorted(second) == list(range(300))
    assert list(first) != list(second)
    assert list(first) != list(range(300))


def test_the_order_given_is_kept() -> None:
    assert list(draw_order(LENGTHS, None, "given", seed=1)) == list(range(300))
    batches = plan_batches(LENGTHS, tokens=None, order="given", batch_tokens=600, window=50, seed=1)
    seen = np.concatenate(batches)
    for number in range(6):
        assert sorted(seen[50 * number :][:50]) == list(range(50 * number, 50 * number + 50))


@pytest.mark.parametrize("seed", [0, 1])
def test_batches_hold_what_was_drawn_and_no_more_than_there_is_room_for(seed: int) -> None:
    batches = plan_batches(
        LENGTHS, tokens=50_000, order="shuffled", batch_tokens=1_000, window=64, seed=seed
    )
    drawn = draw_order(LENGTHS, 50_000, "shuffled", seed)
    assert sorted(np.concatenate(batches)) == sorted(drawn)
    assert all(len(one) * LENGTHS[one].max() <= 1_000 for one in batches)
    padded = sum(len(one) * LENGTHS[one].max() for one in batches)
    assert padded < 1.2 * LENGTHS[drawn].sum()


def test_a_dialogue_longer_than_a_batch_is_alone() -> None:
    groups = group_by_length(np.arange(4), np.array([30, 500, 10, 600]), 100)
    assert [list(one) for one in groups] == [[2, 0], [1], [3]]


def test_seeds_decide_the_order() -> None:
    plans = [
        plan_batches(
            LENGTHS, tokens=20_000, order="shuffled", batch_tokens=1_000, window=64, seed=seed
        )
        for seed in (3, 3, 4)
    ]
    flat = [np.concatenate(plan).tolist() for plan in plans]
    assert flat[0] == flat[1] != flat[2]
    # Short batches and long ones are mixed.
    sizes = [len(one) for one in plans[0]]
    assert sizes != sorted(sizes)
