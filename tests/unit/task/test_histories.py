"""Calls after other calls: run once, and always as in a fresh world."""

import random
from typing import Any

import pytest

from agentscaler.domain import Domain
from agentscaler.errors import WorldError
from agentscaler.task import Task, TaskSettings, construct_tasks
from agentscaler.task.histories import Call, Histories, History
from agentscaler.task.mutants import MutantMaker
from agentscaler.task.target import Target
from agentscaler.world.world import World


@pytest.fixture(scope="module")
def tasks(box_office: Domain) -> list[Task]:
    (outcome,) = construct_tasks([box_office], TaskSettings(per_domain=12))
    return outcome.tasks


def afresh(domain: Domain, state: str, calls: list[Call]) -> tuple[list[Any], Any, str]:
    with domain.world(state) as world:
        results = [world.call(tool, arguments).value for tool, arguments in calls]
        return results, world.changeset(), world.state_hash()


def tried(domain: Domain, task: Task) -> list[list[Call]]:
    """Gold, gold shuffled, and gold with one call wrong, in no helpful order."""
    gold = [call.made for call in task.gold]
    maker, rng = MutantMaker(domain), random.Random(task.id)
    found = [gold, *(rng.sample(gold, len(gold)) for _ in range(3))]
    for at, (tool, arguments) in enumerate(gold):
        wrong = [call for _, call in maker.of_call(task.state, tool, arguments)]
        found += [[*gold[:at], call, *gold[at + 1 :]] for call in wrong]
        found += [[*gold[: at + 1], *gold[at:]]]
    rng.shuffle(found)
    return found


def test_calls_do_in_a_tree_what_they_do_in_a_fresh_world(
    box_office: Domain, tasks: list[Task]
) -> None:
    for task in tasks:
        with box_office.world(task.state) as world:
            histories = Histories(box_office, world)
            for calls in tried(box_office, task):
                place, results = histories.start, []
                for call in calls:
                    step = histories.step(place, call)
                    results.append(step.value)
                    place = step.after
                end = histories.changes(place), histories.state_hash(place)
                assert (results, *end) == afresh(box_office, task.state, calls)


def test_a_target_is_reached_where_the_hash_is_its_own_and_nowhere_else(
    box_office: Domain, tasks: list[Task]
) -> None:
    reached = set()
    for task in tasks:
        with box_office.world(task.state) as world:
            histories = Histories(box_office, world)
            target = Target(histories, [call.made for call in task.gold])
            assert target.played.state_hash == task.state_hash
            for calls in tried(box_office, task):
                same = target.is_reached(histories.after(histories.start, calls))
                assert same == (afresh(box_office, task.state, calls)[2] == task.state_hash)
                reached.add(same)
            assert not target.is_reached(None)
    assert reached == {True, False}


def test_a_call_is_run_once_after_the_same_writes(
    library: Domain, library_tasks: dict[str, Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[str] = []
    own = World.call

    def noted(world: World, name: str, arguments: Any) -> Any:
        run.append(name)
        return own(world, name, arguments)

    monkeypatch.setattr(World, "call", noted)
    gold = [call.made for call in library_tasks["two goals"].gold]
    with library.world("main") as world:
        histories = Histories(library, world)
        first = histories.play(gold)
        assert run == [tool for tool, _ in gold]
        assert histories.play(gold) == first
        assert len(run) == len(gold)


def test_what_is_refused_and_what_only_reads_leads_nowhere_else(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    write = library_tasks["create"].gold[-1].made
    with library.world("main") as world:
        histories = Histories(library, world)
        start = histories.start
        assert histories.step(start, ("list_members", {})).after is start
        refused = histories.step(start, ("delete_member", {"member_id": "nobody"}))
        assert not refused.ok
        assert refused.after is start
        assert histories.step(start, write).after is not start


def test_a_tool_that_does_not_do_again_what_it_did_is_found_out(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    with library.world("main") as world:
        histories = Histories(library, world)
        untrue = History(histories.start.line, ("delete_member", {"member_id": "nobody"}))
        with pytest.raises(WorldError, match="delete_member did not do again"):
            histories.changes(untrue)
