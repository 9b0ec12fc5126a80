import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus.service import Reading
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.toolsets import is_acebench_record, is_xlam_record, toolset_service

WriteJson = Callable[[str, Any], Path]
BREED = {
    "name": "breed_facts",
    "description": "Tells facts of a breed of dogs.",
    "parameters": {
        "breed": {"type": "str", "description": "The breed.", "default": "pug"},
        "count": {"type": "int, optional", "description": "How many facts.", "default": ""},
    },
}
HOTEL = {
    "name": "HotelDesk_bookRoom",
    "description": "Books a room.",
    "parameters": {
        "type": "object",
        "properties": {"guest": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "required": ["guest"],
    },
}


@pytest.fixture
def read(write_json: WriteJson) -> Callable[..., Reading]:
    def read(content: Any, source: str, name: str = "set.json") -> Reading:
        path = write_json(name, content)
        return toolset_service(path, path.stem, PoolSettings(), source=source).read()

    return read


@pytest.mark.parametrize("wrap", [json.dumps, list])
def test_xlam_tools_are_read_from_a_list_or_its_text(
    read: Callable[..., Reading], wrap: Callable[[list[Any]], Any]
) -> None:
    record = {"id": 1, "query": "Facts on pugs?", "answers": "[]", "tools": wrap([BREED])}
    (tool,) = read([record], "xlam").tools
    assert (tool.id, tool.source) == ("xlam.set.breed_facts", "xlam")
    assert tool.parameters["required"] == ["breed"]
    assert tool.parameters["properties"]["count"]["type"] == "integer"


def test_a_tool_of_many_records_is_read_once(read: Callable[..., Reading]) -> None:
    again = dict(reversed(BREED.items()))
    other = {**BREED, "description": "Tells other facts."}
    records = [{"query": str(n), "tools": [BREED, again]} for n in range(50)]
    reading = read([*records, {"query": "x", "tools": [other]}], "xlam")
    assert [tool.name for tool in reading.tools] == ["breed_facts"] * 2
    assert reading.rejections == []


def test_acebench_functions_are_read_line_by_line(read: Callable[..., Reading]) -> None:
    records = [
        {"id": "a_0", "question": "user: a room", "function": [HOTEL], "time": ""},
        {
            "id": "a_1",
            "question": "用户：房间",
            "function": {**HOTEL, "name": "book", "arguments": {}},
        },
    ]
    text = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    first, second = read(text, "acebench", "data_normal.json").tools
    assert first.id == "acebench.data-normal.HotelDesk_bookRoom"
    assert first.parameters["required"] == ["guest"]
    assert second.name == "book"


def test_arguments_stand_for_parameters(read: Callable[..., Reading]) -> None:
    function = {"name": "f", "description": "d", "arguments": HOTEL["parameters"]}
    (tool,) = read([{"question": "q", "function": [function]}], "acebench").tools
    assert list(tool.parameters["properties"]) == ["guest"]


def test_records_without_tools_and_broken_texts_are_rejected(read: Callable[..., Reading]) -> None:
    records = [{"query": "none"}, {"query": "torn", "tools": '[{"name"'}, {"tools": [BREED, 7]}, 3]
    reading = read(records, "xlam")
    assert len(reading.tools) == 1
    assert [one.reason for one in reading.rejections] == ["bad_record"] * 4


def test_the_records_are_told_from_other_objects() -> None:
    assert is_xlam_record({"query": "q", "tools": "[]"})
    assert is_xlam_record({"messages": [], "tools": []})
    assert not is_xlam_record({"tools": []})
    assert is_acebench_record({"question": "q", "function": []})
    assert not is_acebench_record({"type": "function", "function": {"name": "f"}})
