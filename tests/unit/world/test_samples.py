"""Single values for trial calls."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscaler.errors import ToolError
from agentscaler.world.arguments import ArgumentCheck
from agentscaler.world.samples import another_key, in_shape, sample, spoil, varied

TEXT = {"type": "string"}

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


def schema(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


@given(schemas, st.integers(), st.integers(0, 6))
def test_sampled_and_varied_values_fit_their_schema(
    one: dict[str, Any], seed: int, attempt: int
) -> None:
    rng = random.Random(seed)
    value = varied(sample(one, rng), one, attempt, rng)
    assert ArgumentCheck("t", schema(value=one))({"value": value}) == {"value": value}


def test_values_that_were_of_no_use_move_away() -> None:
    rng = random.Random(0)
    assert varied("name", TEXT, 0, rng) == "name"
    assert varied("name", TEXT, 1, rng).startswith("name ")
    number = {"type": "number"}
    assert varied(80.0, number, 1, rng) < 80.0 < varied(80.0, number, 2, rng)


def test_malformed_arguments_never_fit_the_schema() -> None:
    parameters = schema(order_id=TEXT, count={"type": "integer"})
    check = ArgumentCheck("t", parameters)
    ways = set()
    for seed in range(30):
        arguments: dict[str, Any] = {"order_id": "order-1", "count": 3}
        ways.add(spoil(arguments, frozenset(("order_id", "count")), random.Random(seed)))
        with pytest.raises(ToolError):
            check(arguments)
    assert len(ways) == 5


def test_values_take_the_form_of_the_parameter() -> None:
    assert in_shape({"type": "boolean"}, 1) is True
    assert in_shape({"type": "array", "items": TEXT}, "a") == ["a"]
    assert in_shape({"type": "array", "items": TEXT}, ["a"]) == ["a"]
    assert in_shape(TEXT, "b") == "b"


def test_another_key_looks_like_the_one_given() -> None:
    rng = random.Random(0)
    assert another_key("contact-flow-0a1b2c3d", rng).startswith("contact-flow-")
    assert len(another_key("contact-flow-0a1b2c3d", rng)) == len("contact-flow-0a1b2c3d")
    assert isinstance(another_key(7, rng), int)
