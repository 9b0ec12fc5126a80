import re
from contextlib import closing
from dataclasses import replace

import pytest

from agentscaler.domain import Domain
from agentscaler.domain.domain import DomainManifest
from agentscaler.engine import LocalEngine
from agentscaler.task import Task, TaskSettings, construct_tasks
from agentscaler.task.construct import written_up
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.proof import Prover, prove
from agentscaler.task.reasons import TaskReason
from agentscaler.task.request import intent_text, request_text
from agentscaler.task.task import AnswerFact, Fragment, Goal, GoldCall

SETTINGS = TaskSettings(per_domain=40, special_share=0)


@pytest.fixture(scope="module")
def tasks(box_office: Domain) -> list[Task]:
    (outcome,) = construct_tasks([box_office], SETTINGS)
    return outcome.tasks


def test_as_many_tasks_are_made_as_were_asked_for(tasks: list[Task]) -> None:
    assert len(tasks) == SETTINGS.per_domain
    assert len({task.id for task in tasks}) == len(tasks)


def test_a_fault_of_the_program_loses_one_walk_and_says_where(box_office: Domain) -> None:
    fields = box_office.manifest.model_dump() | {"tables": ()}
    manifest = DomainManifest.model_validate(fields)
    broken = replace(box_office, manifest=manifest)
    (outcome,) = construct_tasks([broken], TaskSettings(per_domain=2))
    failed = [one for one in outcome.rejections if one.reason == "failed"]
    assert failed
    assert all(re.search(r"KeyError at \w+\.py:\d+", one.detail) for one in failed)


def test_every_proof_holds_and_holds_again(box_office: Domain, tasks: list[Task]) -> None:
    for number, task in enumerate(tasks):
        assert task.proof.holds
        gold, goals, earlier = task.gold, task.goals, tasks[:number]
        again = prove(box_office, task.state, gold, goals, task.state_hash, earlier)
        assert again == task.proof


def test_gold_replays_to_its_state(box_office: Domain, tasks: list[Task]) -> None:
    for task in tasks:
        with box_office.world(task.state) as world:
            for call in task.gold:
                assert world.call(call.tool, call.arguments).value == call.result
            assert world.state_hash() == task.state_hash
            assert world.changeset() == task.changeset


def test_every_argument_says_where_it_comes_from(tasks: list[Task]) -> None:
    for task in tasks:
        facts = {fact.name: fact for fact in task.facts}
        for index, call in enumerate(task.gold):
            assert set(call.provenance) == set(call.arguments)
            for name, origin in call.provenance.items():
                if origin.origin == "user":
                    assert facts[origin.fact or ""].value == call.arguments[name]
                else:
                    assert origin.call is not None
                    assert origin.call < index
                    found = task.gold[origin.call].result
                    for step in origin.path:
                        found = found[step]
                    assert found == call.arguments[name]


def test_what_the_agent_should_find_out_is_not_in_the_request(tasks: list[Task]) -> None:
    hidden = 0
    for task in tasks:
        for call in task.gold:
            for name, origin in call.provenance.items():
                if origin.origin == "tool":
                    hidden += 1
                    assert str(call.arguments[name]) not in task.intent
    assert hidden


def test_a_request_with_an_id_that_is_to_be_found_out_is_turned_away(box_office: Domain) -> None:
    manifest = box_office.manifest
    notebook = Notebook(box_office, box_office.world("small"), max_calls=2)
    notebook.call(manifest.tool["list_venues"], {}, "lookup")
    venue = notebook.calls[0].result["venues"][0]
    key, name = venue["venue_id"], venue["name"]
    known = {"venue_id": (key, notebook.known(key))}
    notebook.call(manifest.tool["get_venue"], known, "goal")
    seen = AnswerFact(label="the ID", value=key, said=(key,))
    with closing(Prover(box_office)) as prover:
        for called, leaks in ((name, False), (key, True)):
            request = (Fragment(text=f"look up the venue {called}"),)
            goal = Goal(calls=(0, 1), request=request, report=f"It is {key}.", answers=(seen,))
            if leaks:
                with pytest.raises(WalkStop) as stop:
                    written_up("box/000", "small", [goal], notebook, prover, [])
                assert stop.value.args == (TaskReason.LEAK, key)
            else:
                assert written_up("box/000", "small", [goal], notebook, prover, []).proof.holds


def test_the_request_tells_every_fact_and_names_no_tool(
    box_office: Domain, tasks: list[Task]
) -> None:
    for task in tasks:
        for fact in task.facts:
            assert fact.said in task.intent
        assert not any(name in task.intent for name in box_office.manifest.tool if "_" in name)


def test_what_the_user_says_singles_out_one_row(box_office: Domain, tasks: list[Task]) -> None:
    named = 0
    for task in tasks:
        for fact in task.facts:
            if fact.label == "the title of the show" and "create" not in task.intent:
                with box_office.world(task.state) as world:
                    rows = world.query("SELECT 1 FROM shows WHERE title = ?", fact.value)
                named += 1
                assert len(rows) == 1
    assert named


