from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus.botocore import MODEL_NAMES, model_services, packaged_models
from agentscaler.corpus.service import Service
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.tool import ToolSpec

WriteModel = Callable[..., Path]


def services_in(folder: Path, **settings: Any) -> list[Service]:
    models = [path for name in MODEL_NAMES for path in folder.glob(f"*/*/{name}")]
    return model_services(models, PoolSettings(**settings))


@pytest.fixture
def tools(library_model: dict[str, Any], write_model: WriteModel) -> dict[str, ToolSpec]:
    (service,) = services_in(write_model(library_model))
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
    (service,) = services_in(write_model(library_model))
    tool = next(tool for tool in service.read().tools if tool.name == "CreateLoan")
    assert (tool.method, tool.path) == (None, None)
    assert "x-in" not in tool.parameters["properties"]["memberId"]


def test_deprecated_operations_are_rejected_with_the_reason_given(
    library_model: dict[str, Any], write_model: WriteModel
) -> None:
    (service,) = services_in(write_model(library_model))
    (rejection,) = service.read().rejections
    assert rejection.id == "aws.library.ScanCard"
    assert rejection.reason == "deprecated"
    assert rejection.detail == "There are no paper cards any more."


def test_operations_of_older_versions_are_counted(
    library_model: dict[str, Any], write_model: WriteModel
) -> None:
    write_model(library_model, version="2012-05-01")
    (service,) = services_in(write_model(library_model, version="2020-01-01"))
    reading = service.read()
    older = [one.id for one in reading.rejections if one.reason == "older_version"]
    assert older == [f"aws.library.{name}@2012-05-01" for name in library_model["operations"]]
    assert len(reading.tools) == 3


def test_older_versions_and_deprecated_operations_can_be_kept(
    library_model: dict[str, Any], write_model: WriteModel
) -> None:
    write_model(library_model, version="2012-05-01")
    folder = write_model(library_model, version="2020-01-01")
    older, newest = services_in(folder, older_versions="keep", deprecated="keep")
    assert (older.name, newest.name) == ("aws.library@2012-05-01", "aws.library")
    assert older.read().tools[0].id == "aws.library@2012-05-01.CreateLoan"
    assert "ScanCard" in [tool.name for tool in newest.read().tools]
    assert older.read().rejections == newest.read().rejections == []


def test_kinds_of_noise_can_be_kept(library_model: dict[str, Any], write_model: WriteModel) -> None:
    (service,) = services_in(write_model(library_model), noise=["idempotency"])
    tool = next(tool for tool in service.read().tools if tool.name == "CreateLoan")
    assert tool.returns is not None
    assert "nextToken" in tool.returns["properties"]


def test_of_a_packed_and_an_unpacked_model_one_is_read(
    library_model: dict[str, Any], write_model: WriteModel
) -> None:
    folder = write_model(library_model)
    (folder / "library/2020-01-01/service-2.json").write_text("{")
    (service,) = services_in(folder)
    assert len(service.read().tools) == 3


def test_a_malformed_operation_and_a_malformed_older_model_leave_the_rest(
    library_model: dict[str, Any], write_model: WriteModel
) -> None:
    library_model["operations"]["GetLoan"]["input"] = {"shape": "NoSuchShape"}
    folder = write_model(library_model)
    older = folder / "library/2001-01-01/service-2.json"
    older.parent.mkdir()
    older.write_text("[1, 2")
    reading = services_in(folder)[0].read()
    assert [tool.name for tool in reading.tools] == ["CreateLoan", "ListShelves"]
    assert sorted((one.id, one.reason) for one in reading.rejections) == [
        ("aws.library.GetLoan", "bad_record"),
        ("aws.library.ScanCard", "deprecated"),
        ("aws.library@2001-01-01", "bad_file"),
    ]


def test_two_real_services_read_whole() -> None:
    pytest.importorskip("botocore")
    services = {service.name: service for service in model_services(packaged_models())}
    queue = {tool.name: tool for tool in services["aws.sqs"].read().tools}
    assert "QueueUrl" in queue["SendMessage"].parameters["required"]
    assert list((queue["CreateQueue"].returns or {})["properties"]) == ["QueueUrl"]
    storage = {tool.name: tool for tool in services["aws.s3"].read().tools}
    assert {"Bucket", "Key"} <= storage["GetObject"].parameters["properties"].keys()
    assert storage["GetObject"].path == "/{Bucket}/{Key+}"
