from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus.service import Reading
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.toolbench import is_toolbench_record, toolbench_service

WriteJson = Callable[[str, Any], Path]
LOOK_UP = {
    "name": "Look up ticket",
    "url": "https://tickets.example.com/v1/tickets/:ticketId",
    "description": "Finds a ticket by its number.",
    "method": "GET",
    "required_parameters": [
        {"name": "ticketId", "type": "NUMBER", "description": "Its number.", "default": "17"}
    ],
    "optional_parameters": [
        {"name": "since", "type": "DATE (YYYY-MM-DD)", "description": "", "default": ""},
        {"name": "page", "type": "NUMBER", "description": "", "default": "1"},
    ],
    "test_endpoint": {"ticket": {"id": 17, "open": True, "price": 2.5, "tags": ["a"]}},
}
TOOL = {
    "tool_name": "Ticket Desk",
    "tool_description": "Tickets for everything.",
    "standardized_name": "ticket_desk",
    "api_list": [LOOK_UP],
}


@pytest.fixture
def read(write_json: WriteJson) -> Callable[[Any], Reading]:
    def read(content: Any) -> Reading:
        path = write_json("Events/ticket_desk.json", content)
        return toolbench_service(path, path.stem, PoolSettings()).read()

    return read


def test_a_tool_file_gives_its_operations(read: Callable[[Any], Reading]) -> None:
    (tool,) = read(TOOL).tools
    assert tool.id == "rapidapi.ticket-desk.Look up ticket"
    assert (tool.service, tool.service_title) == ("rapidapi.ticket-desk", "Ticket Desk")
    assert (tool.method, tool.path) == ("GET", "/v1/tickets/{ticketId}")
    assert tool.parameters == {
        "type": "object",
        "properties": {
            "ticketId": {"type": "number", "description": "Its number."},
            "since": {"type": "string", "format": "date"},
        },
        "required": ["ticketId"],
    }


def test_the_result_is_read_off_a_schema_a_pattern_or_an_example(
    read: Callable[[Any], Reading],
) -> None:
    def returns(**changes: Any) -> Any:
        return read({**TOOL, "api_list": [{**LOOK_UP, **changes}]}).tools[0].returns

    ticket = returns()["properties"]["ticket"]["properties"]
    assert {name: schema["type"] for name, schema in ticket.items()} == {
        "id": "integer",
        "open": "boolean",
        "price": "number",
        "tags": "array",
    }
    assert returns(template_response={"total": "int", "rows": [{"name": "str"}]}) == {
        "type": "object",
        "properties": {
            "total": {"type": "integer"},
            "rows": {
                "type": "array",
                "items": {"type": "object", "properties": {"name": {"type": "string"}}},
            },
        },
    }
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    assert returns(schema=schema, template_response={"x": "int"}) == schema
    assert returns(test_endpoint="") is None


def test_queries_give_each_operation_once(read: Callable[[Any], Reading]) -> None:
    operation = {
        "category_name": "Logistics",
        "tool_name": "Parcels",
        "api_name": "/track/:parcel",
        "api_description": "Where a parcel is.",
        "required_parameters": [{"name": "parcel", "type": "STRING"}],
        "optional_parameters": [],
        "method": "get",
    }
    query = {"api_list": [operation], "query": "Where is it?", "query_id": 1}
    (tool,) = read([query, {**query, "query_id": 2}]).tools
    assert (tool.service, tool.name) == ("rapidapi.parcels", "/track/:parcel")
    assert (tool.method, tool.path) == ("GET", "/track/{parcel}")


def test_broken_operations_are_rejected_and_the_rest_goes_on(
    read: Callable[[Any], Reading],
) -> None:
    broken = ["text", {"name": 7}, {"description": "nameless"}, {**LOOK_UP, "url": "http://[x"}]
    reading = read({**TOOL, "api_list": [*broken, LOOK_UP]})
    assert [tool.name for tool in reading.tools] == ["Look up ticket"] * 2
    assert [one.reason for one in reading.rejections] == ["bad_record"] * 3
    assert [one.id for one in reading.rejections] == [f"ticket_desk.json#{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("record", "is_one"),
    [
        (TOOL, True),
        ({"api_list": [], "query": "?"}, True),
        ({"tool_name": "t", "api_name": "a"}, True),
        ({"tool_name": "t"}, False),
        ({"api_list": {}}, False),
        ([], False),
    ],
)
def test_its_records_are_told_from_others(record: Any, is_one: bool) -> None:
    assert is_toolbench_record(record) is is_one
