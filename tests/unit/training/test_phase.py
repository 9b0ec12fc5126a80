"""What a phase will do, before it does it."""

import pytest

from agentscaler.errors import InputError
from agentscaler.training import DataSelection, LeftOut, plan_phase
from agentscaler.training.recipe import PhaseSettings
from agentscaler.training.selection import Candidate

SETTINGS = PhaseSettings(epochs=2, batch_tokens=400, max_length=100, eval_tokens=200)


def candidates(count: int, tokens: int = 50, name: str = "e") -> list[Candidate]:
    return [Candidate(f"{name}{n}", f"t{n}", f"d{n % 4}", tokens, 5, "x") for n in range(count)]


def test_steps_follow_from_rows_and_epochs() -> None:
    plan = plan_phase(candidates(81), candidates(10, name="h"), SETTINGS)
    assert len(plan.rows.rows) == 41
    assert (plan.rows_each, plan.steps_an_epoch, plan.steps) == (4, 11, 22)
    assert plan.tokens == 2 * 81 * 50
    assert plan.epochs == 2
    two = plan_phase(candidates(81), candidates(10, name="h"), SETTINGS, processes=2)
    assert (two.rows_each, two.steps_an_epoch) == (2, 11)


def test_a_budget_of_tokens_goes_over_the_data_as_often_as_it_takes() -> None:
    settings = SETTINGS.model_copy(update={"epochs": None, "tokens": 10_000})
    plan = plan_phase(candidates(40), candidates(5), settings)
    assert plan.steps_an_epoch == 5
    assert plan.steps == 25
    assert plan.tokens == 10_000


def test_held_out_dialogues_are_evaluated_on_as_far_as_the_budget_goes() -> None:
    plan = plan_phase(candidates(40), candidates(9, name="h"), SETTINGS)
    assert plan.evaluation is not None
    assert plan.evaluation.source == "held_out"
    assert plan.evaluation.chosen.tokens == 200
    assert LeftOut.APART not in plan.chosen.left_out
    assert len(plan.chosen.places) == 40


def test_without_any_some_tasks_are_set_apart() -> None:
    train = candidates(40)
    plan = plan_phase(train, [], SETTINGS.model_copy(update={"eval_share": 0.2}))
    assert plan.evaluation is not None
    assert plan.evaluation.source == "apart"
    assert not set(plan.evaluation.chosen.places) & set(plan.chosen.places)
    assert plan.evaluation.chosen.tokens <= 200
    assert len(plan.chosen.places) + plan.chosen.left_out[LeftOut.APART] == 40


def test_a_dialogue_that_is_too_long_is_left_out_and_never_cut() -> None:
    plan = plan_phase([*candidates(8), *candidates(3, tokens=101, name="l")], [], SETTINGS)
    assert plan.chosen.left_out[LeftOut.LENGTH] == 3
    assert plan.longest == 101
    with pytest.raises(InputError, match="Nothing is left to train on: left out are 3 for length"):
        plan_phase(candidates(3, tokens=101), [], SETTINGS)


def test_a_batch_that_cannot_be_shared_is_an_error() -> None:
    with pytest.raises(InputError, match="which 3 processes cannot share equally"):
        plan_phase(candidates(8), [], SETTINGS, processes=3)


def test_dialogues_in_order_make_rows_in_order() -> None:
    data = DataSelection(order="as_made")
    settings = SETTINGS.model_copy(update={"data": data})
    plan = plan_phase(candidates(8), candidates(2, name="h"), settings)
    assert plan.chosen.places == tuple(range(8))
    assert plan.rows.rows == ((0, 1), (2, 3), (4, 5), (6, 7))
