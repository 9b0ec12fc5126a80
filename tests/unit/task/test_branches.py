"""Wishes with an otherwise: what decides, which way gold goes, and what the other way is."""

from collections.abc import Iterator
from typing import Any

import pytest

from agentscaler.domain import Domain
from agentscaler.domain.domain import Column, Table
from agentscaler.domain.verticals import load_vertical
from agentscaler.filtering import run_funnel
from agentscaler.rollout import InvisibleValueError, RolloutSettings, roll_out
from agentscaler.rollout.sight import Sight
from agentscaler.task import Task, TaskSettings, construct_tasks, request_text
from agentscaler.task.forks import gate_of
from agentscaler.task.task import Branch, Goal, Provenance


@pytest.fixture(scope="module")
def domains(box_office: Domain) -> list[Domain]:
    return [box_office, load_vertical("retail")]


@pytest.fixture(scope="module")
def made(domains: list[Domain]) -> list[tuple[Domain, list[Task]]]:
    outcomes = construct_tasks(domains, TaskSettings(per_domain=60))
    return [(domain, out.tasks) for domain, out in zip(domains, outcomes, strict=True)]


def _branches(
    made: list[tuple[Domain, list[Task]]],
) -> Iterator[tuple[Domain, Task, Goal, Branch]]:
    for domain, tasks in made:
        for task in tasks:
            for goal in task.goals:
                if goal.branch is not None:
                    yield domain, task, goal, goal.branch


def _value(task: Task, branch: Branch) -> Any:
    value = task.gold[branch.call].result
    for step in branch.path:
        value = value[step]
    return value


def test_both_outcomes_occur(made: list[tuple[Domain, list[Task]]]) -> None:
    assert {branch.holds for *_, branch in _branches(made)} == {True, False}


def test_the_request_states_both_ways(made: list[tuple[Domain, list[Task]]]) -> None:
    for _, _, goal, branch in _branches(made):
        text = request_text(goal.request)
        assert f"if {branch.condition}" in text
        assert "otherwise" in text


def test_a_read_before_the_deed_tells_which_way_is_right(
    made: list[tuple[Domain, list[Task]]],
) -> None:
    for _, task, goal, branch in _branches(made):
        assert task.gold[branch.call].effect == "read"
        assert _value(task, branch) is not None
        writes = [index for index in goal.calls if task.gold[index].effect == "write"]
        assert all(index > branch.call for index in writes)
        assert writes or goal.answers


def test_the_other_way_is_refused_or_ends_elsewhere(
    made: list[tuple[Domain, list[Task]]],
) -> None:
    fates = set()
    for domain, task, goal, branch in _branches(made):
        for other in branch.other:
            with domain.world(task.state) as world:
                for call in task.gold[: goal.calls[0]]:
                    world.call(call.tool, call.arguments)
                result = world.call(other.tool, other.arguments)
                for call in task.gold[goal.calls[-1] + 1 :]:
                    world.call(call.tool, call.arguments)
                fates.add(result.ok)
                assert not result.ok or world.state_hash() != task.state_hash
        if not branch.holds:
            assert branch.other
    assert False in fates


def test_the_expert_takes_the_right_way_and_the_funnel_keeps_it(
    made: list[tuple[Domain, list[Task]]],
) -> None:
    chosen = {task.id for _, task, _, _ in _branches(made)}
    work = [(domain, [task for task in tasks if task.id in chosen]) for domain, tasks in made]
    played = roll_out(work, RolloutSettings(mistake_rate=0.3))
    judged = [
        (domain, tasks, list(trajectories))
        for (domain, tasks), trajectories in zip(work, played, strict=True)
    ]
    for verdicts in run_funnel(judged):
        assert [(one.trajectory, one.detail) for one in verdicts if not one.kept] == []


def test_a_gate_is_read_off_the_contract() -> None:
    domain = load_vertical("retail")
    orders = domain.manifest.table["orders"]
    gate = gate_of(domain.manifest.tool["cancel_order"], orders)
    assert gate is not None
    assert set(gate.allowed) == {"draft", "placed"}
    fork = gate.fork({"status": "shipped"})
    assert fork is not None
    assert (fork.words, fork.holds) == ("its status is draft or placed", False)
    assert gate_of(domain.manifest.tool["start_order"], orders) is None


def test_a_gate_with_few_closed_states_is_told_by_these() -> None:
    domain = load_vertical("retail")
    states = ("new", "active", "paused", "gone")
    column = Column(name="status", type="text", noun="status", enum=states)
    orders = domain.manifest.table["orders"]
    columns = tuple(column if one.name == "status" else one for one in orders.columns)
    table = Table.model_validate(orders.model_dump() | {"columns": columns})
    tool = domain.manifest.tool["cancel_order"]
    assert tool.contract is not None
    closed = tool.contract.requirements[-1].model_copy(
        update={"condition": "status NOT IN ('gone')", "argument": "order_id"}
    )
    contract = tool.contract.model_copy(update={"requirements": (closed,)})
    gate = gate_of(tool.model_copy(update={"contract": contract}), table)
    assert gate is not None
    fork = gate.fork({"status": "new"})
    assert fork is not None
    assert (fork.words, fork.holds) == ("its status is not gone", True)


def test_only_the_deed_waits_for_what_decides(made: list[tuple[Domain, list[Task]]]) -> None:
    _, task, goal, _ = next(
        one for one in _branches(made) if one[2].calls[-1] > one[3].call and one[1].gold
    )
    last = goal.calls[-1]
    known = {name: Provenance(origin="default") for name in task.gold[last].arguments}
    deed = task.gold[last].model_copy(update={"provenance": known, "purpose": "goal"})
    for purpose in ("goal", "lookup"):
        call = deed.model_copy(update={"purpose": purpose})
        sight = Sight(
            task.model_copy(update={"gold": (*task.gold[:last], call, *task.gold[last + 1 :])})
        )
        if purpose == "goal":
            with pytest.raises(InvisibleValueError, match="was not made"):
                sight.arguments(last)
        else:
            assert sight.arguments(last) == call.arguments
