"""Which dialogues share a row: `plan_rows`, from lengths alone.

A row is what a GPU computes at once.  Packed, it holds dialogues one after the other, as many as
fit; grouped, dialogues of like length beside each other, each padded to the longest.  Packed rows
need an attention that skips what lies across the edges of dialogues; where there is none, as on a
CPU, its cost grows with the square of the whole row, and grouping is several times as quick
(`benchmarks/trl_throughput.py`).
"""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from agentscaler.errors import InputError

__all__ = ["RowPlan", "chain_rows", "fill_rows", "group_rows", "plan_rows"]


@dataclass(frozen=True)
class RowPlan:
    """Rows, each a tuple of places in the sequence of dialogues.

    Attributes:
        rows: in the order of the dialogues if that is to be kept; else the trainer shuffles them.
        room: tokens that the rows have room for, padding included.
        tokens: that they hold.
    """

    rows: tuple[tuple[int, ...], ...]
    room: int
    tokens: int

    @property
    def filled(self) -> float:
        """Share of the room that holds tokens."""
        return self.tokens / self.room if self.room else 0.0

    def steps(self, batch_tokens: int, max_length: int, processes: int = 1) -> tuple[int, int]:
        """How many rows each process takes for one step of the optimizer, and steps in an epoch.

        Raises:
            InputError: a batch does not divide into rows for so many processes.
        """
        together = batch_tokens // max_length
        if together % processes:
            raise InputError(
                f"A batch of {batch_tokens:,} tokens has {together:,} rows of {max_length:,}, "
                f"which {processes} processes cannot share equally.",
                f"Give batch_tokens a multiple of {max_length * processes:,}.",
            )
        each = together // processes
        shared = -(-len(self.rows) // processes)
        return each, -(-shared // each)


def plan_rows(
    lengths: Sequence[int], max_length: int, *, packing: bool, in_order: bool = False
) -> RowPlan:
    """Rows for dialogues of the given lengths, in tokens.

    Args:
        packing: dialogues one after the other, or padded beside each other.
        in_order: rows hold the dialogues in their order, at the price of more room.

    Raises:
        InputError: a dialogue is longer than a row.
    """
    if (longest := max(lengths, default=0)) > max_length:
        raise InputError(
            f"A dialogue has {longest:,} tokens, a row room for {max_length:,}.",
            "Make rows longer, or leave long dialogues out.",
        )
    if in_order:
        rows = chain_rows(lengths, max_length, packing=packing)
    else:
        rows = fill_rows(lengths, max_length) if packing else group_rows(lengths, max_length)
    padded = sum(len(row) * max(lengths[n] for n in row) for row in rows)
    room = len(rows) * max_length if packing else padded
    return RowPlan(tuple(tuple(row) for row in rows), room, sum(lengths))


def fill_rows(lengths: Sequence[int], room: int) -> list[list[int]]:
    """Packs rows: the longest first, each into the fullest row that has room for it (best fit
    decreasing), in O(n log n) steps.  Places within a row are in order.
    """
    order = sorted(range(len(lengths)), key=lambda n: (-lengths[n], n))
    rows: list[list[int]] = []
    free: list[tuple[int, int]] = []
    for number in order:
        size = lengths[number]
        at = bisect.bisect_left(free, (size, -1))
        if at == len(free):
            rows.append([])
            left, row = room, len(rows) - 1
        else:
            left, row = free.pop(at)
        rows[row].append(number)
        bisect.insort(free, (left - size, row))
    return [sorted(row) for row in rows]


def group_rows(lengths: Sequence[int], room: int) -> list[list[int]]:
    """Groups by length: from the shortest on, as many as fit when all are padded to the longest."""
    order = sorted(range(len(lengths)), key=lambda n: (lengths[n], n))
    rows = chain_rows([lengths[number] for number in order], room, packing=False)
    return [[order[place] for place in row] for row in rows]


def chain_rows(lengths: Sequence[int], room: int, *, packing: bool) -> list[list[int]]:
    """Rows of neighbours: each takes the dialogues that come next, as many as fit."""
    rows: list[list[int]] = []
    total = longest = 0
    for number, length in enumerate(lengths):
        total, longest = total + length, max(longest, length)
        wanted = total if packing else longest * (len(rows[-1]) + 1 if rows else 1)
        if rows and wanted <= room:
            rows[-1].append(number)
        else:
            rows.append([number])
            total = longest = length
    return rows
