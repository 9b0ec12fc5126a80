"""`plan_batches`: which dialogues are in which step of a training, all of it told beforehand.

Dialogues of like length share a batch and are padded to the longest.  They are not packed into
rows: a short convolution sees the last tokens of the dialogue before, whatever position ids say.
Padding stands at the end, where neither convolution nor causal attention lets it touch a token of
the dialogue.
"""

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Places", "draw_order", "group_by_length", "plan_batches"]

Places = NDArray[np.int64]
"""Places of dialogues among those that were given, shape (dialogues,)."""


def plan_batches(
    lengths: NDArray[np.int64],
    *,
    tokens: int | None,
    order: Literal["shuffled", "given"],
    batch_tokens: int,
    window: int,
    seed: int,
) -> list[Places]:
    """The batches of a training, in order.

    Args:
        lengths: tokens of each dialogue.
        tokens: after which the training ends, padding not counted, to within one dialogue; None
            shows each dialogue once.
        batch_tokens: rows times longest row of a batch, at most; a longer dialogue is alone.
        window: dialogues next in order out of which batches are made.
    """
    rng = np.random.default_rng([seed, 1])
    batches: list[Places] = []
    stream = draw_order(lengths, tokens, order, seed)
    for begin in range(0, len(stream), window):
        made = group_by_length(stream[begin : begin + window], lengths, batch_tokens)
        batches += [made[number] for number in rng.permutation(len(made))]
    return batches


def draw_order(
    lengths: NDArray[np.int64],
    tokens: int | None,
    order: Literal["shuffled", "given"],
    seed: int,
) -> Places:
    """Dialogues one by one until the budget is used up; pass after pass, each in its own order."""
    budget = int(lengths.sum()) if tokens is None else tokens
    passes: list[Places] = []
    epoch = 0
    while budget > 0 and lengths.sum() > 0:
        places = np.arange(len(lengths))
        if order == "shuffled":
            places = np.random.default_rng([seed, 0, epoch]).permutation(places)
        seen = np.cumsum(lengths[places])
        taken = int(np.searchsorted(seen, budget)) + 1
        passes.append(places[:taken])
        budget -= int(seen[-1])
        epoch += 1
    return np.concatenate([np.zeros(0, np.int64), *passes])


def group_by_length(places: Places, lengths: NDArray[np.int64], batch_tokens: int) -> list[Places]:
    """Batches of like length, short ones first."""
    return list(_groups(places[np.argsort(lengths[places], kind="stable")], lengths, batch_tokens))


def _groups(ordered: Places, lengths: NDArray[np.int64], batch_tokens: int) -> Iterator[Places]:
    begin = 0
    for end in range(1, len(ordered) + 1):
        # The longest of a batch is its last.
        if end == len(ordered) or (end + 1 - begin) * lengths[ordered[end]] > batch_tokens:
            yield ordered[begin:end]
            begin = end
