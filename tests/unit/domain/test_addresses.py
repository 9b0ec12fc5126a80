"""Records that an owner and a name single out together (`/repos/{owner}/{repo}`)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agentscaler import construct_tasks
from agentscaler.domain import Domain, load_domain, save_domain
from agentscaler.domain.addresses import with_whole_keys
from agentscaler.domain.examine import examine
from agentscaler.domain.trials import tool_trials
from agentscaler.task import make_instances
from agentscaler.world.world import World
from tests.unit.domain.conftest import MakeCall
from tests.unit.domain.resources import TEXT, resource, within

REPO = "id name description homepage"
BRANCH = "name message author"
ISSUE = "id title body milestone"


@pytest.fixture
def hosting(call: MakeCall, build: Callable[..., Domain]) -> Domain:
    """Repositories of owners that are no records, their branches, and issues with ids."""
    repo, branch = "/repos/{owner}/{repo}", "/repos/{owner}/{repo}/branches/{branch}"
    issues = f"{repo}/issues"
    return build(
        [
            call("POST", "/repos", name="createRepo", body="name description homepage"),
            call("GET", repo, name="getRepo", gives=REPO),
            call("GET", "/repos", name="listRepos", gives=REPO, many=True),
            call("PATCH", repo, name="updateRepo", body="description"),
            call("DELETE", repo, name="deleteRepo"),
            call("PUT", branch, name="createBranch", body="message author"),
            call("GET", branch, name="getBranch", gives=BRANCH),
            call("GET", f"{repo}/branches", name="listBranches", gives=BRANCH, many=True),
            call("PATCH", branch, name="updateBranch", body="message"),
            call("POST", issues, name="createIssue", body="title body milestone"),
            call("GET", f"{issues}/{{id}}", name="getIssue", gives=ISSUE),
            call("GET", issues, name="listIssues", gives=ISSUE, many=True),
        ]
    )


def homonyms(world: World) -> tuple[dict[str, str], dict[str, str], str]:
    """Two repositories of one name, and an owner that has none of that name."""
    rows = world.query("SELECT owner, repo_name FROM repos ORDER BY repo_path")
    for row in rows:
        same = [one for one in rows if one["repo_name"] == row["repo_name"] and one != row]
        having = {one["owner"] for one in (row, *same)}
        without = sorted({one["owner"] for one in rows} - having)
        if same and without:
            return row, same[0], without[0]
    raise AssertionError("no name stands twice")


def test_a_key_is_made_of_owner_and_name(hosting: Domain) -> None:
    table = hosting.manifest.table["repos"]
    assert table.key == ("repo_path",)
    assert table.address == ("owner", "repo_name")
    assert "CHECK (repo_path = owner || '/' || repo_name)" in hosting.schema_sql
    assert hosting.manifest.tool["get_repo"].parameters["required"] == ["owner", "repo_name"]


def test_two_owners_have_records_of_one_name_and_each_is_found_by_both(hosting: Domain) -> None:
    with hosting.world("large") as world:
        one, other, without = homonyms(world)
        for row in (one, other):
            assert world.call("get_repo", row).value["owner"] == row["owner"]
        refused = world.call("get_repo", {**one, "owner": without})
        assert f"{without}/{one['repo_name']} not found" in str(refused.error)


def test_a_change_is_of_the_named_owners_record_alone(hosting: Domain) -> None:
    with hosting.world("large") as world:
        one, other, _ = homonyms(world)
        before = world.call("get_repo", other).value
        world.call("update_repo", {**one, "description": "changed"})
        assert world.call("get_repo", one).value["description"] == "changed"
        assert world.call("get_repo", other).value == before


def test_a_name_is_taken_within_its_owner_only(hosting: Domain) -> None:
    with hosting.world("large") as world:
        one, _, without = homonyms(world)
        taken = world.call("create_repo", {**one, "description": "new"}).error
        assert f"{one['owner']} already has a repo {one['repo_name']}" in str(taken)
        made = world.call("create_repo", {**one, "description": "new", "owner": without})
        assert made.ok
        assert made.value["repo_path"] == f"{without}/{one['repo_name']}"


def test_no_part_of_a_key_holds_a_slash(hosting: Domain) -> None:
    with hosting.world("small") as world:
        refused = world.call("create_repo", {"owner": "octo", "repo_name": "docs/main"})
        assert "repo_name must not contain '/'" in str(refused.error)


def test_what_belongs_to_such_a_record_is_found_with_all_parts(hosting: Domain) -> None:
    assert hosting.manifest.table["branches"].address == ("repo_path", "branch_name")
    with hosting.world("large") as world:
        row = world.query("SELECT * FROM branches JOIN repos USING (repo_path) LIMIT 1")[0]
        parts = {name: row[name] for name in ("owner", "repo_name", "branch_name")}
        found = world.call("get_branch", parts)
        assert found.value["branch_path"] == "/".join(parts.values())
        assert not world.call("get_branch", {**parts, "owner": "nobody"}).ok


def test_opaque_ids_stay_as_they_are_under_such_an_owner(hosting: Domain) -> None:
    assert hosting.manifest.table["issues"].key == ("issue_id",)
    with hosting.world("large") as world:
        row = world.query("SELECT * FROM issues JOIN repos USING (repo_path) LIMIT 1")[0]
        named = {name: row[name] for name in ("issue_id", "owner", "repo_name")}
        assert world.call("get_issue", named).ok
        refused = world.call("get_issue", {**named, "owner": "nobody"})
        assert f"does not belong to nobody/{row['repo_name']}" in str(refused.error)


def test_a_tool_that_ignores_the_owner_fails(hosting: Domain) -> None:
    row = '"SELECT * FROM repos WHERE repo_path = ?", repo_path)'
    assert row in hosting.source
    loose = "\"SELECT * FROM repos WHERE repo_name = ?\", repo_path.split('/')[1])"
    wrong = replace(hosting, source=hosting.source.replace(row, loose))
    _, failures = examine(wrong, trials=100, seed="x")
    assert {failure.tool for failure in failures} >= {"get_repo", "delete_repo"}


def test_such_a_domain_is_known_again(hosting: Domain, tmp_path: Path) -> None:
    save_domain(hosting, tmp_path / "hosting")
    assert load_domain(tmp_path / "hosting") == hosting


def test_tasks_say_both_and_call_with_both(hosting: Domain) -> None:
    (outcome,) = construct_tasks([hosting])
    calls = [(call, task) for task in outcome.tasks for call in task.gold]
    spoken = [(call, task) for call, task in calls if "branch_name" in call.arguments]
    assert spoken
    for call, task in spoken:
        assert all(str(call.arguments[n]) in task.intent for n in ("owner", "repo_name"))


def test_tasks_of_such_domains_have_fresh_instances(hosting: Domain) -> None:
    (outcome,) = construct_tasks([hosting])
    assert any(hosting.manifest.tool[c.tool].addresses for t in outcome.tasks for c in t.gold)
    made = make_instances(hosting, outcome.tasks, 1)
    assert len(made.tasks) >= 0.7 * len(outcome.tasks)


def test_tools_as_if_whole_keys_were_given_are_found_by_name_too(hosting: Domain) -> None:
    before = hosting.manifest.tool
    manifest = with_whole_keys(hosting).manifest
    assert manifest.tool == {tool.name: tool for tool in manifest.tools}
    assert manifest.tool != before == hosting.manifest.tool


def test_the_owner_may_be_a_record_of_its_own(build: Callable[..., Domain]) -> None:
    cluster = resource("Cluster", {"name": TEXT, "version": TEXT}, takes=["name", "version"])
    group = resource("Group", {"size": TEXT, "zone": TEXT}, takes=["size", "zone"])
    domain = build(cluster, within("Cluster", "group", group))
    assert domain.manifest.table["groups"].address == ("cluster_id", "group_name")
    assert domain.manifest.tool["create_group"].parameters["required"][:2] == [
        "group_name",
        "cluster_id",
    ]


def test_a_name_that_is_enough_for_some_operation_is_a_key_alone(
    call: MakeCall, build: Callable[..., Domain]
) -> None:
    shelf, topic = "id title summary", "name description summary"
    domain = build(
        [
            call("POST", "/shelves", name="createShelf", body="title summary"),
            call("GET", "/shelves", name="listShelves", gives=shelf, many=True),
            call("GET", "/shelves/{id}", name="getShelf", gives=shelf),
            call("POST", "/shelves/{id}/topics", name="createTopic", body="name description"),
            call("GET", "/shelves/{id}/topics", name="listTopics", gives=topic, many=True),
            call("GET", "/topics/{name}", name="getTopic", gives=topic),
            call("PATCH", "/shelves/{id}/topics/{name}", name="updateTopic", body="description"),
        ]
    )
    assert domain.manifest.table["topics"].key == ("topic_name",)


def test_of_two_keys_with_a_part_in_common_trials_follow_the_one_that_leads_there(
    hosting: Domain,
) -> None:
    manifest = hosting.manifest
    plain = next(one for one in manifest.tools if one.name == "update_branch")
    astray = {"message": plain.addresses["branch_path"], **plain.addresses}
    crossed = plain.model_copy(update={"addresses": astray})
    [usual], [other] = (
        tool_trials([tool], manifest.table, manifest.now) for tool in (plain, crossed)
    )
    assert "repos" in usual.draws["owner"].query
    assert other.draws == usual.draws
