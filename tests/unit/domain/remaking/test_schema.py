"""Tables mended by a model."""

from typing import Any

import apsw
import pytest

from agentscaler.domain import Domain
from agentscaler.domain.provenance import is_own
from agentscaler.llm import DraftReason
from tests.unit.domain.remaking.conftest import Remake

VENUES = {
    "table": "venues",
    "columns": [{"name": "capacity", "minimum": 1, "maximum": 40}],
    "new_columns": [
        {
            "name": "seating",
            "type": "text",
            "meaning": "category",
            "noun": "seating",
            "enum": ["numbered", "free", "standing"],
        },
        {"name": "rent", "type": "real", "meaning": "money", "noun": "rent"},
    ],
}
VISITORS = {
    "table": "visitors",
    "noun": "guest",
    "columns": [{"name": "newsletter_enabled", "noun": "newsletter consent"}],
    "new_columns": [{"name": "phone", "type": "text", "meaning": "phone", "noun": "phone number"}],
}
SHOWS = {
    "table": "shows",
    "columns": [
        {
            "name": "description",
            "enum": ["premiere", "matinee", "gala", "rerun"],
            "noun": "kind of performance",
        },
        {"name": "ticket_price", "minimum": 5, "maximum": 250},
    ],
}


def tables(*edits: dict[str, Any]) -> dict[str, Any]:
    return {"tables": list(edits)}


def cells(image: bytes, sql: str) -> set[Any]:
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", image)
    return {value for (value,) in connection.execute(sql)}


def test_edits_reach_tables_tools_rules_states_and_the_certificate(
    box_office: Domain, remake: Remake
) -> None:
    made, model = remake(box_office, "schema", tables(VENUES, VISITORS, SHOWS))
    assert len(model.requests) == 1, model.last_message()
    domain, manifest = made.domain, made.domain.manifest
    assert manifest.tool.keys() == box_office.manifest.tool.keys()
    assert domain.certificate.holds
    assert is_own(manifest, domain.source)
    assert manifest.makers == {"schema": "scripted"}
    create = manifest.tool["create_venue"].parameters["properties"]["capacity"]
    assert (create["minimum"], create["maximum"]) == (1, 40)
    kinds = manifest.tool["create_show"].parameters["properties"]["description"]["enum"]
    assert kinds == ["premiere", "matinee", "gala", "rerun"]
    assert {"seating", "rent"} <= manifest.tool["get_venue"].returns["properties"].keys()
    assert "No two guests share an email." in domain.policy
    assert manifest.title == "box office: shows, venues and guests"
    for image in domain.states.values():
        assert max(cells(image, "SELECT capacity FROM venues") - {None}) <= 40
        assert cells(image, "SELECT seating FROM venues") <= {"numbered", "free", "standing", None}
    assert any(
        cells(image, "SELECT phone FROM visitors") - {None} for image in domain.states.values()
    )


def test_tables_that_the_model_leaves_alone_are_not_its_work(
    box_office: Domain, remake: Remake
) -> None:
    made, _ = remake(box_office, "schema", tables(VENUES))
    makers = {one.subject.rpartition("/")[2]: one.maker for one in made.records}
    assert makers == {"shows": "rules", "venues": "model", "visitors": "rules"}
    assert {one.reason for one in made.records} == {None}


def test_no_edits_leave_the_domain_as_it_is(box_office: Domain, remake: Remake) -> None:
    made, _ = remake(box_office, "schema", tables())
    assert made.domain == box_office
    assert {one.maker for one in made.records} == {"rules"}


def column(name: str, **edit: Any) -> dict[str, Any]:
    return {"table": "shows", "columns": [{"name": name, **edit}]}


def new(name: str, **more: Any) -> dict[str, Any]:
    made = {"name": name, "type": "text", "meaning": "category", "noun": "kind", **more}
    return {"table": "shows", "new_columns": [made]}


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        ({"table": "orders", "noun": "order"}, "there is no table 'orders'"),
        ({"table": "show_visitors", "noun": "seat"}, "there is no table 'show_visitors'"),
        ({"table": "shows", "noun": 'show"; import os'}, "lower-case words"),
        ({"table": "shows", "noun": "venue"}, "another table has the noun"),
        ({"table": "shows", "noun": "visitor guest"}, "makes people of things"),
        ({"table": "shows", "label": "description"}, "not given whenever a row is made"),
        (column("show_id", nullable=True), "only its noun can change"),
        (column("venue_id", enum=["a", "b"]), "only its noun can change"),
        (column("stage", noun="stage"), "there is no column 'stage'"),
        (column("description", meaning="poem"), "is no meaning of text"),
        (column("description", enum=["x'); DROP TABLE shows;--", "b"]), "not a short word"),
        (column("description", enum=["{db}", "b"]), "not a short word"),
        (column("description", enum=["one"]), "give 2 to 12"),
        (column("show_class", enum=["OPERA", "FILM"]), "only free text"),
        (column("ticket_price", minimum=-5), "cannot be less than 0"),
        (column("ticket_price", maximum=1e12), "out of all proportion"),
        (column("description", nullable=False), "stays nullable"),
        (column("description", references="guests"), "no table 'guests'"),
        (column("title", references="venues"), "only free text that does not name a row"),
        (new("seat_id"), "software keeps for itself"),
        (new("class"), "software keeps for itself"),
        (new("status"), "has that name"),
        (new("x = 1; import os"), "not snake_case"),
        (new("naïve"), "not snake_case"),
        (new("updated_on", type="date", meaning="moment"), "kept by software"),
        (new("stage", meaning="quantity"), "is no meaning of text"),
    ],
)
def test_an_edit_that_is_not_allowed_is_quoted_and_leaves_the_draft(
    box_office: Domain, remake: Remake, edit: dict[str, Any], fault: str
) -> None:
    made, model = remake(box_office, "schema", tables(edit))
    assert fault in model.last_message(1)
    assert made.domain == box_office
    assert DraftReason.UNSOUND in {one.reason for one in made.records}


def test_an_edit_after_which_a_tool_fails_costs_its_table_only(
    box_office: Domain, remake: Remake
) -> None:
    # A show is moved to another venue by update_show, which no column that refers may be.
    broken = column("description", references="venues")
    made, model = remake(box_office, "schema", tables(VENUES, broken))
    assert "update_show" in model.last_message(1)
    assert "seating" in made.domain.manifest.table["venues"].by_name
    makers = {one.subject.rpartition("/")[2]: one.maker for one in made.records}
    assert makers == {"shows": "rules", "venues": "model", "visitors": "rules"}


def test_a_mended_answer_is_taken(box_office: Domain, remake: Remake) -> None:
    wrong = column("ticket_price", minimum=-5)
    made, model = remake(box_office, "schema", tables(wrong), tables(SHOWS))
    assert len(model.requests) == 2
    assert "shows: ticket_price: the minimum cannot be less than 0" in model.last_message(1)
    assert made.domain.manifest.table["shows"].by_name["ticket_price"].maximum == 250
    assert {one.rounds for one in made.records} == {2}


def test_the_same_answer_gives_the_same_bytes(box_office: Domain, remake: Remake) -> None:
    one, other = (remake(box_office, "schema", tables(VENUES))[0].domain for _ in range(2))
    assert one == other
