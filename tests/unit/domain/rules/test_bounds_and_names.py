"""Bounds, order, names, owners, and what stands in the way of a deletion."""

from collections.abc import Callable

import pytest

from agentscaler.domain import Domain
from agentscaler.domain.domain import Table
from agentscaler.domain.rule import Pattern
from agentscaler.domain.rules.clause import Ground
from agentscaler.domain.rules.names import find_name_rules

from ..resources import FLAG, MOMENT, NUMBER, TEXT, resource


@pytest.fixture(scope="module")
def planner(build: Callable[..., Domain]) -> Domain:
    return build(
        resource(
            "Studio",
            {
                "name": TEXT,
                "minSize": NUMBER,
                "maxSize": NUMBER,
                "startTime": MOMENT,
                "endTime": MOMENT,
                "deletionProtection": FLAG,
            },
            takes=["name", "minSize", "maxSize"],
            updates=["name", "minSize", "maxSize", "startTime", "endTime", "deletionProtection"],
        ),
        resource("Board", {"name": TEXT, "studioId": TEXT, "color": TEXT}, takes=["studioId"]),
        resource(
            "Card",
            {"title": TEXT, "studioId": TEXT, "boardId": TEXT, "port": NUMBER},
            takes=["studioId", "boardId", "port"],
        ),
        resource(
            "Remark", {"cardId": TEXT, "text": TEXT, "rating": NUMBER}, takes=["cardId"],
            deletes=False,
        ),
    )  # fmt: skip


def test_a_minimum_is_never_above_its_maximum(planner: Domain) -> None:
    with planner.world("small") as world:
        wrong = world.call("create_studio", {"name": "Attic", "min_size": 5, "max_size": 2})
        assert wrong.error == "min_size 5 lies above max_size 2, swap them"
        made = world.call("create_studio", {"name": "Attic", "min_size": 2, "max_size": 5})
        key = {"studio_id": made.value["studio_id"]}
        later = world.call("update_studio", {**key, "min_size": 6})
        assert later.error == "min_size 6 would lie above max_size 5"
        assert world.call("update_studio", {**key, "min_size": 6, "max_size": 6}).ok


def test_what_starts_ends_later(planner: Domain) -> None:
    with planner.world("small") as world:
        made = world.call("create_studio", {"name": "Attic", "min_size": 1, "max_size": 1})
        key = {"studio_id": made.value["studio_id"]}
        start, end = "2026-05-01T09:00:00", "2026-04-01T09:00:00"
        wrong = world.call("update_studio", {**key, "start_time": start, "end_time": end})
        assert wrong.error == f"start_time {start} would lie above end_time {end}"
        assert world.call("update_studio", {**key, "start_time": end, "end_time": start}).ok


def test_a_number_out_of_bounds_is_refused_by_the_parameter_and_the_table(planner: Domain) -> None:
    port = planner.manifest.tool["create_card"].parameters["properties"]["port"]
    assert (port["minimum"], port["maximum"]) == (1, 65535)
    assert "CHECK (port BETWEEN 1 AND 65535)" in planner.schema_sql
    with planner.world("small") as world:
        (board,) = world.query("SELECT * FROM boards LIMIT 1")
        owners = {key: board[key] for key in ("studio_id", "board_id")}
        refused = world.call("create_card", {**owners, "title": "Roof", "port": 70000})
        assert "65535" in str(refused.error)


def test_names_are_taken_once_also_by_an_update(planner: Domain) -> None:
    with planner.world("small") as world:
        one, two = world.query("SELECT * FROM studios LIMIT 2")
        taken = {"name": one["name"]}
        refused = world.call("create_studio", {**taken, "min_size": 1, "max_size": 1})
        assert refused.error == f"another studio has the name {one['name']}, choose another"
        assert not world.call("update_studio", {**taken, "studio_id": two["studio_id"]}).ok
        assert world.call("update_studio", {**taken, "studio_id": one["studio_id"]}).ok


def test_owners_of_a_new_row_belong_together(planner: Domain) -> None:
    with planner.world("medium") as world:
        (board,) = world.query("SELECT * FROM boards LIMIT 1")
        (other,) = world.query(
            "SELECT * FROM studios WHERE studio_id != ? LIMIT 1", board["studio_id"]
        )
        wrong = {"board_id": board["board_id"], "studio_id": other["studio_id"]}
        refused = world.call("create_card", {**wrong, "title": "Roof", "port": 80})
        assert refused.error == (
            f"board {board['board_id']} does not belong to {other['studio_id']}"
        )


def test_an_owner_that_a_rows_own_key_is_made_of_is_not_settled_by_another(
    planner: Domain,
) -> None:
    tables, tools = planner.manifest.table, planner.manifest.tools
    cards = tables["cards"]
    named = cards.model_copy(update={"address": ("studio_id", "title")})

    def owned(table: Table) -> set[str]:
        found = find_name_rules(Ground({**tables, "cards": table}, tools))
        return {one.rule.id for one in found if one.rule.pattern is Pattern.OWNERSHIP}

    assert "ownership/create_card.board_id" in owned(cards)
    assert owned(cards) - owned(named) == {"ownership/create_card.board_id"}


def test_rows_that_tools_can_delete_hold_what_they_refer_to(planner: Domain) -> None:
    with planner.world("medium") as world:
        (board,) = world.query("SELECT * FROM boards LIMIT 1")
        (card,) = world.query(
            "SELECT COUNT(*) AS n FROM cards WHERE board_id = ?", board["board_id"]
        )
        refused = world.call("delete_board", {"board_id": board["board_id"]})
        assert refused.error == (
            f"board {board['board_id']} is still used by {card['n']} cards, it cannot be deleted"
        )


def test_parts_that_nothing_else_deletes_go_with_their_whole(planner: Domain) -> None:
    with planner.world("medium") as world:
        (remark,) = world.query("SELECT * FROM remarks LIMIT 1")
        card = {"card_id": remark["card_id"]}
        assert world.call("delete_card", card).ok
        assert not world.query("SELECT 1 FROM remarks WHERE card_id = ?", remark["card_id"])
        assert planner.manifest.tool["delete_card"].writes == ("cards", "remarks")


def test_protection_is_turned_off_before_a_deletion(planner: Domain) -> None:
    with planner.world("medium") as world:
        made = world.call("create_studio", {"name": "Attic", "min_size": 1, "max_size": 1})
        key = {"studio_id": made.value["studio_id"]}
        assert world.call("update_studio", {**key, "deletion_protection": True}).ok
        refused = world.call("delete_studio", key)
        assert refused.error == (
            f"studio {key['studio_id']} is protected, it cannot be deleted,"
            " turn deletion_protection off first"
        )
        assert world.call("update_studio", {**key, "deletion_protection": False}).ok
        assert world.call("delete_studio", key).ok


def test_every_pattern_here_is_one_that_the_manifest_records(planner: Domain) -> None:
    found = {rule.pattern for rule in planner.manifest.rules}
    assert found == {
        *(Pattern.ORDER, Pattern.WINDOW, Pattern.RANGE, Pattern.UNIQUE, Pattern.OWNERSHIP),
        *(Pattern.HELD, Pattern.CASCADE, Pattern.PROTECTED),
    }
    assert all(rule.supplied for rule in planner.manifest.rules)
