"""What a list can be asked: ranges, an order, at most so many."""

from collections.abc import Callable
from typing import Any

import pytest

from agentscaler.domain import Domain
from agentscaler.world import World

from .resources import MOMENT, MONEY, TEXT, resource


@pytest.fixture(scope="module")
def fair(build: Callable[..., Domain]) -> Domain:
    return build(
        resource(
            "Stall", {"name": TEXT, "price": MONEY, "createdAt": MOMENT}, takes=["name", "price"]
        ),
        resource("Sign", {"stallId": TEXT, "color": TEXT, "description": TEXT}, takes=["stallId"]),
    )


def listed(world: World, **asked: Any) -> list[dict[str, Any]]:
    answer = world.call("list_stalls", asked)
    assert answer.ok, answer.error
    rows: list[dict[str, Any]] = answer.value["stalls"]
    return rows


def test_one_time_and_one_amount_have_ranges(fair: Domain) -> None:
    properties = fair.manifest.tool["list_stalls"].parameters["properties"]
    assert set(properties) >= {
        *("created_at_from", "created_at_until", "min_price", "max_price"),
        *("sort_by", "descending", "limit"),
    }
    with fair.world("large") as world:
        everything = listed(world)
        price = sorted(row["price"] for row in everything if row["price"] is not None)[3]
        cheap = listed(world, max_price=price)
        dear = listed(world, min_price=price)
        assert {row["price"] for row in cheap} == {
            row["price"] for row in everything if row["price"] is not None and row["price"] <= price
        }
        assert all(row["price"] >= price for row in dear)
        moment = everything[0]["created_at"]
        late = listed(world, created_at_from=moment)
        early = listed(world, created_at_until=moment)
        both = {row["stall_id"] for row in late} & {row["stall_id"] for row in early}
        assert both == {row["stall_id"] for row in everything if row["created_at"] == moment}


def test_an_order_goes_either_way_and_puts_what_has_no_value_last(fair: Domain) -> None:
    with fair.world("large") as world:
        for down in (False, True):
            prices = [row["price"] for row in listed(world, sort_by="price", descending=down)]
            known = [price for price in prices if price is not None]
            assert known == sorted(known, reverse=down)
            assert prices[len(known) :] == [None] * (len(prices) - len(known))


def test_a_limit_cuts_off_after_the_order(fair: Domain) -> None:
    with fair.world("large") as world:
        whole = listed(world, sort_by="created_at", descending=True)
        assert listed(world, sort_by="created_at", descending=True, limit=3) == whole[:3]
        assert world.call("list_stalls", {"limit": 0}).error is not None


def test_rows_are_asked_for_by_a_value_that_several_share_and_not_by_one_of_their_own(
    build: Callable[..., Domain],
) -> None:
    depot = {"name": TEXT, "city": TEXT, "phone": TEXT}
    domain = build(
        resource("Depot", depot, takes=["name", "city"], filters=["city", "phone"]),
        resource("Gate", {"depotId": TEXT, "color": TEXT, "notes": TEXT}, takes=["depotId"]),
    )
    properties = domain.manifest.tool["list_depots"].parameters["properties"]
    assert "city" in properties
    assert "phone" not in properties
    with domain.world("large") as world:
        everything = world.call("list_depots", {}).value["depots"]
        city = everything[0]["city"]
        there = world.call("list_depots", {"city": city}).value["depots"]
    assert there == [row for row in everything if row["city"] == city]
