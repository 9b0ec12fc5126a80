"""Reads Google discovery documents, such as the `google-api-python-client` package ships.

Documents are files called `<api>.<version>.json`; one with another name is asked for its own.  The
newest stable version of each API gives tools; operations of its other versions are rejected, or,
where the settings keep them, are services of their own ("google.drive@v2").  A method's own
parameters and the fields of its request body become one flat object; fields that only the server
sets are left out.

Format: https://developers.google.com/discovery/v1/reference/apis
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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

__all__ = ["DISCOVERY_KIND", "discovery_services", "packaged_documents"]

DISCOVERY_KIND = "discovery#restDescription"
"""What every discovery document says it is."""

_TITLE = re.compile(
    r"(?P<api>[^.]+)\.(?:(?P<part>[a-z]+?)_?)?(?P<version>v\d.*|alpha|beta|preview)"
)
_UNSTABLE = ("alpha", "preview", "eap", "beta")
_BEHAVIOUR = re.compile(
    r"^(?:(?:Required|Optional|Output only|Input only|Immutable|Identifier|Unordered list)\.\s*)+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Document:
    """A document's file with the API and version that its name says."""

    path: Path
    api: str
    version: str

    @property
    def rank(self) -> tuple[int, list[int], str]:
        """Orders versions: a stable one above any beta, a beta above an alpha, then by number."""
        unstable = next((i for i, word in enumerate(_UNSTABLE) if word in self.version), None)
        stability = len(_UNSTABLE) if unstable is None else unstable
        numbers = [int(number) for number in re.findall(r"\d+", self.version)]
        return stability, numbers, self.version


def packaged_documents() -> list[Path]:
    """The documents of the installed client; `MissingExtraError` when there is none."""
    spec = find_spec("googleapiclient")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(
            "The source 'google' needs the package google-api-python-client, which is not"
            " installed.",
            "Run: pip install 'agentscaler[apis]'",
        )
    folder = Path(spec.submodule_search_locations[0]) / "discovery_cache" / "documents"
    return sorted(folder.glob("*.json"))


def discovery_services(
    paths: Iterable[Path], settings: PoolSettings | None = None
) -> list[Service]:
    """The APIs that discovery documents describe, by name."""
    settings = settings or PoolSettings()
    by_api: dict[str, list[_Document]] = defaultdict(list)
    for path in sorted(paths):
        document = _identify(path)
        by_api[document.api].append(document)
    services = []
    for api, documents in sorted(by_api.items()):
        newest = max(documents, key=lambda document: document.rank)
        if settings.older_versions == "keep":
            older = [one for one in documents if one.version != newest.version]
            for document in older:
                name = f"google.{api}@{document.version}"
                services.append(Service(name, _Reader(name, document, [], settings).read))
            documents = [one for one in documents if one.version == newest.version]
        others = [one for one in documents if one is not newest]
        reader = _Reader(f"google.{api}", newest, others, settings)
        services.append(Service(f"google.{api}", reader.read))
    return services


def _identify(path: Path) -> _Document:
    match = _TITLE.fullmatch(path.stem)
    if match is None:
        try:
            content = orjson.loads(path.read_bytes())
        except ValueError:  # kept in the list, so that reading it tells what is wrong
            return _Document(path, path.stem, "")
        if not isinstance(content, dict):
            return _Document(path, path.stem, "")
        match = _TITLE.fullmatch(f"{content.get('name')}.{content.get('version')}")
    if match is None:
        return _Document(path, path.stem, "")
    part = match["part"]  # tells sister APIs of one name apart ("admin.directory_v1")
    api = f"{match['api']}_{part}" if part else match["api"]
    return _Document(path, api, match["version"])


class _Reader:
    """Reads one version of an API, and rejects the operations of others."""

    def __init__(
        self,
        service: str,
        chosen: _Document,
        others: list[_Document],
        settings: PoolSettings,
    ) -> None:
        self._service = service
        self._chosen = chosen
        self._others = others
        self._settings = settings

    def read(self) -> Reading:
        reading = Reading()
        content = orjson.loads(self._chosen.path.read_bytes())
        _Api(self._service, content, self._settings).read(reading)
        for document in self._others:
            is_twin = document.version == self._chosen.version
            reason = PoolReason.DUPLICATE_NAME if is_twin else PoolReason.OLDER_VERSION
            try:
                names = [name for name, _ in _methods(orjson.loads(document.path.read_bytes()))]
            except MALFORMED as error:
                reading.reject(document.path.name, PoolReason.BAD_FILE, malformation(error))
                continue
            for name in names:
                identity = f"{self._service}.{name}@{document.version}"
                reading.reject(identity, reason, f"{self._chosen.path.name} is read instead")
        return reading


