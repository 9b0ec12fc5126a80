"""Budgets count the same everywhere, and remember that they were exceeded."""

import threading

import pytest

from agentscaler.world.budget import Budget, BudgetExceededError


def test_exactly_the_given_ticks_can_be_spent() -> None:
    budget = Budget(ticks=10)
    assert all(budget.tick() for _ in range(10))
    with pytest.raises(BudgetExceededError):
        budget.tick()


def test_a_charge_spends_many_at_once() -> None:
    budget = Budget(ticks=10)
    budget.charge(10)
    with pytest.raises(BudgetExceededError):
        budget.tick()


def test_the_mark_stays_until_the_next_call() -> None:
    budget = Budget(ticks=0)
    with pytest.raises(BudgetExceededError):
        budget.tick()
    assert budget.exceeded
    budget.restart()
    assert not budget.exceeded


def test_a_passed_deadline_stops_a_charge() -> None:
    budget = Budget(seconds=-1)
    with pytest.raises(BudgetExceededError):
        budget.charge(1)


def test_each_thread_has_its_own_count() -> None:
    budget = Budget(ticks=1)
    budget.tick()
    elsewhere: list[bool] = []
    thread = threading.Thread(target=lambda: elsewhere.append(budget.tick()))
    thread.start()
    thread.join()
    assert elsewhere == [True]
