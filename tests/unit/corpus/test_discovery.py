from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus.discovery import discovery_services
from agentscaler.corpus.service import Service
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.tool import ToolSpec

WriteJson = Callable[[str, Any], Path]


@pytest.fixture
def service(garden_document: dict[str, Any], write_json: WriteJson) -> Service:
    (service,) = discovery_services([write_json("garden.v1.json", garden_document)])
    return service


@pytest.fixture
def tools(service: Service) -> dict[str, ToolSpec]:
    return {tool.name: tool for tool in service.read().tools}


def test_nested_methods_get_dotted_names(tools: dict[str, ToolSpec]) -> None:
    assert sorted(tools) == ["gardens.beds.create", "gardens.beds.list", "gardens.water"]
    tool = tools["gardens.water"]
    assert tool.id == "google.garden.gardens.water"
    assert (tool.service, tool.service_title) == ("google.garden", "Garden API")


def test_the_flat_path_is_preferred(tools: dict[str, ToolSpec]) -> None:
    assert tools["gardens.water"].path == "v1/gardens/{gardensId}:water"
    assert tools["gardens.beds.list"].path == "v1/{+parent}/beds"


def test_the_body_is_flattened_without_what_the_server_sets(tools: dict[str, ToolSpec]) -> None:
    schema = tools["gardens.beds.create"].parameters
    assert list(schema["properties"]) == ["parent", "crop", "area", "soil", "neighbour"]
    assert schema["required"] == ["parent", "crop"]
    assert schema["properties"]["crop"] == {
        "type": "string",
        "description": "What grows here.",
        "x-in": "body",
    }
    assert schema["properties"]["soil"]["enum"] == ["CLAY", "SAND"]


def test_repeated_parameters_are_arrays_and_pagination_is_left_out(
    tools: dict[str, ToolSpec],
) -> None:
    properties = tools["gardens.beds.list"].parameters["properties"]
    assert list(properties) == ["parent", "crops"]
    assert properties["crops"] == {"type": "array", "items": {"type": "string"}, "x-in": "query"}


def test_get_methods_read_and_others_are_silent(tools: dict[str, ToolSpec]) -> None:
    assert tools["gardens.beds.list"].effect == "read"
    assert tools["gardens.water"].effect is None


def test_results_follow_references_and_an_empty_one_is_none(tools: dict[str, ToolSpec]) -> None:
    returns = tools["gardens.beds.list"].returns
    assert returns is not None
    bed = returns["properties"]["beds"]["items"]
    assert bed["x-shape"] == "Bed"
    assert bed["properties"]["createTime"]["readOnly"] is True
    assert "kind" not in bed["properties"]
    assert bed["properties"]["neighbour"] == {"type": "object"}
    assert tools["gardens.water"].returns is None


def test_deprecated_methods_are_rejected(service: Service) -> None:
    (rejection,) = service.read().rejections
    assert (rejection.id, rejection.reason) == ("google.garden.gardens.beds.dig", "deprecated")


@pytest.mark.parametrize(
    ("versions", "newest"),
    [
        (["v1", "v2beta1", "v1alpha"], "v1"),
        (["v9", "v10"], "v10"),
        (["v1beta1", "v1alpha3"], "v1beta1"),
        (["alpha", "beta", "v1"], "v1"),
        (["v2", "v2.1"], "v2.1"),
    ],
)
def test_the_newest_stable_version_is_read(
    versions: list[str], newest: str, garden_document: dict[str, Any], write_json: WriteJson
) -> None:
    paths = [write_json(f"garden.{version}.json", garden_document) for version in versions]
    (service,) = discovery_services(paths)
    reading = service.read()
    assert len(reading.tools) == 3
    older = {one.id.split("@")[1] for one in reading.rejections if one.reason == "older_version"}
    assert older == set(versions) - {newest}


def test_sister_apis_of_one_name_are_services_of_their_own(
    garden_document: dict[str, Any], write_json: WriteJson
) -> None:
    names = ["admin.directory_v1.json", "admin.reports_v1.json", "admin.reportsv1.json"]
    services = discovery_services([write_json(name, garden_document) for name in names])
    assert [service.name for service in services] == [
        "google.admin_directory",
        "google.admin_reports",
    ]
    twins = services[1].read().rejections
    assert [one.reason for one in twins].count("duplicate_name") == 4


def test_a_file_with_another_name_is_asked_for_its_own(
    garden_document: dict[str, Any], write_json: WriteJson
) -> None:
    (service,) = discovery_services([write_json("my-download.json", garden_document)])
    assert service.name == "google.garden"


def test_older_versions_and_deprecated_methods_can_be_kept(
    garden_document: dict[str, Any], write_json: WriteJson
) -> None:
    paths = [write_json(f"garden.{version}.json", garden_document) for version in ("v1", "v2")]
    settings = PoolSettings(older_versions="keep", deprecated="keep")
    older, newest = discovery_services(paths, settings)
    assert (older.name, newest.name) == ("google.garden@v1", "google.garden")
    ids = {tool.id for tool in older.read().tools}
    assert "google.garden@v1.gardens.beds.dig" in ids
    assert len(ids) == 4


def test_a_malformed_method_and_a_broken_older_version_leave_the_rest(
    garden_document: dict[str, Any], write_json: WriteJson
) -> None:
    del garden_document["resources"]["gardens"]["methods"]["water"]["httpMethod"]
    paths = [write_json("garden.v2.json", garden_document), write_json("garden.v1.json", "{")]
    (service,) = discovery_services(paths)
    reading = service.read()
    assert len(reading.tools) == 2
    assert sorted((one.id, one.reason) for one in reading.rejections) == [
        ("garden.v1.json", "bad_file"),
        ("google.garden.gardens.beds.dig", "deprecated"),
        ("google.garden.gardens.water", "bad_record"),
    ]
