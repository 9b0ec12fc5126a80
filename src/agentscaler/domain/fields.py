"""Fields of a resource, gathered from every schema that speaks of it, and sorted into columns.

A field seen in several operations under several spellings (`FunctionName`, `functionName`, `name`
of a function) is one field.  How often and where it is seen decides whether it becomes a column.
"""

import keyword
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agentscaler.domain.domain import Column
from agentscaler.domain.meaning import column_type, meaning_of
from agentscaler.graph.operation import Operation, OperationKind
from agentscaler.words import singular, split_words

__all__ = ["TRANSPARENT", "Field", "field_name", "gather_fields", "request_properties", "to_column"]

Schema = dict[str, Any]

_OPAQUE = frozenset(
    "arn arns etag token secret password checksum hash md sha fingerprint signature kms crn href"
    " selflink cursor blob binary base encrypted encryption nonce certificate pem json xml yaml"
    " payload document template script sql raw proto schema odata".split()
)
_RESERVED = frozenset({"db", "reset", "step", "close", "verify", "done"})
TRANSPARENT = frozenset(
    "properties spec config configuration settings attributes details filter input".split()
)
_ENVELOPES = frozenset("body data payload request request_body params".split())
"""Names of objects that only carry what a request says."""
_NOT_A_STATE = ("unspecified", "unknown", "undefined", "unrecognized", "invalid")
_OF_ANSWERS = frozenset(
    "current_page has_more http_code last_page next_page page page_number page_size per_page"
    " previous_page response_code response_msg total_count total_elements total_pages"
    " total_records".split()
)
"""Fields that tell of an answer and its pages, not of a record."""
_RESOURCE_TYPE = ("the type of the resource", "the resource type", "resource type")
"""How a cloud describes the constant that names the kind of a record."""
_UNITS = {
    **{unit: unit for unit in "kg km cm mm seconds minutes hours days months bytes".split()},
    **{"gb": "GB", "mb": "MB", "tb": "TB", "kb": "KB", "gib": "GiB", "mib": "MiB"},
    **{"ms": "ms", "secs": "seconds"},
}
"""Last words of names that tell in what a value is measured, as people write them."""
_MAX_ENUM = 12
_MAX_NESTED = 4


@dataclass
class Field:
    """One field of a resource: where it was seen, and the fullest schema seen for it.

    `nested` says that it lies in an object inside the record; `demands` counts the creates that
    require it, and `required_by_create` says that all do.
    """

    name: str
    schema: Schema
    demands: int = 0
    required_by_create: bool = False
    in_create: bool = False
    in_update: bool = False
    in_filter: bool = False
    outputs: int = 0
    order: int = 0
    nested: bool = False

    @property
    def stored(self) -> bool:
        """Whether the field is part of the record, not only a question about it."""
        return self.in_create or self.in_update or self.outputs > 0


def field_name(resource: str, name: str) -> str:
    """A field of `resource` as a column name: snake case, without the resource's own name."""
    words = split_words(name)
    prefix = resource.split("_")
    singulars = [singular(word) for word in words]
    for length in range(len(prefix), 0, -1):
        head = prefix[-length:]
        if singulars[:length] == head and len(words) > length and length == len(prefix):
            words = words[length:]
            break
    joined: list[str] = []
    for word in words:
        if word.isdigit() and joined:
            joined[-1] += word
        else:
            joined.append(word)
    name = "_".join(joined)
    if keyword.iskeyword(name) or name in _RESERVED:
        return f"{resource.rsplit('_', 1)[-1]}_{name}" if resource else f"{name}_value"
    return name


def request_properties(operation: Operation) -> dict[str, Schema]:
    """What a request carries, wrapper objects around the resource unfolded."""
    return _unfolded(operation.tool.parameters.get("properties") or {}, operation.resource)


def _unfolded(properties: dict[str, Schema], resource: str, levels: int = 3) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for name, schema in properties.items():
        inner = schema.get("properties")
        stem = field_name("", name)
        if inner and levels and (stem == resource or stem in TRANSPARENT | _ENVELOPES):
            found.update(_unfolded(inner, resource, levels - 1))
        else:
            found[name] = schema
    return found


