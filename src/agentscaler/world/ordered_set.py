"""Sets for tools: like Python's own, but they keep the order in which members were added.

A built-in set of strings iterates in an order that varies from process to process, and with it the
result of a tool that loops over one.
"""

from collections.abc import Hashable, Iterable, Iterator, MutableSet, Set
from typing import Any

__all__ = ["FrozenOrderedSet", "OrderedSet"]


class FrozenOrderedSet(Set[Any]):
    """A set that cannot be changed, in insertion order."""

    __slots__ = ("_members",)

    def __init__(self, members: Iterable[Hashable] = ()) -> None:
        self._members: dict[Any, None] = dict.fromkeys(members)

    def __contains__(self, member: object) -> bool:
        return member in self._members

    def __iter__(self) -> Iterator[Any]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __hash__(self) -> int:
        return self._hash()

    def __repr__(self) -> str:
        return "{" + ", ".join(map(repr, self._members)) + "}"

    def union(self, *others: Iterable[Any]) -> "FrozenOrderedSet":
        return type(self)([*self, *(member for other in others for member in other)])

    def intersection(self, *others: Iterable[Any]) -> "FrozenOrderedSet":
        kept = [set(other) for other in others]
        return type(self)(m for m in self if all(m in other for other in kept))

    def difference(self, *others: Iterable[Any]) -> "FrozenOrderedSet":
        gone = {member for other in others for member in other}
        return type(self)(member for member in self if member not in gone)

    def symmetric_difference(self, other: Iterable[Any]) -> "FrozenOrderedSet":
        theirs = type(self)(other)
        return type(self)([*(m for m in self if m not in theirs), *theirs.difference(self)])

    def issubset(self, other: Iterable[Any]) -> bool:
        theirs = set(other)
        return all(member in theirs for member in self)

    def issuperset(self, other: Iterable[Any]) -> bool:
        return all(member in self for member in other)

    def copy(self) -> "FrozenOrderedSet":
        return type(self)(self)


class OrderedSet(FrozenOrderedSet, MutableSet[Any]):
    """A set in insertion order."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # as in Python: what can change has no hash

    def add(self, value: Any) -> None:
        self._members[value] = None

    def discard(self, value: Any) -> None:
        self._members.pop(value, None)

    def update(self, *others: Iterable[Any]) -> None:
        for other in others:
            self._members.update(dict.fromkeys(other))
