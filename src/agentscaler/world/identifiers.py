"""Keys of new rows, derived from the call that makes them.

A key is a digest of the tool's name, its arguments and how many equal calls succeeded before; the
order of an array does not count, as lists that tools take are sets.  So two independent creates
give the same keys in either order, a call that failed shifts nothing, and a replay gives what the
first run gave.
"""

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from agentscaler.words import singular

__all__ = ["Minter", "canonical", "normal_number", "prefix"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o or u, which are taken for other characters."""

_LENGTH = 8
_INTEGER_LIMIT = 2**63


class Minter:
    """Makes the ids of one call.

    Attributes:
        made: the ids made so far.
        call: what the ids derive from, once one was made; equal calls have equal values.
    """

    __slots__ = ("_arguments", "_counts", "_tool", "call", "made")

    def __init__(self, tool: str, arguments: Mapping[str, Any], counts: Counter[bytes]) -> None:
        self._tool = tool
        self._arguments = arguments
        self._counts = counts
        self.made: list[str] = []
        self.call: bytes | None = None

    def new_id(self, table: str) -> str:
        """The next id of this call, for a row of `table`."""
        if self.call is None:
            self.call = canonical([self._tool, _as_sets(self._arguments)])
        seed = canonical([self._counts[self.call], len(self.made), table])
        number = int.from_bytes(sha256(self.call + b"\n" + seed).digest()[:8], "big")
        letters = []
        for _ in range(_LENGTH):
            number, digit = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[digit])
        made = f"{prefix(table)}-{''.join(letters)}"
        self.made.append(made)
        return made


def prefix(table: str) -> str:
    """The start of ids of `table`: its name in the singular ("contact_flows": "contact-flow")."""
    *head, last = table.lower().split("_")
    return "-".join([*head, singular(last)])


def normal_number(value: Any) -> Any:
    """5.0 as 5; everything else as it is."""
    whole = isinstance(value, float) and value.is_integer() and abs(value) < _INTEGER_LIMIT
    return int(value) if whole else value


def canonical(value: Any) -> bytes:
    """JSON in one spelling: keys sorted, whole numbers as integers."""
    return orjson.dumps(_normal(value), option=orjson.OPT_SORT_KEYS)


def _as_sets(value: Any) -> Any:
    """A JSON value with each array sorted, every member once."""
    if isinstance(value, Mapping):
        return {key: _as_sets(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        members = {canonical(member): member for member in map(_as_sets, value)}
        return [members[spelling] for spelling in sorted(members)]
    return value


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _normal(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_normal(member) for member in value]
    return normal_number(value)
