"""Rows in the words of somebody who remembers them."""

from random import Random
from typing import Any

import pytest

from agentscaler.domain.domain import Column, Table
from agentscaler.task.recollections import recollections

NOW = "2026-03-11T10:00:00"
KEY = Column(name="order_id", type="text")
NAME = Column(name="name", type="text", meaning="title", noun="name")
COLOR = Column(name="color", type="text", noun="color")
STATUS = Column(
    name="status", type="text", noun="status", enum=("placed", "cancelled", "active", "deleted")
)
DELIVERY = Column(name="delivery", type="text", noun="delivery", enum=("express", "IPV4", "none"))
MADE = Column(name="made_on", type="date", meaning="moment", noun="made on")
ENDS = Column(name="ends_on", type="date", meaning="moment", noun="ends on")
ORDERS = Table(
    name="orders",
    noun="order",
    key=("order_id",),
    label="name",
    status="status",
    columns=(KEY, NAME, COLOR, STATUS, DELIVERY, MADE, ENDS),
)


def words(mine: bool = False, table: Table = ORDERS, **values: Any) -> set[str]:
    """All that a row is remembered by; of `values` the rest is not known."""
    row = dict.fromkeys(table.by_name, None) | {"order_id": "order-1"} | values
    found = recollections(table, table.columns, row, {}, NOW, mine=mine, rng=Random(0))
    return {one.words() for one in found}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"color": "blue"}, {"the blue order"}),
        ({"color": "blueprint"}, set()),
        ({"name": "Rain Jacket, blue"}, {"the blue order"}),
        ({"name": "Blue"}, set()),
        ({"status": "cancelled"}, {"the cancelled order"}),
        ({"status": "placed"}, set()),
        ({"status": "deleted"}, set()),
        ({"delivery": "express"}, {"the express order"}),
        ({"delivery": "IPV4"}, set()),
        ({"made_on": "2026-03-10"}, {"the order made yesterday", "the order from yesterday"}),
        ({"ends_on": "2026-03-12"}, {"the order ending tomorrow"}),
        ({"ends_on": "2026-03-11"}, set()),
        ({"ends_on": None}, set()),
    ],
)
def test_a_row_is_what_it_is_like_or_what_happened_to_it(
    values: dict[str, Any], said: set[str]
) -> None:
    assert words(**values) == said


def test_what_is_the_users_own_is_what_the_user_did() -> None:
    assert words(mine=True, made_on="2026-03-03", status="cancelled") == {
        "my cancelled order",
        "the order I made last week",
        "my order from last week",
        "the cancelled order I made last week",
        "my cancelled order from last week",
    }


def test_a_status_goes_with_what_happened() -> None:
    assert words(status="active", ends_on="2026-03-10") == {
        "the active order",
        "the order that ended yesterday",
    }


def test_no_word_is_said_twice() -> None:
    table = ORDERS.model_copy(update={"noun": "cancellation made"})
    assert words(table=table, status="cancelled", made_on="2026-03-10") == {
        "the cancellation made from yesterday"
    }


def test_what_could_be_meant_is_asked_of_the_state_in_every_reading() -> None:
    row = dict.fromkeys(ORDERS.by_name, None) | {"order_id": "o", "made_on": "2026-03-03"}
    found = recollections(
        ORDERS, ORDERS.columns, row, {"name": "A"}, NOW, mine=False, rng=Random(0)
    )
    sql, values = next(one for one in found if "last week" in one.words()).query()
    assert sql == (
        "SELECT order_id AS key FROM orders WHERE name IS ?"
        " AND (substr(made_on, 1, 10) BETWEEN ? AND ?) ORDER BY order_id"
    )
    assert values == ["A", "2026-03-01", "2026-03-11"]


def test_a_row_may_be_called_one() -> None:
    row = dict.fromkeys(ORDERS.by_name, None) | {"order_id": "o", "color": "blue"}
    [found] = recollections(ORDERS, ORDERS.columns, row, {}, NOW, mine=True, rng=Random(0))
    assert found.words("one") == "my blue one"
