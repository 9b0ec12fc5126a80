"""Trial arguments are drawn from the state as it is."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscaler.errors import ToolError
from agentscaler.world.arguments import ArgumentCheck
from agentscaler.world.trials import Draw, Drawing, Manner, RowCondition, ToolTrial, manner_of
from agentscaler.world.world import World

TEXT = {"type": "string"}
ORDER = Draw("key", "orders", "order_id")
OWNER = Draw("key", "orders", "customer_id")


def schema(*names: str, **more: Any) -> dict[str, Any]:
    properties = {**dict.fromkeys(names, TEXT), **more}
    return {"type": "object", "properties": properties, "required": list(properties)}


def draw(
    world: World, trial: ToolTrial, parameters: dict[str, Any], manner: Manner, seed: int
) -> tuple[dict[str, Any], str]:
    return Drawing(world, trial, parameters, random.Random(seed)).arguments(manner)


def test_keys_of_one_call_are_of_one_row(world: World) -> None:
    trial = ToolTrial("t", {"order_id": ORDER, "owner": OWNER})
    for seed in range(20):
        drawn, wrong = draw(world, trial, schema("order_id", "owner"), Manner.PLAIN, seed)
        sql = "SELECT 1 FROM orders WHERE order_id = ? AND customer_id = ?"
        assert world.query(sql, drawn["order_id"], drawn["owner"])
        assert wrong == ""


def test_most_rows_meet_the_precondition(world: World) -> None:
    condition = RowCondition("orders", "status", ("cancelled",))
    trial = ToolTrial("t", {"order_id": ORDER}, condition)
    chosen = [
        draw(world, trial, schema("order_id"), Manner.PLAIN, seed)[0]["order_id"]
        for seed in range(50)
    ]
    cancelled = {"order-2", "order-6"}
    assert 35 < sum(order_id in cancelled for order_id in chosen) < 50


def test_draws_follow_the_state(world: World) -> None:
    for number in range(7):
        world.call("delete_order", {"order_id": f"order-{number}"})
    trial = ToolTrial("t", {"order_id": ORDER})
    assert draw(world, trial, schema("order_id"), Manner.PLAIN, 0)[0] == {"order_id": "order-7"}


def test_an_unknown_key_has_the_shape_of_a_known_one_but_no_row(world: World) -> None:
    trial = ToolTrial("t", {"order_id": ORDER, "note": Draw("value")})
    for seed in range(20):
        drawn, wrong = draw(world, trial, schema("order_id", "note"), Manner.UNKNOWN, seed)
        assert drawn["order_id"].startswith("order-")
        assert not world.query("SELECT 1 FROM orders WHERE order_id = ?", drawn["order_id"])
        assert wrong == "an unknown order_id"


def test_a_tool_without_keys_has_nothing_unknown(world: World) -> None:
    trial = ToolTrial("t", {"note": Draw("value")})
    assert draw(world, trial, schema("note"), Manner.UNKNOWN, 0)[1] == ""


def test_malformed_arguments_never_fit_the_schema(world: World) -> None:
    parameters = schema("order_id", count={"type": "integer"})
    trial = ToolTrial("t", {"order_id": ORDER, "count": Draw("value")})
    check = ArgumentCheck("t", parameters)
    ways = set()
    for seed in range(30):
        drawn, wrong = draw(world, trial, parameters, Manner.MALFORMED, seed)
        ways.add(wrong)
        with pytest.raises(ToolError):
            check(drawn)
    assert len(ways) == 5


def test_values_come_from_the_pool_and_take_the_form_of_the_parameter(world: World) -> None:
    parameters = schema(flag={"type": "boolean"}, tags={"type": "array", "items": TEXT}, kind=TEXT)
    trial = ToolTrial(
        "t",
        {
            "flag": Draw("value", pool=(1,)),
            "tags": Draw("value", pool=("a",)),
            "kind": Draw("value", pool=("b",)),
        },
    )
    drawn, _ = draw(world, trial, parameters, Manner.PLAIN, 0)
    assert drawn == {"flag": True, "tags": ["a"], "kind": "b"}


def test_every_six_trials_hold_one_unknown_and_one_malformed() -> None:
    manners = [manner_of(number) for number in range(12)]
    assert manners[:4].count(Manner.UNKNOWN) == manners[:4].count(Manner.MALFORMED) == 1
    assert manners.count(Manner.UNKNOWN) == manners.count(Manner.MALFORMED) == 2


flat = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={"minLength": st.integers(0, 30), "maxLength": st.integers(30, 90)},
    ),
    st.just({"type": "string", "enum": ["A", "B"]}),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={"minimum": st.integers(-9, 9), "maximum": st.integers(9, 99)},
    ),
    st.just({"type": "boolean"}),
    st.just({"type": "string", "format": "date"}),
    st.just({"type": "string", "format": "date-time"}),
)
schemas = flat | st.fixed_dictionaries(
    {"type": st.just("array"), "items": flat},
    optional={"minItems": st.integers(0, 3), "maxItems": st.integers(3, 5)},
)


@given(schemas, st.integers())
def test_sampled_values_fit_their_schema(
    image: bytes, toolbox: Any, one: dict[str, Any], seed: int
) -> None:
    parameters = schema(value=one)
    with World(image, toolbox, now="t") as world:
        drawn, _ = draw(world, ToolTrial("t", {}), parameters, Manner.PLAIN, seed)
    assert ArgumentCheck("t", parameters)(drawn) == drawn
