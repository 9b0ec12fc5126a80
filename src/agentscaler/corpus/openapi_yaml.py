"""Reads YAML into plain JSON values, safe against what hostile or careless files do.

Built on the parser's events rather than on its nodes, because building nodes recurses without a
bound.  Scalars follow the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema):
dates, `yes`, `no` and `12:30` are text.  Keys are always text.  Aliases share the value they name;
a document that would be too large if they were written out is refused.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

__all__ = ["MAX_DEPTH", "MAX_EXPANDED", "parse_yaml"]

MAX_DEPTH = 500
MAX_EXPANDED = 5_000_000
"""Values in a document, with those behind an alias counted each time they are named."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: value
    for value, words in {True: "true True TRUE", False: "false False FALSE"}.items()
    for word in words.split()
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,1000}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_STARTS = frozenset("+-.0123456789")


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that has begun; `key` waits for its value."""

    value: dict[str, Any] | list[Any]
    anchor: str | None
    size: int = 1
    key: str | None = None
    is_merge: bool = False
    merged: dict[str, Any] = field(default_factory=dict)


def parse_yaml(text: str) -> Any:
    """The first document in `text`.

    Raises:
        ValueError: it is no YAML, nested over `MAX_DEPTH`, or over `MAX_EXPANDED` when expanded.
    """
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.DocumentEndEvent):
                break
            builder.take(event)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    return builder.root


class _Builder:
    """Puts a stream of events together into one value."""

    def __init__(self) -> None:
        self.root: Any = None
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._start(_Open({}, event.anchor))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._start(_Open([], event.anchor))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise ValueError(f"the alias *{event.anchor} names nothing that is complete")
            self._add(*self._anchors[event.anchor])

    def _scalar(self, event: Any) -> None:
        above = self._stack[-1] if self._stack else None
        is_plain = event.implicit[0]
        if above is not None and isinstance(above.value, dict) and above.key is None:
            above.key = event.value
            above.is_merge = is_plain and event.value == "<<"
            value: Any = event.value
        else:
            value = _plain(event.value) if is_plain else event.value
            self._add(value, 1)
        if event.anchor:
            self._anchors[event.anchor] = value, 1

    def _start(self, opened: _Open) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise ValueError(f"it is nested over {MAX_DEPTH} levels deep")
        self._stack.append(opened)

    def _end(self) -> None:
        done = self._stack.pop()
        value: Any = {**done.merged, **done.value} if isinstance(done.value, dict) else done.value
        if done.anchor:
            self._anchors[done.anchor] = value, done.size
        self._add(value, done.size)

    def _add(self, value: Any, size: int) -> None:
        """Puts a finished value of `size` values where it belongs."""
        if not self._stack:
            self.root = value
            return
        above = self._stack[-1]
        above.size += size
        if above.size > MAX_EXPANDED:
            raise ValueError(f"its aliases expand it to over {MAX_EXPANDED:,} values")
        if isinstance(above.value, list):
            above.value.append(value)
            return
        if above.key is None:
            if not isinstance(value, str):
                raise ValueError("a key is not a plain word")
            above.key = value
            return
        if above.is_merge:
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, dict):
                    above.merged = {**part, **above.merged}
        else:
            above.value[above.key] = value
        above.key, above.is_merge = None, False


def _plain(text: str) -> Any:
    """The value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text
