"""Parts that several formats have in common: JSON inside a string, and where a row comes from."""

from typing import Any

from pydantic_core import from_json, to_json

from agentscaler.dataset.example import Example
from agentscaler.dataset.exports.format import Feature

__all__ = ["ORIGIN_FEATURES", "as_text", "from_text", "origin_of", "with_arguments"]

_CONTENT = {"messages", "tools", "loss_mask"}

_FEATURE_TYPES = {"seed": "int64", "recovered": "bool"}
ORIGIN_FEATURES: tuple[Feature, ...] = tuple(
    {"name": "fingerprints", "list": "string"}
    if name == "fingerprints"
    else {"name": name, "dtype": _FEATURE_TYPES.get(name, "string")}
    for name in Example.model_fields
    if name not in _CONTENT
)
"""The columns that say where an example comes from, as the `datasets` library types them."""


def origin_of(example: Example) -> dict[str, Any]:
    """All of an example but the dialogue, the tools and the mask: every value of one fixed type."""
    return {name: getattr(example, name) for name in Example.model_fields if name not in _CONTENT}


def as_text(value: Any) -> str:
    """A JSON value as compact JSON."""
    return to_json(value).decode()


def from_text(text: str) -> Any:
    """The value again; integers of any size stay what they are."""
    return from_json(text, allow_inf_nan=False, cache_strings="keys")


def with_arguments(message: dict[str, Any], change: Any) -> dict[str, Any]:
    """The message with `change` made to the arguments of each of its calls."""
    if "tool_calls" not in message:
        return message
    calls = [
        {
            **call,
            "function": {
                **call["function"],
                "arguments": change(call["function"]["arguments"]),
            },
        }
        for call in message["tool_calls"]
    ]
    return {**message, "tool_calls": calls}
