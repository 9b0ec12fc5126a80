"""Files of a benchmark's checkout, which somebody else wrote: read with limits, never run."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from agentscaler.corpus.documents import BrokenJsonError, parse_documents, parse_json, read_text
from agentscaler.dataset.contamination.benchmark import Benchmark
from agentscaler.errors import InputError

__all__ = ["each_file", "json_value", "json_values", "python_tree", "text_of"]

_MOST_BYTES = 200_000_000
_MOST_SOURCE_BYTES = 4_000_000


def each_file(
    benchmark: Benchmark,
    folder: Path,
    pattern: str,
    read: Callable[[Path], None],
) -> None:
    """Reads the files below a folder that fit a pattern, in order; notes those that cannot be."""
    for path in sorted(folder.glob(pattern)):
        if not path.is_file() or path.is_symlink():
            continue
        try:
            read(path)
            benchmark.files += 1
        except InputError as error:
            benchmark.unread.append(f"{path.relative_to(folder).as_posix()}: {error.what}")
        except RecursionError:
            benchmark.unread.append(f"{path.relative_to(folder).as_posix()}: nested too deeply")


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        InputError: it is too large, or holds no text.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise InputError(f"{path.name} has more than {_MOST_BYTES:,} bytes.")
    return read_text(path)


def json_value(path: Path) -> Any:
    """The one JSON value of a file."""
    value = parse_json(text_of(path))
    if isinstance(value, BrokenJsonError):
        raise InputError(f"{path.name} is not JSON: {value}.")
    return value


def json_values(path: Path) -> Iterator[Any]:
    """The records of a file of JSON or JSONL; a list is opened, broken lines are passed over."""
    for document in parse_documents(text_of(path), path.name):
        if isinstance(document, list):
            yield from document
        elif not isinstance(document, BrokenJsonError):
            yield document


def python_tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file; nothing of it is run.

    Raises:
        InputError: it is too large, or is no Python.
    """
    if path.stat().st_size > _MOST_SOURCE_BYTES:
        raise InputError(f"{path.name} has more than {_MOST_SOURCE_BYTES:,} bytes.")
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InputError(f"{path.name} is not Python: {error}.") from error
