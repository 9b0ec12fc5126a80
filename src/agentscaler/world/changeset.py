"""What an episode changed, as records that can be stored, compared and shown.

A change is a plain dict::

    {"table": "orders", "op": "update", "key": ["order-1"],
     "before": {"status": "pending"}, "after": {"status": "cancelled"}}

`op` is insert, update or delete; `key` holds the primary key's values.  An update has the changed
columns only; an insert has `before` None and the whole row in `after`, a delete the other way.
Changes are net: what was done and undone is not there.  They are sorted by table, key and op.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from typing import Any

import apsw
import orjson

from agentscaler.world.arguments import quoted
from agentscaler.world.identifiers import normal_number
from agentscaler.world.schema import Schema

__all__ = ["Change", "describe", "read_changes", "state_hash"]

Change = dict[str, Any]

_DIGEST_SIZE = 16
_MAX_ROUNDS = 8


def read_changes(changeset: bytes, schema: Schema) -> tuple[Change, ...]:
    """The changes in the bytes that SQLite's session extension writes, in canonical order."""
    changes = [_change(change, schema) for change in apsw.Changeset.iter(changeset)]
    return tuple(sorted(changes, key=_order))


def _change(change: apsw.TableChange, schema: Schema) -> Change:
    table = schema.tables[change.name]
    before = _present(change.old, table.columns)
    after = _present(change.new, table.columns)
    row = change.new if change.old is None else change.old
    key = [row[position] for position in table.key] if row is not None else []
    if before is not None and after is not None:
        before = {column: before[column] for column in after}
    return {
        "table": change.name,
        "op": change.op.lower(),
        "key": key,
        "before": before,
        "after": after,
    }


def _present(row: Sequence[Any] | None, columns: tuple[str, ...]) -> dict[str, Any] | None:
    if row is None:
        return None
    cells = zip(columns, row, strict=True)
    return {column: value for column, value in cells if value is not apsw.no_change}


def _order(change: Change) -> tuple[Any, ...]:
    return (change["table"], [_sortable(value) for value in change["key"]], change["op"])


def _sortable(value: Any) -> tuple[str, Any]:
    """Values of different types do not compare; their kinds do."""
    if value is None:
        return ("", 0)
    return ("text", value) if isinstance(value, str) else ("number", value)


def state_hash(changes: Iterable[Mapping[str, Any]], minted: AbstractSet[str]) -> str:
    """A digest that is equal for equal changes, whatever names the `minted` ids have.

    An id stands for the places where it stands: it is coloured by the rows that hold it, rows are
    coloured by their values and the colours of their ids, and so on until no id is told apart any
    further.  The digest is over the sorted row colours.  5 and 5.0 are equal, in any order.

    Equal states up to a one-to-one renaming always give equal digests.  The converse fails only
    where colour refinement does: for minted rows that are alike in every value and refer to each
    other in differing regular patterns (two rings of three against one ring of six).
    """
    rows = [_Row(change, minted) for change in changes]
    colours: dict[str, bytes] = dict.fromkeys(
        sorted({value for row in rows for value in row.minted.values()}), b""
    )
    told_apart = 0
    for _ in range(_MAX_ROUNDS):
        if told_apart == len(colours):
            break
        colours = _refine(rows, colours)
        now_apart = len(set(colours.values()))
        if now_apart == told_apart:
            break
        told_apart = now_apart
    digest = blake2b(digest_size=_DIGEST_SIZE)
    for colour in sorted(row.colour(colours) for row in rows):
        digest.update(colour)
    return digest.hexdigest()


def _refine(rows: list["_Row"], colours: dict[str, bytes]) -> dict[str, bytes]:
    places: dict[str, list[bytes]] = defaultdict(list)
    for row in rows:
        if row.minted:
            colour = row.colour(colours)
            for place, value in row.minted.items():
                places[value].append(colour + place.encode())
    return {
        value: blake2b(
            b"".join(sorted(blake2b(p, digest_size=_DIGEST_SIZE).digest() for p in found)),
            digest_size=_DIGEST_SIZE,
        ).digest()
        for value, found in places.items()
    }


class _Row:
    """A change with its minted ids taken out: `minted` says which id stands in which place."""

    __slots__ = ("_rest", "minted")

    def __init__(self, change: Mapping[str, Any], minted: AbstractSet[str]) -> None:
        self.minted: dict[str, str] = {}
        rest: dict[str, Any] = {}
        for place, value in _cells(change):
            if value in minted:
                self.minted[place] = value
            elif isinstance(value, str) and not minted.isdisjoint(parts := value.split("/")):
                for number, part in enumerate(parts):  # a key that is made of an id and a name
                    (self.minted if part in minted else rest)[f"{place}/{number}"] = part
            else:
                rest[place] = normal_number(value)
        named = [change["table"], change["op"], rest]
        self._rest = orjson.dumps(named, option=orjson.OPT_SORT_KEYS)

    def colour(self, colours: Mapping[str, bytes]) -> bytes:
        digest = blake2b(self._rest, digest_size=_DIGEST_SIZE)
        for place, value in sorted(self.minted.items()):
            digest.update(b"\n" + place.encode() + b"\0" + colours[value])
        return digest.digest()


def _cells(change: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for position, value in enumerate(change["key"]):
        yield f"key {position}", value
    for side in ("before", "after"):
        for column, value in (change[side] or {}).items():
            yield f"{side} {column}", value


def describe(changes: Iterable[Mapping[str, Any]]) -> str:
    """The changes for people, one line each; "no changes" where there are none."""
    return "\n".join(map(_line, changes)) or "no changes"


def _line(change: Mapping[str, Any]) -> str:
    name = f"{change['table']} {', '.join(map(str, change['key']))}"
    before, after = change["before"], change["after"]
    if change["op"] == "insert":
        return f"+ {name}: {_row(after)}"
    if change["op"] == "delete":
        return f"- {name}: {_row(before)}"
    moves = (f"{c} {quoted(before[c])} -> {quoted(value)}" for c, value in after.items())
    return f"~ {name}: {', '.join(moves)}"


def _row(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{column}={quoted(value)}" for column, value in row.items())
