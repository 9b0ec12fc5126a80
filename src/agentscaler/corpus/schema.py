"""JSON Schemas cut to size.

Real descriptions nest without end, refer to themselves and list thousands of values.  A
`SchemaBounds` reads the schemas of one document and gives them in one small form:
`type, properties, required, items, enum, format, description, additionalProperties, readOnly` and
our own `x-in`, `x-shape` and `x-enum-size` (how many values an enum had that was too long to keep).

Readers hand in nodes of the JSON Schema language in which children may be `{"$ref": name}`, with a
function that gives the node of a name; so each document language needs only a one-level
translation, and depth, recursion, size and noise are dealt with here.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agentscaler.corpus.noise import ALL_NOISE, NoiseCategory, noise_category
from agentscaler.corpus.text import clean_text

__all__ = ["MAX_ENUM", "MAX_LEVELS", "MAX_NODES", "MAX_PROPERTIES", "Schema", "SchemaBounds"]

Schema = dict[str, Any]
Resolve = Callable[[str], Schema | None]

MAX_LEVELS = 4
"""Levels of objects and arrays below the root; deeper ones are there, but bare."""
MAX_PROPERTIES = 60
MAX_ENUM = 40
MAX_NODES = 400
"""Nodes in one schema; a larger one is cut to fewer levels."""

_TYPES = {"object", "array", "string", "integer", "number", "boolean"}
_TYPE_NAMES = {
    "dict": "object",
    "map": "object",
    "list": "array",
    "tuple": "array",
    "str": "string",
    "int": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "bool": "boolean",
}
_PLAIN_SHAPES = {"string", "__string"}
_LARGEST = 2**63


class _TooLargeError(Exception):
    """A schema has more than `MAX_NODES` nodes at the depth tried."""


@dataclass(frozen=True, slots=True)
class _Bounded:
    """A finished node.

    `cut_at` names the references above this node at which recursion was cut inside it: while there
    are any, the node is not the same everywhere and must not be remembered.
    """

    schema: Schema
    nodes: int = 1
    cut_at: frozenset[str] = frozenset()


class SchemaBounds:
    """Bounds the schemas of one document; equal sub-schemas are shared, so do not change them.

    Args:
        resolve: gives the node of a `$ref`, or None where the document has none of that name.
        description_limit: characters a property's description may have.
        noise: kinds of properties that are left out.
    """

    def __init__(
        self,
        resolve: Resolve,
        description_limit: int,
        noise: frozenset[NoiseCategory] = ALL_NOISE,
    ) -> None:
        self._resolve = resolve
        self._description_limit = description_limit
        self._noise = noise
        self._seen: dict[tuple[str, int], _Bounded] = {}
        self._nodes_left = 0

    def bound(self, node: Schema) -> Schema:
        """The small form of `node`, with as many levels as fit."""
        for levels in range(MAX_LEVELS, 0, -1):
            self._nodes_left = MAX_NODES
            try:
                return self._expand(node, levels, frozenset(), is_root=True).schema
            except _TooLargeError:
                continue
        self._nodes_left = MAX_NODES + MAX_NODES  # one level cannot have more
        return self._expand(node, 0, frozenset(), is_root=True).schema

    def _expand(
        self, node: Any, levels: int, above: frozenset[str], *, is_root: bool = False
    ) -> _Bounded:
        if not isinstance(node, Mapping):  # JSON Schema's `true`, or rubbish: anything goes
            return _Bounded({})
        self._spend(1)
        reference = node.get("$ref")
        if isinstance(reference, str):
            found = self._referenced(reference, levels, above, is_root=is_root)
            return self._overlay(found, node)
        for choice in (node.get("anyOf"), node.get("oneOf")):
            if isinstance(choice, list):
                one: Any = next((part for part in choice if not _is_null(part)), {})
                return self._overlay(self._expand(one, levels, above, is_root=is_root), node)
        if isinstance(node.get("allOf"), list):
            node = self._merged(node, above)
        return self._structure(node, levels, above, is_root=is_root)

    def _spend(self, nodes: int) -> None:
        self._nodes_left -= nodes
        if self._nodes_left < 0:
            raise _TooLargeError

    def _referenced(
        self, reference: str, levels: int, above: frozenset[str], *, is_root: bool
    ) -> _Bounded:
        if reference in above:
            return _Bounded({"type": "object"}, cut_at=frozenset({reference}))
        key = (reference, -1 if is_root else levels)
        if not is_root and (known := self._seen.get(key)) is not None:
            self._spend(known.nodes)
            return known
        found = self._expand(self._resolve(reference), levels, above | {reference}, is_root=is_root)
        found = _Bounded(found.schema, found.nodes, found.cut_at - {reference})
        if not is_root and not found.cut_at:
            self._seen[key] = found
        return found

    def _overlay(self, found: _Bounded, node: Mapping[str, Any]) -> _Bounded:
        """`found` with what the place that uses it says of it."""
        notes = self._notes(node)
        if not notes:
            return found
        return _Bounded({**found.schema, **notes}, found.nodes, found.cut_at)

    def _merged(self, node: Mapping[str, Any], above: frozenset[str]) -> Schema:
        """A node with its `allOf` parts taken in; later parts win."""
        merged: Schema = {"properties": {}, "required": []}
        rest = {key: value for key, value in node.items() if key != "allOf"}
        for part in [*node["allOf"], rest]:
            if isinstance(part, Mapping) and isinstance(part.get("$ref"), str):
                part = None if part["$ref"] in above else self._resolve(part["$ref"])
            if not isinstance(part, Mapping):
                continue
            properties, required = part.get("properties"), part.get("required")
            merged["properties"].update(properties if isinstance(properties, Mapping) else {})
            merged["required"] += required if isinstance(required, list) else []
            merged.update(
                {key: part[key] for key in part if key not in {"properties", "required", "allOf"}}
            )
        return merged

    def _structure(
        self, node: Mapping[str, Any], levels: int, above: frozenset[str], *, is_root: bool
    ) -> _Bounded:
        kind = _type(node)
        schema: Schema = {"type": kind} if kind else {}
        nodes, cut_at = 1, frozenset[str]()
        if kind == "object" and levels >= 0:
            children = self._children(node, levels - 1, above, is_root=is_root)
            if children:
                schema["properties"] = {name: child.schema for name, child in children.items()}
                required = node.get("required")
                needed = set(_strings(required))
                if kept := [name for name in children if name in needed]:
                    schema["required"] = kept
            parts = list(children.values())
            if isinstance(node.get("additionalProperties"), Mapping):
                value = self._expand(node["additionalProperties"], levels - 1, above)
                schema["additionalProperties"] = value.schema
                parts.append(value)
            nodes += sum(part.nodes for part in parts)
            cut_at = cut_at.union(*(part.cut_at for part in parts))
        elif kind == "array" and levels >= 0 and isinstance(node.get("items"), Mapping):
            item = self._expand(node["items"], levels - 1, above)
            schema["items"] = item.schema
            nodes, cut_at = nodes + item.nodes, item.cut_at
        elif kind not in {"object", "array"}:
            schema.update(_values(node, kind))
        schema.update(self._notes(node))
        return _Bounded(schema, nodes, cut_at)

    def _children(
        self, node: Mapping[str, Any], levels: int, above: frozenset[str], *, is_root: bool
    ) -> dict[str, _Bounded]:
        properties = node.get("properties")
        if not isinstance(properties, Mapping):
            return {}
        needed = set(_strings(node.get("required")))
        names = [
            name
            for name, child in properties.items()
            if name
            and not (isinstance(child, Mapping) and child.get("deprecated") and name not in needed)
        ]
        if len(names) > MAX_PROPERTIES:  # what is required goes first, in the document's order
            kept = set(sorted(names, key=lambda name: name not in needed)[:MAX_PROPERTIES])
            names = [name for name in names if name in kept]
        children: dict[str, _Bounded] = {}
        for name in names:
            child = self._expand(properties[name], levels, above)
            category = noise_category(name, child.schema)
            is_inner_size = category is NoiseCategory.PAGE_SIZE and not is_root
            if category not in self._noise or is_inner_size:
                children[name] = child
        return children

    def _notes(self, node: Mapping[str, Any]) -> Schema:
        """What is said of a node beside its structure."""
        notes: Schema = {}
        description = node.get("description")
        if isinstance(description, str) and (
            text := clean_text(description, self._description_limit)
        ):
            notes["description"] = text
        if node.get("readOnly") is True:
            notes["readOnly"] = True
        shape = node.get("x-shape")
        if isinstance(shape, str) and shape.lower() not in _PLAIN_SHAPES:
            notes["x-shape"] = shape
        if isinstance(node.get("x-in"), str):
            notes["x-in"] = node["x-in"]
        return notes


def _type(node: Mapping[str, Any]) -> str | None:
    kind = node.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if isinstance(kind, str):
        kind = _TYPE_NAMES.get(kind.lower(), kind.lower())
    if isinstance(kind, str) and kind in _TYPES:
        return kind
    if isinstance(node.get("properties"), Mapping):
        return "object"
    if "items" in node:
        return "array"
    values = node.get("enum")
    return "string" if isinstance(values, list) and values and _all_text(values) else None


def _values(node: Mapping[str, Any], kind: str | None) -> Schema:
    """Format and allowed values of a scalar.

    Values that no JSON reader or database can hold (NaN, integers over 64 bits) and protobuf's
    `..._UNSPECIFIED` are left out.
    """
    schema: Schema = {}
    if isinstance(node.get("format"), str):
        schema["format"] = node["format"]
    values = [node["const"]] if "const" in node else node.get("enum")
    if not isinstance(values, list):
        return schema
    kept = [value for value in values if _is_storable(value) and _fits(value, kind)]
    meant = [
        value
        for value in kept
        if not (isinstance(value, str) and value.upper().endswith("UNSPECIFIED"))
    ]
    distinct = list({(type(value), value): value for value in meant}.values())
    if len(distinct) > MAX_ENUM:
        schema["x-enum-size"] = len(distinct)
    elif distinct:
        schema["enum"] = distinct
    return schema


def _is_storable(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -_LARGEST <= value < _LARGEST
    return isinstance(value, str)


def _fits(value: Any, kind: str | None) -> bool:
    if kind in {"integer", "number"}:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return kind is None or isinstance(value, {"string": str, "boolean": bool}[kind])


def _is_null(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("type") == "null"


def _all_text(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _strings(values: Any) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
