from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus.functions import function_service, is_function, mcp_service
from agentscaler.corpus.service import Reading
from agentscaler.corpus.settings import PoolSettings
from agentscaler.errors import InputError

WriteJson = Callable[[str, Any], Path]
WEATHER = {
    "name": "get_weather",
    "description": "Tells the weather of a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}


@pytest.fixture
def read(write_json: WriteJson) -> Callable[..., Reading]:
    def read(content: Any, name: str = "weather_tools.json") -> Reading:
        path = write_json(name, content)
        return function_service(path, path.stem, PoolSettings()).read()

    return read


@pytest.mark.parametrize(
    "content",
    [
        [WEATHER],
        WEATHER,
        {"tools": [WEATHER]},
        [{"type": "function", "function": WEATHER}],
        [{**WEATHER, "parameters": None, "input_schema": WEATHER["parameters"]}],
        [{"type": "function", "strict": True, **WEATHER}],
        {"functions": [WEATHER]},
        [{"tools": [{"type": "function", "function": WEATHER}]}],
        {"model": "m", "tools": [{"functionDeclarations": [WEATHER]}]},
        {
            "tools": [
                {
                    "toolSpec": {
                        **WEATHER,
                        "parameters": None,
                        "inputSchema": {"json": WEATHER["parameters"]},
                    }
                }
            ]
        },
    ],
)
def test_every_usual_wrapping_gives_the_same_tool(
    read: Callable[..., Reading], content: Any
) -> None:
    (tool,) = read(content).tools
    assert tool.id == "local.weather-tools.get_weather"
    assert tool.service_title == "weather tools"
    assert tool.parameters["required"] == ["city"]
    assert tool.returns is None


def test_a_record_may_name_its_provider_service_and_result(
    read: Callable[..., Reading],
) -> None:
    record = {
        "type": "function",
        "provider": "Acme",
        "service": "Sky Watch",
        "licence": "MIT",
        "function": {**WEATHER, "returns": {"type": "object", "properties": {"sky": {}}}},
    }
    (tool,) = read([record]).tools
    assert (tool.provider, tool.service) == ("acme", "acme.sky-watch")
    assert tool.licence == "MIT"
    assert tool.returns == {"type": "object", "properties": {"sky": {}}}


def test_a_broken_line_of_jsonl_is_rejected_and_the_rest_goes_on(
    read: Callable[..., Reading],
) -> None:
    lines = '{"name": "first", "description": "d"}\n{"name": "sec\n\n{"name": "third"}\n'
    reading = read(lines, "tools.jsonl")
    assert [tool.name for tool in reading.tools] == ["first", "third"]
    (rejection,) = reading.rejections
    assert (rejection.id, rejection.reason) == ("tools.jsonl#2", "bad_record")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("text", "bad_record"),
        ({"description": "no name"}, "bad_record"),
        ({"name": "  "}, "bad_record"),
        ({"name": 7}, "bad_record"),
        ({"function": []}, "bad_record"),
        ({"name": "f", "parameters": ["city"]}, "bad_schema"),
        ({"name": "f", "parameters": {"type": "string"}}, "bad_schema"),
        ({"name": "f", "parameters": {"city": "string"}}, "bad_schema"),
    ],
)
def test_bad_records_are_rejected_with_their_reason(
    read: Callable[..., Reading], record: Any, reason: str
) -> None:
    reading = read([record, WEATHER])
    assert [tool.name for tool in reading.tools] == ["get_weather"]
    assert [one.reason for one in reading.rejections] == [reason]


def test_local_references_are_followed_and_cycles_cut(read: Callable[..., Reading]) -> None:
    parameters = {
        "type": "object",
        "properties": {
            "to": {"$ref": "#/$defs/Street~1Address"},
            "tree": {"$ref": "#/definitions/Node"},
            "far": {"$ref": "https://example.org/schema.json"},
            "nowhere": {"$ref": "#/$defs/Missing"},
            "self": {"$ref": "#"},
        },
        "$defs": {"Street/Address": {"type": "object", "properties": {"zip": {"type": "string"}}}},
        "definitions": {
            "Node": {
                "type": "object",
                "properties": {"left": {"$ref": "#/definitions/Node"}, "value": {}},
            }
        },
    }
    (tool,) = read([{"name": "send", "parameters": parameters}]).tools
    properties = tool.parameters["properties"]
    assert properties["to"]["properties"] == {"zip": {"type": "string"}}
    assert properties["to"]["x-shape"] == "Street/Address"
    assert properties["tree"]["properties"]["left"] == {"type": "object"}
    assert properties["far"] == properties["nowhere"] == {}
    assert properties["self"]["type"] == "object"


