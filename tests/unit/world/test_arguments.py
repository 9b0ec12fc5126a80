"""Arguments are held against the schema, with refusals that an agent can act on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscaler.errors import InputError, ToolError
from agentscaler.world.arguments import ArgumentCheck, quoted

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 10},
        "status": {"type": "string", "enum": ["ACTIVE", "DISABLED"]},
        "count": {"type": "integer", "minimum": 0, "maximum": 9},
        "size": {"type": "integer"},
        "price": {"type": "number"},
        "urgent": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
    },
    "required": ["name"],
    "additionalProperties": False,
}


def check(**arguments: Any) -> dict[str, Any]:
    return ArgumentCheck("t", SCHEMA)({"name": "x", **arguments})


def test_fitting_arguments_come_back_in_schema_order() -> None:
    given_arguments = {"tags": ["a"], "urgent": True, "price": 2, "name": "x", "status": "ACTIVE"}
    checked = ArgumentCheck("t", SCHEMA)(given_arguments)
    assert checked == given_arguments
    assert list(checked) == ["name", "status", "price", "urgent", "tags"]


def test_a_whole_float_is_an_integer() -> None:
    count = check(count=5.0)["count"]
    assert count == 5
    assert type(count) is int


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"status": "active"}, "argument status must be one of: ACTIVE, DISABLED; got 'active'"),
        ({"count": 2.5}, "argument count must be an integer; got 2.5"),
        ({"count": True}, "argument count must be an integer; got true"),
        ({"count": "2"}, "argument count must be an integer; got '2'"),
        ({"count": 10}, "argument count must be at most 9; got 10"),
        ({"count": -1}, "argument count must be at least 0; got -1"),
        ({"size": 2**63}, "argument size must fit in 64 bits; got 9223372036854775808"),
        ({"size": -(2**63) - 1}, "argument size must fit in 64 bits; got -9223372036854775809"),
        ({"size": 1e300}, "argument size must fit in 64 bits; got 1e+300"),
        ({"price": False}, "argument price must be a number; got false"),
        ({"price": float("nan")}, "argument price must be a finite number; got nan"),
        ({"price": float("inf")}, "argument price must be a finite number; got inf"),
        ({"price": 2**64}, "argument price must fit in 64 bits; got 18446744073709551616"),
        ({"urgent": 1}, "argument urgent must be true or false; got 1"),
        ({"name": None}, "argument name must be a string; got null"),
        ({"name": ""}, "argument name must have 1 to 10 characters; got ''"),
        ({"name": "x" * 11}, "argument name must have 1 to 10 characters; got 'xxxxxxxxxxx'"),
        ({"tags": "a"}, "argument tags must be an array; got 'a'"),
        ({"tags": []}, "argument tags must have 1 to 2 items; got []"),
        ({"tags": ["a", 3]}, "argument tags item 1 must be a string; got ['a', 3]"),
        ({"nmae": 1}, "unknown argument 'nmae'; did you mean name? this tool takes: name, status,"),
        (
            {"name": "\ud800"},
            "argument name must be valid text, without lone surrogates; got '\\ud800'",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(arguments: Any, text: str) -> None:
    with pytest.raises(ToolError) as caught:
        check(**arguments)
    assert str(caught.value).startswith(text)


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(ToolError, match="argument name is required"):
        ArgumentCheck("t", SCHEMA)({"count": 1})


def test_arguments_that_are_no_object_are_refused() -> None:
    with pytest.raises(ToolError, match="arguments must be an object; got 'x'"):
        ArgumentCheck("t", SCHEMA)("x")  # type: ignore[arg-type]  # what an agent may send


def test_long_strings_and_arrays_are_bounded_without_being_told() -> None:
    check_free = ArgumentCheck(
        "t",
        {
            "properties": {
                "text": {"type": "string"},
                "list": {"type": "array", "items": {"type": "integer"}},
            }
        },
    )
    with pytest.raises(ToolError, match="at most 10000 characters"):
        check_free({"text": "x" * 10_001})
    with pytest.raises(ToolError, match="at most 1000 items; got an array of 1001"):
        check_free({"list": [1] * 1_001})


def test_a_long_enum_is_cut_in_the_refusal() -> None:
    schema = {"properties": {"kind": {"type": "string", "enum": [f"K{n}" for n in range(10_000)]}}}
    with pytest.raises(ToolError) as caught:
        ArgumentCheck("t", schema)({"kind": "x"})
    assert "K19, ... (10000 in all)" in str(caught.value)


@pytest.mark.parametrize("schema", [{"type": "object"}, {}, {"type": ["string", "null"]}])
def test_a_schema_that_is_not_flat_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="Tool t: parameter x has type"):
        ArgumentCheck("t", {"properties": {"x": schema}})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(SCHEMA["properties"])) | st.text(), json_values))
def test_any_json_is_taken_or_refused_with_storable_text(arguments: dict[str, Any]) -> None:
    refusal = ""
    checked = arguments
    try:
        checked = ArgumentCheck("t", SCHEMA)(arguments)
    except ToolError as error:
        refusal = str(error)
    assert checked == arguments
    assert refusal.encode() or "name" in arguments


@given(json_values)
def test_quoting_is_short_and_safe(value: Any) -> None:
    assert len(quoted(value).encode()) < 1_000


def test_a_character_may_be_ruled_out() -> None:
    check = ArgumentCheck(
        "find", {"properties": {"name": {"type": "string", "pattern": "^[^/]*$"}}}
    )
    assert check({"name": "docs"}) == {"name": "docs"}
    with pytest.raises(ToolError, match="name must not contain '/'; got 'octo/docs'"):
        check({"name": "octo/docs"})