def gather_fields(resource: str, operations: list[Operation]) -> dict[str, Field]:
    """The fields of `resource` by column name, in the order first seen."""
    fields: dict[str, Field] = {}
    for operation in operations:
        if operation.entity is not None:
            for name, schema, nested in _flatten(operation.entity.get("properties") or {}):
                field = _meet(fields, resource, name, schema, nested)
                if field is not None:
                    field.outputs += 1
        if operation.kind not in {OperationKind.CREATE, OperationKind.UPDATE, OperationKind.LIST}:
            continue
        required = set(operation.tool.parameters.get("required") or ())
        for name, schema, nested in _flatten(request_properties(operation)):
            field = _meet(fields, resource, name, schema, nested)
            if field is None:
                continue
            if operation.kind is OperationKind.CREATE:
                field.in_create = True
                field.demands += name in required
            elif operation.kind is OperationKind.UPDATE:
                field.in_update = True
            else:
                field.in_filter = True
    for name in [name for name in fields if name.startswith("new_")]:
        changed = fields.get(field_name(resource, name.removeprefix("new_")))
        if changed is not None:  # `NewPath` of an update is the path
            changed.in_update |= fields.pop(name).in_update
    creates = sum(operation.kind is OperationKind.CREATE for operation in operations)
    for field in fields.values():
        field.required_by_create = 0 < creates <= field.demands
    return fields


def to_column(field: Field, noun: str) -> Column | None:
    """The column a field makes, or None where its values could only be noise."""
    words = field.name.split("_")
    schema = field.schema
    if any(word in _OPAQUE for word in words) or schema.get("format") == "byte":
        return None
    if field.name in _OF_ANSWERS:
        return None
    told = str(schema.get("description", "")).lower()
    if field.name == "type" and told.startswith(_RESOURCE_TYPE):
        return None
    enum = _useful(schema.get("enum") or ())
    if schema.get("enum") and len(enum) < 2:
        return None
    kind = "text" if enum else column_type(field.name, schema.get("type"), schema.get("format"))
    meaning = "choice" if enum else meaning_of(noun, field.name, kind)
    if not enum and kind == "text" and words[-1] in {"status", "state", "phase"}:
        return None
    if meaning == "moment_text":
        kind, meaning = "timestamp", "moment"
    return Column.model_validate(
        {
            "name": field.name,
            "type": kind,
            "meaning": meaning,
            "noun": _noun(words),
            "description": schema.get("description", ""),
            "enum": enum,
            "nullable": not field.required_by_create,
        }
    )


def _noun(words: list[str]) -> str:
    """A column in words: `weight_kg` is the weight in kg."""
    *rest, last = words
    if rest and rest[-1] != "in" and last in _UNITS:
        return f"{' '.join(rest)} in {_UNITS[last]}"
    return " ".join(words)


def _flatten(properties: dict[str, Schema]) -> Iterator[tuple[str, Schema, bool]]:
    """Scalar properties, and those of small nested objects under a joined name (name, schema,
    whether nested)."""
    for name, schema in properties.items():
        inner = schema.get("properties")
        if inner is None:
            if schema.get("type") in {"string", "integer", "number", "boolean"}:
                yield name, schema, False
            continue
        scalars = {
            key: value
            for key, value in inner.items()
            if value.get("type") in {"string", "integer", "number", "boolean"}
        }
        transparent = field_name("", name) in TRANSPARENT
        if scalars and (transparent or len(scalars) <= _MAX_NESTED):
            outer = split_words(name)
            for key, value in scalars.items():
                repeats = split_words(key)[: len(outer)] == outer
                yield (key if transparent or repeats else f"{name}_{key}"), value, True


def _meet(
    fields: dict[str, Field], resource: str, name: str, schema: Schema, nested: bool
) -> Field | None:
    column = field_name(resource, name)
    if not column or not column.isascii() or column[0].isdigit() or len(column) > 40:
        return None
    field = fields.get(column)
    if field is None:
        field = fields[column] = Field(column, schema, order=len(fields), nested=nested)
    else:
        field.nested &= nested
        if schema.get("enum") and not field.schema.get("enum"):
            field.schema = schema
    return field


def _useful(values: Any) -> tuple[str, ...]:
    """Enum values worth having: text, no placeholders, no two that read alike."""
    seen: dict[str, str] = {}
    for value in values:
        if not isinstance(value, str) or not value.strip() or not value.isascii():
            continue
        if value.lower().endswith(_NOT_A_STATE) or value.lower().startswith(_NOT_A_STATE):
            continue
        seen.setdefault("".join(split_words(value)) or value, value)
    return tuple(seen.values())[:_MAX_ENUM]
