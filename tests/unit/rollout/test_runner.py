"""Many episodes."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.engine import LocalEngine
from agentscaler.errors import AgentScalerError
from agentscaler.rollout import (
    AgentMaker,
    Expert,
    ExpertMaker,
    FailureOwner,
    RolloutSettings,
    ScriptedUserMaker,
    StopReason,
    Trajectory,
    UserMaker,
    UserTurn,
    roll_out,
)
from agentscaler.rollout.phrases import seeded
from agentscaler.task.task import Task

Tasks = dict[str, Task]


def _all(library: Domain, tasks: list[Task], **settings: object) -> list[Trajectory]:
    [trajectories] = roll_out([(library, tasks)], RolloutSettings.model_validate(settings), seed=5)
    return trajectories


def test_every_task_is_played_as_often_as_asked_in_order(
    library: Domain, library_tasks: Tasks
) -> None:
    tasks = list(library_tasks.values())
    played = _all(library, tasks, trials=2)
    assert [one.id for one in played] == [
        f"{task.id}/{trial}" for task in tasks for trial in (0, 1)
    ]


@pytest.mark.parametrize("in_flight", [None, 3])
def test_episodes_that_are_not_wanted_are_not_played_and_change_no_other(
    library: Domain, library_tasks: Tasks, in_flight: int | None
) -> None:
    work = [(library, [task]) for task in library_tasks.values()]
    settings = RolloutSettings(trials=2, in_flight=in_flight)
    whole = [one for unit in roll_out(work, settings, seed=5) for one in unit]
    without = {one.id for one in whole[1:4]}
    units = list(roll_out(work, settings, seed=5, without=without))
    assert len(units) == len(work)
    assert [one for unit in units for one in unit] == [
        one for one in whole if one.id not in without
    ]


def test_the_expert_and_the_scripted_user_reach_every_goal(
    library: Domain, library_tasks: Tasks
) -> None:
    states = {task.id: task.state_hash for task in library_tasks.values()}
    played = _all(library, list(library_tasks.values()), trials=40, mistake_rate=0.5)
    assert {one.stop for one in played} == {StopReason.SATISFIED}
    assert all(one.state_hash == states[one.task] for one in played)
    assert 60 <= sum(one.mistakes for one in played) <= 140


def test_an_episode_does_not_depend_on_the_others(library: Domain, library_tasks: Tasks) -> None:
    tasks = list(library_tasks.values())
    together = _all(library, tasks, trials=2)
    alone = _all(library, [tasks[3]], trials=2)
    assert [one for one in together if one.task == tasks[3].id] == alone


def test_trials_and_seeds_differ(library: Domain, library_tasks: Tasks) -> None:
    played = _all(library, [library_tasks["update"]], trials=8)
    assert len({one.messages[1].content for one in played}) > 4


def test_the_limit_counts_episodes_and_leaves_the_rest_empty(
    library: Domain, library_tasks: Tasks
) -> None:
    tasks = list(library_tasks.values())
    work = [(library, tasks[:2]), (library, tasks[2:]), (library, tasks)]
    lists = list(roll_out(work, RolloutSettings(limit=3)))
    assert [len(one) for one in lists] == [2, 1, 0]


def test_nothing_is_played_before_it_is_asked_for(library: Domain, library_tasks: Tasks) -> None:
    taken = []

    def work() -> Iterator[tuple[Domain, list[Task]]]:
        for name, task in library_tasks.items():
            taken.append(name)
            yield library, [task]

    stream = roll_out(work())
    next(stream)
    assert taken == ["create"]


def test_makers_can_be_exchanged(library: Domain, library_tasks: Tasks) -> None:
    [[played]] = roll_out(
        [(library, [library_tasks["read"]])], RolloutSettings(), agent=ExpertMaker(1.0)
    )
    assert played.mistakes == 1


def test_several_processes_give_the_same_bytes_as_one(
    library: Domain, library_tasks: Tasks
) -> None:
    work = [(library, [task]) for task in library_tasks.values()]
    alone = list(roll_out(work, seed=2))
    with LocalEngine(2) as engine:
        assert list(roll_out(work, seed=2, engine=engine)) == alone


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValidationError):
        RolloutSettings(mistake_rate=1.5)
    with pytest.raises(ValidationError):
        RolloutSettings.model_validate({"trails": 2})


class Waiting:
    """An agent or a user that answers after a moment, as one behind an endpoint does."""

    aloft = most = 0

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @property
    def name(self) -> str:
        return str(self._inner.name)

    async def act(self, messages: Sequence[Message]) -> Message:
        message: Message = self._inner.act(messages)
        Waiting.aloft += 1
        Waiting.most = max(Waiting.most, Waiting.aloft)
        await asyncio.sleep(0.002)
        Waiting.aloft -= 1
        return message

    async def open(self) -> str:
        await asyncio.sleep(0)
        return str(self._inner.open())

    async def reply(self, messages: Sequence[Message]) -> UserTurn:
        await asyncio.sleep(0)
        turn: UserTurn = self._inner.reply(messages)
        return turn


def _waiting(maker: AgentMaker | UserMaker) -> Any:
    return lambda domain, task, seed: Waiting(maker(domain, task, seed))


def test_many_episodes_at_once_over_few_worlds_play_as_one_after_the_other(
    library: Domain, library_tasks: Tasks
) -> None:
    work = [(library, [task]) for task in library_tasks.values()]
    alone = list(roll_out(work, RolloutSettings(trials=20, mistake_rate=0.5)))
    together = RolloutSettings(trials=20, mistake_rate=0.5, in_flight=50, worlds=3)
    settings = RolloutSettings()
    users = ScriptedUserMaker(0.3, settings.change_rate, settings.typo_rate)
    agent, user = _waiting(ExpertMaker(0.5)), _waiting(users)
    assert list(roll_out(work, together, agent=agent, user=user)) == alone
    assert 40 <= Waiting.most <= 50


def test_an_agent_that_waits_is_told_how_to_be_played(
    library: Domain, library_tasks: Tasks
) -> None:
    work = [(library, [library_tasks["read"]])]
    with pytest.raises(AgentScalerError, match="in_flight"):
        next(roll_out(work, agent=_waiting(ExpertMaker())))

    async def from_inside_a_loop() -> None:
        next(roll_out(work, agent=_waiting(ExpertMaker())))

    with pytest.raises(AgentScalerError, match="in_flight"):
        asyncio.run(from_inside_a_loop())


@pytest.mark.parametrize("in_flight", [None, 1, 4])
def test_what_the_infrastructure_failed_is_begun_again(
    in_flight: int | None, library: Domain, library_tasks: Tasks
) -> None:
    broken = []

    class Unplugged(Expert):
        def act(self, messages: Sequence[Message]) -> Message:
            if len(broken) < 2:
                broken.append(self)
                raise ConnectionResetError("the endpoint is gone")
            return super().act(messages)

    work = [(library, [library_tasks["read"]])]
    settings = RolloutSettings(retries=2, retry_seconds=0.001, in_flight=in_flight)
    [[played]] = roll_out(work, settings, agent=lambda d, t, s: Unplugged(d, t, seeded(s)))
    assert played.stop is StopReason.SATISFIED
    broken.clear()
    once = settings.model_copy(update={"retries": 1})
    [[played]] = roll_out(work, once, agent=lambda d, t, s: Unplugged(d, t, seeded(s)))
    assert played.failure_owner is FailureOwner.INFRASTRUCTURE
    assert "the endpoint is gone" in played.failure
