"""Edges that a model judges, and what execution says to it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from agentscaler.domain import Domain
from agentscaler.domain.domain import DomainEdge
from agentscaler.llm import DraftReason
from tests.unit.domain.remaking.conftest import Listening, Remake

from ..resources import TEXT, resource


@pytest.fixture(scope="module")
def trade(build: Callable[..., Domain]) -> Domain:
    """Customers with an e-mail address, their orders, and notices that go to an address."""
    return build(
        resource("Customer", {"companyName": TEXT, "email": TEXT}, takes=["companyName", "email"]),
        resource("Order", {"customerId": TEXT, "title": TEXT}, takes=["customerId", "title"]),
        resource(
            "Notice", {"orderId": TEXT, "subject": TEXT, "email": TEXT}, takes=["orderId", "email"]
        ),
    )


def pairs(model: Listening) -> dict[str, int]:
    """The numbers of the pairs in the first question, by what they say."""
    given = orjson.loads(model.last_message(0))["pairs"]
    return {
        f"{producer}: {told}": int(number)
        for group in ("drawn", "further")
        for producer, some in given[group].items()
        for number, told in some.items()
    }


def verdicts(known: dict[str, int], **changed: bool) -> dict[str, Any]:
    """All drawn pairs hold; `changed` says otherwise, by number ("n3=True")."""
    said = {number: "key of" in told for told, number in known.items()}
    said |= {int(name[1:]): holds for name, holds in changed.items()}
    return {"verdicts": [{"number": number, "holds": holds} for number, holds in said.items()]}


def with_schema(domain: Domain, name: str, parameter: str, schema: dict[str, Any]) -> Domain:
    """The domain, of which one parameter has another schema."""
    tool = domain.manifest.tool[name]
    properties = {**tool.parameters["properties"], parameter: schema}
    other = tool.model_copy(update={"parameters": {**tool.parameters, "properties": properties}})
    tools = tuple(other if one is tool else one for one in domain.manifest.tools)
    return replace(domain, manifest=domain.manifest.model_copy(update={"tools": tools}))


@pytest.fixture(scope="module")
def known(trade: Domain, remake: Remake) -> dict[str, int]:
    return pairs(remake(trade, "edges", {"verdicts": []})[1])


EMAIL = "get_customer: email -> create_notice(email)"
ORDERED = "list_customers: key of the customer -> create_order(customer_id)"
NOTED = "list_orders: key of the customer -> get_customer(customer_id)"


def test_verdicts_that_change_nothing_leave_the_domain(
    trade: Domain, remake: Remake, known: dict[str, int]
) -> None:
    made, model = remake(trade, "edges", verdicts(known))
    assert len(model.requests) == 1, model.last_message()
    assert made.domain == trade
    assert {(one.maker, one.reason) for one in made.records} == {("rules", None)}


def test_an_added_edge_that_works_on_a_state_is_taken(
    trade: Domain, remake: Remake, known: dict[str, int]
) -> None:
    made, _ = remake(trade, "edges", verdicts(known, **{f"n{known[EMAIL]}": True}))
    added = set(made.domain.manifest.edges) - set(trade.manifest.edges)
    assert added == {
        DomainEdge(
            producer="get_customer",
            consumer="create_notice",
            parameter="email",
            table="customers",
            column="email",
        )
    }
    assert made.domain.manifest.makers == {"edges": "scripted"}
    assert {one.subject.rpartition("/")[2] for one in made.records if one.maker == "model"} == {
        "get_customer"
    }


def test_an_added_edge_whose_value_is_never_accepted_is_not_taken(
    trade: Domain, remake: Remake, known: dict[str, int]
) -> None:
    picky = with_schema(trade, "create_notice", "email", {"type": "string", "enum": ["internal"]})
    made, model = remake(picky, "edges", verdicts(known, **{f"n{known[EMAIL]}": True}))
    assert f"pair {known[EMAIL]} does not hold" in model.last_message(1)
    assert made.domain.manifest.edges == trade.manifest.edges
    record = next(one for one in made.records if one.subject.endswith("get_customer"))
    assert (record.maker, record.reason) == ("rules", DraftReason.UNSOUND)


def test_an_edge_that_others_stand_in_for_may_go(
    trade: Domain, remake: Remake, known: dict[str, int]
) -> None:
    made, _ = remake(trade, "edges", verdicts(known, **{f"n{known[NOTED]}": False}))
    gone = set(trade.manifest.edges) - set(made.domain.manifest.edges)
    assert {(one.producer, one.consumer) for one in gone} == {("list_orders", "get_customer")}


def test_the_only_way_to_a_key_stays(trade: Domain, remake: Remake, known: dict[str, int]) -> None:
    feeding = {
        f"n{number}": False for told, number in known.items() if "create_order(customer_id)" in told
    }
    made, model = remake(trade, "edges", verdicts(known, **feeding))
    assert "create_order needs customer_id, and nothing else gives it" in model.last_message(1)
    assert ORDERED in known
    fed = {one.producer for one in made.domain.manifest.edges if one.consumer == "create_order"}
    assert fed == {one.producer for one in trade.manifest.edges if one.consumer == "create_order"}


def test_missing_double_and_invented_verdicts_are_faults(
    trade: Domain, remake: Remake, known: dict[str, int]
) -> None:
    short = verdicts(known)
    first = short["verdicts"].pop(0)
    made, model = remake(trade, "edges", short)
    assert f"pair {first['number']} has 0 verdicts; give one" in model.last_message(1)
    assert made.domain == trade
    invented = verdicts(known, n999=True)
    made, model = remake(trade, "edges", invented)
    assert "there is no pair 999" in model.last_message(1)
    assert made.domain == trade
