"""Reads the service models of AWS that the `botocore` package ships.

A folder holds `<service>/<api version>/service-2.json.gz` (or `.json`).  The newest version of
each service gives tools with parameters and results; operations of older versions are rejected.
Only the data files are used: botocore itself is never imported.
"""

import gzip
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.schema import Schema, SchemaBounds
from agentscaler.corpus.service import Reading, Service
from agentscaler.corpus.text import clean_text
from agentscaler.corpus.tool import ToolSpec
from agentscaler.corpus.words import split_words
from agentscaler.errors import MissingExtraError

__all__ = ["botocore_services", "is_botocore_folder", "packaged_models"]

_MODEL_NAMES = ("service-2.json.gz", "service-2.json")
_REST = {"rest-json", "rest-xml"}
_PLACES = {"uri": "path", "querystring": "query"}
_SCALARS: dict[str, Schema] = {
    "string": {"type": "string"},
    "character": {"type": "string"},
    "integer": {"type": "integer"},
    "long": {"type": "integer"},
    "short": {"type": "integer"},
    "byte": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "bigdecimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "timestamp": {"type": "string", "format": "date-time"},
    "blob": {"type": "string", "format": "byte"},
}


def packaged_models() -> Path:
    """The data folder of the installed botocore; `MissingExtraError` when there is none."""
    spec = find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(
            "The source 'botocore' needs the package botocore, which is not installed.",
            "Run: pip install 'agentscaler[apis]'",
        )
    return Path(spec.submodule_search_locations[0]) / "data"


def is_botocore_folder(folder: Path) -> bool:
    """Whether `folder` is laid out like botocore's data folder."""
    return any(next(folder.glob(f"*/*/{name}"), None) is not None for name in _MODEL_NAMES)


def botocore_services(folder: Path) -> list[Service]:
    """The services under a botocore data folder, by name."""
    services = []
    for service in sorted(path for path in folder.iterdir() if path.is_dir()):
        if models := list(_models(service)):
            services.append(Service(f"aws.{service.name}", _Reader(service.name, models).read))
    return services


def _models(service: Path) -> Iterator[Path]:
    """Model files of one service, oldest API version first (versions are dates)."""
    for version in sorted(path for path in service.iterdir() if path.is_dir()):
        found = next((version / name for name in _MODEL_NAMES if (version / name).exists()), None)
        if found is not None:
            yield found


class _Reader:
    """Reads the model files of one service, the newest last."""

    def __init__(self, name: str, models: list[Path]) -> None:
        self._service = f"aws.{name}"
        self._models = models

    def read(self) -> Reading:
        reading = Reading()
        *older, newest = self._models
        for path in older:
            for name in _load(path)["operations"]:
                reading.reject(
                    f"{self._service}.{name}@{path.parent.name}",
                    PoolReason.OLDER_VERSION,
                    f"{newest.parent.name} is newer",
                )
        model = _Model(self._service, _load(newest))
        for name, operation in model.document["operations"].items():
            if operation.get("deprecated"):
                detail = clean_text(str(operation.get("deprecatedMessage", "")), 200)
                reading.reject(f"{self._service}.{name}", PoolReason.DEPRECATED, detail)
            else:
                reading.tools.append(model.tool(name, operation))
        return reading


class _Model:
    """One service model, with its shapes as JSON Schema nodes."""

    def __init__(self, service: str, document: dict[str, Any]) -> None:
        self.document = document
        self._service = service
        self._title = str(document["metadata"].get("serviceFullName", service))
        self._has_paths = document["metadata"].get("protocol") in _REST
        self._parameters = SchemaBounds(self._node, description_limit=200)
        self._returns = SchemaBounds(self._node, description_limit=120)

    def tool(self, name: str, operation: dict[str, Any]) -> ToolSpec:
        http = operation.get("http", {}) if self._has_paths else {}
        return ToolSpec(
            id=f"{self._service}.{name}",
            name=name,
            provider="aws",
            service=self._service,
            service_title=self._title,
            description=clean_text(operation.get("documentation", ""), 400),
            parameters=self._input(operation.get("input", {}).get("shape")),
            returns=self._output(operation.get("output", {}).get("shape")),
            method=http.get("method"),
            path=http.get("requestUri"),
            effect="read" if operation.get("readonly") else None,
            source="botocore",
            licence="Apache-2.0",
        )

    def _input(self, shape: str | None) -> Schema:
        if shape is None:
            return {"type": "object", "properties": {}}
        root = self._node(shape)
        members = self.document["shapes"][shape].get("members", {})
        for name, node in root["properties"].items():
            place = _PLACES.get(members[name].get("location"))
            if place or (self._has_paths and "location" not in members[name]):
                node["x-in"] = place or "body"
        root.pop("x-shape", None)
        root.pop("description", None)
        bounded = self._parameters.bound(root)
        return {"properties": {}, **bounded}

    def _output(self, shape: str | None) -> Schema | None:
        if shape is None:
            return None
        bounded = self._returns.bound({"$ref": shape})
        return bounded if bounded.get("properties") else None

    def _node(self, name: str) -> Schema:
        """A shape as a JSON Schema node whose children are references."""
        shape = self.document["shapes"][name]
        kind = shape["type"]
        node: Schema = {"x-shape": name}
        if kind == "structure":
            node |= {
                "type": "object",
                "properties": {
                    member: _member(reference)
                    for member, reference in shape.get("members", {}).items()
                    if not _is_idempotency_token(member, reference)
                    and reference.get("location") != "statusCode"
                },
                "required": shape.get("required", []),
            }
        elif kind == "list":
            node = {"type": "array", "items": _member(shape["member"])}
        elif kind == "map":
            node |= {"type": "object", "additionalProperties": _member(shape["value"])}
        else:
            node |= _SCALARS.get(kind, {})
            if kind != "string":
                del node["x-shape"]
            if shape.get("enum"):
                node["enum"] = shape["enum"]
        if shape.get("documentation"):
            node["description"] = shape["documentation"]
        return node


def _is_idempotency_token(member: str, reference: dict[str, Any]) -> bool:
    """Whether a member makes repeated calls harmless; the trait alone also marks real ids."""
    return bool(reference.get("idempotencyToken")) and not {"token", "request"}.isdisjoint(
        split_words(member)
    )


def _member(reference: dict[str, Any]) -> Schema:
    node: Schema = {"$ref": reference["shape"]}
    if reference.get("documentation"):
        node["description"] = reference["documentation"]
    if reference.get("deprecated"):
        node["deprecated"] = True
    return node


def _load(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    document = orjson.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    if not isinstance(document, dict):
        raise ValueError("the model is not a JSON object")
    return document
