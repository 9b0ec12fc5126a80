from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus.openapi_titles import licence_of, spoken_title, title_of, title_of_packaged


def service(path: str = "spec.yaml", **document: Any) -> str:
    return title_of(document, Path(path)).service


def test_a_document_may_name_its_provider_and_service() -> None:
    info = {"title": "T", "x-providerName": "Parts.Example-shop.co.uk", "x-serviceName": "Stock_v2"}
    assert service(info=info) == "example-shop.stock"
    assert service(info={**info, "x-serviceName": None}) == "example-shop.example-shop"


@pytest.mark.parametrize(
    ("document", "provider"),
    [
        ({"servers": [{"url": "https://api.pets.io/v1"}]}, "pets"),
        ({"servers": [{"url": "/v1"}, {"url": "https://{region}.pets.com.au:8080"}]}, "pets"),
        ({"host": "pets.herokuapp.com"}, "pets"),
        ({"host": "ec2.amazonaws.com"}, "aws"),
        ({"host": "localhost:80"}, "spec"),
        ({"host": "10.0.0.1"}, "spec"),
        ({"servers": [{"url": "https://api.example.com"}]}, "spec"),
        ({"servers": [{"url": "http://[broken"}, 7]}, "spec"),
        ({}, "spec"),
    ],
)
def test_otherwise_the_host_tells_the_provider_or_else_the_file(
    document: dict[str, Any], provider: str
) -> None:
    assert title_of(document, Path("spec.yaml")).provider == provider


@pytest.mark.parametrize(
    ("title", "api"),
    [
        ("The Pets API v2", "pets"),
        ("Pets - 1.0.3", "pets"),
        ("Swagger API", "spec"),
        ("", "spec"),
        ("日本", "spec"),
        ("One two three four five six seven", "one-two-three-four-five-six"),
    ],
)
def test_a_service_is_called_by_the_telling_words_of_its_title(title: str, api: str) -> None:
    assert title_of({"info": {"title": title}}, Path("spec-v3.yaml")).api == api


def test_versions_are_ordered_by_stability_and_then_by_number() -> None:
    def packaged(name: str) -> Any:
        return title_of_packaged(Path(f"shop/{name}.json")).rank

    def stated(version: object) -> Any:
        return title_of({"info": {"title": "Pets", "version": version}}, Path("a.json")).rank

    assert packaged("pets-beta") < packaged("pets") < packaged("pets-2.9") < packaged("pets-2.10")
    assert stated("3.0-preview") < stated(2) < stated("2019-01-01") < stated("2020-01-01")


def test_a_packaged_document_is_filed_by_its_path() -> None:
    title = title_of_packaged(Path("shop.com/pets_v2.json"))
    assert (title.owner, title.service) == ("shop.com", "shop.pets")
    assert title_of_packaged(Path("shop.com.json")).service == "shop.shop"


def test_licence_and_title_are_taken_as_they_stand_or_not_at_all() -> None:
    info: dict[str, Any] = {"title": " Pets  API ", "license": {"name": "", "url": "https://x"}}
    assert (spoken_title({"info": info}), licence_of({"info": info})) == ("Pets API", "https://x")
    assert licence_of({"info": {"license": "MIT"}}) == "MIT"
    assert (spoken_title({"info": 3}), licence_of({})) == ("", "unknown")
