"""Further states of a domain."""

import pytest

from agentscaler.domain import Domain, load_vertical
from agentscaler.domain.fresh import fresh_state
from agentscaler.errors import InputError
from agentscaler.world.database import Database


def keys(image: bytes, table: str) -> set[object]:
    database = Database(image)
    try:
        return {row[0] for row in database.rows(table)}
    finally:
        database.close()


def test_a_fresh_state_has_as_many_rows_and_none_of_the_ids(box_office: Domain) -> None:
    fresh = fresh_state(box_office, "medium", "a")
    for table in box_office.manifest.tables:
        if not table.is_link:
            old, new = (keys(one, table.name) for one in (box_office.states["medium"], fresh))
            assert not old & new
            assert abs(len(old) - len(new)) <= max(len(old), len(new)) // 2


def test_the_seed_makes_the_bytes(box_office: Domain) -> None:
    assert fresh_state(box_office, "small", "a") == fresh_state(box_office, "small", "a")
    assert fresh_state(box_office, "small", "a") != fresh_state(box_office, "small", "b")


def test_a_vertical_has_fresh_states_in_which_its_rules_hold() -> None:
    retail = load_vertical("retail", trials=8)
    fresh = fresh_state(retail, "small", "a")
    assert not keys(fresh, "orders") & keys(retail.states["small"], "orders")


def test_a_state_of_unknown_size_is_refused(box_office: Domain) -> None:
    with pytest.raises(InputError, match="how big the state small-1"):
        fresh_state(box_office, "small-1", "a")
