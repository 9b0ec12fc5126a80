"""One OpenAPI document: its operations, each as a tool or as a rejection.

Parameters of path and query and the fields of the request body become one flat object; headers,
cookies and API keys are left out.  The result is the schema of the first successful JSON response.

Formats: https://spec.openapis.org/oas/v3.1.0 and https://spec.openapis.org/oas/v2.0
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agentscaler.corpus.openapi_names import OperationNames
from agentscaler.corpus.openapi_schemas import Schemas, example_schema
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.references import References
from agentscaler.corpus.schema import Schema, SchemaBounds
from agentscaler.corpus.service import Reading
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.text import clean_text
from agentscaler.corpus.tool import ToolSpec

__all__ = ["ApiDocument", "ServiceTitle", "operation_labels"]

_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_TRANSPORT_METHODS = {"options", "trace"}
_READS = {"get", "head"}
_PARAMETER_PLACES = {"path", "query"}
_API_KEYS = {"apikey", "api_key", "api-key"}
_RESULT_KEYS = frozenset({"properties", "additionalProperties", "items"})


@dataclass(frozen=True)
class ServiceTitle:
    """How the tools of a document are filed; `service` is `provider.<word>`."""

    provider: str
    service: str
    title: str
    licence: str


@dataclass(frozen=True)
class _Item:
    """One operation as it stands in its document; `value` is anything."""

    method: str
    path: str
    value: Any
    shared: Sequence[Any]
    base: str

    @property
    def label(self) -> str:
        return f"{self.method.upper()} {self.path}".strip()


def operation_labels(references: References) -> list[str]:
    """The operations of a document, such as "GET /pets/{petId}"."""
    return [item.label for item in _items(references)]


class ApiDocument:
    """Reads the operations of one document."""

    def __init__(self, references: References, title: ServiceTitle, settings: PoolSettings) -> None:
        self._references = references
        self._title = title
        self._is_deprecated_kept = settings.deprecated == "keep"
        noise = frozenset(settings.noise)
        self._inputs = Schemas(references, hidden="readOnly")
        self._outputs = Schemas(references, hidden="writeOnly")
        self._parameters = SchemaBounds(self._inputs.resolve, 200, noise)
        self._returns = SchemaBounds(self._outputs.resolve, 120, noise)
        self._names = OperationNames(title.service.partition(".")[2])
        self._secrets = _API_KEYS | set(_key_parameters(references))

    def read(self, reading: Reading) -> None:
        """Puts every operation into `reading`, as a tool or as a rejection."""
        for item in _items(self._references):
            if verdict := _verdict(item, self._is_deprecated_kept):
                reading.reject(f"{self._title.service}.{item.label}", *verdict)
                continue
            try:
                reading.tools.append(self._tool(item))
            except RecursionError:
                reading.reject(
                    f"{self._title.service}.{item.label}",
                    PoolReason.BAD_SCHEMA,
                    "its schemas refer to each other without end",
                )

    def _tool(self, item: _Item) -> ToolSpec:
        operation = item.value
        parameters, returns = self._input(item), self._output(item)
        tags = [tag for tag in _list(operation.get("tags")) if isinstance(tag, str)]
        name = self._names.name(_text(operation.get("operationId")), item.method, item.path, tags)
        return ToolSpec(
            id=f"{self._title.service}.{name}",
            name=name,
            provider=self._title.provider,
            service=self._title.service,
            service_title=self._title.title,
            description=_description(operation),
            parameters=parameters,
            returns=returns,
            method=item.method.upper(),
            path=item.path,
            effect="read" if item.method in _READS else None,
            source="openapi",
            licence=self._title.licence,
        )

    def _input(self, item: _Item) -> Schema:
        properties: Schema = {}
        required: list[str] = []
        bodies: list[tuple[str, Any, str]] = []
        for parameter, base in self._declared(item):
            name, place = parameter["name"], parameter["in"]
            if place == "body":
                bodies.append((name, parameter.get("schema"), base))
                continue
            if place == "formData":
                place = "body"
            elif place not in _PARAMETER_PLACES or name in self._secrets:
                continue
            properties[name] = {**self._parameter(parameter, base), "x-in": place}
            if parameter.get("required") is True or place == "path":
                required.append(name)
        body, base = self._references.follow(item.value.get("requestBody"), item.base)
        if content := _content(body.get("content")):
            bodies.append(("body", content.get("schema"), base))
        for name, schema, base in bodies:
            fields, needed = self._body(name, schema, base)
            properties |= {field: fields[field] for field in fields if field not in properties}
            required += [] if item.method == "patch" else needed
        root = {"type": "object", "properties": properties, "required": required}
        return {"properties": {}, **self._parameters.bound(root)}

    def _declared(self, item: _Item) -> Iterator[tuple[Mapping[str, Any], str]]:
        """The parameters of an operation with their files; its own replace its path's."""
        found: dict[tuple[str, str], tuple[Mapping[str, Any], str]] = {}
        for node in (*item.shared, *_list(item.value.get("parameters"))):
            parameter, base = self._references.follow(node, item.base)
            name, place = parameter.get("name"), parameter.get("in")
            if isinstance(name, str) and name and isinstance(place, str):
                found[name, place] = parameter, base
        yield from found.values()

    def _parameter(self, parameter: Mapping[str, Any], base: str) -> Schema:
        content = _content(parameter.get("content")) or {}
        schema = parameter.get("schema", content.get("schema"))
        node = self._inputs.translate(schema if isinstance(schema, Mapping) else parameter, base, 1)
        if _text(parameter.get("description")):
            node["description"] = parameter["description"]
        if parameter.get("deprecated") is True:
            node["deprecated"] = True
        return node

    def _body(self, name: str, schema: Any, base: str) -> tuple[Schema, list[str]]:
        """A request body as parameters: its fields, or itself when it is no record."""
        node = self._inputs.translate(schema, base)
        opened = self._inputs.open(node)
        if isinstance(opened.get("properties"), dict):
            fields = {
                field: {**child, "x-in": "body"}
                for field, child in opened["properties"].items()
                if self._inputs.open(child).get("readOnly") is not True
            }
            return fields, opened.get("required", [])
        is_bare = opened.get("type") == "object" and "additionalProperties" not in opened
        if is_bare or not opened:
            return {}, []
        return {name: {**node, "x-in": "body"}}, []

    def _output(self, item: _Item) -> Schema | None:
        responses = item.value.get("responses")
        if not isinstance(responses, Mapping):
            return None
        codes = sorted(code for code in responses if code.startswith("2")) or ["default"]
        for code in codes:
            response, base = self._references.follow(responses.get(code), item.base)
            content = _content(response.get("content")) or response
            schema = self._outputs.translate(content.get("schema"), base)
            for node in (schema, example_schema(_example(content))):
                bounded = self._returns.bound(node)
                if not _RESULT_KEYS.isdisjoint(bounded):
                    return bounded
        return None


