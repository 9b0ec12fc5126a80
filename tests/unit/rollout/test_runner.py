"""Many episodes."""

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from agentscaler.domain.domain import Domain
from agentscaler.engine import LocalEngine
from agentscaler.rollout import ExpertMaker, RolloutSettings, StopReason, Trajectory, roll_out
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
