"""Follows `$ref`s inside a document and into other files of its folder.

A reference is first made absolute: a *location* is "<file>#<JSON pointer>" with the file relative
to the folder, empty for the document itself.  What lies outside the folder, on the network or
nowhere is cut: it has no location or no value, and is counted in `cut`.

JSON pointers: RFC 6901, with the percent-encoding of section 6.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from agentscaler.corpus.openapi_files import load_document
from agentscaler.errors import InputError

__all__ = ["References", "file_of", "shape_of"]

_MAX_HOPS = 20
_SHAPE_HOMES = {"schemas", "definitions", "$defs"}


class References:
    """The references of one document.

    Args:
        document: the parsed document.
        path: its file.
        folder: references to files outside it are cut.
    """

    def __init__(self, document: Any, path: Path, folder: Path) -> None:
        self._path = path.resolve()
        self._folder = folder.resolve()
        self._documents: dict[str, Any] = {"": document}
        self._files: dict[tuple[str, str], str | None] = {}
        self.cut: set[str] = set()

    def locate(self, reference: str, base: str) -> str | None:
        """The location a reference in file `base` names; None when it leaves the folder."""
        name, _, pointer = reference.partition("#")
        file = base
        if name:
            key = (base, name)
            if key not in self._files:
                self._files[key] = self._file(name, base)
            found = self._files[key]
            if found is None:
                self.cut.add(reference)
                return None
            file = found
        return f"{file}#{pointer}"

    def value(self, location: str) -> Any:
        """What a location leads to, or None."""
        file, _, pointer = location.partition("#")
        node = self._document(file)
        if pointer and not pointer.startswith("/"):
            node = None
        for step in pointer.split("/")[1:]:
            node = _step(node, step)
        if node is None:
            self.cut.add(location)
        return node

    def follow(self, node: Any, base: str) -> tuple[Mapping[str, Any], str]:
        """A node with its references followed, and the file in which it lies.

        A node that is no object, and a reference that leads nowhere or in circles, become {}.
        """
        for _ in range(_MAX_HOPS):
            if not isinstance(node, Mapping):
                break
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return node, base
            location = self.locate(reference, base)
            if location is None:
                break
            node, base = self.value(location), file_of(location)
        return {}, base

    def _file(self, name: str, base: str) -> str | None:
        """A file named in `base`, relative to the folder; "" for the document itself."""
        if ":" in name or name.startswith("//") or "\0" in unquote(name):
            return None
        origin = (self._folder / base if base else self._path).parent
        try:
            target = (origin / unquote(name)).resolve()
        except OSError:
            return None
        if target == self._path:
            return ""
        if not target.is_relative_to(self._folder):
            return None
        return target.relative_to(self._folder).as_posix()

    def _document(self, file: str) -> Any:
        if file not in self._documents:
            path = self._folder / file
            try:
                self._documents[file] = load_document(path) if path.is_file() else None
            except (InputError, OSError):
                self._documents[file] = None
        return self._documents[file]


def file_of(location: str) -> str:
    """The file of a location."""
    return location.partition("#")[0]


def shape_of(location: str) -> str | None:
    """The name a document gives to the schema at a location, or None."""
    file, _, pointer = location.partition("#")
    *path, name = pointer.split("/")
    if path and path[-1] in _SHAPE_HOMES:
        return _decoded(name)
    return Path(file).stem if file and not pointer.strip("/") else None


def _step(node: Any, step: str) -> Any:
    for key in (_decoded(step), step):
        if isinstance(node, Mapping) and key in node:
            return node[key]
        if isinstance(node, list) and key.isascii() and key.isdigit() and len(key) < 10:
            return node[int(key)] if int(key) < len(node) else None
    return None


def _decoded(step: str) -> str:
    return unquote(step).replace("~1", "/").replace("~0", "~")
