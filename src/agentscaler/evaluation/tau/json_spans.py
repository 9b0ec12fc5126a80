"""Where the parts of a large JSON file lie, found without reading its values into memory.

A results file holds hundreds of simulations in one array.  Taken by their places they are read one
at a time, by several processes, and one that is damaged or cut off costs only itself.
"""

import mmap
import os
import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Span", "elements_of", "fields_of"]

_MARK = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
_SPACE = re.compile(rb"[\s\xef\xbb\xbf]*")
_NEXT = re.compile(rb"[\s,:]*")
_SCALAR = re.compile(rb"[^\s,\]}]*")


@dataclass(frozen=True)
class Span:
    """A value in a file, from byte `start` up to byte `end`.

    Attributes:
        whole: whether its end was found; a file may be cut off.
        elements: of an array, its elements.
    """

    path: Path
    start: int
    end: int
    whole: bool = True
    elements: tuple["Span", ...] = ()

    def read(self) -> bytes:
        """The bytes of the value."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read(self.end - self.start)

    @property
    def place(self) -> list[str | int]:
        """As the bridge is told of it."""
        return [str(self.path.resolve()), self.start, self.end]


def fields_of(path: Path) -> dict[str, Span]:
    """The values of the object that a file holds, by name; {} where it holds none.

    Of a file that is cut off, those that begin before its end.

    Raises:
        OSError: the file cannot be read, or is empty.
    """
    found: dict[str, Span] = {}
    with path.open("rb") as file, _mapped(file.fileno()) as content:
        start = _after(_SPACE, content, 0)
        if content[start : start + 1] != b"{":
            return found
        position = _after(_NEXT, content, start + 1)
        while (key := _MARK.match(content, position)) is not None and key.group()[:1] == b'"':
            value = _after(_NEXT, content, key.end())
            if value >= len(content):
                break
            span = _value(path, content, value)
            found[key.group()[1:-1].decode(errors="replace")] = span
            position = _after(_NEXT, content, span.end)
    return found


def elements_of(path: Path) -> tuple[Span, ...] | None:
    """The elements of the array that a file holds; None where it holds none.

    Raises:
        OSError: the file cannot be read, or is empty.
    """
    with path.open("rb") as file, _mapped(file.fileno()) as content:
        start = _after(_SPACE, content, 0)
        if content[start : start + 1] != b"[":
            return None
        return _value(path, content, start).elements


def _mapped(number: int) -> mmap.mmap:
    if os.fstat(number).st_size == 0:
        raise OSError("it is empty")
    return mmap.mmap(number, 0, access=mmap.ACCESS_READ)


def _after(pattern: re.Pattern[bytes], content: mmap.mmap, position: int) -> int:
    match = pattern.match(content, position)
    return match.end() if match else position


def _value(path: Path, content: mmap.mmap, start: int) -> Span:
    """The value that begins at `start`."""
    if content[start : start + 1] not in b'"{[':
        return Span(path, start, max(_after(_SCALAR, content, start), start + 1))
    elements: list[Span] = []
    is_array, depth, begun = content[start : start + 1] == b"[", 0, start + 1
    for mark in _MARK.finditer(content, start):
        character = mark.group()[:1]
        if character in b"{[":
            depth += 1
            if is_array and depth == 2:
                elements += _strays(path, content, begun, mark.start())
                begun = mark.start()
        elif character in b"}]":
            depth -= 1
            if is_array and depth == 1:
                elements.append(Span(path, begun, mark.end()))
                begun = mark.end()
        if depth == 0:
            if is_array:
                elements += _strays(path, content, begun, mark.start())
            return Span(path, start, mark.end(), elements=tuple(elements))
    if is_array and depth > 1:
        elements.append(Span(path, begun, len(content), whole=False))
    return Span(path, start, len(content), whole=False, elements=tuple(elements))


def _strays(path: Path, content: mmap.mmap, start: int, end: int) -> list[Span]:
    """What stands between two elements of an array that are objects or arrays."""
    found: list[Span] = []
    position = _after(_NEXT, content, start)
    while position < end:
        pattern = _MARK if content[position : position + 1] == b'"' else _SCALAR
        stop = min(max(_after(pattern, content, position), position + 1), end)
        found.append(Span(path, position, stop))
        position = _after(_NEXT, content, stop)
    return found
