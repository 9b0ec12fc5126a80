"""What a read tells: so that a wrong call can be told from the right one by its answer."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from agentscaler.task.task import AnswerFact

__all__ = ["tells_the_same"]

_Path = tuple[str | int, ...]


def tells_the_same(right: Any, other: Any, answers: Sequence[AnswerFact]) -> bool:
    """Whether an agent with the result `other` would tell the answers that `right` gives.

    An answer stands in some fields of the right result; what stands in these fields of the other
    one is what would be told.  An answer that stands nowhere (how many there are) is made of all.
    """
    values = [answer.value for answer in answers]
    leaves = list(_leaves(right))
    for value in values:
        exact = {_field(path) for path, leaf in leaves if leaf == value and _alike(leaf, value)}
        fields = exact or {_field(path) for path, leaf in leaves if leaf == value}
        if not fields:
            if right != other:
                return False
        elif not any(_told(leaves, field) == _told(_leaves(other), field) for field in fields):
            return False
    return True


def _told(leaves: Iterable[tuple[_Path, Any]], field: _Path) -> list[Any]:
    """What stands in one field, in all members of the lists on its path."""
    return [leaf for path, leaf in leaves if _field(path) == field]


def _field(path: _Path) -> _Path:
    return tuple(step if isinstance(step, str) else "*" for step in path)


def _leaves(value: Any, path: _Path = ()) -> Iterator[tuple[_Path, Any]]:
    """Everything in a JSON value that is neither object nor list, with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _leaves(inner, (*path, position))
    else:
        yield path, value


def _alike(one: Any, other: Any) -> bool:
    """Whether neither is a flag and the other a number; SQLite keeps flags as numbers."""
    return isinstance(one, bool) == isinstance(other, bool)
