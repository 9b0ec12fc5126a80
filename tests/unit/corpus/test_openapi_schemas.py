from pathlib import Path
from typing import Any, Literal

import pytest

from agentscaler.corpus.openapi_schemas import Schemas
from agentscaler.corpus.references import References
from agentscaler.corpus.schema import SchemaBounds

DEFINITIONS: dict[str, Any] = {
    "Named": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    "Pet": {
        "allOf": [
            {"$ref": "#/definitions/Named"},
            {"properties": {"age": {"type": ["integer", "null"]}}},
            {"required": ["age"]},
        ],
        "description": "An animal.",
    },
    "Dog": {"allOf": [{"$ref": "#/definitions/Pet"}], "properties": {"race": {"type": "string"}}},
    "Account": {
        "properties": {
            "id": {"type": "string", "readOnly": True},
            "password": {"type": "string", "writeOnly": True},
        }
    },
    "Either": {"oneOf": [{"type": "string"}, {"$ref": "#/definitions/Named"}]},
    "Self": {"allOf": [{"$ref": "#/definitions/Self"}], "properties": {"a": {"type": "string"}}},
    "Tree": {"type": "object", "properties": {"child": {"$ref": "#/definitions/Tree"}}},
}
for _number in range(40):
    _next = {"$ref": f"#/definitions/Double{_number + 1}"}
    DEFINITIONS[f"Double{_number}"] = {"allOf": [_next, _next]}
DEFINITIONS["Double40"] = {"properties": {"deep": {"type": "string"}}}


def bounded(schema: Any, hidden: Literal["readOnly", "writeOnly"] = "readOnly") -> Any:
    path = Path("spec.json")
    schemas = Schemas(References({"definitions": DEFINITIONS}, path, path.parent), hidden)
    return SchemaBounds(schemas.resolve, 200).bound(schemas.translate(schema, ""))


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/definitions/{name}"}


def test_all_parts_of_a_schema_become_one() -> None:
    assert bounded(ref("Dog")) == {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "age": {"type": "integer"},
            "race": {"type": "string"},
        },
        "required": ["name", "age"],
        "description": "An animal.",
        "x-shape": "Dog",
    }


def test_a_reference_with_a_word_to_it_stays_what_it_refers_to() -> None:
    found = bounded({"allOf": [ref("Named")], "description": "Who.", "nullable": True})
    assert (found["x-shape"], found["description"]) == ("Named", "Who.")


def test_what_only_the_other_side_sets_is_left_out() -> None:
    assert list(bounded(ref("Account"))["properties"]) == ["password"]
    assert list(bounded(ref("Account"), "writeOnly")["properties"]) == ["id"]


def test_of_alternatives_a_schema_by_itself_takes_the_first_object() -> None:
    assert bounded(ref("Either"))["properties"] == {"name": {"type": "string"}}
    assert bounded({"anyOf": [{"type": "null"}, ref("Named")]})["x-shape"] == "Named"


def test_a_field_that_is_an_id_or_the_whole_record_is_the_id() -> None:
    schema = {"properties": {"owner": {"anyOf": [{"type": "string"}, ref("Named")]}}}
    assert bounded(schema)["properties"] == {"owner": {"type": "string"}}


def test_alternatives_that_list_values_become_one_list() -> None:
    schema = {"oneOf": [{"type": "string", "enum": ["a", "b"]}, {"const": "c"}]}
    assert bounded(schema) == {"type": "string", "enum": ["a", "b", "c"]}


def test_alternatives_that_only_say_what_is_required_do_not_count() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    }
    assert bounded(schema) == {"type": "object", "properties": schema["properties"]}


def test_constants_and_the_mark_required_on_a_property_are_understood() -> None:
    schema = {"properties": {"kinds": {"type": "string", "const": "x", "required": True}}}
    assert bounded(schema) == {
        "type": "object",
        "properties": {"kinds": {"type": "string", "enum": ["x"]}},
        "required": ["kinds"],
    }


def test_schemas_made_of_themselves_end() -> None:
    assert bounded(ref("Self"))["properties"] == {"a": {"type": "string"}}
    assert bounded(ref("Tree"))["properties"]["child"] == {"type": "object"}


def test_schemas_made_twice_of_the_next_cost_no_more_than_once() -> None:
    assert bounded(ref("Double0"))["properties"] == {"deep": {"type": "string"}}


@pytest.mark.parametrize(
    "schema",
    [
        *(None, True, 7, [], {"type": 7}, {"type": [{}]}, {"properties": []}, {"items": 3}),
        *({"allOf": 1}, {"allOf": [None, 1]}, {"oneOf": [{}]}, {"enum": "x"}, {"$ref": 7}),
        *({"required": "x"}, {"enum": [[], {}]}, {"const": {}}, {"additionalProperties": True}),
    ],
)
def test_rubbish_is_a_schema_that_says_nothing(schema: Any) -> None:
    assert not bounded(schema).get("properties")


def test_a_reference_that_leads_nowhere_says_nothing() -> None:
    assert bounded({"properties": {"a": ref("None")}}) == {
        "type": "object",
        "properties": {"a": {}},
    }