def test_that_show_is_said_only_where_there_is_one(box_office: Domain, tasks: list[Task]) -> None:
    said = 0
    for task in tasks:
        for table, column in (
            ("show", "show_id"),
            ("venue", "venue_id"),
            ("visitor", "visitor_id"),
        ):
            calls: list[GoldCall] = []
            for goal in task.goals:
                calls += [task.gold[index] for index in goal.calls]
                if f"that {table}" in " ".join(piece.text for piece in goal.request):
                    said += 1
                    keys = {call.arguments[column] for call in calls if column in call.arguments}
                    assert len(keys) == 1, task.intent
    assert said


def test_reads_ask_for_answers_that_the_request_does_not_hold(tasks: list[Task]) -> None:
    asked = [answer for task in tasks for goal in task.goals for answer in goal.answers]
    assert asked
    for task in tasks:
        if task.kind == "read":
            assert any(goal.answers for goal in task.goals)
            assert task.changeset == ()
        for goal in task.goals:
            for answer in goal.answers:
                assert any(said in goal.report for said in answer.said)


def test_every_tool_is_used(box_office: Domain, tasks: list[Task]) -> None:
    used = {call.tool for task in tasks for call in task.gold}
    assert used == set(box_office.manifest.tool)


def test_goals_follow_each_other_and_cover_the_calls(tasks: list[Task]) -> None:
    for task in tasks:
        covered = [index for goal in task.goals for index in goal.calls]
        assert covered == list(range(len(task.gold)))
        assert all(task.gold[goal.calls[-1]].purpose == "goal" for goal in task.goals)
    assert {len(task.goals) for task in tasks} >= {1, 2, 3}


def test_deletes_ask_for_a_confirmation(tasks: list[Task]) -> None:
    for task in tasks:
        for goal in task.goals:
            tool = task.gold[goal.calls[-1]].tool
            wanted = tool in {"delete_venue", "cancel_show", "remove_visitor_from_show"}
            assert bool(goal.confirm) == wanted


def test_requests_read_as_sentences(tasks: list[Task]) -> None:
    for task in tasks:
        assert re.fullmatch(r"Please .+\.", task.intent)
        assert "  " not in task.intent
        assert "None" not in task.intent


def test_the_same_seed_gives_the_same_tasks_in_another_process(
    box_office: Domain, tasks: list[Task]
) -> None:
    with LocalEngine(2) as engine:
        (outcome,) = construct_tasks([box_office], SETTINGS, engine=engine)
    assert outcome.tasks == tasks


def test_another_seed_gives_other_tasks(box_office: Domain, tasks: list[Task]) -> None:
    (outcome,) = construct_tasks([box_office], SETTINGS, seed=1)
    assert {task.intent for task in outcome.tasks} != {task.intent for task in tasks}


def test_no_task_has_more_calls_than_allowed(box_office: Domain) -> None:
    (outcome,) = construct_tasks(
        [box_office], TaskSettings(per_domain=30, max_calls=2, special_share=0)
    )
    assert {len(task.gold) for task in outcome.tasks} == {1, 2}


def test_a_write_that_can_be_left_out_fails_the_proof(
    box_office: Domain, tasks: list[Task]
) -> None:
    task = next(task for task in tasks if task.kind == "write")
    write = next(call for call in task.gold if call.effect == "write")
    proof = prove(box_office, task.state, [*task.gold, write], task.goals, task.state_hash)
    assert not proof.holds


def test_a_task_without_effect_or_answers_fails_the_proof(box_office: Domain) -> None:
    with box_office.world("small") as world:
        untouched = world.state_hash()
    assert not prove(box_office, "small", [], [], untouched).holds


def test_a_fact_that_is_kept_back_leaves_its_fragment_vague() -> None:
    request = [
        Fragment(text="delete"),
        Fragment(text="the show Hamlet", facts=("title",), vague="one of the shows"),
        Fragment(text="for good", facts=("how",)),
    ]
    assert request_text(request) == "delete the show Hamlet for good"
    assert request_text(request, set()) == "delete one of the shows"
    goal = Goal(calls=(0,), request=tuple(request), report="")
    assert intent_text([goal, goal]).startswith("Please delete the show Hamlet for good. Then ")


def test_gold_with_a_wrong_argument_is_told_apart(tasks: list[Task]) -> None:
    assert sum(task.proof.mutants for task in tasks) > len(tasks)
    for proof in (task.proof for task in tasks):
        assert proof.mutants_fail + proof.mutants_idle == proof.mutants


def test_other_ways_that_are_as_right_pass(tasks: list[Task]) -> None:
    assert all(task.proof.variants_pass == task.proof.variants >= 1 for task in tasks)
    assert any(task.proof.variants > 1 for task in tasks)


def test_a_write_that_another_one_overwrites_fails_the_proof(box_office: Domain) -> None:
    with box_office.world("small") as world:
        (show,) = world.query("SELECT show_id FROM shows LIMIT 1")
        calls = []
        for price in (10.0, 20.0):
            arguments = {"show_id": show["show_id"], "ticket_price": price}
            result = world.call("update_show", arguments)
            calls.append(
                GoldCall(
                    tool="update_show",
                    arguments=arguments,
                    provenance={},
                    result=result.value,
                    purpose="goal",
                    effect="write",
                )
            )
        proof = prove(box_office, "small", calls, [], world.state_hash())
    assert proof.mutants_fail < proof.mutants
    assert not proof.holds
