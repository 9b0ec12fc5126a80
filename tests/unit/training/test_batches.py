"""Which dialogues share a row."""

import random

import pytest

from agentscaler.errors import InputError
from agentscaler.training.batches import RowPlan, plan_rows

RNG = random.Random(5)
LENGTHS = [RNG.randint(1, 90) for _ in range(300)]


@pytest.mark.parametrize("packing", [True, False])
@pytest.mark.parametrize("in_order", [True, False])
def test_each_dialogue_is_in_one_row_and_no_row_is_too_long(packing: bool, in_order: bool) -> None:
    plan = plan_rows(LENGTHS, 100, packing=packing, in_order=in_order)
    assert sorted(n for row in plan.rows for n in row) == list(range(300))
    for row in plan.rows:
        sizes = [LENGTHS[n] for n in row]
        assert (sum(sizes) if packing else len(row) * max(sizes)) <= 100
    if in_order:
        assert [n for row in plan.rows for n in row] == list(range(300))
    assert plan.tokens == sum(LENGTHS)
    assert 0.5 < plan.filled <= 1


def test_groups_of_like_length_waste_little_room() -> None:
    assert plan_rows(LENGTHS, 400, packing=False).filled > 0.95
    assert plan_rows(LENGTHS, 400, packing=False, in_order=True).filled < 0.8
    assert plan_rows(LENGTHS, 400, packing=True).filled > 0.97


def test_a_dialogue_longer_than_a_row_is_an_error() -> None:
    with pytest.raises(InputError, match="A dialogue has 101 tokens, a row room for 100"):
        plan_rows([5, 101], 100, packing=True)


def test_a_step_takes_as_many_rows_as_a_batch_has_room_for() -> None:
    plan = RowPlan(((0,),) * 21, 2100, 2000)
    assert plan.steps(500, 100) == (5, 5)
    assert plan.steps(400, 100, processes=2) == (2, 6)
    with pytest.raises(InputError, match="which 2 processes cannot share equally"):
        plan.steps(500, 100, processes=2)
