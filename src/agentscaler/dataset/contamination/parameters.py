"""Tools as their names and parameters tell them, however they are spelled.

`getOrderDetails`, `get_order_details` and `OrderDetails.get` are one name; `orderId: str` and
`order_id: string` are one parameter.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from agentscaler.words import singular, snake, split_words

__all__ = ["jaccard", "name_key", "parameter_types", "type_name"]

_TYPES = {
    **dict.fromkeys(("str", "string", "text", "char", "literal"), "string"),
    **dict.fromkeys(("int", "integer", "long", "short", "byte"), "integer"),
    **dict.fromkeys(("float", "number", "double", "decimal"), "number"),
    **dict.fromkeys(("bool", "boolean"), "boolean"),
    **dict.fromkeys(
        ("array", "list", "tuple", "set", "sequence", "iterable", "arraylist"), "array"
    ),
    **dict.fromkeys(("object", "dict", "mapping", "hashmap", "map"), "object"),
}


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """The words of a name in the singular, sorted: equal for names that differ in case, in
    separators or in the order of words."""
    return " ".join(sorted(singular(word) for word in split_words(name)))


@lru_cache(maxsize=4096)
def type_name(name: str) -> str:
    """JSON Schema's name of a type that Python, Java or a benchmark calls its own way."""
    return _TYPES.get(name.strip().lower(), name.strip().lower() or "any")


def parameter_types(schema: Any) -> frozenset[tuple[str, str]]:
    """The parameters of a tool, each with its type; empty if `schema` has none.

    Args:
        schema: JSON Schema of the arguments, in the spelling of any benchmark.
    """
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(properties, Mapping):
        return frozenset()
    return frozenset((snake(str(name)), _type_of(value)) for name, value in properties.items())


def jaccard(one: frozenset[Any], other: frozenset[Any]) -> float:
    """The share of what either has that both have; 1 for two empty sets."""
    union = len(one | other)
    return len(one & other) / union if union else 1.0


def _type_of(value: Any) -> str:
    if not isinstance(value, Mapping):
        return "any"
    kind = value.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if isinstance(kind, str):
        return type_name(kind)
    for choice in ("anyOf", "oneOf"):
        options = value.get(choice)
        if isinstance(options, list):
            named = [_type_of(one) for one in options]
            return next((one for one in named if one not in {"any", "null"}), "any")
    return "string" if "enum" in value else "any"
