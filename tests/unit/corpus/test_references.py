from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus.references import References, file_of, shape_of

DOCUMENT: dict[str, Any] = {
    "paths": {"/pets/{id}": {"get": {"x": 1}}},
    "definitions": {"A B": {"type": "object"}, "a/b~c": 2, "loop": {"$ref": "#/definitions/loop"}},
    "list": [{"n": 0}, {"n": 1}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "specs"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "pet.yaml").write_text(
        "type: object\ndefinitions:\n  Tail: {type: string}\nowner: {$ref: '../owner.json'}\n"
    )
    (folder / "owner.json").write_text('{"type": "string"}')
    (tmp_path / "secret.json").write_text('{"type": "secret"}')
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    return folder


@pytest.fixture
def references(folder: Path) -> References:
    return References(DOCUMENT, folder / "api.json", folder)


def value(references: References, reference: str, base: str = "") -> Any:
    location = references.locate(reference, base)
    return None if location is None else references.value(location)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("#/paths/~1pets~1{id}/get/x", 1),
        ("#/paths/~1pets~1%7Bid%7D/get/x", 1),
        ("#/definitions/A%20B", {"type": "object"}),
        ("#/definitions/A B", {"type": "object"}),
        ("#/definitions/a~1b~0c", 2),
        ("#/list/1/n", 1),
        ("api.json#/list/0/n", 0),
        ("#", DOCUMENT),
    ],
)
def test_pointers_are_followed_with_their_escapes(
    references: References, reference: str, expected: Any
) -> None:
    assert value(references, reference) == expected
    assert references.cut == set()


def test_other_files_of_the_folder_are_read_from_where_they_are_named(
    references: References,
) -> None:
    assert value(references, "parts/pet.yaml#/definitions/Tail") == {"type": "string"}
    pet, base = references.follow({"$ref": "parts/pet.yaml"}, "")
    assert (pet["type"], base) == ("object", "parts/pet.yaml")
    owner, base = references.follow(pet["owner"], base)
    assert (owner, base) == ({"type": "string"}, "owner.json")


@pytest.mark.parametrize(
    "reference",
    [
        *("../secret.json", "link.json", "/etc/hostname", "%2e%2e/secret.json"),
        *("https://example.org/a.json#/x", "file:///etc/hostname", "//host/a.json", "%00"),
        *("gone.json", "parts", "#/list/7", "#/list/x", "#anchor", "#/definitions/none"),
    ],
)
def test_what_lies_outside_the_folder_or_nowhere_is_cut_and_counted(
    references: References, reference: str
) -> None:
    assert value(references, reference) is None
    assert len(references.cut) == 1


def test_references_in_circles_lead_to_nothing(references: References) -> None:
    assert references.follow({"$ref": "#/definitions/loop"}, "") == ({}, "")


def test_a_location_tells_its_file_and_the_name_of_its_schema() -> None:
    assert file_of("parts/pet.yaml#/definitions/Tail") == "parts/pet.yaml"
    assert shape_of("#/components/schemas/Pet~1Dog") == "Pet/Dog"
    assert shape_of("parts/pet.yaml#") == "pet"
    assert shape_of("#/paths/~1pets/get/schema") is None
