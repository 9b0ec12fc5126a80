"""Agents that are worse than the expert in a known way."""

import pytest

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.rollout import (
    AgentMaker,
    ExpertMaker,
    HastyMaker,
    RolloutSettings,
    SlippingMaker,
    StopReason,
    Trajectory,
    roll_out,
)
from agentscaler.task import TaskSettings, construct_tasks
from agentscaler.task.task import Goal, Task

Tasks = dict[str, Task]


@pytest.fixture(scope="module")
def tasks(box_office: Domain) -> list[Task]:
    (outcome,) = construct_tasks([box_office], TaskSettings(per_domain=30, special_share=0))
    return outcome.tasks


def played(domain: Domain, tasks: list[Task], agent: AgentMaker) -> list[Trajectory]:
    settings = RolloutSettings(withhold_rate=0)
    (trajectories,) = roll_out([(domain, tasks)], settings, agent=agent)
    return trajectories


def reaches(task: Task, trajectory: Trajectory) -> bool:
    return trajectory.state_hash == task.state_hash


def said(trajectory: Trajectory) -> str:
    return " ".join(one.content for one in trajectory.messages if one.role == "assistant")


def _asked_for(task: Task, goal: Goal) -> list[str]:
    """The tool that a wish seems to ask for; none where nothing can be tried."""
    if goal.refusal is not None:
        return [one.tool for one in goal.refusal.attempts[:1]]
    return [task.gold[goal.calls[-1]].tool]


def test_the_hasty_agent_makes_one_call_a_wish_and_comes_to_an_end(
    box_office: Domain, tasks: list[Task]
) -> None:
    for task, trajectory in zip(tasks, played(box_office, tasks, HastyMaker()), strict=True):
        assert trajectory.stop is StopReason.SATISFIED
        assert trajectory.failure_owner is None
        calls = [call.name for message in trajectory.messages for call in message.tool_calls]
        assert calls == [tool for goal in task.goals for tool in _asked_for(task, goal)]


def test_the_hasty_agent_is_right_where_nothing_has_to_be_looked_up_and_only_there(
    box_office: Domain, tasks: list[Task]
) -> None:
    for task, trajectory in zip(tasks, played(box_office, tasks, HastyMaker()), strict=True):
        if task.kind == "write":
            needs = any(
                source.origin == "tool"
                for call in task.gold
                if call.effect == "write"
                for source in call.provenance.values()
            )
            assert reaches(task, trajectory) != needs


def test_the_hasty_agent_tells_no_answer_that_its_calls_did_not_show(
    library: Domain, library_tasks: Tasks
) -> None:
    (trajectory,) = played(library, [library_tasks["read"]], HastyMaker())
    assert trajectory.tool_errors == 1
    assert "B7" not in said(trajectory)
    assert "did not work" in said(trajectory)


def test_an_agent_that_never_slips_plays_as_the_expert_does(
    library: Domain, library_tasks: Tasks
) -> None:
    expert, every = ExpertMaker(), list(library_tasks.values())
    plain = played(library, every, expert)
    slipping = played(library, every, SlippingMaker(expert, 0.0))
    assert [one.messages for one in slipping] == [one.messages for one in plain]
    assert {one.agent for one in slipping} == {"slipping expert"}


def test_an_agent_that_always_slips_reaches_nothing(box_office: Domain, tasks: list[Task]) -> None:
    writes = [task for task in tasks if task.kind == "write"]
    trajectories = played(box_office, writes, SlippingMaker(ExpertMaker(), 1.0))
    assert not any(map(reaches, writes, trajectories))
    assert all(one.mistakes for one in trajectories)


def test_a_slip_in_a_read_costs_the_answer(library: Domain, library_tasks: Tasks) -> None:
    task = library_tasks["read"]
    maker = SlippingMaker(ExpertMaker(), 0.5)
    settings = RolloutSettings(trials=40, withhold_rate=0)
    (trajectories,) = roll_out([(library, [task])], settings, agent=maker)
    told = [one for one in trajectories if "B7" in said(one)]
    assert 0 < len(told) < len(trajectories)
    assert all(_showed(one, "B7") for one in told)


def _showed(trajectory: Trajectory, shelf: str) -> bool:
    def holds(message: Message) -> bool:
        return message.role == "tool" and shelf in message.content

    return any(map(holds, trajectory.messages))
