from typing import Any

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.resource_names import (
    elements_scope,
    name_parameters,
    own_scope,
    parent_scope,
)


def spec(path: str, *parameters: str) -> ToolSpec:
    properties: dict[str, Any] = {name: {"type": "string", "x-in": "path"} for name in parameters}
    properties["note"] = {"type": "string", "x-in": "body"}
    return ToolSpec(
        id="acme.x.y",
        name="y",
        provider="acme",
        service="acme.x",
        service_title="X",
        description="",
        parameters={"type": "object", "properties": properties},
        path=path,
        source="discovery",
        licence="",
    )


@pytest.mark.parametrize(
    ("path", "parameter", "expected"),
    [
        ("v1/projects/{projectsId}/topics/{topicsId}", "name", ["name"]),
        ("v1/{+name}", "name", []),
        ("users/{userId}", "userId", []),
        ("apps/{application-id}/jobs", "ApplicationId", []),
        ("topics", "name", []),
    ],
)
def test_a_resource_name_is_a_path_parameter_without_a_placeholder_of_its_own(
    path: str, parameter: str, expected: list[str]
) -> None:
    assert name_parameters(spec(path, parameter)) == expected


def test_a_path_to_a_record_names_its_collections() -> None:
    tool = spec("v1/projects/{projectsId}/topics/{topicsId}:publish", "name")
    assert own_scope(tool) == "projects/topics"
    assert elements_scope(tool) == ""


def test_a_path_to_a_collection_names_its_elements_and_their_parent() -> None:
    tool = spec("v1/projects/{projectsId}/topics:search", "parent")
    assert elements_scope(tool) == "projects/topics"
    assert parent_scope(tool) == "projects"


def test_a_parent_may_be_the_record_that_a_method_works_on() -> None:
    assert parent_scope(spec("v1/projects/{projectsId}/topics/{topicsId}:list", "parent")) == (
        "projects/topics"
    )


def test_a_part_of_a_record_is_not_the_record() -> None:
    assert own_scope(spec("v1/keys/{keysId}/policy", "name")) == "keys/policy"