def test_python_words_as_parameter_names_are_kept(read: Callable[..., Reading]) -> None:
    parameters = {"type": "object", "properties": {"class": {}, "db": {}, "café": {}}}
    (tool,) = read([{"name": "f", "parameters": parameters}]).tools
    assert list(tool.parameters["properties"]) == ["class", "db", "café"]


def test_a_schema_nested_without_end_is_no_crash(read: Callable[..., Reading]) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(300):
        schema = {"anyOf": [schema]}
    parameters = {"type": "object", "properties": {"x": schema}}
    reading = read([{"name": "deep", "parameters": parameters}, WEATHER])
    assert len(reading.tools) + len(reading.rejections) == 2
    assert "get_weather" in [tool.name for tool in reading.tools]


@pytest.mark.parametrize("content", ["", "  \n", '[{"name": "get_wea', "name: yaml", "[" * 5000])
def test_a_file_without_json_is_an_error_that_names_it(
    read: Callable[..., Reading], content: str
) -> None:
    with pytest.raises(InputError, match=r"weather_tools\.json") as caught:
        read(content)
    assert caught.value.remedy


def test_lone_surrogates_do_not_reach_the_tool(read: Callable[..., Reading]) -> None:
    (tool,) = read('[{"name": "f\\ud800", "description": "bad \\udfff text"}]').tools
    tool.model_dump_json()
    assert "?" in tool.name


MCP_TOOL = {
    "name": "read_note",
    "title": "Read a note",
    "inputSchema": WEATHER["parameters"],
    "outputSchema": {"type": "object", "properties": {"text": {"type": "string"}}},
    "annotations": {"readOnlyHint": True, "title": "Reader"},
}


@pytest.mark.parametrize(
    "content",
    [
        {"tools": [MCP_TOOL]},
        {"jsonrpc": "2.0", "id": 1, "result": {"tools": [MCP_TOOL], "nextCursor": "2"}},
        [{"jsonrpc": "2.0", "id": 1, "result": {"tools": [MCP_TOOL]}}],
        [MCP_TOOL],
    ],
)
def test_the_tool_list_of_an_mcp_server_is_read_in_any_envelope(
    write_json: WriteJson, content: Any
) -> None:
    path = write_json("notes.json", content)
    (tool,) = mcp_service(path, "notes", PoolSettings()).read().tools
    assert (tool.id, tool.source, tool.effect) == ("local.notes.read_note", "mcp", "read")
    assert tool.description == "Read a note"
    assert tool.returns == MCP_TOOL["outputSchema"]


@pytest.mark.parametrize(
    ("annotations", "effect"),
    [
        ({"readOnlyHint": True}, "read"),
        ({"readOnlyHint": False}, "write"),
        ({"destructiveHint": True}, "write"),
        ({"idempotentHint": True}, None),
        ("none", None),
    ],
)
def test_annotations_say_what_a_tool_does(
    read: Callable[..., Reading], annotations: Any, effect: str | None
) -> None:
    (tool,) = read([{**MCP_TOOL, "annotations": annotations}]).tools
    assert tool.effect == effect


def test_a_listing_that_names_its_server_gives_the_service_its_name(write_json: WriteJson) -> None:
    path = write_json("x-1234.json", {"serverInfo": {"name": "Note Keeper"}, "tools": [MCP_TOOL]})
    (tool,) = mcp_service(path, "x-1234", PoolSettings()).read().tools
    assert (tool.service, tool.service_title) == ("local.note-keeper", "Note Keeper")


@pytest.mark.parametrize(
    ("record", "is_one"),
    [
        (WEATHER, True),
        ({"name": "ping"}, True),
        ({"name": "left-pad", "version": "1.0", "description": "A package."}, False),
        ({"name": "get_weather", "arguments": {"city": "Paris"}}, False),
        ({"function": {"name": "f"}}, True),
        ({"title": "no name"}, False),
        ("text", False),
    ],
)
def test_a_function_is_told_from_other_objects_with_a_name(record: Any, is_one: bool) -> None:
    assert is_function(record) is is_one