def _items(references: References) -> Iterator[_Item]:
    """All operations under `paths`, and a path that is no object as one that is none."""
    document = references.value("#")
    paths = document.get("paths") if isinstance(document, Mapping) else None
    if not isinstance(paths, Mapping):
        return
    for path, value in paths.items():
        if path.startswith("x-"):
            continue
        if not isinstance(value, Mapping):
            yield _Item("", path, value, (), "")
            continue
        target, base = references.follow(value, "")
        whole = {**target, **value}
        for key in whole:
            if key.lower() in _METHODS:
                shared = _list(whole.get("parameters"))
                yield _Item(key.lower(), path, whole[key], shared, base)


def _verdict(item: _Item, is_deprecated_kept: bool) -> tuple[PoolReason, str] | None:
    """Why an operation gives no tool, or None."""
    if not isinstance(item.value, Mapping):
        return PoolReason.BAD_RECORD, f"not an object: {str(item.value)[:80]}"
    if item.method in _TRANSPORT_METHODS:
        return PoolReason.BAD_RECORD, f"{item.method.upper()} asks about the transport"
    if item.value.get("deprecated") is True and not is_deprecated_kept:
        return PoolReason.DEPRECATED, clean_text(_text(item.value.get("summary")), 200)
    return None


def _key_parameters(references: References) -> Iterator[str]:
    """Names of the parameters in which callers prove who they are."""
    document = references.value("#")
    components = document.get("components") if isinstance(document, Mapping) else None
    homes = [
        components.get("securitySchemes") if isinstance(components, Mapping) else None,
        document.get("securityDefinitions") if isinstance(document, Mapping) else None,
    ]
    for home in homes:
        for scheme in home.values() if isinstance(home, Mapping) else ():
            if isinstance(scheme, Mapping) and scheme.get("type") == "apiKey":
                yield _text(scheme.get("name"))


def _content(content: Any) -> Mapping[str, Any] | None:
    """The media type that is read: JSON before its relatives before anything else."""
    if not isinstance(content, Mapping):
        return None
    kinds = [kind for kind, value in content.items() if isinstance(value, Mapping)]
    best = min(kinds, key=_media_rank, default=None)
    return None if best is None else content[best]


def _media_rank(kind: str) -> int:
    essence = kind.partition(";")[0].strip().lower()
    ranks = ("application/json", "json", "form", "xml")
    return next((rank for rank, word in enumerate(ranks) if word in essence), len(ranks))


def _example(content: Mapping[str, Any]) -> Any:
    """An example of a media type, or of a Swagger 2 response."""
    examples = content.get("examples")
    if "example" in content or not isinstance(examples, Mapping):
        return content.get("example")
    first = next(iter(examples.values()), None)
    return first["value"] if isinstance(first, Mapping) and "value" in first else first


def _description(operation: Mapping[str, Any]) -> str:
    description = clean_text(_text(operation.get("description")), 400)
    summary = clean_text(_text(operation.get("summary")), 400)
    return description if len(description) >= len(summary) else summary


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
