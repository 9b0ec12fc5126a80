from collections.abc import Callable

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.dependencies import Dependencies, dependency_edges, dependency_weights

MakeTool = Callable[..., ToolSpec]
Edge = tuple[str, str, str, str]


def edges_of(tools: list[ToolSpec]) -> Dependencies:
    return dependency_edges(tools)


def named(tools: list[ToolSpec]) -> set[Edge]:
    edges = edges_of(tools)
    return {
        (tools[producer].name, tools[consumer].name, edges.names[parameter], edges.names[key])
        for producer, consumer, parameter, key in zip(
            edges.producer, edges.consumer, edges.parameter, edges.key, strict=True
        )
    }


def test_what_a_create_returns_feeds_what_takes_the_key(shop: list[ToolSpec]) -> None:
    found = named(shop)
    for consumer in ("GetOrder", "CancelOrder", "UpdateOrder", "DeleteOrder"):
        assert ("CreateOrder", consumer, "orderId", "order.id") in found
        assert ("ListOrders", consumer, "orderId", "order.id") in found


def test_a_producer_that_was_given_the_key_feeds_nobody(shop: list[ToolSpec]) -> None:
    producers = {edge[0] for edge in named(shop)}
    assert producers == {"CreateOrder", "ListOrders"}


def test_an_optional_filter_makes_no_echo(make_tool: MakeTool) -> None:
    tools = [
        make_tool("DescribeOrders", "orderId", "orderId"),
        make_tool("CancelOrder", "orderId!"),
    ]
    assert named(tools) == {("DescribeOrders", "CancelOrder", "orderId", "order.id")}


def test_a_delete_produces_nothing(make_tool: MakeTool) -> None:
    tools = [make_tool("DeleteOrder", "code", "orderId"), make_tool("GetOrder", "orderId!")]
    assert named(tools) == set()


def test_services_do_not_feed_each_other(make_tool: MakeTool) -> None:
    tools = [
        make_tool("CreateOrder", "", "orderId", "acme.shop"),
        make_tool("GetOrder", "orderId!", "", "acme.depot"),
    ]
    assert named(tools) == set()


def test_a_key_that_most_of_a_service_takes_comes_from_its_own_operations_only(
    make_tool: MakeTool,
) -> None:
    nouns = ("Book", "Door", "Lamp", "Sofa", "Rug", "Bed", "Cup")
    tools = [
        make_tool("CreateShop", "", "shopId"),
        make_tool("GetCity", "cityName!", "shopId"),
        *(make_tool(f"Get{noun}", "shopId!") for noun in nouns),
    ]
    assert {edge[0] for edge in named(tools)} == {"CreateShop"}
    assert {edge[0] for edge in named(tools[:5])} == {"CreateShop", "GetCity"}


def test_a_write_gives_back_what_it_was_told(make_tool: MakeTool) -> None:
    tools = [
        make_tool("ListCarts"),
        make_tool("UpdateOrder", "orderId! cartId", "cartId"),
        make_tool("GetCart", "cartId!"),
    ]
    assert named(tools) == set()


def test_edges_are_sorted_and_named_once(shop: list[ToolSpec], clinic: list[ToolSpec]) -> None:
    edges = edges_of([*shop, *clinic])
    rows = list(zip(edges.producer, edges.consumer, edges.parameter, strict=True))
    assert rows == sorted(rows)
    assert list(edges.names) == sorted(set(edges.names))
    assert len(edges) == len(rows) > 0


def test_a_pair_weighs_less_the_more_its_ends_have(make_tool: MakeTool) -> None:
    tools = [
        make_tool("CreateOrder", "", "orderId"),
        make_tool("GetOrder", "orderId!"),
        make_tool("CancelOrder", "orderId!"),
        make_tool("CreateCart", "", "cartId"),
        make_tool("GetCart", "cartId!"),
    ]
    weights = dependency_weights(edges_of(tools), 5, weight=0.7)
    assert weights[3, 4] == weights[4, 3] == pytest.approx(0.7)
    assert weights[0, 1] == pytest.approx(0.7 / 2**0.5)


def test_no_operations_have_no_edges() -> None:
    edges = dependency_edges([])
    assert len(edges) == 0
    assert dependency_weights(edges, 0, 0.7).shape == (0, 0)
