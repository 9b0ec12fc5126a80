"""Fields that hold lists: which of them become tables, and what tools do with them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain import Domain
from agentscaler.domain.domain import DomainManifest, ToolKind
from agentscaler.domain.draft import draft_domain
from agentscaler.domain.faults import fault_coverage
from agentscaler.domain.folder import load_domain, save_domain
from agentscaler.domain.members import with_members
from agentscaler.domain.rest import read_service
from agentscaler.domain.rules import supply_rules
from agentscaler.domain.source import render_source

from .resources import FLAG, NUMBER, TEXT, Schema, resource, status

LESSON: Schema = {
    "type": "object",
    "properties": {"guideId": TEXT, "minutes": NUMBER, "city": TEXT, "paid": FLAG},
    "required": ["minutes"],
}


def many(item: Schema) -> Schema:
    return {"type": "array", "items": item}


TOUR: Schema = {
    "name": TEXT,
    "guideIds": many(TEXT),
    "languages": many(status("EN", "FR", "PT")),
    "capacity": NUMBER,
}


@pytest.fixture(scope="module")
def tours(build: Callable[..., Domain]) -> Domain:
    guides = resource("Guide", {"name": TEXT, "city": TEXT}, takes=["name"])
    trips = resource(
        "Trip", TOUR, takes=["name", "guideIds", "languages"], updates=["guideIds", "languages"]
    )
    courses = resource(
        "Course", {"guideId": TEXT, "title": TEXT, "lessons": many(LESSON)}, takes=["title"]
    )
    return build(guides, trips, courses, [_by_guide(trips)])


def _by_guide(trips: list[ToolSpec]) -> ToolSpec:
    one = next(tool for tool in trips if tool.name == "ListTrips")
    return one.model_copy(
        update={
            "id": "test.trade.ListTripsForGuide",
            "name": "ListTripsForGuide",
            "parameters": {
                "type": "object",
                "properties": {"guideId": TEXT},
                "required": ["guideId"],
            },
        }
    )


def guides_of(domain: Domain) -> list[str]:
    with domain.world("medium") as world:
        return [row["guide_id"] for row in world.query("SELECT guide_id FROM guides ORDER BY 1")]


def created(world: Any, **lists: list[str]) -> Any:
    return world.call("create_trip", {"name": "Old Harbour", **lists})


def test_a_list_of_keys_becomes_a_link_table(tours: Domain) -> None:
    link = tours.manifest.table["guide_trips"]
    assert link.key == ("guide_id", "trip_id")
    assert link.part_of == "trips"
    assert [column.references for column in link.columns] == ["guides", "trips"]
    assert [field.name for field in tours.manifest.table["trips"].lists] == [
        "guide_ids",
        "languages",
    ]
    assert not any(column.references for column in tours.manifest.table["trips"].columns)


def test_two_lists_of_one_record_keep_their_values_apart(build: Callable[..., Domain]) -> None:
    days, levels = many(status("MON", "TUE", "WED")), many(status("EASY", "HARD"))
    fields = {"title": TEXT, "city": TEXT, "days": days, "levels": levels}
    walks = resource("Walk", fields, takes=["title", "days"], updates=["days", "levels"])
    notes = resource("Note", {"walkId": TEXT, "title": TEXT, "city": TEXT}, takes=["walkId"])
    update = build(walks, notes).manifest.tool["update_walk"]
    assert list(update.parameters["properties"]) == ["walk_id", "days", "levels"]


def test_values_of_a_list_keep_their_check(tours: Domain) -> None:
    assert "language TEXT NOT NULL CHECK (language IN ('EN', 'FR', 'PT'))" in tours.schema_sql
    languages = tours.manifest.tool["create_trip"].parameters["properties"]["languages"]
    assert languages["items"] == {"type": "string", "enum": ["EN", "FR", "PT"]}


def test_lists_are_returned_sorted_and_each_member_once(tours: Domain) -> None:
    one, two, *_ = guides_of(tours)
    with tours.world("medium") as world:
        made = created(world, guide_ids=[two, one, two], languages=["PT", "EN"]).value
        assert made["guide_ids"] == [one, two]
        assert made["languages"] == ["EN", "PT"]
        assert world.call("get_trip", {"trip_id": made["trip_id"]}).value == made
        listed = {row["trip_id"]: row for row in world.call("list_trips", {}).value["trips"]}
        assert listed[made["trip_id"]]["guide_ids"] == [one, two]


def test_an_update_replaces_what_was_there(tours: Domain) -> None:
    one, two, three, *_ = guides_of(tours)
    with tours.world("medium") as world:
        trip = created(world, guide_ids=[one, two], languages=["FR"]).value["trip_id"]
        changed = world.call("update_trip", {"trip_id": trip, "guide_ids": [three]}).value
        assert (changed["guide_ids"], changed["languages"]) == ([three], ["FR"])
        emptied = world.call("update_trip", {"trip_id": trip, "guide_ids": []}).value
        assert emptied["guide_ids"] == []
        nothing = world.call("update_trip", {"trip_id": trip})
        assert nothing.error == "nothing to change: give one of guide_ids, languages"


def test_a_key_that_no_row_has_is_refused_by_name(tours: Domain) -> None:
    one, *_ = guides_of(tours)
    with tours.world("medium") as world:
        refused = created(world, guide_ids=[one, "guide-nowhere1"])
        assert refused.error == "guide guide-nowhere1 not found"
        assert world.changeset() == ()


def test_records_are_found_by_what_their_lists_hold(tours: Domain) -> None:
    one, two, *_ = guides_of(tours)
    with tours.world("medium") as world:
        made = created(world, guide_ids=[one, two]).value["trip_id"]
        found = world.call("list_trips_for_guide", {"guide_id": two}).value["trips"]
        assert made in [trip["trip_id"] for trip in found]
        assert all(two in trip["guide_ids"] for trip in found)
        unknown = world.call("list_trips_for_guide", {"guide_id": "guide-nowhere1"})
        assert unknown.error == "guide guide-nowhere1 not found"


def test_what_is_deleted_is_taken_out_of_lists(tours: Domain) -> None:
    with tours.world("large") as world:
        free = world.query(
            "SELECT guide_id FROM guide_trips"
            " WHERE guide_id NOT IN (SELECT guide_id FROM courses WHERE guide_id IS NOT NULL)"
        )[0]["guide_id"]
        assert world.call("delete_guide", {"guide_id": free}).value["deleted"]
        trips = world.call("list_trips", {}).value["trips"]
        assert not any(free in trip["guide_ids"] for trip in trips)
    assert "ties to trips are deleted with it." in tours.policy


def test_objects_of_a_list_are_returned_by_get_alone(tours: Domain) -> None:
    table = tours.manifest.table["course_lessons"]
    assert table.key == ("course_id", "position")
    assert table.by_name["guide_id"].references == "guides"
    with tours.world("medium") as world:
        course = world.query("SELECT course_id FROM course_lessons LIMIT 1")[0]["course_id"]
        lessons = world.call("get_course", {"course_id": course}).value["lessons"]
        assert 1 <= len(lessons) <= 4
        assert {type(lesson["paid"]) for lesson in lessons} == {bool}
        assert set(lessons[0]) == {"guide_id", "minutes", "city", "paid"}
        assert "lessons" not in world.call("list_courses", {}).value["courses"][0]
    assert "lessons" not in tours.manifest.tool["create_course"].arguments


def test_some_records_hold_nothing(tours: Domain) -> None:
    with tours.world("large") as world:
        held = [len(trip["guide_ids"]) for trip in world.call("list_trips", {}).value["trips"]]
        assert min(held) == 0
        assert max(held) > 1


def test_faults_around_lists_are_caught(tours: Domain) -> None:
    seeded = fault_coverage(tours, 150)
    assert [one.mutant.change for one in seeded if not one.caught_by] == []


def test_a_list_uses_the_table_of_ties_that_operations_make(
    call: Callable[..., ToolSpec],
) -> None:
    user, team = "id name email city", "id title purpose"
    with_members = call("GET", "/teams/{id}", gives=team)
    properties = {**(with_members.returns or {})["properties"], "userIds": many(TEXT)}
    listing = with_members.model_copy(
        update={"returns": {"type": "object", "properties": properties}}
    )
    operations = read_service(
        [
            call("GET", "/users", gives=user, many=True),
            call("POST", "/users", body="name email city", gives=user),
            call("GET", "/users/{id}", gives=user),
            call("GET", "/teams", gives=team, many=True),
            call("POST", "/teams", body="title purpose", gives=team),
            listing,
            call("PUT", "/teams/{team_id}/users/{user_id}"),
            call("DELETE", "/teams/{team_id}/users/{user_id}"),
        ]
    )
    draft = draft_domain(operations, [])
    (field,) = draft.tables["teams"].lists
    assert field.table == "team_users"
    tying = {tool.kind for tool in draft.tools if tool.table == "team_users"}
    assert tying == {ToolKind.LINK, ToolKind.UNLINK}


@pytest.mark.parametrize(
    "field",
    [
        {"errors": many(LESSON)},
        {"ownerIds": many(TEXT)},
        {"etagTokens": many(TEXT)},
        {"tags": many({"type": "object", "properties": {"key": TEXT, "value": TEXT}})},
        {"messages": many(TEXT)},
        {"entities": many(LESSON)},
        {"items": many({"type": "object", "properties": {"name": TEXT, "city": TEXT}})},
    ],
)
def test_noise_makes_no_table(build: Callable[..., Domain], field: dict[str, Schema]) -> None:
    guides = resource("Guide", {"name": TEXT, "city": TEXT, **field}, takes=["name", *field])
    courses = resource("Course", {"guideId": TEXT, "title": TEXT, "city": TEXT}, takes=["guideId"])
    domain = build(guides, courses)
    assert not any(table.lists for table in domain.manifest.tables)
    assert not any(table.part_of for table in domain.manifest.tables)


def test_a_domain_with_lists_is_known_again_on_disk(tours: Domain, tmp_path: Path) -> None:
    save_domain(tours, tmp_path)
    loaded = load_domain(tmp_path)
    assert loaded == tours
    assert loaded.trusted


@pytest.mark.parametrize("name", ["name", "table", "owner", "order"])
def test_names_of_lists_cannot_carry_code(tours: Domain, tmp_path: Path, name: str) -> None:
    courses = tours.manifest.table["courses"]
    field = courses.lists[0].model_copy(update={name: "guide_ids'] = [db]  #"})
    others = tuple(table for table in tours.manifest.tables if table.name != "courses")
    forged = courses.model_copy(update={"lists": (field,)})
    manifest = DomainManifest(**{**dict(tours.manifest), "tables": (*others, forged)})
    supply = supply_rules(manifest.table, manifest.tools)
    clauses = with_members(supply, manifest.tools, manifest.table).clauses
    source = render_source(manifest.tools, manifest.table, clauses)
    save_domain(replace(tours, manifest=manifest, source=source), tmp_path)
    assert not load_domain(tmp_path).trusted


def test_records_that_owner_and_name_single_out_hold_lists(
    call: Callable[..., ToolSpec], build: Callable[..., Domain]
) -> None:
    repo, record = "/repos/{owner}/{repo}", "id name description homepage"
    tools = [
        call("POST", "/repos", name="createRepo", body="name description homepage"),
        call("GET", repo, name="getRepo", gives=record),
        call("GET", "/repos", name="listRepos", gives=record, many=True),
        call("PATCH", repo, name="updateRepo", body="description"),
        call("DELETE", repo, name="deleteRepo"),
    ]
    tools = [
        _given(tool, "topics") if tool.name in {"createRepo", "updateRepo"} else tool
        for tool in tools
    ]
    boards = [
        _given(call("POST", "/boards", name="createBoard", body="title note"), "repos"),
        call("GET", "/boards/{id}", name="getBoard", gives="id title note"),
        call("GET", "/boards", name="listBoards", gives="id title note", many=True),
    ]
    domain = build(tools, boards)
    assert domain.manifest.table["repos"].address == ("owner", "repo_name")
    with domain.world("medium") as world:
        row = world.query("SELECT owner, repo_name, repo_path FROM repos")[0]
        path = row.pop("repo_path")
        changed = world.call("update_repo", {**row, "topics": ["b", "a", "b"]}).value
        assert changed["topics"] == ["a", "b"]
        assert world.call("get_repo", row).value == changed
        made = world.call("create_board", {"title": "Ours", "repo_paths": [path]}).value
        assert made["repo_paths"] == [path]


def _given(tool: ToolSpec, name: str) -> ToolSpec:
    """The operation, which takes a list of texts as well."""
    properties = {**tool.parameters["properties"], name: many(TEXT)}
    return tool.model_copy(update={"parameters": {**tool.parameters, "properties": properties}})
