"""Wishes for several rows: the set, the calls, and what is confirmed and told."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from agentscaler.domain import Domain
from agentscaler.filtering import run_funnel
from agentscaler.rollout import RolloutSettings, roll_out
from agentscaler.task import Task, TaskSettings, construct_tasks, request_text
from agentscaler.task.task import Goal, GoldCall, Provenance


@pytest.fixture(scope="module")
def tasks(bulk: Domain) -> list[Task]:
    (outcome,) = construct_tasks([bulk], TaskSettings(per_domain=120))
    return outcome.tasks


def _aims(task: Task, goal: Goal) -> list[GoldCall]:
    calls = (task.gold[index] for index in goal.calls)
    return [call for call in calls if call.purpose == "goal"]


def _several(tasks: list[Task]) -> Iterator[tuple[Task, Goal, list[GoldCall]]]:
    """Goals with several calls of one tool that do what is asked for."""
    for task in tasks:
        for goal in task.goals:
            aims = _aims(task, goal)
            if len(aims) > 1:
                yield task, goal, aims


def _batches(tasks: list[Task]) -> Iterator[tuple[Task, Goal, GoldCall]]:
    for task in tasks:
        for goal in task.goals:
            for call in _aims(task, goal):
                if "venue_ids" in call.arguments:
                    yield task, goal, call


def _at(task: Task, call: int, path: tuple[str | int, ...]) -> Any:
    value = task.gold[call].result
    for step in path:
        value = value[step]
    return value


def test_each_row_of_a_set_has_a_call_with_a_key_that_was_found_out(tasks: list[Task]) -> None:
    found = 0
    for task, _, aims in _several(tasks):
        assert len({call.tool for call in aims}) == 1
        assert len(aims) <= 6
        keys = [call.arguments[next(iter(call.arguments))] for call in aims]
        assert len(set(keys)) == len(keys)
        for call in aims:
            name = next(iter(call.arguments))
            origin = call.provenance[name]
            if origin.call is not None:
                found += 1
                assert _at(task, origin.call, origin.path) == call.arguments[name]
    assert found


def test_each_item_of_an_array_says_where_it_comes_from(tasks: list[Task]) -> None:
    kinds, looked_up = set(), 0
    for task, _, call in _batches(tasks):
        kinds.add(call.tool)
        (origin,) = call.provenance.values()
        keys = call.arguments["venue_ids"]
        assert origin.origin == "items"
        assert len(origin.items) == len(keys) >= 2
        for key, item in zip(keys, origin.items, strict=True):
            if item.call is None:
                assert next(one for one in task.facts if one.name == item.fact).value == key
                continue
            looked_up += 1
            assert _at(task, item.call, item.path) == key
            assert key not in task.intent
    assert looked_up
    assert kinds == {"batch_get_venues", "batch_delete_venues"}


def test_the_rows_are_spoken_of_by_what_a_list_shows(bulk: Domain, tasks: list[Task]) -> None:
    ways = set()
    for _, goal, _ in _several(tasks):
        text = request_text(goal.request)
        for way in ("all the", "except", "but the", "the two", "the three"):
            ways |= {way} if way in text else set()
        assert not any(tool in text for tool in bulk.manifest.tool if "_" in tool)
    assert len(ways) >= 2


def test_what_is_confirmed_and_reported_names_every_row(tasks: list[Task]) -> None:
    named = 0
    for _, goal, aims in _several(tasks):
        if goal.confirm:
            assert len(goal.named) == len(aims)
            for name in goal.named:
                named += 1
                assert name in goal.confirm
                assert name in goal.report
    assert named


def test_the_writes_of_a_set_may_be_made_in_any_order(bulk: Domain, tasks: list[Task]) -> None:
    tried = 0
    for task, goal, aims in _several(tasks):
        if aims[0].effect != "write":
            continue
        own = [index for index in goal.calls if task.gold[index].purpose == "goal"]
        for order in list(permutations(own))[1:7:5]:
            place = dict(zip(own, order, strict=True))
            with bulk.world(task.state) as world:
                for index in range(len(task.gold)):
                    call = task.gold[place.get(index, index)]
                    assert world.call(call.tool, call.arguments).ok
                assert world.state_hash() == task.state_hash
            tried += 1
    assert tried


def test_wrong_arrays_are_told_apart(tasks: list[Task]) -> None:
    found = list(_batches(tasks))
    assert found
    for task, _, _ in found:
        assert task.proof.holds
        assert task.proof.mutants + task.proof.wrong_reads > len(task.gold)


def test_the_expert_serves_them_and_the_funnel_keeps_it(bulk: Domain, tasks: list[Task]) -> None:
    wanted = {task.id for task, *_ in [*_several(tasks), *_batches(tasks)]}
    chosen = [task for task in tasks if task.id in wanted]
    (played,) = roll_out([(bulk, chosen)], RolloutSettings(trials=2, mistake_rate=0.3))
    (verdicts,) = run_funnel([(bulk, chosen, list(played))])
    assert [(one.trajectory, one.detail) for one in verdicts if not one.kept] == []


def test_a_call_that_takes_from_the_one_before_waits_for_its_result(
    bulk: Domain, tasks: list[Task]
) -> None:
    tried = 0
    for task, goal, aims in _several(tasks):
        if aims[0].effect != "write":
            continue
        first, second = (task.gold.index(call) for call in aims[:2])
        shared = [
            name
            for name, value in aims[1].arguments.items()
            if isinstance(aims[0].result, dict) and aims[0].result.get(name) == value
        ]
        if not shared or first not in goal.calls:
            continue
        fed = Provenance(origin="tool", call=first, path=(shared[0],))
        call = aims[1].model_copy(update={"provenance": aims[1].provenance | {shared[0]: fed}})
        gold = (*task.gold[:second], call, *task.gold[second + 1 :])
        changed = task.model_copy(update={"gold": gold})
        [played] = roll_out([(bulk, [changed])], RolloutSettings(trials=8, mistake_rate=0))
        assert {(one.stop, one.failure) for one in played} == {("satisfied", "")}
        tried += 1
    assert tried
