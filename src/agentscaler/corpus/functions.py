"""Reads tools written as function JSON, the form in which models are told of tools.

A file holds one record, a list of records, an object with a list under "tools" or "functions", or
one record a line (JSONL).  A record is OpenAI's `{"type": "function", "function": {...}}` or a bare
`{"name", "description", "parameters"}`; Anthropic's "input_schema" and MCP's "inputSchema" do for
"parameters", and Gemini's "functionDeclarations" and Bedrock's "toolSpec" are unwrapped.  Optional
keys beside the name: "provider", "service", "service_title", "licence" (or "license"), and
"returns" (or "output_schema", "outputSchema").

MCP's answer to `tools/list`, bare or in its JSON-RPC envelope, is read the same way; a tool's
"title" and "annotations" then say whether it only reads, and "serverInfo" names the service.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from agentscaler.corpus.documents import BrokenJsonError, parse_documents, read_text
from agentscaler.corpus.noise import NoiseCategory
from agentscaler.corpus.parameters import BadSchemaError, bound_schema, parameter_schema
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.schema import Schema
from agentscaler.corpus.service import Reading, Service
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.text import clean_text
from agentscaler.corpus.tool import Effect, ToolSpec
from agentscaler.words import split_words

__all__ = [
    "function_service",
    "is_function",
    "is_mcp_tool",
    "mcp_service",
    "read_functions",
    "slug",
    "unwrapped",
]

_PROVIDER = "local"
_PARAMETERS = ("parameters", "input_schema", "inputSchema", "arguments")
_RETURNS = ("returns", "output_schema", "outputSchema", "response")
_LISTS = ("tools", "functions", "function_declarations", "functionDeclarations")
_PLAIN_KEYS = frozenset(
    "name description type strict title provider service service_title licence license returns"
    " output_schema outputSchema response annotations".split()
)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


class _RecordError(Exception):
    """A record is no usable operation."""

    def __init__(self, reason: PoolReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def function_service(path: Path, name: str, settings: PoolSettings) -> Service:
    """The tools of one file; `name` is the service of those that do not say theirs.

    Reading it raises `InputError` when the file holds no JSON at all.
    """
    return Service(path.name, lambda: _read_functions(path, name, settings))


def mcp_service(path: Path, name: str, settings: PoolSettings) -> Service:
    """The tools that an MCP server listed in one file; `name` is for a server without one."""
    return Service(path.name, lambda: _read_mcp(path, name, settings))


def read_functions(
    records: Iterable[Any],
    name: str,
    settings: PoolSettings,
    *,
    source: str,
    service: str,
    provider: str = _PROVIDER,
) -> Reading:
    """The tools of some records.

    Args:
        name: of the file, for the identities of what is rejected.
        source: the reader that asks.
        service, provider: of records that do not say theirs.
    """
    reading = Reading()
    for number, record in enumerate(records, start=1):
        identity = f"{name}#{number}"
        try:
            reading.tools.append(_tool(record, settings, source, service, provider))
        except _RecordError as error:
            reading.reject(identity, error.reason, error.detail)
        except RecursionError:
            reading.reject(identity, PoolReason.BAD_SCHEMA, "the schema is nested too deeply")
    return reading


def unwrapped(documents: Iterable[Any]) -> Iterator[Any]:
    """The records in some documents: lists are opened, and so are the usual wrappings."""
    for document in documents:
        yield from _opened(document if isinstance(document, list) else [document])


def is_function(record: Any) -> bool:
    """Whether a record is a function: it has parameters, or a name and nothing foreign."""
    function = _function(record)
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        return False
    declared = (key for key in _PARAMETERS if key != "arguments")  # a call has "arguments" too
    has_parameters = any(isinstance(function.get(key), Mapping) for key in declared)
    return has_parameters or function is not record or function.keys() <= _PLAIN_KEYS


def is_mcp_tool(record: Any) -> bool:
    """Whether a record is a tool as MCP servers list it."""
    return (
        isinstance(record, Mapping)
        and isinstance(record.get("name"), str)
        and isinstance(record.get("inputSchema"), Mapping)
    )


def slug(text: str) -> str:
    """A name for ids: lower-case letters and digits with hyphens between."""
    return _NOT_SLUG.sub("-", text.lower()).strip("-") or "tools"


def _read_functions(path: Path, name: str, settings: PoolSettings) -> Reading:
    records = unwrapped(parse_documents(read_text(path), path))
    return read_functions(records, path.name, settings, source="functions", service=name)


def _read_mcp(path: Path, name: str, settings: PoolSettings) -> Reading:
    documents = parse_documents(read_text(path), path)
    service = _server_name(documents) or name
    records = unwrapped(documents)
    return read_functions(records, path.name, settings, source="mcp", service=service)


def _server_name(documents: list[Any]) -> str | None:
    """What an MCP server calls itself, where the file kept that."""
    for document in documents:
        info = document.get("serverInfo") if isinstance(document, Mapping) else None
        if isinstance(info, Mapping) and isinstance(info.get("name"), str) and info["name"].strip():
            return str(info["name"]).strip()
    return None


def _opened(records: Iterable[Any]) -> Iterator[Any]:
    """The records, with those in wrappings in the wrapping's place."""
    for record in records:
        inner = _wrapped_list(record)
        if inner is None:
            yield record
        else:
            yield from _opened(inner)


