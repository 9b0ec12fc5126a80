"""Counterparts of special wishes: as impossible as their originals, and for the same reason."""

import pytest

from agentscaler.domain import Domain
from agentscaler.task import Instances, SpecialKind, Task, make_instances
from agentscaler.task.free_values import free_values
from agentscaler.task.task import Goal, Refusal
from agentscaler.task.verify import check_tasks
from tests.unit.specials import of_kind, shop, special_tasks

OF_A_KIND = 4


def originals(domain: Domain) -> list[Task]:
    return [task for kind in SpecialKind for task in of_kind(domain, kind)[:OF_A_KIND]]


@pytest.fixture(scope="module", params=["shop", "box office"])
def domain(request: pytest.FixtureRequest, box_office: Domain) -> Domain:
    return shop() if request.param == "shop" else box_office


@pytest.fixture(scope="module")
def made(domain: Domain) -> Instances:
    return make_instances(domain, originals(domain), 1)


def pairs(domain: Domain, made: Instances) -> list[tuple[Task, Task]]:
    by_id = {task.id: task for task in special_tasks(domain)}
    return [(by_id[task.id.rpartition("-")[0]], task) for task in made.tasks]


def refused(task: Task) -> tuple[int, Goal, Refusal]:
    found = ((n, goal) for n, goal in enumerate(task.goals) if goal.refusal is not None)
    number, goal = next(found)
    assert goal.refusal is not None
    return number, goal, goal.refusal


def test_nearly_all_special_tasks_of_every_kind_have_instances(
    domain: Domain, made: Instances
) -> None:
    assert len(made.tasks) >= 0.9 * len(originals(domain))
    assert {task.special for task in made.tasks} == {task.special for task in originals(domain)}


def test_the_same_wish_is_as_impossible_and_the_same_is_told_of_it(
    domain: Domain, made: Instances
) -> None:
    for original, instance in pairs(domain, made):
        place, _, before = refused(original)
        other_place, _, after = refused(instance)
        assert place == other_place
        assert instance.special is original.special
        assert after.missing == before.missing
        assert [tell.label for tell in after.tells] == [tell.label for tell in before.tells]
        if original.special is SpecialKind.AGAINST_POLICY:
            assert after.reason.rsplit(". ", 1)[-1] == before.reason.rsplit(". ", 1)[-1]
        if original.special in {SpecialKind.AGAINST_POLICY, SpecialKind.NO_TOOL}:
            assert after.attempts[0].tool == before.attempts[0].tool
        else:
            assert after.fulfilments[0].tool == before.fulfilments[0].tool


def test_they_are_about_other_rows_and_values(domain: Domain, made: Instances) -> None:
    compared = 0
    for original, instance in pairs(domain, made):
        before = {v for *_, v in free_values(domain, original.gold, original.goals)}
        after = {v for *_, v in free_values(made.domain, instance.gold, instance.goals)}
        assert not before & after
        compared += len(before)
    assert compared > len(made.tasks)


def test_what_is_told_wrong_is_nothing_in_the_fresh_state(domain: Domain, made: Instances) -> None:
    for task in made.tasks:
        _, _, refusal = refused(task)
        if task.special is not SpecialKind.WRONG_FACT:
            continue
        with made.domain.world(task.state) as world:
            for attempt in refusal.attempts:
                result = world.call(attempt.tool, attempt.arguments)
                assert not result.ok or not any(result.value.values())


def test_their_proofs_hold_again_and_tried_something(domain: Domain, made: Instances) -> None:
    checks = check_tasks(made.domain, made.tasks)
    assert checks.findings == []
    assert all(task.proof.attempts or task.proof.fulfilments for task in made.tasks)
    assert any(task.proof.fulfilments for task in made.tasks)


def test_a_special_instance_does_not_depend_on_which_others_are_made(
    domain: Domain, made: Instances
) -> None:
    wrong = of_kind(domain, SpecialKind.WRONG_FACT)[:1]
    (alone,) = make_instances(domain, wrong, 1).tasks
    among = next(task for task in made.tasks if task.id == alone.id)
    assert alone.model_dump(exclude={"proof"}) == among.model_dump(exclude={"proof"})
