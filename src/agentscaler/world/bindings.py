"""Named values in the SQL of contracts (`:order_id`), found and put in place."""

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["named_in", "positional"]

_NAMED = re.compile(r"'(?:[^']|'')*'|:(\w+)")


def named_in(sql: str) -> frozenset[str]:
    """The names that `sql` binds."""
    return frozenset(name for name in _NAMED.findall(sql) if name)


def positional(sql: str, values: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """`sql` with a question mark for each name, and the values in that order.

    Raises `KeyError` where `values` lacks a name.
    """
    bound: list[Any] = []

    def place(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return match.group()
        bound.append(values[match.group(1)])
        return "?"

    return _NAMED.sub(place, sql), tuple(bound)
