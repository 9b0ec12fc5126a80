"""Several tasks in one question: cut into batches, called by short names."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

__all__ = ["batches", "short_names"]

Item = TypeVar("Item")


def batches(items: Sequence[Item], most: int) -> Iterator[Sequence[Item]]:
    """The items in their order, at most `most` together and as evenly as that allows."""
    if not items:
        return
    parts = -(-len(items) // most)
    for part in range(parts):
        yield items[part * len(items) // parts : (part + 1) * len(items) // parts]


def short_names(letter: str, many: int) -> list[str]:
    """ "t1", "t2", ...: shorter to write than the ids of tasks, and never mistaken."""
    return [f"{letter}{number}" for number in range(1, many + 1)]
