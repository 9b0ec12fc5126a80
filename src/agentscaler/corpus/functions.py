"""Reads tools written as function JSON, the form in which models are told of tools.

A file holds one record, a list of records, an object with a list under "tools" or "functions", or
one record a line (JSONL).  A record is OpenAI's `{"type": "function", "function": {...}}` or a bare
`{"name", "description", "parameters"}`; Anthropic's "input_schema" and MCP's "inputSchema" do for
"parameters".  Optional keys beside the name: "provider", "service", "service_title",
"licence" (or "license"), and "returns" (or "output_schema", "outputSchema").
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.schema import Schema, SchemaBounds
from agentscaler.corpus.service import Reading, Service
from agentscaler.corpus.text import clean_text
from agentscaler.corpus.tool import ToolSpec
from agentscaler.corpus.words import split_words
from agentscaler.errors import InputError

__all__ = ["FUNCTION_SUFFIXES", "function_service", "parse_records"]

FUNCTION_SUFFIXES = (".json", ".jsonl")

_PROVIDER = "local"
_PARAMETERS = ("parameters", "input_schema", "inputSchema")
_RETURNS = ("returns", "output_schema", "outputSchema")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


class _RecordError(Exception):
    """A record is no usable operation."""

    def __init__(self, reason: PoolReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def function_service(path: Path) -> Service:
    """The tools of one file.  Reading it raises `InputError` when it holds no JSON at all."""
    return Service(path.name, lambda: _read(path))


def parse_records(path: Path) -> list[Any]:
    """The records of a file; a broken line of JSONL is a `ValueError` in its record's place.

    Raises:
        InputError: the file cannot be read, is empty, or is not JSON.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} cannot be read: {error}.", "Give a UTF-8 text file with JSON or JSONL in it."
        ) from error
    if not text.strip():
        raise InputError(f"{path} is empty.", "Give a file with at least one function in it.")
    whole = _parse(text)
    if isinstance(whole, ValueError):
        lines = [_parse(line) for line in text.splitlines() if line.strip()]
        if not any(isinstance(line, dict) for line in lines):
            raise InputError(
                f"{path} is not JSON: {whole}.",
                "Check that the file is whole; JSON and JSONL (one function a line) are read.",
            ) from whole
        return lines
    if isinstance(whole, dict):
        for key in ("tools", "functions"):
            if isinstance(whole.get(key), list):
                return list(whole[key])
        return [whole]
    return whole if isinstance(whole, list) else [whole]


def _parse(text: str) -> Any:
    """The JSON value in `text`, or the error as a `ValueError`."""
    try:
        value = json.loads(text)
        # Lone surrogates are legal in JSON's escapes and in no file; they become "?".
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except ValueError as error:
        return error
    except RecursionError:
        return ValueError("it is nested too deeply")


def _read(path: Path) -> Reading:
    reading = Reading()
    for number, record in enumerate(parse_records(path), start=1):
        identity = f"{path.name}#{number}"
        try:
            reading.tools.append(_tool(record, path.stem))
        except _RecordError as error:
            reading.reject(identity, error.reason, error.detail)
        except RecursionError:
            reading.reject(identity, PoolReason.BAD_SCHEMA, "the schema is nested too deeply")
    return reading


def _tool(record: Any, stem: str) -> ToolSpec:
    if isinstance(record, ValueError):
        raise _RecordError(PoolReason.BAD_RECORD, f"not JSON: {record}")
    if not isinstance(record, Mapping):
        raise _RecordError(PoolReason.BAD_RECORD, f"not an object: {str(record)[:80]}")
    function = record.get("function", record)
    if not isinstance(function, Mapping):
        raise _RecordError(PoolReason.BAD_RECORD, "'function' is not an object")
    name = function.get("name")
    if not isinstance(name, str) or not split_words(name):
        raise _RecordError(PoolReason.BAD_RECORD, f"no usable name: {str(name)[:80]!r}")
    known = {**function, **record}
    title = _text(known, "service", stem)
    provider = _slug(_text(known, "provider", _PROVIDER))
    service = f"{provider}.{_slug(title)}"
    return ToolSpec(
        id=f"{service}.{name.strip()}",
        name=name.strip(),
        provider=provider,
        service=service,
        service_title=_text(known, "service_title", re.sub(r"[-_.]+", " ", title)),
        description=clean_text(_text(function, "description", ""), 400),
        parameters=_parameters(function),
        returns=_returns(function),
        source="functions",
        licence=_text(known, "licence", _text(known, "license", "unknown")),
    )


def _parameters(function: Mapping[str, Any]) -> Schema:
    schema: Any = next((function[key] for key in _PARAMETERS if function.get(key) is not None), {})
    if not isinstance(schema, Mapping):
        raise _RecordError(PoolReason.BAD_SCHEMA, "the parameters are not an object")
    bounded = _bound(schema, description_limit=200)
    if schema and bounded.get("type") != "object":
        raise _RecordError(
            PoolReason.BAD_SCHEMA, "the parameters are not a JSON Schema of type object"
        )
    return {"type": "object", "properties": {}, **bounded}


def _returns(function: Mapping[str, Any]) -> Schema | None:
    schema = next((function[key] for key in _RETURNS if isinstance(function.get(key), dict)), None)
    bounded = _bound(schema, description_limit=120) if schema else {}
    return bounded if bounded.get("type") else None


def _bound(schema: Mapping[str, Any], description_limit: int) -> Schema:
    def resolve(reference: str) -> Schema | None:
        return _pointed(schema, reference)

    bounded = SchemaBounds(resolve, description_limit).bound(dict(schema))
    bounded.pop("description", None)
    return bounded


def _pointed(schema: Mapping[str, Any], reference: str) -> Schema | None:
    """What a local JSON pointer ("#/$defs/Address", RFC 6901) leads to, or None."""
    if not reference.startswith("#"):
        return None
    node: Any = schema
    for step in reference.removeprefix("#").split("/")[1:]:
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and key.isdigit() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, Mapping) and key in node:
            node = node[key]
        else:
            return None
    return (
        {"x-shape": key, **node}
        if isinstance(node, Mapping) and node is not schema
        else (dict(schema))
    )


def _text(record: Mapping[str, Any], key: str, otherwise: str) -> str:
    value = record.get(key)
    return value.strip() if isinstance(value, str) and value.strip() else otherwise


def _slug(text: str) -> str:
    return _NOT_SLUG.sub("-", text.lower()).strip("-") or "tools"
