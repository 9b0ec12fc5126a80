"""What rows have in common: read off a list, and asked of the database."""

import pytest

from agentscaler.domain import Domain
from agentscaler.domain.domain import Column
from agentscaler.task.cuts import Condition, Cut, round_between

ROWS = [
    {"id": "a", "size": 5, "state": "open"},
    {"id": "b", "size": 9, "state": "open"},
    {"id": "c", "size": 2, "state": "shut"},
    {"id": "d", "size": 7, "state": "open"},
]
OPEN = (Condition("state", "=", "open"),)


@pytest.mark.parametrize(
    ("cut", "keys"),
    [
        (Cut(), ["a", "b", "c", "d"]),
        (Cut(OPEN), ["a", "b", "d"]),
        (Cut((Condition("size", "<", 7),)), ["a", "c"]),
        (Cut((Condition("size", ">=", 7),)), ["b", "d"]),
        (Cut(order="size", most=2), ["c", "a"]),
        (Cut(OPEN, order="size", down=True, most=2), ["b", "d"]),
        (Cut(OPEN, order="size", skip=1), ["d", "b"]),
        (Cut(OPEN, without="d"), ["a", "b"]),
    ],
)
def test_a_cut_names_the_rows_that_its_words_would(cut: Cut, keys: list[str]) -> None:
    assert cut.of(ROWS, "id") == keys


def test_an_order_with_ties_or_gaps_tells_nothing_apart() -> None:
    twins = [*ROWS, {"id": "e", "size": 9, "state": "open"}]
    gap = [*ROWS, {"id": "e", "size": None, "state": "open"}]
    assert Cut(order="size", most=2).of(twins, "id") is None
    assert Cut(order="size", most=2).of(gap, "id") is None
    assert Cut((Condition("size", "<", 3),)).of(gap, "id") == ["c"]


def test_the_database_names_the_same_rows(box_office: Domain) -> None:
    table = box_office.manifest.table["shows"]
    with box_office.world("large") as world:
        shows = world.query("SELECT * FROM shows ORDER BY show_id")
        venue = shows[0]["venue_id"]
        group = [row for row in shows if row["venue_id"] == venue]
        price = sorted(row["ticket_price"] for row in group)[1]
        compared = 0
        for cut in (
            Cut(),
            Cut((Condition("status", "=", group[0]["status"]),)),
            Cut((Condition("ticket_price", ">=", price),)),
            Cut(order="ticket_price", most=2),
            Cut(order="ticket_price", down=True, skip=1),
            Cut((Condition("ticket_price", ">=", price),), without=group[0]["show_id"]),
        ):
            keys = cut.of(group, "show_id")
            sql, values = cut.query(table, {"venue_id": venue})
            asked = [row["key"] for row in world.query(sql, *values)]
            if keys is not None:
                assert sorted(asked) == sorted(keys)
                compared += 1
        assert compared >= 4


def test_a_bound_is_the_roundest_number_between() -> None:
    whole = Column(name="size", type="integer")
    assert round_between(whole, 87, 243) == 100
    assert round_between(whole, 12, 17) == 13
    assert round_between(whole, 9, 10) == 10
    assert round_between(whole, 12, 12) is None
    assert round_between(Column(name="rate", type="real"), 0.2, 0.4) is None
