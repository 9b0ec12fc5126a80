"""Fresh instances: the same deeds on rows that nobody has seen."""

import pytest

from agentscaler.domain import Domain, load_vertical
from agentscaler.task import Instances, Task, TaskSettings, construct_tasks, make_instances
from agentscaler.task.free_values import free_values
from agentscaler.task.shape import shape_of
from agentscaler.task.verify import check_tasks

COUNT = 2
SETTINGS = TaskSettings(per_domain=12, special_share=0.2)


@pytest.fixture(scope="module")
def tasks(box_office: Domain) -> list[Task]:
    (outcome,) = construct_tasks([box_office], SETTINGS)
    return outcome.tasks


@pytest.fixture(scope="module")
def made(box_office: Domain, tasks: list[Task]) -> Instances:
    return make_instances(box_office, tasks, COUNT)


def pairs(tasks: list[Task], made: Instances) -> list[tuple[Task, Task]]:
    by_id = {task.id: task for task in tasks}
    return [(by_id[task.id.rpartition("-")[0]], task) for task in made.tasks]


def bare(task: Task) -> dict[str, object]:
    """All of a task but its proof."""
    return task.model_dump(exclude={"proof"})


def test_nearly_all_tasks_have_their_instances_long_and_special_ones_too(
    tasks: list[Task], made: Instances
) -> None:
    assert len(made.tasks) + len(made.rejections) == COUNT * len(tasks)
    assert len(made.tasks) >= 0.9 * COUNT * len(tasks)
    assert max(len(task.gold) for task in made.tasks) >= 10
    assert any(task.special for task in made.tasks)
    assert len({task.id for task in made.tasks}) == len(made.tasks)


def test_the_same_tools_come_in_the_same_order_fed_from_the_same_places(
    tasks: list[Task], made: Instances
) -> None:
    for original, instance in pairs(tasks, made):
        assert [call.tool for call in instance.gold] == [call.tool for call in original.gold]
        assert shape_of(instance.gold) == shape_of(original.gold)
        assert instance.kind == original.kind


def test_nothing_that_is_free_is_what_it_was(
    box_office: Domain, tasks: list[Task], made: Instances
) -> None:
    compared = 0
    for original, instance in pairs(tasks, made):
        before = {one for *_, one in free_values(box_office, original.gold, original.goals)}
        after = {one for *_, one in free_values(box_office, instance.gold, instance.goals)}
        assert not before & after
        assert instance.intent != original.intent or not before
        compared += len(before)
    assert compared > len(tasks)


def test_their_proofs_hold_and_hold_again(made: Instances) -> None:
    assert all(task.proof.holds for task in made.tasks)
    checks = check_tasks(made.domain, made.tasks)
    assert checks.findings == []
    assert checks.holding == len(made.tasks)


def test_the_domain_has_their_states_and_no_others(box_office: Domain, made: Instances) -> None:
    assert set(made.domain.states) == {task.state for task in made.tasks}
    assert not set(made.domain.states.values()) & set(box_office.states.values())


def test_an_instance_does_not_depend_on_which_others_are_made(
    box_office: Domain, tasks: list[Task], made: Instances
) -> None:
    alone = make_instances(box_office, tasks[3:4], COUNT)
    among = [task for task in made.tasks if task.id.startswith(f"{tasks[3].id}-")]
    assert [bare(task) for task in alone.tasks] == [bare(task) for task in among]
    again = make_instances(box_office, tasks[3:4], 1, seed=7)
    assert again.tasks[0].intent != alone.tasks[0].intent


def test_a_vertical_has_instances_too_and_keeps_what_all_its_states_share() -> None:
    airline = load_vertical("airline", trials=8)
    (outcome,) = construct_tasks([airline], SETTINGS.model_copy(update={"per_domain": 8}))
    made = make_instances(airline, outcome.tasks, 1)
    assert len(made.tasks) >= 6
    assert check_tasks(made.domain, made.tasks).holding == len(made.tasks)
