"""Reads the service models of AWS that the `botocore` package ships.

A model is `<service>/<api version>/service-2.json.gz` (or `.json`).  The newest version of
each service gives tools with parameters and results; operations of older versions are rejected,
or, where the settings keep them, are services of their own ("aws.s3@2006-03-01").
Only the data files are used: botocore itself is never imported.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.schema import Schema, SchemaBounds
from agentscaler.corpus.service import MALFORMED, Reading, Service, malformation
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.text import clean_text
from agentscaler.corpus.tool import ToolSpec
from agentscaler.errors import MissingExtraError
from agentscaler.words import split_words

__all__ = ["MODEL_NAMES", "model_services", "packaged_models"]

MODEL_NAMES = ("service-2.json.gz", "service-2.json")
"""What a service model is called; the first counts where both are there."""
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


def packaged_models() -> list[Path]:
    """The service models of the installed botocore; `MissingExtraError` when there are none."""
    spec = find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(
            "The source 'botocore' needs the package botocore, which is not installed.",
            "Run: pip install 'agentscaler[apis]'",
        )
    folder = Path(spec.submodule_search_locations[0]) / "data"
    return [path for name in MODEL_NAMES for path in folder.glob(f"*/*/{name}")]


def model_services(models: Iterable[Path], settings: PoolSettings | None = None) -> list[Service]:
    """The services that model files describe, by name."""
    settings = settings or PoolSettings()
    of_service: dict[Path, dict[str, Path]] = defaultdict(dict)
    for path in sorted(models, key=lambda path: MODEL_NAMES.index(path.name)):
        version = path.parent
        of_service[version.parent].setdefault(version.name, path)
    services = []
    for folder, versions in sorted(of_service.items()):
        ordered = [versions[version] for version in sorted(versions)]  # versions are dates
        name = f"aws.{folder.name}"
        if settings.older_versions == "keep":
            for path in ordered[:-1]:
                old = f"{name}@{path.parent.name}"
                services.append(Service(old, _Reader(old, [path], settings).read))
            ordered = ordered[-1:]
        services.append(Service(name, _Reader(name, ordered, settings).read))
    return services


class _Reader:
    """Reads the model files of one service, the newest last."""

    def __init__(self, service: str, models: list[Path], settings: PoolSettings) -> None:
        self._service = service
        self._models = models
        self._settings = settings

    def read(self) -> Reading:
        reading = Reading()
        *older, newest = self._models
        for path in older:
            try:
                names = list(_load(path)["operations"])
            except MALFORMED as error:
                identity = f"{self._service}@{path.parent.name}"
                reading.reject(identity, PoolReason.BAD_FILE, malformation(error))
                continue
            for name in names:
                reading.reject(
                    f"{self._service}.{name}@{path.parent.name}",
                    PoolReason.OLDER_VERSION,
                    f"{newest.parent.name} is newer",
                )
        model = _Model(self._service, _load(newest), self._settings)
        for name, operation in model.document["operations"].items():
            if operation.get("deprecated") and self._settings.deprecated == "drop":
                detail = clean_text(str(operation.get("deprecatedMessage", "")), 200)
                reading.reject(f"{self._service}.{name}", PoolReason.DEPRECATED, detail)
                continue
            try:
                reading.tools.append(model.tool(name, operation))
            except MALFORMED as error:
                identity = f"{self._service}.{name}"
                reading.reject(identity, PoolReason.BAD_RECORD, malformation(error))
        return reading


class _Model:
    """One service model, with its shapes as JSON Schema nodes."""

    def __init__(self, service: str, document: dict[str, Any], settings: PoolSettings) -> None:
        self.document = document
        self._service = service
        self._title = str(document["metadata"].get("serviceFullName", service))
        self._has_paths = document["metadata"].get("protocol") in _REST
        noise = frozenset(settings.noise)
        self._parameters = SchemaBounds(self._node, 200, noise)
        self._returns = SchemaBounds(self._node, 120, noise)

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
