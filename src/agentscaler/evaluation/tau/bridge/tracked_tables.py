"""Databases that are parsed once and scored on many times.

A benchmark's database is a few megabytes, of which a simulation changes some records.  Here it is
parsed once a process.  An environment gets tables that share the parsed records and copy one when
it is first looked up, so that what an environment changes stays its own.  Two databases are then
compared by what differs from the parsed one, which says the same as comparing all of both.

What runs may declare that it only reads (`only_reading`): then nothing is copied.  Such a
declaration may be false, so whoever scores asks `SharedTable.unchanged` after a while, and scores
again on whole copies if it is not.
"""

import hashlib
import json
import pickle
from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, ValuesView
from contextlib import contextmanager
from typing import Any

__all__ = ["READING", "Reading", "SharedTable", "TrackedTable", "digest_of", "only_reading"]

Encode = Callable[[Mapping[str, Any]], dict[str, str]]
"""Records by key to their canonical texts; equal texts mean equal records."""
Difference = list[tuple[str, str | None]]
"""Keys whose records differ from the parsed ones, with their texts; None where one is gone."""

_MISSING = object()


class Reading:
    """Whether what runs now declares that it only reads; one a process, which scores in turn."""

    on = False


READING = Reading()


@contextmanager
def only_reading(declared: bool) -> Iterator[None]:
    """Marks what runs inside."""
    before, READING.on = READING.on, declared
    try:
        yield
    finally:
        READING.on = before


def digest_of(*parts: Any) -> str:
    """A digest of JSON values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class SharedTable:
    """The records of a table as they were parsed; nobody may change them.

    Args:
        records: by key.
        encode: gives canonical texts of records.
        whole: gives the text of all records of a table, in a quick way.
    """

    def __init__(
        self,
        records: dict[str, Any],
        encode: Encode,
        whole: Callable[[Mapping[str, Any]], bytes | str],
    ) -> None:
        self.records = records
        self._encode = encode
        self._whole = whole
        self._as_parsed = whole(records)
        self._pickles: dict[str, bytes] = {}
        self._texts: dict[str, str] = {}

    def copy_of(self, key: str) -> Any:
        """A copy of a record, for an environment to change."""
        made = self._pickles.get(key)
        if made is None:
            made = self._pickles[key] = pickle.dumps(self.records[key], pickle.HIGHEST_PROTOCOL)
        return pickle.loads(made)  # noqa: S301 (made one line above)

    def unchanged(self) -> bool:
        """Whether the parsed records are still what they were."""
        return self._whole(self.records) == self._as_parsed

    def difference(self, table: dict[str, Any]) -> Difference:
        """What a table of an environment has otherwise; equal for equal tables only."""
        if isinstance(table, TrackedTable) and table.shared is self:
            keys: Iterable[str] = table.touched
        else:
            keys = set(table) | set(self.records)
        ordered = sorted(keys)
        there = self._encode({key: dict.__getitem__(table, key) for key in ordered if key in table})
        parsed = self._parsed_texts([key for key in ordered if key in self.records])
        return [(key, there.get(key)) for key in ordered if there.get(key) != parsed.get(key)]

    def _parsed_texts(self, keys: list[str]) -> dict[str, str]:
        new = {key: self.records[key] for key in keys if key not in self._texts}
        if new:
            self._texts.update(self._encode(new))
        return {key: self._texts[key] for key in keys}


class TrackedTable(dict[str, Any]):
    """A table of one environment: shared records until they are looked up, then its own.

    The dict holds the shared records of what was not looked up, so that a serializer, which reads
    it from C, finds everything.
    """

    __slots__ = ("shared", "touched")

    def __init__(self, shared: SharedTable) -> None:
        super().__init__(shared.records)
        self.shared = shared
        self.touched: set[str] = set()

    def _own(self, key: str) -> None:
        """Gives the environment its own copy of a record that it still shares, unless it reads."""
        if not READING.on and key not in self.touched and dict.__contains__(self, key):
            self.touched.add(key)
            dict.__setitem__(self, key, self.shared.copy_of(key))

    def _own_all(self) -> None:
        for key in list(self):
            self._own(key)

    def __getitem__(self, key: str) -> Any:
        self._own(key)
        return dict.__getitem__(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        self.touched.add(key)
        dict.__setitem__(self, key, value)

    def __delitem__(self, key: str) -> None:
        dict.__delitem__(self, key)
        self.touched.add(key)

    def __iter__(self) -> Iterator[str]:
        # Defined, so that `dict(table)` and `{**table}` come by way of `__getitem__`.
        return dict.__iter__(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return (dict, (dict(self),))

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        # A plain copy, by bytes made in the same line.
        return pickle.loads(pickle.dumps(dict(self)))  # type: ignore[no-any-return]  # noqa: S301

    def __or__(self, other: Any) -> Any:
        return dict(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self)

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def get(self, key: str, default: Any = None) -> Any:
        self._own(key)
        return dict.get(self, key, default)

    # The base class has private types for these two views, which cannot be named.
    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        self._own_all()
        return dict.values(self)

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        self._own_all()
        return dict.items(self)

    def copy(self) -> dict[str, Any]:
        return dict(self)

    def pop(self, key: str, default: Any = _MISSING) -> Any:
        if key not in self and default is not _MISSING:
            return default
        found = self[key]
        del self[key]
        return found

    def popitem(self) -> tuple[str, Any]:
        key = next(reversed(self), None)
        if key is None:
            raise KeyError("popitem(): dictionary is empty")
        return key, self.pop(key)

    def setdefault(self, key: str, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, *others: Any, **named: Any) -> None:
        for key, value in dict(*others, **named).items():
            self[key] = value

    def clear(self) -> None:
        for key in list(self):
            del self[key]
