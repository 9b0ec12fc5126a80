"""The schemas of an OpenAPI document in the one-level form that `SchemaBounds` reads.

Swagger 2, OpenAPI 3.0 and the JSON Schema of 3.1 differ little; here they become one.  `$ref`s are
made absolute, `allOf` is merged, `oneOf` and `anyOf` give one alternative, and what only the other
side of the wire sets (`readOnly` in a request, `writeOnly` in a response) is left out.
"""

from collections.abc import Mapping
from typing import Any, Literal

from agentscaler.corpus.references import References, file_of, shape_of
from agentscaler.corpus.schema import MAX_LEVELS, Schema

__all__ = ["Schemas", "example_schema"]

_KEPT = ("type", "format", "enum", "const", "description", "readOnly", "deprecated")
_STRUCTURE = frozenset(
    "$ref type properties items enum const allOf oneOf anyOf additionalProperties".split()
)
_SUBSTANCE = _STRUCTURE - {"type"} | {"required"}
_BESIDE_REFERENCE = ("description", "readOnly", "deprecated")
_MAX_DEPTH = MAX_LEVELS + 4
"""Schemas inside schemas without a `$ref` between them; deeper ones would be cut anyway."""


class Schemas:
    """Translates the schemas of one document for one direction.

    Args:
        hidden: the mark of properties to leave out, "readOnly" or "writeOnly".
    """

    def __init__(self, references: References, hidden: Literal["readOnly", "writeOnly"]) -> None:
        self._references = references
        self._hidden = hidden
        self._known: dict[str, Schema | None] = {}
        self._underway: set[str] = set()

    def resolve(self, location: str) -> Schema | None:
        """The schema at a location; None when there is none, or when it is made of itself."""
        if location in self._known:
            return self._known[location]
        if location in self._underway:
            return None
        self._underway.add(location)
        try:
            found = self._references.value(location)
            node = self.translate(found, file_of(location)) if isinstance(found, Mapping) else None
        finally:
            self._underway.discard(location)
        if node is not None and (shape := shape_of(location)):
            node["x-shape"] = shape
        self._known[location] = node
        return node

    def translate(self, schema: Any, base: str, depth: int = 0) -> Schema:
        """One schema of file `base`; its children may be references."""
        if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
            return {}
        if isinstance(schema.get("$ref"), str):
            node = {key: schema[key] for key in _BESIDE_REFERENCE if key in schema}
            location = self._references.locate(schema["$ref"], base)
            return node if location is None else {**node, "$ref": location}
        node = self._own(schema, base, depth)
        parts = [self.translate(part, base, depth + 1) for part in _list(schema.get("allOf"))]
        if choice := self._choice(schema, base, depth):
            parts.append(choice)
        return self._merge([*parts, node]) if parts else node

    def open(self, node: Schema) -> Schema:
        """A translated node with its own references followed, keeping what they were called."""
        seen = set()
        while "$ref" in node and node["$ref"] not in seen:
            seen.add(node["$ref"])
            beside = {key: node[key] for key in _BESIDE_REFERENCE if key in node}
            node = {**(self.resolve(node["$ref"]) or {}), **beside}
        return {key: value for key, value in node.items() if key != "$ref"}

    def _own(self, schema: Mapping[str, Any], base: str, depth: int) -> Schema:
        """A schema without the schemas it is put together from."""
        node: Schema = {key: schema[key] for key in _KEPT if key in schema}
        if node.get("type") == "file":
            node |= {"type": "string", "format": "binary"}
        properties = schema.get("properties")
        required = [name for name in _list(schema.get("required")) if isinstance(name, str)]
        if isinstance(properties, Mapping):
            node["properties"] = {
                name: self.translate(child, base, depth + 1)
                for name, child in properties.items()
                if not (isinstance(child, Mapping) and child.get(self._hidden) is True)
            }
            required += [
                name
                for name, child in properties.items()
                if isinstance(child, Mapping) and child.get("required") is True
            ]
        if required:
            node["required"] = list(dict.fromkeys(required))
        if isinstance(items := schema.get("items"), Mapping | list):
            one = next(iter(items), {}) if isinstance(items, list) else items
            node["items"] = self.translate(one, base, depth + 1)
        if isinstance(schema.get("additionalProperties"), Mapping) and (
            value := self.translate(schema["additionalProperties"], base, depth + 1)
        ):
            node["additionalProperties"] = value
        return node

    def _choice(self, schema: Mapping[str, Any], base: str, depth: int) -> Schema | None:
        """What stands for `oneOf` and `anyOf`.

        Alternatives that all list values become one list.  Otherwise a schema that stands by
        itself takes its first object, one inside another its first alternative, which for "an id
        or the whole record" is the id.  Alternatives that only say what is required, and null, do
        not count.
        """
        alternatives = [
            self.translate(part, base, depth + 1)
            for key in ("oneOf", "anyOf")
            for part in _list(schema.get(key))
            if isinstance(part, Mapping)
            and not _STRUCTURE.isdisjoint(part)
            and part.get("type") != "null"
        ]
        if not alternatives:
            return None
        if len(alternatives) == 1:
            return alternatives[0]
        opened = [self.open(one) for one in alternatives]
        if all("enum" in one or "const" in one for one in opened):
            rest = {key: value for key, value in opened[0].items() if key != "const"}
            return {**rest, "enum": [value for one in opened for value in _values(one)]}
        if depth == 0:
            objects = (a for a, one in zip(alternatives, opened, strict=True) if _is_object(one))
            return next(objects, alternatives[0])
        return alternatives[0]

    def _merge(self, parts: list[Schema]) -> Schema:
        """Schemas that all hold as one; later parts win."""
        meant = [part for part in parts if not _SUBSTANCE.isdisjoint(part)]
        if len(meant) == 1 and "$ref" in meant[0]:  # a reference with a word to it
            notes = {key: one[key] for one in parts for key in _BESIDE_REFERENCE if key in one}
            return {**notes, "$ref": meant[0]["$ref"]}
        merged: Schema = {}
        properties: Schema = {}
        required: list[str] = []
        for part in parts:
            node = self.open(part)
            properties |= node.pop("properties", {})
            required += node.pop("required", [])
            shape = merged.get("x-shape") or node.get("x-shape")
            merged |= node
            if shape:
                merged["x-shape"] = shape
        if properties:
            merged |= {"type": "object", "properties": properties}
        if required:
            merged["required"] = list(dict.fromkeys(required))
        return merged


def example_schema(value: Any, depth: int = 0) -> Schema:
    """The schema that an example suggests; of a list the first element counts."""
    if isinstance(value, Mapping) and depth <= MAX_LEVELS:
        children = {name: example_schema(child, depth + 1) for name, child in value.items()}
        return {"type": "object", "properties": children}
    if isinstance(value, list) and depth <= MAX_LEVELS:
        return {"type": "array", "items": example_schema(next(iter(value), None), depth + 1)}
    kinds = {bool: "boolean", str: "string", int: "integer", float: "number"}
    kind = kinds.get(type(value))
    return {"type": kind} if kind else {}


def _is_object(node: Schema) -> bool:
    return node.get("type") == "object" or "properties" in node


def _values(node: Schema) -> list[Any]:
    return [node["const"]] if "const" in node else _list(node["enum"])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
