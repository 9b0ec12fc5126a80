"""Wishes for deeds of a domain's own, and users who are rows of the domain."""

import random
from collections.abc import Iterator

import pytest

from agentscaler.domain.domain import Domain
from agentscaler.domain.grounding import Grounder
from agentscaler.domain.values import ValueMaker
from agentscaler.domain.verticals import load_vertical
from agentscaler.task import Task, TaskSettings, construct_tasks
from agentscaler.task.request import request_text
from agentscaler.world.world import World


@pytest.fixture(scope="module")
def bank() -> Domain:
    return load_vertical("banking", trials=12)


@pytest.fixture(scope="module")
def tasks(bank: Domain) -> list[Task]:
    (outcome,) = construct_tasks([bank], TaskSettings(per_domain=60, special_share=0))
    return outcome.tasks


@pytest.fixture
def world(bank: Domain) -> Iterator[World]:
    with bank.world("medium") as opened:
        yield opened


def grounder(bank: Domain, world: World, seed: int) -> Grounder:
    now = bank.manifest.now
    rng, values = random.Random(seed), ValueMaker(str(seed), now)
    return Grounder(world, bank.manifest.table, rng, values, now)


def test_what_is_grounded_is_accepted(bank: Domain, world: World) -> None:
    grounded = 0
    for seed in range(10):
        for tool in bank.manifest.tools:
            given = grounder(bank, world, seed).ground(tool)
            if given is not None:
                grounded += 1
                with world.fork() as trial:
                    assert trial.call(tool.name, given).error is None, (tool.name, given)
    assert grounded > 150


def test_nothing_is_grounded_where_no_row_will_do(bank: Domain, world: World) -> None:
    (frozen, *_) = world.query("SELECT account_id FROM accounts WHERE status = 'frozen'")
    tool = bank.manifest.tool["close_account"]
    assert grounder(bank, world, 0).ground(tool, dict(frozen)) is None


def test_a_user_speaks_of_what_is_the_users_own_and_says_who_that_is_once(
    tasks: list[Task],
) -> None:
    for task in tasks:
        assert task.intent.count("my email address is") <= 1, task.intent
        calls = [call for call in task.gold if call.tool == "list_accounts"]
        assert len({call.arguments["customer_id"] for call in calls}) <= 1, task.intent
        if calls:
            assert "my email address is" in task.intent


def test_the_agent_says_your_where_the_user_says_my(tasks: list[Task]) -> None:
    spoken = [goal.report + goal.confirm for task in tasks for goal in task.goals]
    assert any("your account" in words for words in spoken)
    assert not any(" my " in words for words in spoken)


def test_values_may_be_kept_back_at_first(tasks: list[Task]) -> None:
    goals = [
        goal
        for task in tasks
        for goal in task.goals
        if task.gold[goal.calls[-1]].tool == "make_transfer"
    ]
    assert goals
    for goal in goals:
        said = request_text(goal.request, told=())
        assert said.startswith("transfer some money from ")
        assert "euros" not in said


def test_what_the_user_wants_to_hear_is_in_the_report(tasks: list[Task]) -> None:
    goals = [
        (goal, task.gold[goal.calls[-1]])
        for task in tasks
        for goal in task.goals
        if task.gold[goal.calls[-1]].tool == "repay_loan"
    ]
    assert goals
    for goal, call in goals:
        (answer,) = goal.answers
        assert answer.value == call.result["remaining"]
        assert answer.said[0] in goal.report
