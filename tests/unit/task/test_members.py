"""Lists inside records in tasks: members that are given, members that are asked for."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain import Domain
from agentscaler.domain.domain import ArgumentRole
from agentscaler.filtering import FunnelSettings, run_funnel
from agentscaler.rollout import RolloutSettings, roll_out
from agentscaler.task import Task, TaskSettings, construct_tasks, request_text
from agentscaler.task.mutants import MutantKind, MutantMaker
from agentscaler.task.roles import single_role
from agentscaler.task.task import Goal, GoldCall
from tests.unit.domain.resources import NUMBER, TEXT, Schema, resource, status

LEG: Schema = {
    "type": "object",
    "properties": {"city": TEXT, "email": TEXT, "minutes": NUMBER},
    "required": ["city"],
}


def many(item: Schema) -> Schema:
    return {"type": "array", "items": item}


TOUR: Schema = {
    "name": TEXT,
    "guideIds": many(TEXT),
    "languages": many(status("EN", "FR", "PT", "DE")),
    "capacity": NUMBER,
}


@pytest.fixture(scope="module")
def tours(one_domain: Callable[[list[ToolSpec]], Domain]) -> Domain:
    guides = resource("Guide", {"name": TEXT, "city": TEXT}, takes=["name"])
    trips = resource("Trip", TOUR, takes=["name"], updates=["guideIds", "languages"])
    trips = [_taking(tool) if tool.name == "CreateTrip" else tool for tool in trips]
    courses = resource(
        "Course", {"guideId": TEXT, "title": TEXT, "legs": many(LEG)}, takes=["title"]
    )
    tools = [*guides, *trips, *courses, _by_guide(trips)]
    return one_domain(sorted(tools, key=lambda tool: tool.id))


def _taking(tool: ToolSpec) -> ToolSpec:
    """The create with lists that may be given."""
    properties = {
        **tool.parameters["properties"],
        **{n: TOUR[n] for n in ("guideIds", "languages")},
    }
    return tool.model_copy(update={"parameters": {**tool.parameters, "properties": properties}})


def _by_guide(trips: list[ToolSpec]) -> ToolSpec:
    one = next(tool for tool in trips if tool.name == "ListTrips")
    guide = {"type": "object", "properties": {"guideId": TEXT}, "required": []}
    changed = {"id": "test.trade.SearchTrips", "name": "SearchTrips", "parameters": guide}
    return one.model_copy(update=changed)


@pytest.fixture(scope="module")
def tasks(tours: Domain) -> list[Task]:
    (outcome,) = construct_tasks([tours], TaskSettings(per_domain=150, special_share=0))
    return outcome.tasks


def given(domain: Domain, tasks: list[Task], kind: str) -> Iterator[tuple[Task, Goal, GoldCall]]:
    """Calls with an argument of a kind, with the wish that each serves."""
    for task in tasks:
        for goal in task.goals:
            for call in (task.gold[index] for index in goal.calls):
                roles = domain.manifest.tool[call.tool].arguments
                if any(roles[name].kind == kind for name in call.arguments):
                    yield task, goal, call


def test_members_that_are_rows_each_have_a_source(tours: Domain, tasks: list[Task]) -> None:
    found = [one for one in given(tours, tasks, "members") if "guide_ids" in one[2].arguments]
    assert found
    for _, _, call in found:
        origin = call.provenance["guide_ids"]
        assert origin.origin == "items"
        assert len(origin.items) == len(call.arguments["guide_ids"])


def test_members_that_are_values_are_one_fact(tours: Domain, tasks: list[Task]) -> None:
    found = [one for one in given(tours, tasks, "members") if "languages" in one[2].arguments]
    assert found
    for task, goal, call in found:
        facts = {fact.name: fact for fact in task.facts}
        fact = facts[call.provenance["languages"].fact or ""]
        assert fact.value == call.arguments["languages"]
        assert fact.said in request_text(goal.request)


def held(domain: Domain, task: Task, call: GoldCall, name: str) -> Any:
    """What the record's list held before the call."""
    with domain.world(task.state) as world:
        for before in task.gold[: task.gold.index(call)]:
            world.call(before.tool, before.arguments)
        return world.call("get_trip", {"trip_id": call.arguments["trip_id"]}).value[name]


def test_words_say_when_members_take_the_place_of_others(tours: Domain, tasks: list[Task]) -> None:
    seen = set()
    for task, goal, call in given(tours, tasks, "members"):
        names = [name for name in ("guide_ids", "languages") if name in call.arguments]
        if call.tool != "update_trip" or len(names) != 1:
            continue
        before = held(tours, task, call, names[0])
        assert ("instead of the present ones" in request_text(goal.request)) == bool(before)
        assert set(before) != set(call.arguments[names[0]])
        seen.add(bool(before))
    assert seen == {True, False}


