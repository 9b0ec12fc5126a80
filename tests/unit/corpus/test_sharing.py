from agentscaler.corpus import ToolSpec, share_schemas


def spec(name: str) -> ToolSpec:
    return ToolSpec(
        id=f"acme.x.{name}",
        name=name,
        provider="acme",
        service="acme.x",
        service_title="X",
        description="",
        parameters={
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "string", "enum": ["x"]}},
        },
        returns={"type": "object", "properties": {"a": {"type": "string"}, "n": {"minimum": 1}}},
        source="functions",
        licence="",
    )


def test_equal_flat_schemas_become_one_object() -> None:
    one, two = share_schemas([spec("one"), spec("two")])
    assert one.parameters["properties"]["a"] is two.parameters["properties"]["a"]
    assert one.returns is not None
    assert one.returns["properties"]["a"] is two.parameters["properties"]["a"]


def test_nothing_is_said_otherwise_than_before() -> None:
    assert share_schemas([spec("one"), spec("two")]) == [spec("one"), spec("two")]


def test_values_of_different_types_stay_apart() -> None:
    tool = spec("one")
    tool.parameters["properties"] = {"a": {"minimum": 1}, "b": {"minimum": True}}
    (shared,) = share_schemas([tool])
    assert shared.parameters["properties"]["b"]["minimum"] is True
