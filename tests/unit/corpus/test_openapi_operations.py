import json
from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus.openapi import openapi_services
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.service import Reading
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.operation import OperationKind, read_operation

HARBOUR: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Harbour API", "version": "2.1", "license": {"name": "CC0-1.0"}},
    "servers": [{"url": "https://api.harbour.org"}],
    "paths": {
        "/berths/{berthId}/ships": {
            "parameters": [
                {"name": "berthId", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "flag", "in": "query", "schema": {"type": "string"}},
            ],
            "get": {
                "operationId": "ships/list",
                "summary": "Lists ships.",
                "description": "Lists the ships at a <b>berth</b>.",
                "parameters": [
                    {"$ref": "#/components/parameters/Flag"},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    {"name": "session", "in": "cookie", "schema": {"type": "string"}},
                    {"name": "secret", "in": "query", "schema": {"type": "string"}},
                    {"name": "page", "in": "query", "schema": {"type": "integer"}},
                    {"name": "old", "in": "query", "deprecated": True, "schema": {}},
                    {
                        "name": "since",
                        "in": "query",
                        "content": {"a/b": {"schema": {"type": "string"}}},
                    },
                ],
                "responses": {
                    "404": {"content": {"application/json": {"schema": {"type": "object"}}}},
                    "200": {
                        "content": {
                            "text/csv": {"schema": {"type": "string"}},
                            "application/json; charset=utf-8": {
                                "schema": {
                                    "type": "array",
                                    "items": {"$ref": "#/components/schemas/Ship"},
                                }
                            },
                        }
                    },
                },
            },
            "post": {
                "requestBody": {"$ref": "#/components/requestBodies/Ship"},
                "responses": {"204": {}, "2XX": {"$ref": "#/components/responses/Ship"}},
            },
            "options": {"responses": {}},
        },
        "/ships/{shipId}": {
            "patch": {"requestBody": {"$ref": "#/components/requestBodies/Ship"}},
            "delete": {"deprecated": True, "summary": "Do not."},
            "put": ["not an operation"],
        },
        "/signals": {
            "post": {
                "requestBody": {
                    "content": {"application/json": {"schema": {"type": "array", "items": {}}}}
                }
            }
        },
        "/broken": None,
        "x-notes": {"get": {}},
    },
    "components": {
        "parameters": {
            "Flag": {
                "name": "flag",
                "in": "query",
                "required": True,
                "description": "The ship's flag.",
                "schema": {"type": "string", "enum": ["NO", "SE"]},
            }
        },
        "requestBodies": {
            "Ship": {
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ship"}}}
            }
        },
        "responses": {
            "Ship": {
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ship"}}}
            }
        },
        "schemas": {
            "Ship": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {
                    "id": {"type": "string", "readOnly": True},
                    "berthId": {"type": "string"},
                    "name": {"type": "string", "description": "What is painted on it."},
                },
            }
        },
        "securitySchemes": {"secret": {"type": "apiKey", "in": "query", "name": "secret"}},
    },
}
KIOSK: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Kiosk"},
    "host": "kiosk.org",
    "paths": {
        "/papers/{paperId}": {
            "put": {
                "parameters": [
                    {"name": "paperId", "in": "path", "required": True, "type": "integer"},
                    {"name": "paper", "in": "body", "schema": {"$ref": "#/definitions/Paper"}},
                ],
                "responses": {"default": {"schema": {"$ref": "#/definitions/Paper"}}},
            }
        },
        "/papers": {
            "post": {
                "parameters": [
                    {"name": "cover", "in": "formData", "type": "file"},
                    {
                        "name": "tags",
                        "in": "formData",
                        "type": "array",
                        "items": {"type": "string"},
                    },
                ]
            }
        },
        "/readers": {
            "post": {"parameters": [{"name": "names", "in": "body", "schema": {"type": "string"}}]}
        },
    },
    "definitions": {
        "Paper": {"properties": {"paperId": {"type": "string"}, "price": {"type": "number"}}}
    },
}


def reading(document: dict[str, Any], folder: Path, **settings: Any) -> Reading:
    path = folder / "spec.json"
    path.write_text(json.dumps(document))
    (service,) = openapi_services(path, PoolSettings(**settings))
    return service.read()


@pytest.fixture
def harbour(tmp_path: Path) -> dict[str, ToolSpec]:
    return {tool.name: tool for tool in reading(HARBOUR, tmp_path).tools}


@pytest.fixture
def kiosk(tmp_path: Path) -> dict[str, ToolSpec]:
    return {tool.name: tool for tool in reading(KIOSK, tmp_path).tools}


def test_a_tool_says_where_it_comes_from(harbour: dict[str, ToolSpec]) -> None:
    tool = harbour["listShips"]
    assert (tool.id, tool.provider) == ("harbour.harbour.listShips", "harbour")
    assert (tool.service, tool.service_title) == ("harbour.harbour", "Harbour API")
    assert (tool.method, tool.path, tool.effect) == ("GET", "/berths/{berthId}/ships", "read")
    assert (tool.source, tool.licence) == ("openapi", "CC0-1.0")
    assert tool.description == "Lists the ships at a berth."


def test_parameters_of_the_path_are_shared_and_an_operations_own_replace_them(
    harbour: dict[str, ToolSpec],
) -> None:
    schema = harbour["listShips"].parameters
    assert schema["properties"] == {
        "berthId": {"type": "string", "x-in": "path"},
        "flag": {
            "type": "string",
            "enum": ["NO", "SE"],
            "description": "The ship's flag.",
            "x-in": "query",
        },
        "since": {"type": "string", "x-in": "query"},
    }
    assert schema["required"] == ["berthId", "flag"]


