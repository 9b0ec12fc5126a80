"""What a language model is told of tools, and how a pool is cut into questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from agentscaler.corpus.mentions import content_words
from agentscaler.corpus.tool import Effect, ToolSpec

__all__ = ["MOST_CHARACTERS", "MOST_TOOLS", "tool_batches", "tool_brief", "weak_parameters"]

MOST_TOOLS = 10
"""Tools in one question."""
MOST_CHARACTERS = 14_000
"""Characters of what is told of them; a tool that takes more is asked about alone."""
MOST_WEAK = 12
"""Parameters of one tool that get a new description; those that are required come first."""
_MOST_VALUES = 8
_MOST_OUTPUTS = 16
_MOST_INNER = 10

Schema = Mapping[str, Any]


def tool_batches(tools: Iterable[ToolSpec]) -> Iterator[tuple[ToolSpec, ...]]:
    """The tools in their order, in batches of one service each, small enough for one question."""
    batch: list[ToolSpec] = []
    size = 0
    for tool in tools:
        length = len(orjson.dumps(tool_brief(tool, "read")))
        full = len(batch) == MOST_TOOLS or size + length > MOST_CHARACTERS
        if batch and (full or batch[-1].service != tool.service):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(tool)
        size += length
    if batch:
        yield tuple(batch)


def weak_parameters(tool: ToolSpec) -> list[str]:
    """The parameters whose description is missing, or says no more than their name does."""
    properties: Schema = tool.parameters.get("properties") or {}
    required = tool.parameters.get("required") or ()
    weak = [
        name
        for name, schema in properties.items()
        if content_words(str(schema.get("description", ""))) <= content_words(name)
    ]
    return sorted(weak, key=lambda name: name not in required)[:MOST_WEAK]


def tool_brief(tool: ToolSpec, effect: Effect) -> dict[str, Any]:
    """One tool as plain data: its draft texts, what it takes and gives, and what is to be
    described."""
    required = set(tool.parameters.get("required") or ())
    inputs = [
        {
            "name": name,
            "type": _kind(schema),
            "required": name in required,
            "description": schema.get("description", ""),
            **_values(schema),
        }
        for name, schema in (tool.parameters.get("properties") or {}).items()
    ]
    return {
        "id": tool.id,
        "effect": effect,
        "description": tool.description,
        "inputs": sorted(inputs, key=lambda one: not one["required"]),
        "outputs": _outputs(tool.returns),
        "to_describe": weak_parameters(tool),
    }


def _values(schema: Schema) -> dict[str, Sequence[Any]]:
    values = schema.get("enum") or (schema.get("items") or {}).get("enum") or ()
    return {"values": values[:_MOST_VALUES]} if values else {}


def _kind(schema: Schema) -> str:
    kind = str(schema.get("type", "any"))
    return f"list of {_kind(schema['items'])}" if kind == "array" and "items" in schema else kind


def _outputs(returns: Schema | None) -> Any:
    """The names in a result: {field: its type, or the names inside it}; null where the API does
    not say what it gives."""
    if returns is None:
        return None
    inner = _record(returns)
    names = inner.get("properties") or {}
    if not names:
        return _kind(returns)
    return {name: _inside(schema) for name, schema in list(names.items())[:_MOST_OUTPUTS]}


def _inside(schema: Schema) -> str | list[str]:
    names = list(_record(schema).get("properties") or ())
    return names[:_MOST_INNER] or _kind(schema)


def _record(schema: Schema) -> Schema:
    while schema.get("type") == "array" and isinstance(schema.get("items"), Mapping):
        schema = schema["items"]
    return schema