def _wrapped_list(document: Any) -> list[Any] | None:
    """The list of records in a wrapping, or None if `document` is no wrapping."""
    if not isinstance(document, Mapping) or any(key in document for key in _PARAMETERS):
        return None
    if isinstance(document.get("result"), Mapping):
        return _wrapped_list(document["result"])
    return next((document[key] for key in _LISTS if isinstance(document.get(key), list)), None)


def _function(record: Any) -> Any:
    """The function itself, out of the wrapping of one record."""
    if not isinstance(record, Mapping):
        return record
    return next((record[key] for key in ("function", "toolSpec") if key in record), record)


def _tool(
    record: Any, settings: PoolSettings, source: str, service: str, provider: str
) -> ToolSpec:
    if isinstance(record, BrokenJsonError):
        raise _RecordError(PoolReason.BAD_RECORD, f"not JSON: {record}")
    if not isinstance(record, Mapping):
        raise _RecordError(PoolReason.BAD_RECORD, f"not an object: {str(record)[:80]}")
    function = _function(record)
    if not isinstance(function, Mapping):
        raise _RecordError(PoolReason.BAD_RECORD, "'function' is not an object")
    name = function.get("name")
    if not isinstance(name, str) or not split_words(name):
        raise _RecordError(PoolReason.BAD_RECORD, f"no usable name: {str(name)[:80]!r}")
    known = {**function, **record}
    title = _text(known, "service", service)
    vendor = slug(_text(known, "provider", provider))
    noise = frozenset(settings.noise)
    described = _text(function, "description", _text(function, "title", ""))
    return ToolSpec(
        id=f"{vendor}.{slug(title)}.{name.strip()}",
        name=name.strip(),
        provider=vendor,
        service=f"{vendor}.{slug(title)}",
        service_title=_text(known, "service_title", re.sub(r"[-_.]+", " ", title)),
        description=clean_text(described, 400),
        parameters=_parameters(function, noise),
        returns=_returns(function, noise),
        effect=_effect(function),
        source=source,
        licence=_text(known, "licence", _text(known, "license", "unknown")),
    )


def _parameters(function: Mapping[str, Any], noise: frozenset[NoiseCategory]) -> Schema:
    found: Any = next((function[key] for key in _PARAMETERS if function.get(key) is not None), None)
    if isinstance(found, Mapping) and isinstance(found.get("json"), Mapping) and len(found) == 1:
        found = found["json"]  # Bedrock's way of saying JSON Schema
    try:
        return parameter_schema(found, noise)
    except BadSchemaError as error:
        raise _RecordError(PoolReason.BAD_SCHEMA, str(error)) from error


def _returns(function: Mapping[str, Any], noise: frozenset[NoiseCategory]) -> Schema | None:
    schema = next((function[key] for key in _RETURNS if isinstance(function.get(key), dict)), None)
    bounded = bound_schema(schema, 120, noise) if schema else {}
    return bounded if bounded.get("type") else None


def _effect(function: Mapping[str, Any]) -> Effect | None:
    """What MCP's annotations say; a hint that is not given says nothing."""
    hints = function.get("annotations")
    if not isinstance(hints, Mapping):
        return None
    if hints.get("readOnlyHint") is True:
        return "read"
    is_write = hints.get("readOnlyHint") is False or hints.get("destructiveHint") is True
    return "write" if is_write else None


def _text(record: Mapping[str, Any], key: str, otherwise: str) -> str:
    value = record.get(key)
    return value.strip() if isinstance(value, str) and value.strip() else otherwise
