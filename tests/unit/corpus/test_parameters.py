from typing import Any

import pytest

from agentscaler.corpus.noise import ALL_NOISE
from agentscaler.corpus.parameters import BadSchemaError, listed_parameters, parameter_schema


def table(**entries: Any) -> dict[str, Any]:
    return parameter_schema(entries, ALL_NOISE)


@pytest.mark.parametrize(
    ("words", "schema"),
    [
        ("str", {"type": "string"}),
        ("int, optional", {"type": "integer"}),
        ("List[int]", {"type": "array", "items": {"type": "integer"}}),
        ("List[Dict[str, Any]]", {"type": "array", "items": {"type": "object"}}),
        ("Optional[float]", {"type": "number"}),
        ("Union[bool, str]", {"type": "boolean"}),
        ("Tuple[str, int]", {"type": "array", "items": {"type": "string"}}),
        ("list", {"type": "array", "items": {}}),
        ("DATE (YYYY-MM-DD)", {"type": "string", "format": "date"}),
        ("Callable", {}),
        ("[" * 50, {}),
    ],
)
def test_types_in_words_become_json_schema(words: str, schema: dict[str, Any]) -> None:
    assert table(x={"type": words})["properties"]["x"] == schema


def test_a_table_needs_what_neither_type_nor_description_calls_optional() -> None:
    schema = table(
        city={"type": "str", "description": "The city.", "default": "Paris"},
        units={"type": "str, optional", "description": "The units."},
        days={"type": "int", "description": "How many days. Defaults to 3.", "default": 3},
        hour={"type": "int", "description": "The hour.", "required": False},
    )
    assert schema["required"] == ["city"]
    assert schema["properties"]["city"] == {"type": "string", "description": "The city."}


def test_parameters_called_like_words_of_json_schema_are_parameters() -> None:
    schema = table(
        type={"type": "str", "description": "The kind."},
        properties={"type": "str", "description": "What it has."},
        required={"type": "bool", "description": "Whether it must be."},
    )
    assert list(schema["properties"]) == ["type", "properties", "required"]
    assert {"type", "properties", "required"} == set(schema["required"])


@pytest.mark.parametrize("name", ["dict", "OBJECT", "object"])
def test_an_object_may_be_called_by_other_names(name: str) -> None:
    schema = parameter_schema(
        {"type": name, "properties": {"x": {"type": "STRING"}, "y": {"type": "float"}}}, ALL_NOISE
    )
    assert schema["properties"] == {"x": {"type": "string"}, "y": {"type": "number"}}


def test_no_parameters_are_an_empty_object() -> None:
    for nothing in (None, {}):
        assert parameter_schema(nothing, ALL_NOISE) == {"type": "object", "properties": {}}


@pytest.mark.parametrize("found", [["a"], "text", 7, {"type": "string"}, {"city": "string"}])
def test_what_is_in_no_dialect_is_refused(found: Any) -> None:
    with pytest.raises(BadSchemaError):
        parameter_schema(found, ALL_NOISE)


def test_two_lists_become_one_object_in_their_order() -> None:
    schema = listed_parameters(
        [{"name": "id", "type": "NUMBER", "description": "Which."}, "rubbish", {"type": "STRING"}],
        [{"name": "size", "type": "ENUM", "enum": ["s", "m"]}, {"name": "id", "type": "STRING"}],
        ALL_NOISE,
    )
    assert schema == {
        "type": "object",
        "properties": {
            "id": {"type": "number", "description": "Which."},
            "size": {"type": "string", "enum": ["s", "m"]},
        },
        "required": ["id"],
    }


def test_noise_that_is_to_be_kept_is_kept() -> None:
    entries = {"page": {"type": "int"}, "city": {"type": "str"}}
    assert list(parameter_schema(entries, ALL_NOISE)["properties"]) == ["city"]
    assert list(parameter_schema(entries, frozenset())["properties"]) == ["page", "city"]