class _Api:
    """One discovery document."""

    def __init__(self, service: str, document: dict[str, Any], settings: PoolSettings) -> None:
        self._service = service
        self._document = document
        self._is_deprecated_kept = settings.deprecated == "keep"
        self._schemas: dict[str, Schema] = document.get("schemas", {})
        noise = frozenset(settings.noise)
        self._parameters = SchemaBounds(self._node, 200, noise)
        self._returns = SchemaBounds(self._node, 120, noise)

    def read(self, reading: Reading) -> None:
        for name, method in _methods(self._document):
            if method.get("deprecated") and not self._is_deprecated_kept:
                reading.reject(f"{self._service}.{name}", PoolReason.DEPRECATED)
                continue
            try:
                reading.tools.append(self._tool(name, method))
            except MALFORMED as error:
                identity = f"{self._service}.{name}"
                reading.reject(identity, PoolReason.BAD_RECORD, malformation(error))

    def _tool(self, name: str, method: dict[str, Any]) -> ToolSpec:
        return ToolSpec(
            id=f"{self._service}.{name}",
            name=name,
            provider="google",
            service=self._service,
            service_title=str(self._document.get("title", self._service)),
            description=clean_text(method.get("description", ""), 400),
            parameters=self._input(method),
            returns=self._output(method),
            method=method["httpMethod"],
            path=method.get("flatPath") or method["path"],
            effect="read" if method["httpMethod"] == "GET" else None,
            source="discovery",
            licence="Apache-2.0",
        )

    def _input(self, method: dict[str, Any]) -> Schema:
        properties: Schema = {}
        required: list[str] = []
        for name, parameter in method.get("parameters", {}).items():
            node = _plain(parameter)
            if parameter.get("repeated"):
                node = {"type": "array", "items": node, "description": node.get("description")}
            properties[name] = {**node, "x-in": parameter.get("location", "query")}
            if parameter.get("required"):
                required.append(name)
        for name, field in self._body(method).items():
            if name in properties:
                continue
            properties[name] = {**_plain(field), "x-in": "body"}
            if _is_required(field, method):
                required.append(name)
        root = {"type": "object", "properties": properties, "required": required}
        return {"properties": {}, **self._parameters.bound(root)}

    def _body(self, method: dict[str, Any]) -> dict[str, Schema]:
        """The fields of the request body that a caller may set."""
        reference = method.get("request", {}).get("$ref")
        schema = self._schemas.get(reference, {})
        if reference and not schema.get("properties") and schema.get("additionalProperties"):
            return {"body": {"$ref": reference}}
        return {
            name: field
            for name, field in schema.get("properties", {}).items()
            if not field.get("readOnly")
            and not str(field.get("description", "")).lower().startswith("output only")
        }

    def _output(self, method: dict[str, Any]) -> Schema | None:
        if "response" not in method:
            return None
        bounded = self._returns.bound(method["response"])
        return bounded if {"properties", "additionalProperties"} & bounded.keys() else None

    def _node(self, name: str) -> Schema | None:
        schema = self._schemas.get(name)
        if schema is None:
            return None
        node = {**schema, "x-shape": name}
        if "properties" in schema:
            node["properties"] = {key: _plain(field) for key, field in schema["properties"].items()}
        return node


def _methods(resource: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """All methods below a document or resource, as (dotted name, method)."""
    for name, method in resource.get("methods", {}).items():
        yield prefix + name, method
    for name, inner in resource.get("resources", {}).items():
        yield from _methods(inner, f"{prefix}{name}.")


def _plain(node: Schema) -> Schema:
    """A field without the words of field behaviour ("Required.") before its description."""
    description = node.get("description", "")
    return (
        {**node, "description": _BEHAVIOUR.sub("", description, count=1)} if description else node
    )


def _is_required(field: Schema, method: dict[str, Any]) -> bool:
    """Whether a call needs a body field; a PATCH may always send only what changes."""
    if method.get("id") in field.get("annotations", {}).get("required", ()):
        return True
    is_marked = str(field.get("description", "")).lower().startswith("required.")
    return is_marked and method["httpMethod"] != "PATCH"
