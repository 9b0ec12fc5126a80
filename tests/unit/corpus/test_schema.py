from typing import Any

from agentscaler.corpus.noise import NoiseCategory
from agentscaler.corpus.schema import (
    MAX_ENUM,
    MAX_LEVELS,
    MAX_NODES,
    MAX_PROPERTIES,
    Schema,
    SchemaBounds,
)


def bound(node: Schema, **shapes: Schema) -> Schema:
    return SchemaBounds(shapes.get, description_limit=50).bound(node)


def depth(schema: Any) -> int:
    if not isinstance(schema, dict):
        return 0
    inside = [*schema.get("properties", {}).values(), schema.get("items")]
    return max(map(depth, inside)) + (schema.get("type") in {"object", "array"})


def nodes(schema: Any) -> int:
    if not isinstance(schema, dict):
        return 0
    return 1 + sum(map(nodes, [*schema.get("properties", {}).values(), schema.get("items")]))


def obj(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


def test_deep_nesting_ends_with_bare_containers() -> None:
    node: Schema = {"type": "string"}
    for _ in range(30):
        node = obj(inner=node)
    assert depth(bound(node)) == MAX_LEVELS + 2


def test_a_type_that_contains_itself_is_cut_where_it_comes_again() -> None:
    tree = obj(label={"type": "string"}, child={"$ref": "Tree"})
    bounded = bound({"$ref": "Tree"}, Tree=tree)
    assert bounded["properties"]["child"] == {"type": "object"}
    assert bounded["properties"]["label"] == {"type": "string"}


def test_a_reference_that_leads_only_to_itself_ends() -> None:
    assert bound({"$ref": "A"}, A={"$ref": "B"}, B={"$ref": "A"}) == {"type": "object"}


def test_a_type_cut_inside_one_parent_is_whole_inside_another() -> None:
    a = obj(b={"$ref": "B"}, name={"type": "string"})
    b = obj(a={"$ref": "A"}, size={"type": "integer"})
    bounded = bound(obj(first={"$ref": "A"}, second={"$ref": "B"}), A=a, B=b)
    first, second = bounded["properties"]["first"], bounded["properties"]["second"]
    assert first["properties"]["b"]["properties"]["a"] == {"type": "object"}
    assert second["properties"]["a"]["properties"]["name"] == {"type": "string"}


def test_a_bushy_schema_loses_levels_until_it_is_small() -> None:
    node: Schema = {"type": "string"}
    for _ in range(3):
        node = obj(**{f"p{i}": node for i in range(20)})
    bounded = bound(node)
    assert len(bounded["properties"]) == 20
    assert nodes(bounded) <= MAX_NODES


def test_many_types_that_all_refer_to_each_other_end_soon() -> None:
    shapes = {f"S{i}": obj(**{f"p{j}": {"$ref": f"S{j}"} for j in range(60)}) for i in range(60)}
    assert nodes(bound({"$ref": "S0"}, **shapes)) <= MAX_NODES


def test_required_properties_survive_the_cap() -> None:
    node = obj(**{f"p{i}": {"type": "string"} for i in range(100)})
    bounded = bound({**node, "required": ["p99", "gone"]})
    assert len(bounded["properties"]) == MAX_PROPERTIES
    assert bounded["required"] == ["p99"]


def test_a_huge_enum_leaves_only_its_size() -> None:
    node = {"type": "string", "enum": [f"v{i}" for i in range(10_000)]}
    assert bound(node) == {"type": "string", "x-enum-size": 10_000}
    assert len(bound({**node, "enum": node["enum"][:MAX_ENUM]})["enum"]) == MAX_ENUM


def test_enum_values_that_cannot_be_stored_are_dropped() -> None:
    node = {"type": "integer", "enum": [1, 1, 2**70, float("nan"), None, "three", True]}
    assert bound(node)["enum"] == [1]


def test_unspecified_placeholders_are_no_values() -> None:
    assert bound({"type": "string", "enum": ["SIZE_UNSPECIFIED", "BIG"]})["enum"] == ["BIG"]


def test_noise_is_left_out_at_every_level_but_inner_limits_stay() -> None:
    inner = obj(nextToken={"type": "string"}, limit={"type": "integer"}, name={"type": "string"})
    bounded = bound(obj(limit={"type": "integer"}, quota=inner))
    assert list(bounded["properties"]) == ["quota"]
    assert list(bounded["properties"]["quota"]["properties"]) == ["limit", "name"]


def test_deprecated_properties_are_left_out_unless_required() -> None:
    node = obj(old={"type": "string", "deprecated": True}, must={"deprecated": True})
    assert list(bound({**node, "required": ["must"]})["properties"]) == ["must"]


def test_the_place_of_use_describes_better_than_the_type() -> None:
    colour = {"type": "string", "description": "Any colour.", "x-shape": "Colour"}
    bounded = bound(obj(door={"$ref": "C", "description": "The door's colour."}), C=colour)
    assert bounded["properties"]["door"] == {
        "type": "string",
        "x-shape": "Colour",
        "description": "The door's colour.",
    }


def test_alternatives_and_unions_become_one_schema() -> None:
    node = obj(
        maybe={"anyOf": [{"type": "null"}, {"type": "integer"}], "description": "How many."},
        nullable={"type": ["null", "string"]},
        both={"allOf": [{"$ref": "A"}, obj(y={"type": "number"})]},
    )
    properties = bound(node, A=obj(x={"type": "boolean"}))["properties"]
    assert properties["maybe"] == {"type": "integer", "description": "How many."}
    assert properties["nullable"] == {"type": "string"}
    assert properties["both"] == obj(x={"type": "boolean"}, y={"type": "number"})


def test_rubbish_inside_a_schema_is_passed_over() -> None:
    node = {"type": "object", "properties": {"a": True, "b": 7, "": {}, "c": {"type": 5}}}
    assert bound(node)["properties"] == {"a": {}, "b": {}, "c": {}}
    assert bound({"type": "object", "properties": ["a"], "required": "a"}) == {"type": "object"}


def test_types_are_known_by_the_names_of_other_languages() -> None:
    node = obj(a={"type": "STRING"}, b={"type": "dict"}, c={"type": "long"}, d={"type": "tuple"})
    kinds = [child["type"] for child in bound({**node, "type": "OBJECT"})["properties"].values()]
    assert kinds == ["string", "object", "integer", "array"]


def test_only_the_chosen_noise_is_left_out() -> None:
    node = obj(requestId={"type": "string"}, page={"type": "integer"}, name={"type": "string"})
    chosen = frozenset({NoiseCategory.REQUEST_ID})
    bounded = SchemaBounds(lambda name: None, 50, chosen).bound(node)
    assert list(bounded["properties"]) == ["page", "name"]


def test_numbers_that_no_database_holds_are_no_constants() -> None:
    assert "enum" not in bound({"type": "integer", "const": 2**64})
    assert "enum" not in bound({"type": "number", "const": float("inf")})
    assert bound({"type": "integer", "const": -(2**63)})["enum"] == [-(2**63)]
