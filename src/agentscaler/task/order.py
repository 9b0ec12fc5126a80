"""In which orders gold's calls may be made: judged by provenance and by what they touch.

Two calls may change places where neither takes a value from the other and

- neither writes; or
- the one writes no table that the other reads or writes, as SQLite itself tells of each call; or
- they write different rows, and made in both orders, on the state before them, they answer the
  same and change the same.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import combinations

from agentscaler.task.histories import Call, Footprint, Histories, History
from agentscaler.task.origins import needs
from agentscaler.task.task import GoldCall

__all__ = ["reorderings"]

_DRAWS = 3
"""Draws for each order wanted: some come out alike."""


def reorderings(
    histories: Histories, gold: Sequence[GoldCall], prints: Sequence[Footprint], most: int
) -> Iterator[list[int]]:
    """Other orders of gold's calls that are as right as gold's own, drawn at random.

    Args:
        histories: where they are tried.
        prints: what each call touched when gold was played.
        most: how many orders at most; the same ones every time.
    """
    before = _before(histories, gold, prints)
    own = tuple(range(len(gold)))
    seen = {own}
    for number in range(most * _DRAWS):
        order = _drawn(before, random.Random(f"{number}/{len(gold)}"))
        if order not in seen:
            seen.add(order)
            yield list(order)
        if len(seen) > most:
            return


def _drawn(before: Sequence[set[int]], rng: random.Random) -> tuple[int, ...]:
    """An order in which each call stands behind those that must come before it."""
    order: list[int] = []
    left = list(range(len(before)))
    while left:
        ready = [index for index in left if before[index].isdisjoint(left)]
        chosen = rng.choice(ready)
        order.append(chosen)
        left.remove(chosen)
    return tuple(order)


def _before(
    histories: Histories, gold: Sequence[GoldCall], prints: Sequence[Footprint]
) -> list[set[int]]:
    """Of each call, those that must stay before it."""
    before = needs(gold)
    for first, second in combinations(range(len(gold)), 2):
        if first not in before[second] and not _commute(histories, gold, prints, first, second):
            before[second].add(first)
    return before


def _commute(
    histories: Histories,
    gold: Sequence[GoldCall],
    prints: Sequence[Footprint],
    first: int,
    second: int,
) -> bool:
    if gold[first].effect == gold[second].effect == "read":
        return True
    one, other = prints[first], prints[second]
    if not _meet(one, other) and not _meet(other, one):
        return True
    if one.written & other.written:
        return False
    writes = [call.made for call in gold[:first] if call.effect == "write"]
    place = histories.after(histories.start, writes)
    pair = gold[first].made, gold[second].made
    return place is not None and _same_either_way(histories, place, pair)


def _meet(writer: Footprint, other: Footprint) -> bool:
    """Whether a call writes a table that the other touches, itself or to keep references whole."""
    written = writer.tables_written
    if not written:
        return False
    return other.read is None or bool(written & (other.read | other.tables_written))


def _same_either_way(histories: Histories, place: History, pair: tuple[Call, Call]) -> bool:
    """Whether two calls, made in either order, are done, answer the same and change the same."""
    came = []
    for one, other in (pair, pair[::-1]):
        first = histories.step(place, one)
        second = histories.step(first.after, other)
        if None in (first.value, second.value):
            return False
        came.append((first.value, second.value, histories.changes(second.after)))
    (first_one, second_other, changes), (first_other, second_one, same) = came
    return (first_one, second_other, changes) == (second_one, first_other, same)
