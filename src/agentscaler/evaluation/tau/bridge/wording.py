"""When a recorded tool result and a replayed one say the same thing in other words.

A tool's error may quote a validation error of pydantic, whose text names the version ("... visit
https://errors.pydantic.dev/2.11/v/missing") and is put otherwise by other versions.
"""

import json
import re
from typing import Any

__all__ = ["same_content", "same_validation_error"]

_HEAD = re.compile(r"(\d+) validation errors? for (.+)")


def same_content(one: str | None, other: str | None) -> bool:
    """Whether two tool results are equal as the benchmarks compare them: as JSON, else as text."""
    return one == other or _value(one) == _value(other)


def same_validation_error(one: str | None, other: str | None) -> bool:
    """Whether both texts are validation errors of pydantic about the same fields of a model."""
    first, second = _faults(one or ""), _faults(other or "")
    return first is not None and first == second


def _value(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except ValueError:
        return text


def _faults(text: str) -> tuple[str, str, tuple[str, ...]] | None:
    """What comes before the validation error, its model, and the places that it faults.

    A validation error is a line that counts, then for each fault a line with its place and
    indented lines about it.
    """
    before, *lines = text.splitlines()[:1], *text.splitlines()[1:]
    head = _HEAD.search(before[0]) if before else None
    if head is None:
        return None
    places = tuple(line.strip() for line in lines if line.strip() and not line[0].isspace())
    if len(places) != int(head[1]):
        return None
    return text[: head.start()], head[2].strip(), places
