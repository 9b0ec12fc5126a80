from pathlib import Path

import pytest

from agentscaler.corpus.openapi_files import load_document
from agentscaler.errors import InputError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "spec.txt"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("text", ['{"title": "Café"}', "title: Café\n"])
def test_json_and_yaml_are_told_apart_by_what_they_hold(
    file: Path, encoding: str, text: str
) -> None:
    file.write_bytes(text.encode(encoding))
    assert load_document(file) == {"title": "Café"}


def test_numbers_that_json_has_not_are_read_all_the_same(file: Path) -> None:
    file.write_text('{"a": NaN, "b": 1180591620717411303424, "c": 1e999}')
    found = load_document(file)
    assert found["a"] != found["a"]
    assert found["b"] == pytest.approx(2.0**70)


def test_lone_surrogates_become_something_that_can_be_stored(file: Path) -> None:
    file.write_text('{"a": "x\\ud800", "\\udfff": 1}')
    assert load_document(file) == {"a": "x?", "?": 1}


def test_a_yaml_flow_mapping_is_no_broken_json(file: Path) -> None:
    file.write_text("{a: 1,\n b: [x, y]}")
    assert load_document(file) == {"a": 1, "b": ["x", "y"]}


@pytest.mark.parametrize("content", ["", "  \n", '{"a": 1', "[" * 100_000, "a: [", '{"a" 1}'])
def test_a_broken_file_is_an_input_error_that_names_it(file: Path, content: str) -> None:
    file.write_text(content)
    with pytest.raises(InputError, match=r"spec\.txt"):
        load_document(file)


def test_a_missing_file_and_a_folder_are_input_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError):
            load_document(path)
