"""Results are plain JSON of bounded size that fits the declared schema."""

from typing import Any

import pytest

from agentscaler.errors import ToolError
from agentscaler.world.result import ResultError, compile_schema, plain

ROW = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "count": {"type": ["integer", "null"]},
        "kind": {"enum": ["a", "b"]},
        "price": {"anyOf": [{"type": "number"}, {"type": "null"}]},
    },
    "required": ["id"],
    "additionalProperties": False,
}


def test_plain_json_is_copied() -> None:
    value = {"a": [1, 2.5, "x", None, True, {"b": []}]}
    copied = plain(value)
    assert copied == value
    assert copied["a"] is not value["a"]


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({1, 2}, "a set, which is not JSON"),
        ((1, 2), "a tuple, which is not JSON"),
        ({"a": b"x"}, "a bytes, which is not JSON"),
        ({1: "a"}, "the key 1, which is not a string"),
        (nested(30), "nested deeper than 20"),
        ([0] * 20_001, "more than 20,000 values"),
        (["x" * 300_000] * 2, "more than 500,000 characters"),
    ],
    ids=str,
)
def test_what_is_not_plain_json_is_refused(value: Any, text: str) -> None:
    with pytest.raises(ResultError, match=text):
        plain(value)


@pytest.mark.parametrize(
    "value", [[2**63], [-(2**63) - 1], [float("nan")], [float("inf")], ["\ud800"], {"\ud800": 1}]
)
def test_numbers_and_texts_that_json_cannot_hold_are_refusals(value: Any) -> None:
    with pytest.raises(ToolError, match="the result would hold"):
        plain(value)


@pytest.mark.parametrize(
    "value",
    [{"id": "x"}, {"id": "x", "count": None, "kind": "b", "price": 2}, {"id": "", "price": None}],
)
def test_a_fitting_value_passes(value: Any) -> None:
    compile_schema(ROW)(value, "the result")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([], r"the result is \[\], not of type object"),
        ({}, "the result lacks id"),
        ({"id": 1}, "the result.id is 1, not of type string"),
        ({"id": "x", "count": True}, "count is true, not of type integer or null"),
        ({"id": "x", "kind": "c"}, "kind is 'c', not one of its listed values"),
        ({"id": "x", "price": "2"}, "price is '2', which fits none of its alternatives"),
        ({"id": "x", "more": 1}, "has more, which its schema does not know"),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_path(value: Any, text: str) -> None:
    with pytest.raises(ResultError, match=text):
        compile_schema(ROW)(value, "the result")


def test_items_are_checked_one_by_one() -> None:
    fits = compile_schema({"type": "array", "items": ROW})
    fits([{"id": "a"}, {"id": "b"}], "the result")
    with pytest.raises(ResultError, match=r"the result\[\] lacks id"):
        fits([{"id": "a"}, {}], "the result")


def test_an_empty_schema_takes_everything() -> None:
    compile_schema({})([1, {"a": None}], "the result")
