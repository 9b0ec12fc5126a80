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

from agentscaler.domain.domain import Domain
from agentscaler.task.origins import needs
from agentscaler.task.playing import Call, Footprint, play_all
from agentscaler.task.task import GoldCall

__all__ = ["reorderings"]

_DRAWS = 3
"""Draws for each order wanted: some come out alike."""


def reorderings(
    domain: Domain, state: str, gold: Sequence[GoldCall], prints: Sequence[Footprint], most: int
) -> Iterator[list[int]]:
    """Other orders of gold's calls that are as right as gold's own, drawn at random.

    Args:
        prints: what each call touched when gold was played.
        most: how many orders at most; the same ones every time.
    """
    before = _before(domain, state, gold, prints)
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
    domain: Domain, state: str, gold: Sequence[GoldCall], prints: Sequence[Footprint]
) -> list[set[int]]:
    """Of each call, those that must stay before it."""
    before = needs(gold)
    for first, second in combinations(range(len(gold)), 2):
        if first not in before[second] and not _commute(domain, state, gold, prints, first, second):
            before[second].add(first)
    return before


def _commute(
    domain: Domain,
    state: str,
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
    prefix = [(call.tool, call.arguments) for call in gold[:first] if call.effect == "write"]
    pair = [(gold[index].tool, gold[index].arguments) for index in (first, second)]
    return _same_either_way(domain, state, prefix, pair)


def _meet(writer: Footprint, other: Footprint) -> bool:
    """Whether a call writes a table that the other touches, itself or to keep references whole."""
    written = writer.tables_written
    if not written:
        return False
    return other.read is None or bool(written & (other.read | other.tables_written))


def _same_either_way(
    domain: Domain, state: str, prefix: Sequence[Call], pair: Sequence[Call]
) -> bool:
    came = []
    for order in ((0, 1), (1, 0)):
        with domain.world(state) as world:
            results = play_all(world, [*prefix, *(pair[index] for index in order)])
            if results is None:
                return False
            last = dict(zip(order, results[-2:], strict=True))
            came.append(([last[0], last[1]], world.changeset()))
    return came[0] == came[1] and None not in came[0][0]
