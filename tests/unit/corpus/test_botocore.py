from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus.botocore import botocore_services, is_botocore_folder, packaged_models
from agentscaler.corpus.tool import ToolSpec

WriteModel = Callable[..., Path]


@pytest.fixture
def tools(library_model: dict[str, Any], write_model: WriteModel) -> dict[str, ToolSpec]:
    (service,) = botocore_services(write_model(library_model))
    return {tool.name: tool for tool in service.read().tools}


def test_an_operation_becomes_a_tool(tools: dict[str, ToolSpec]) -> None:
    tool = tools["CreateLoan"]
    assert tool.id == "aws.library.CreateLoan"
    assert (tool.provider, tool.service, tool.service_title) == (
        "aws",
        "aws.library",
        "City Library",
    )
    assert tool.description == "Lends a book to a member. Once."
    assert (tool.method, tool.path) == ("POST", "/books/{bookId}/loans")


def test_parameters_keep_meaning_and_lose_tokens_and_deprecated_ones(
    tools: dict[str, ToolSpec],
) -> None:
    schema = tools["CreateLoan"].parameters
    assert schema == {
        "type": "object",
        "properties": {
            "bookId": {"type": "string", "x-shape": "BookId", "x-in": "path"},
            "memberId": {
                "type": "string",
                "x-shape": "MemberId",
                "description": "Who borrows.",
                "x-in": "body",
            },
            "renewals": {"type": "integer", "x-in": "query"},
            "queryExecutionId": {"type": "string", "x-shape": "Text", "x-in": "body"},
        },
        "required": ["bookId", "memberId"],
    }


def test_results_are_schemas_with_recursion_cut(tools: dict[str, ToolSpec]) -> None:
    returns = tools["CreateLoan"].returns
    assert returns is not None
    assert list(returns["properties"]) == ["loan"]
    loan = returns["properties"]["loan"]["properties"]
    assert loan["state"]["enum"] == ["OPEN", "RETURNED", "LOST"]
    assert loan["dueAt"] == {"type": "string", "format": "date-time"}
    assert loan["tags"]["additionalProperties"]["type"] == "string"
    assert loan["previous"] == {"type": "array", "items": {"type": "object"}}


def test_only_the_readonly_trait_says_read(tools: dict[str, ToolSpec]) -> None:
    assert tools["GetLoan"].effect == "read"
    assert tools["ListShelves"].effect is None


def test_an_operation_without_input_has_no_parameters(tools: dict[str, ToolSpec]) -> None:
    assert tools["ListShelves"].parameters == {"type": "object", "properties": {}}
    assert tools["ListShelves"].returns is None


def test_paths_of_protocols_that_have_none_are_not_told(
    library_model: dict[str, Any], write_model: WriteModel
) -> None:
    library_model["metadata"]["protocol"] = "json"
    (service,) = botocore_services(write_model(library_model))
    tool = next(tool for tool in service.read().tools if tool.name == "CreateLoan")
    assert (tool.method, tool.path) == (None, None)
    assert "x-in" not in tool.parameters["properties"]["memberId"]


def test_deprecated_operations_are_rejected_with_the_reason_given(
    library_model: dict[str, Any], write_model: WriteModel
) -> None:
    (service,) = botocore_services(write_model(library_model))
    (rejection,) = service.read().rejections
    assert rejection.id == "aws.library.ScanCard"
    assert rejection.reason == "deprecated"
    assert rejection.detail == "There are no paper cards any more."


def test_operations_of_older_versions_are_counted(
    library_model: dict[str, Any], write_model: WriteModel
) -> None:
    write_model(library_model, version="2012-05-01")
    (service,) = botocore_services(write_model(library_model, version="2020-01-01"))
    reading = service.read()
    older = [one.id for one in reading.rejections if one.reason == "older_version"]
    assert older == [f"aws.library.{name}@2012-05-01" for name in library_model["operations"]]
    assert len(reading.tools) == 3


def test_the_layout_is_recognised(
    library_model: dict[str, Any], write_model: WriteModel, tmp_path: Path
) -> None:
    assert not is_botocore_folder(tmp_path)
    assert is_botocore_folder(write_model(library_model))


def test_two_real_services_read_whole() -> None:
    pytest.importorskip("botocore")
    services = {service.name: service for service in botocore_services(packaged_models())}
    queue = {tool.name: tool for tool in services["aws.sqs"].read().tools}
    assert "QueueUrl" in queue["SendMessage"].parameters["required"]
    assert list((queue["CreateQueue"].returns or {})["properties"]) == ["QueueUrl"]
    storage = {tool.name: tool for tool in services["aws.s3"].read().tools}
    assert {"Bucket", "Key"} <= storage["GetObject"].parameters["properties"].keys()
    assert storage["GetObject"].path == "/{Bucket}/{Key+}"
