"""Single values for trial calls: what a schema allows, what it does not, and keys of no row."""

import random
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

__all__ = ["another_key", "in_shape", "sample", "spoil", "varied"]

_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fern", "grove", "harbor")
_TAIL = 8
"""Characters at the end of an id that tell it from others."""


def sample(schema: Mapping[str, Any], rng: random.Random) -> Any:
    """Some value that a flat schema allows."""
    if schema.get("enum"):
        return rng.choice(schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        fewest = schema.get("minItems", 0)
        most = min(schema.get("maxItems", 3), max(fewest, 3))
        return [sample(schema["items"], rng) for _ in range(rng.randint(fewest, most))]
    if kind == "boolean":
        return rng.random() < 0.5
    if kind in ("integer", "number"):
        least = schema.get("minimum", 1)
        whole: int = rng.randint(int(least), int(schema.get("maximum", least + 99)))
        return whole if kind == "integer" else float(whole)
    if schema.get("format") == "date":
        return f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    if schema.get("format") == "date-time":
        return f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}T09:00:00Z"
    text = f"{rng.choice(_WORDS)} {rng.choice(_WORDS)} {rng.randint(100, 999)}"
    text = text.ljust(schema.get("minLength", 0), "x")
    return text[: schema.get("maxLength", len(text))]


def varied(value: Any, schema: Mapping[str, Any], attempt: int, rng: random.Random) -> Any:
    """`value` the first time, and further from it with each attempt that was of no use.

    Texts become new ones, numbers small or large in turn.
    """
    if not attempt or schema.get("enum") or schema.get("format"):
        return value
    if isinstance(value, str):
        longer = f"{value} {rng.randint(2, 999)}"
        return longer if len(longer) <= schema.get("maxLength", len(longer)) else value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    least, most = schema.get("minimum", 0), schema.get("maximum")
    moved = value * 4**attempt if attempt % 2 == 0 else value / 4**attempt
    moved = max(moved, least, 1)
    moved = min(moved, most) if most is not None else moved
    return int(moved) if schema.get("type") == "integer" else round(float(moved), 2)


def in_shape(schema: Mapping[str, Any], value: Any) -> Any:
    """`value` as the parameter takes it: 0 and 1 as booleans, one of many in an array."""
    if schema.get("type") == "boolean":
        return bool(value)
    wanted = schema.get("type") == "array" and not isinstance(value, list)
    return [value] if wanted else value


def another_key(like: Any, rng: random.Random) -> Any:
    """A key in the shape of `like`, which is hardly that of any row."""
    if isinstance(like, (int, float)):
        return type(like)(rng.randrange(10**6, 10**9))
    tail = "".join(rng.choice("0123456789abcdef") for _ in range(_TAIL))
    text = str(like or "unknown-00000000")
    return text[:-_TAIL] + tail if len(text) > _TAIL + 4 else f"{text}-{tail}"


def spoil(arguments: dict[str, Any], required: AbstractSet[str], rng: random.Random) -> str:
    """Change arguments so that they fit no more; what is wrong with them now."""
    present = sorted(required & arguments.keys())
    ways = ["extra", *(["missing"] if present else []), *(["type"] if arguments else [])]
    way = rng.choice(ways)
    if way == "missing":
        name = rng.choice(present)
        del arguments[name]
        return f"a call without {name}"
    if way == "type":
        name = rng.choice(sorted(arguments))
        arguments[name] = {"neither": "scalar nor array"}
        return f"an object as {name}"
    arguments["not_a_parameter"] = "anything"
    return "an argument it does not have"