def test_what_a_list_holds_is_told_member_by_member(tours: Domain, tasks: list[Task]) -> None:
    found = [
        (task, goal)
        for task in tasks
        for goal in task.goals
        if any(
            answer.label in {"one of the guides", "one of the languages"} for answer in goal.answers
        )
        and task.gold[goal.calls[-1]].tool == "get_trip"
    ]
    assert found
    for task, goal in found:
        shown = task.gold[goal.calls[-1]].result
        asked = [answer.value for answer in goal.answers if answer.label.startswith("one of ")]
        assert asked in (shown["guide_ids"], shown["languages"])
        assert all(answer.said[0] in goal.report for answer in goal.answers)


def test_rows_in_a_list_are_told_by_names_that_gold_has_seen(
    tours: Domain, tasks: list[Task]
) -> None:
    told = [
        (task, goal.calls[-1], answer)
        for task in tasks
        for goal in task.goals
        for answer in goal.answers
        if answer.label == "one of the guides" and task.gold[goal.calls[-1]].tool == "get_trip"
    ]
    assert told
    for task, last, answer in told:
        lists = [call for call in task.gold[:last] if call.tool == "list_guides"]
        names = {row["guide_id"]: row["name"] for call in lists for row in call.result["guides"]}
        assert answer.said == (names[answer.value],)


def test_records_are_asked_for_by_what_their_lists_hold(tours: Domain, tasks: list[Task]) -> None:
    found = list(given(tours, tasks, "holds"))
    assert found
    for _, goal, call in found:
        assert "guide" in request_text(goal.request)
        shown = call.result["trips"]
        assert all(call.arguments["guide_id"] in row["guide_ids"] for row in shown)


def test_a_field_of_an_object_is_asked_for_by_another_one(tours: Domain, tasks: list[Task]) -> None:
    found = [
        (task, goal, answer)
        for task in tasks
        for goal in task.goals
        for answer in goal.answers
        if answer.label.endswith(" of the leg")
    ]
    assert found
    for task, goal, answer in found:
        legs = task.gold[goal.calls[-1]].result["legs"]
        assert any(answer.value in leg.values() for leg in legs)
        assert "the leg with the " in request_text(goal.request)


def test_wrong_members_are_other_rows_and_other_values(tours: Domain) -> None:
    with tours.world("medium") as world:
        keys = [row["guide_id"] for row in world.query("SELECT guide_id FROM guides ORDER BY 1")]
        (trip,) = world.query("SELECT trip_id FROM trips ORDER BY 1 LIMIT 1")
    arguments = {**trip, "guide_ids": keys[:2], "languages": ["EN", "PT"]}
    wrong = list(MutantMaker(tours).of_call("medium", "update_trip", arguments))
    guides = [made.get("guide_ids", []) for _, (_, made) in wrong]
    assert {len(one) for one in guides if one != keys[:2]} == {0, 1, 2, 3}
    assert all(set(one) <= set(keys) for one in guides)
    spoken = {one for _, (_, made) in wrong for one in made.get("languages", [])}
    assert spoken & {"FR", "DE"}
    assert MutantKind.ABSENT in {kind for kind, _ in wrong}


def test_a_single_member_has_the_role_of_what_it_is(tours: Domain) -> None:
    roles = tours.manifest.tool["update_trip"].arguments
    one = single_role(tours.manifest, roles["guide_ids"])
    assert one == ArgumentRole(kind="key", table="guides", column="guide_id")
    value = single_role(tours.manifest, roles["languages"])
    assert (value.kind, value.column) == ("value", "language")
    assert single_role(tours.manifest, roles["trip_id"]) == roles["trip_id"]


def test_members_in_another_order_make_the_same_record(tours: Domain) -> None:
    rows = []
    for languages in (["EN", "PT"], ["PT", "EN"], ["PT", "EN", "PT"]):
        with tours.world("medium") as world:
            made = world.call("create_trip", {"name": "Old Harbour", "languages": languages})
            rows.append(made.value)
    assert rows[0] == rows[1] == rows[2]


def test_expert_dialogues_about_lists_are_kept(tours: Domain, tasks: list[Task]) -> None:
    about = {task.id for kind in ("members", "holds") for task, *_ in given(tours, tasks, kind)}
    chosen = [task for task in tasks if task.id in about]
    settings = RolloutSettings(withhold_rate=0.6)
    (played,) = roll_out([(tours, chosen)], settings)
    (verdicts,) = run_funnel([(tours, chosen, played)], FunnelSettings())
    assert [one.detail for one in verdicts if not one.kept] == []