def test_a_body_is_flattened_without_what_the_server_sets(harbour: dict[str, ToolSpec]) -> None:
    schema = harbour["createShip"].parameters
    assert {name: node["x-in"] for name, node in schema["properties"].items()} == {
        "berthId": "path",
        "flag": "query",
        "name": "body",
    }
    assert schema["required"] == ["berthId", "name"]


def test_a_patch_requires_no_field_of_its_body(harbour: dict[str, ToolSpec]) -> None:
    tool = harbour["updateShip"]
    assert "required" not in tool.parameters
    assert tool.effect is None


def test_a_body_that_is_no_record_is_one_parameter(
    harbour: dict[str, ToolSpec], kiosk: dict[str, ToolSpec]
) -> None:
    properties = harbour["createSignal"].parameters["properties"]
    assert properties == {"body": {"type": "array", "items": {}, "x-in": "body"}}
    assert list(kiosk["createReader"].parameters["properties"]) == ["names"]


def test_the_result_is_that_of_the_first_success_with_one(harbour: dict[str, ToolSpec]) -> None:
    listed, made = harbour["listShips"].returns, harbour["createShip"].returns
    assert listed is not None
    assert made is not None
    assert listed["items"]["x-shape"] == made["x-shape"] == "Ship"
    assert list(made["properties"]) == ["id", "berthId", "name"]
    assert harbour["updateShip"].returns is None


@pytest.mark.parametrize(
    "response",
    [
        {"content": {"application/json": {"example": {"id": 7, "tags": ["a"]}}}},
        {"content": {"application/json": {"examples": {"x": {"value": {"id": 7, "tags": ["a"]}}}}}},
        {"schema": {"type": "object"}, "examples": {"application/json": {"id": 7, "tags": ["a"]}}},
    ],
)
def test_a_result_without_a_schema_is_read_off_its_example(
    tmp_path: Path, response: dict[str, Any]
) -> None:
    paths = {"/buoys": {"get": {"responses": {"200": response}}}}
    (tool,) = reading({"openapi": "3.0.0", "paths": paths}, tmp_path).tools
    assert tool.returns == {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
    }


def test_swagger_2_bodies_and_forms_become_parameters(kiosk: dict[str, ToolSpec]) -> None:
    update = kiosk["updatePaper"]
    assert update.parameters["properties"] == {
        "paperId": {"type": "integer", "x-in": "path"},
        "price": {"type": "number", "x-in": "body"},
    }
    assert update.returns is not None
    assert kiosk["createPaper"].parameters["properties"] == {
        "cover": {"type": "string", "format": "binary", "x-in": "body"},
        "tags": {"type": "array", "items": {"type": "string"}, "x-in": "body"},
    }


def test_every_operation_is_a_tool_or_a_rejection(tmp_path: Path) -> None:
    found = reading(HARBOUR, tmp_path)
    assert [tool.name for tool in found.tools] == [
        *("listShips", "createShip", "updateShip", "createSignal")
    ]
    assert {rejection.id: rejection.reason for rejection in found.rejections} == {
        "harbour.harbour.OPTIONS /berths/{berthId}/ships": PoolReason.BAD_RECORD,
        "harbour.harbour.DELETE /ships/{shipId}": PoolReason.DEPRECATED,
        "harbour.harbour.PUT /ships/{shipId}": PoolReason.BAD_RECORD,
        "harbour.harbour./broken": PoolReason.BAD_RECORD,
    }


def test_deprecated_operations_and_noise_can_be_kept(tmp_path: Path) -> None:
    tools = {
        tool.name: tool for tool in reading(HARBOUR, tmp_path, deprecated="keep", noise=()).tools
    }
    assert "deleteShip" in tools
    assert "page" in tools["listShips"].parameters["properties"]


def test_schemas_that_refer_to_each_other_without_end_cost_their_operation_alone(
    tmp_path: Path,
) -> None:
    definitions = {
        f"S{number}": {"allOf": [{"$ref": f"#/definitions/S{number + 1}"}, {"type": "object"}]}
        | {"properties": {f"p{number}": {}}}
        for number in range(3000)
    }
    paths = {
        "/a": {"get": {"responses": {"200": {"schema": {"$ref": "#/definitions/S0"}}}}},
        "/b": {"get": {"responses": {"200": {"schema": {"$ref": "#/definitions/S2990"}}}}},
    }
    found = reading({"swagger": "2.0", "paths": paths, "definitions": definitions}, tmp_path)
    assert [tool.path for tool in found.tools] == ["/b"]
    assert [rejection.reason for rejection in found.rejections] == [PoolReason.BAD_SCHEMA]


def test_the_names_are_understood_by_the_graph(
    harbour: dict[str, ToolSpec], kiosk: dict[str, ToolSpec]
) -> None:
    read = {name: read_operation(tool) for name, tool in (harbour | kiosk).items()}
    assert {name: (one.kind, one.resource) for name, one in read.items()} == {
        "listShips": (OperationKind.LIST, "ship"),
        "createShip": (OperationKind.CREATE, "ship"),
        "updateShip": (OperationKind.UPDATE, "ship"),
        "createSignal": (OperationKind.CREATE, "signal"),
        "updatePaper": (OperationKind.UPDATE, "paper"),
        "createPaper": (OperationKind.CREATE, "paper"),
        "createReader": (OperationKind.CREATE, "reader"),
    }
