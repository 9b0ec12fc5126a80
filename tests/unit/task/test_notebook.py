from collections.abc import Callable

import pytest

from agentscaler.domain import Domain
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.task import Provenance
from tests.unit.domain.resources import TEXT, resource, within


@pytest.fixture
def notebook(box_office: Domain) -> Notebook:
    return Notebook(box_office, box_office.world("small"), max_calls=3)


def venue_of(notebook: Notebook) -> dict[str, object]:
    return dict(notebook.calls[0].result["venues"][1])


def test_a_key_is_seen_in_the_record_that_tells_whose_it_is(notebook: Notebook) -> None:
    manifest = notebook.domain.manifest
    notebook.call(manifest.tool["list_venues"], {}, "lookup")
    venue = venue_of(notebook)
    key = str(venue["venue_id"])
    seen = Provenance(origin="tool", call=0, path=("venues", 1, "venue_id"))
    assert notebook.seen(key) == seen
    assert notebook.seen(key, {"name": venue["name"]}) == seen


def test_a_bare_reference_does_not_tell_whose_key_it_is(notebook: Notebook) -> None:
    manifest = notebook.domain.manifest
    (show,) = notebook.world.query(
        "SELECT show_id, shows.venue_id, name FROM shows JOIN venues"
        " ON venues.venue_id = shows.venue_id LIMIT 1"
    )
    known = {"show_id": (show["show_id"], Provenance(origin="default"))}
    notebook.call(manifest.tool["get_show"], known, "lookup")
    assert notebook.seen(show["venue_id"]) is not None
    assert notebook.seen(show["venue_id"], {"name": show["name"]}) is None


def test_a_refused_call_stops_the_walk(notebook: Notebook) -> None:
    nobody = {"show_id": ("nobody", Provenance(origin="default"))}
    with pytest.raises(WalkStop, match="refused"):
        notebook.call(notebook.domain.manifest.tool["get_show"], nobody, "lookup")


def test_a_walk_ends_at_its_longest(notebook: Notebook) -> None:
    tool = notebook.domain.manifest.tool["list_venues"]
    for _ in range(3):
        notebook.call(tool, {}, "lookup")
    with pytest.raises(WalkStop, match="too_long"):
        notebook.call(tool, {}, "lookup")


def test_what_was_done_since_a_mark_can_be_forgotten(notebook: Notebook) -> None:
    before = notebook.world.state_hash()
    mark = notebook.mark()
    name = ("Old Hall", Provenance(origin="default"))
    notebook.call(notebook.domain.manifest.tool["create_venue"], {"name": name}, "goal")
    notebook.tell("venue_name", "Old Hall", "Old Hall", "the name of the venue")
    assert notebook.world.state_hash() != before
    notebook.return_to(mark)
    assert notebook.calls == []
    assert notebook.facts == {}
    assert notebook.world.state_hash() == before


def test_two_facts_of_one_name_are_told_apart(notebook: Notebook) -> None:
    one = notebook.tell("name", "A", "A", "the name")
    two = notebook.tell("name", "B", "B", "the name")
    assert notebook.tell("name", "A", "A", "the name") == one
    assert [one.name, two.name] == ["name", "name_2"]


@pytest.fixture
def grouped(one_domain: Callable[..., Domain]) -> Notebook:
    """Of a domain in which a cluster and a name single out a group together."""
    cluster = resource("Cluster", {"name": TEXT, "version": TEXT}, takes=["name", "version"])
    group = resource("Group", {"size": TEXT, "zone": TEXT}, takes=["size", "zone"])
    tools = [*cluster, *within("Cluster", "group", group)]
    domain = one_domain(sorted(tools, key=lambda tool: tool.id))
    return Notebook(domain, domain.world("small"), max_calls=3)


def test_a_key_made_of_parts_is_called_by_them_while_its_row_is_there(grouped: Notebook) -> None:
    manifest = grouped.domain.manifest
    table, get = manifest.table["groups"], manifest.tool["get_group"]
    (key,) = table.key
    row = grouped.world.query(f"SELECT * FROM groups ORDER BY {key} LIMIT 1")[0]
    for name in table.address:
        grouped.tell(name, row[name], row[name], f"the {name}")
    whole = {key: (row[key], Provenance(origin="default"))}
    called = grouped.as_called(get, whole)
    assert {name: value for name, (value, _) in called.items()} == {
        name: row[name] for name in table.address
    }
    assert {origin.fact for _, origin in called.values()} == set(table.address)
    parts = {name: row[name] for name in table.address}
    assert grouped.world.call("delete_group", parts).ok
    with pytest.raises(WalkStop, match=f"{row[key]} is no longer there"):
        grouped.as_called(get, whole)
