"""Reads the API descriptions of ToolBench, which come from RapidAPI.

- A tool file, `tools/<category>/<tool>.json`, holds "tool_name", "tool_description", and under
  "api_list" its operations, each with "name", "description", "method", "url" and two lists of
  parameters.
- An instruction file holds queries, each with an "api_list" of operations that name their tool.

Results are described by a schema ("schema"), by a pattern ("template_response", with the names of
Python's types as values), or by an example ("test_endpoint"); the first that is there counts.  An
operation that stands in many queries is read once.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agentscaler.corpus.documents import BrokenJsonError, parse_documents, read_text
from agentscaler.corpus.functions import slug
from agentscaler.corpus.noise import NoiseCategory
from agentscaler.corpus.parameters import bound_schema, listed_parameters
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.schema import Schema
from agentscaler.corpus.service import Reading, Service
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.text import clean_text
from agentscaler.corpus.tool import ToolSpec
from agentscaler.words import split_words

__all__ = ["is_toolbench_record", "toolbench_service"]

_PROVIDER = "rapidapi"
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
_PATTERN_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_EXAMPLE_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
)
_PLACEHOLDER = re.compile(r":([A-Za-z]\w*)")
_MOST_LEVELS = 6


def toolbench_service(path: Path, name: str, settings: PoolSettings) -> Service:
    """The operations of one file; `name` is for a tool without one."""
    return Service(path.name, lambda: _read(path, name, settings))


def is_toolbench_record(record: Any) -> bool:
    """Whether a record is a tool of ToolBench, one of its queries, or one operation."""
    if not isinstance(record, Mapping):
        return False
    if isinstance(record.get("api_list"), list):
        return "tool_name" in record or "query" in record or _names_apis(record["api_list"])
    return "api_name" in record and "tool_name" in record


def _names_apis(operations: list[Any]) -> bool:
    return any(isinstance(one, Mapping) and "api_name" in one for one in operations)


def _read(path: Path, stem: str, settings: PoolSettings) -> Reading:
    documents = parse_documents(read_text(path), path)
    records = documents[0] if len(documents) == 1 else documents
    if not isinstance(records, list):
        records = [records]
    reading = Reading()
    noise = frozenset(settings.noise)
    for number, (tool, operation) in enumerate(_distinct(records), start=1):
        identity = f"{path.name}#{number}"
        if not isinstance(operation, Mapping):
            detail = f"no operation: {str(operation)[:80]}"
            reading.reject(identity, PoolReason.BAD_RECORD, detail)
            continue
        name = operation.get("name", operation.get("api_name"))
        if not isinstance(name, str) or not split_words(name):
            detail = f"no usable name: {str(name)[:80]!r}"
            reading.reject(identity, PoolReason.BAD_RECORD, detail)
            continue
        try:
            reading.tools.append(_tool(name.strip(), tool, operation, stem, noise))
        except RecursionError:
            reading.reject(identity, PoolReason.BAD_SCHEMA, "the schema is nested too deeply")
    return reading


def _distinct(records: list[Any]) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """Each operation once, with the record of its tool (empty where it names its tool itself)."""
    seen = set()
    for record in records:
        operations: Any = record.get("api_list") if isinstance(record, Mapping) else None
        if not isinstance(operations, list):
            operations = [record]
        tool = record if isinstance(record, Mapping) and "tool_name" in record else {}
        for operation in operations:
            if not isinstance(operation, BrokenJsonError):
                text = json.dumps(operation, sort_keys=True)
                if text in seen:
                    continue
                seen.add(text)
            yield tool, operation


def _tool(
    name: str,
    tool: Mapping[str, Any],
    operation: Mapping[str, Any],
    stem: str,
    noise: frozenset[NoiseCategory],
) -> ToolSpec:
    title = _text(operation, "tool_name") or _text(tool, "tool_name") or stem.replace("_", " ")
    service = f"{_PROVIDER}.{slug(title)}"
    method = _text(operation, "method").upper()
    description = _text(operation, "description") or _text(operation, "api_description")
    return ToolSpec(
        id=f"{service}.{name}",
        name=name,
        provider=_PROVIDER,
        service=service,
        service_title=title,
        description=clean_text(description, 400),
        parameters=listed_parameters(
            _entries(operation, "required_parameters"),
            _entries(operation, "optional_parameters"),
            noise,
        ),
        returns=_returns(operation, noise),
        method=method if method in _METHODS else None,
        path=_path(name, operation),
        source="toolbench",
        licence=_text(tool, "licence") or _text(tool, "license") or "unknown",
    )


def _path(name: str, operation: Mapping[str, Any]) -> str | None:
    """The path of the operation's address, or its name where that is one."""
    try:
        path = urlsplit(_text(operation, "url")).path
    except ValueError:
        path = ""
    if not path and name.startswith("/"):
        path = name
    return _PLACEHOLDER.sub(r"{\1}", path) or None


def _returns(operation: Mapping[str, Any], noise: frozenset[NoiseCategory]) -> Schema | None:
    schema = operation.get("schema")
    if not isinstance(schema, Mapping) or not schema:
        pattern = operation.get("template_response")
        schema = _of_value(pattern, is_pattern=True) if pattern else None
    if not schema and isinstance(operation.get("test_endpoint"), Mapping | list):
        schema = _of_value(operation["test_endpoint"], is_pattern=False)
    bounded = bound_schema(schema, 120, noise) if schema else {}
    return bounded if {"properties", "items"} & bounded.keys() else None


def _of_value(value: Any, *, is_pattern: bool, levels: int = _MOST_LEVELS) -> Schema:
    """The schema of a pattern or an example."""
    if isinstance(value, Mapping):
        below = levels - 1
        properties = {
            str(key): _of_value(inner, is_pattern=is_pattern, levels=below)
            for key, inner in value.items()
            if levels > 0
        }
        return {"type": "object", "properties": properties}
    if isinstance(value, list):
        items = value[0] if value and levels > 0 else None
        return {
            "type": "array",
            "items": _of_value(items, is_pattern=is_pattern, levels=levels - 1),
        }
    if is_pattern:
        kind = _PATTERN_TYPES.get(str(value))
        return {"type": kind} if kind else {}
    return next(({"type": name} for kind, name in _EXAMPLE_TYPES if isinstance(value, kind)), {})


def _entries(operation: Mapping[str, Any], key: str) -> list[Any]:
    found = operation.get(key)
    return found if isinstance(found, list) else []


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return value.strip() if isinstance(value, str) else ""
