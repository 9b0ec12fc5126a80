"""JSON documents as they are found in files that somebody else wrote.

A file is one JSON value, or JSONL with a value a line.  What Python's JSON reads and a database or
a strict reader cannot hold is dealt with here, once: a byte order mark, lone surrogates, nesting
without end, a torn last line.
"""

import codecs
import json
import re
import stat
from pathlib import Path
from typing import Any

from agentscaler.errors import InputError

__all__ = ["BrokenJsonError", "parse_documents", "parse_json", "read_text"]

_PEEK = 1024
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class BrokenJsonError(ValueError):
    """A text, or a line of JSONL, is not JSON; stands in the document's place."""


def read_text(path: Path) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or failing both, Windows' Western letters.

    Raises:
        InputError: it is missing, no regular file, may not be read, holds no text, or is empty.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(
                f"{path} is no regular file.", "Give a file or folder; save a pipe's output first."
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", "Give a file that you may read."
        ) from error
    text = _decoded(data)
    if "\0" in text[:_PEEK]:
        raise InputError(f"{path} holds no text.", "Give a file of JSON or YAML.")
    if not text.strip():
        raise InputError(f"{path} is empty.", "Give a file with at least one operation in it.")
    return text


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def parse_documents(text: str, name: str | Path) -> list[Any]:
    """The JSON values in a text: the one it is, or one a line.

    Among lines, one that is broken becomes a `BrokenJsonError` in its place.

    Raises:
        InputError: there is no JSON object at all; `name` says where.
    """
    whole = parse_json(text)
    if not isinstance(whole, BrokenJsonError):
        return [whole]
    lines = [parse_json(line) for line in text.splitlines() if line.strip()]
    if not any(isinstance(line, dict | list) for line in lines):
        raise InputError(
            f"{name} is not JSON: {whole}.",
            "Check that the file is whole; JSON and JSONL (one value a line) are read.",
        ) from whole
    return lines


def parse_json(text: str) -> Any:
    """The JSON value in a text, or the error."""
    try:
        value = json.loads(text)
        if _SURROGATE.search(text):  # legal in JSON's escapes, and in no file; they become "?"
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        return value
    except ValueError as error:
        return BrokenJsonError(str(error))
    except RecursionError:
        return BrokenJsonError("it is nested too deeply")
