"""The parameters of a function as one JSON Schema, in whichever way its record writes them.

- JSON Schema: `{"type": "object", "properties": {"city": {"type": "string"}}}`;
- the same with other names of types: "dict", "OBJECT", "float" (BFCL, Gemini);
- a table by name: `{"city": {"type": "str, optional", "description": "..."}}` (xLAM, APIGen);
- two lists, of what is needed and what is not: `[{"name": "city", "type": "STRING"}]` (ToolBench).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from agentscaler.corpus.noise import NoiseCategory
from agentscaler.corpus.schema import Schema, SchemaBounds

__all__ = ["BadSchemaError", "bound_schema", "listed_parameters", "parameter_schema"]

_SCALARS: dict[str, Schema] = {
    "str": {"type": "string"},
    "string": {"type": "string"},
    "char": {"type": "string"},
    "file": {"type": "string"},
    "binary": {"type": "string", "format": "byte"},
    "bytes": {"type": "string", "format": "byte"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "enum": {"type": "string"},
    "int": {"type": "integer"},
    "integer": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "number": {"type": "number"},
    "numeric": {"type": "number"},
    "bool": {"type": "boolean"},
    "boolean": {"type": "boolean"},
    "dict": {"type": "object"},
    "object": {"type": "object"},
    "map": {"type": "object"},
    "json": {"type": "object"},
}
_SEQUENCES = frozenset({"list", "array", "tuple", "set", "sequence", "iterable"})
_TYPE = re.compile(r"(?P<name>[A-Za-z_]+)\s*(?:\[(?P<inner>.*)\])?")
_OPTIONAL = re.compile(r"\boptional\b", re.IGNORECASE)
_HAS_DEFAULT = re.compile(r"\bdefaults? (?:to|is|value)\b|\(optional\)|^optional\b", re.IGNORECASE)
_MOST_TYPE_LEVELS = 5


class BadSchemaError(Exception):
    """Parameters are in no dialect that we know."""


def parameter_schema(found: Any, noise: frozenset[NoiseCategory]) -> Schema:
    """A bounded JSON Schema of type object.

    Args:
        found: what the record gives as parameters; None and an empty object are none.
        noise: kinds of properties to leave out.

    Raises:
        BadSchemaError: it is no object, or an object in no dialect that we know.
    """
    if found is None:
        found = {}
    if not isinstance(found, Mapping):
        raise BadSchemaError("the parameters are not an object")
    schema = _from_table(found) if _is_table(found) else found
    bounded = bound_schema(schema, 200, noise)
    if schema and bounded.get("type") != "object":
        raise BadSchemaError("the parameters are not a JSON Schema of type object")
    return {"type": "object", "properties": {}, **bounded}


def listed_parameters(
    required: Iterable[Any], optional: Iterable[Any], noise: frozenset[NoiseCategory]
) -> Schema:
    """A bounded JSON Schema of type object, from two lists of named parameters."""
    properties: dict[str, Schema] = {}
    needed = []
    for is_required, entries in ((True, required), (False, optional)):
        for entry in entries:
            name = entry.get("name") if isinstance(entry, Mapping) else None
            if isinstance(name, str) and name.strip() and name not in properties:
                properties[name.strip()] = _from_entry(entry)
                if is_required:
                    needed.append(name.strip())
    schema = {"type": "object", "properties": properties, "required": needed}
    return {"properties": {}, **bound_schema(schema, 200, noise)}


def bound_schema(
    schema: Mapping[str, Any], description_limit: int, noise: frozenset[NoiseCategory]
) -> Schema:
    """A schema cut to size, its local references followed and its own description left out."""

    def resolve(reference: str) -> Schema | None:
        return _pointed(schema, reference)

    bounded = SchemaBounds(resolve, description_limit, noise).bound(dict(schema))
    bounded.pop("description", None)
    return bounded


def _is_table(found: Mapping[str, Any]) -> bool:
    """Whether parameters stand by name; one of them may be called "type" or "properties"."""
    if not found or not all(isinstance(entry, Mapping) for entry in found.values()):
        return False
    if "properties" in found and not isinstance(found["properties"].get("type"), str):
        return False
    return any(isinstance(entry.get("type"), str) for entry in found.values())


def _from_table(found: Mapping[str, Any]) -> Schema:
    """A schema from a table by name.

    A parameter is needed unless its type or description calls it optional or names its default: the
    "default" of these data sets is as often an example, given for parameters that are needed.
    """
    properties = {name: _from_entry(entry) for name, entry in found.items()}
    required = [
        name
        for name, entry in found.items()
        if not _OPTIONAL.search(str(entry.get("type")))
        and not _HAS_DEFAULT.search(str(entry.get("description", "")))
        and entry.get("required") is not False
    ]
    return {"type": "object", "properties": properties, "required": required}


def _from_entry(entry: Mapping[str, Any]) -> Schema:
    """The schema of one named parameter; what it says in JSON Schema beside its type stays."""
    kept = {
        key: entry[key] for key in ("description", "enum", "items", "properties") if key in entry
    }
    return {**_named_type(str(entry.get("type", ""))), **kept}


def _named_type(text: str, levels: int = _MOST_TYPE_LEVELS) -> Schema:
    """The schema of a type in Python's words ("List[int]", "str, optional") or RapidAPI's."""
    match = _TYPE.search(text)
    if match is None or levels == 0:
        return {}
    name, inner = match["name"].lower(), match["inner"] or ""
    if name in _SEQUENCES:
        return {"type": "array", "items": _named_type(inner, levels - 1)}
    if name in {"optional", "union"} and inner:
        return _named_type(inner, levels - 1)
    return dict(_SCALARS.get(name, {}))


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
    if node is schema:
        return dict(schema)
    return {"x-shape": key, **node} if isinstance(node, Mapping) else None
