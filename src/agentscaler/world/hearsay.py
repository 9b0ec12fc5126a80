"""What a worker process says, taken apart by a parent that trusts nothing of it."""

from hashlib import blake2b
from typing import Any

import orjson

__all__ = ["are_ids", "digest", "is_cells", "is_change", "is_row", "parsed"]

MAX_MINTED = 10_000
"""Ids that one call may make."""
MAX_MINTED_LENGTH = 500


def digest(said: bytes) -> bytes:
    """Equal for equal answers."""
    return blake2b(said, digest_size=16).digest()


def parsed(said: bytes) -> Any:
    """The JSON value of an answer; None if it is none."""
    try:
        return orjson.loads(said)
    except orjson.JSONDecodeError:
        return None


def are_ids(minted: list[Any]) -> bool:
    """Whether they may be the ids that one call made."""
    return len(minted) <= MAX_MINTED and all(
        isinstance(made, str) and len(made) <= MAX_MINTED_LENGTH for made in minted
    )


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))


def is_cells(row: Any) -> bool:
    """Whether it is a row as a list."""
    return isinstance(row, list) and all(map(_is_scalar, row))


def is_row(row: Any) -> bool:
    """Whether it is a row by column."""
    return isinstance(row, dict) and all(map(_is_scalar, row.values()))


def is_change(change: Any) -> bool:
    """Whether it has the form that `read_changes` gives."""
    match change:
        case {"table": str(), "op": op, "key": [*key], "before": before, "after": after}:
            sides = {"insert": (False, True), "update": (True, True), "delete": (True, False)}
            return (
                len(change) == 5
                and sides.get(op) == (before is not None, after is not None)
                and all(map(_is_scalar, key))
                and all(side is None or is_row(side) for side in (before, after))
            )
    return False
