"""The next token of a row, from its logits: the likeliest, or one drawn by a seed.

Logits of one prompt differ in their last digits with the batch it is in.  So a choice comes with
whether it is steady: whether it would be the same with logits that differ by less than `CLOSE`.
"""

from typing import Any

import numpy as np

__all__ = ["CLOSE", "Logits", "Noise", "draw"]

CLOSE = 1e-3
"""Measured differences between batches are a twentieth of it."""

Logits = np.ndarray[Any, np.dtype[np.float64]]


class Noise:
    """Gumbel noise by a seed, place after place."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.Generator(np.random.PCG64(seed))
        self._noise: Logits | None = None

    def here(self, size: int) -> Logits:
        """The noise of this place, the same until `go_on`."""
        if self._noise is None:
            self._noise = self._random.gumbel(size=size)
        return self._noise

    def go_on(self) -> None:
        """Turns to the next place."""
        self._noise = None


def draw(logits: Logits, noise: Logits, temperature: float, top_p: float) -> tuple[int, bool]:
    """A token drawn from the softmax of the logits, and whether the choice is steady.

    It is the greatest of the logits with Gumbel noise on each (Maddison, Tarlow and Minka, arXiv
    1411.0030, section 2).

    Args:
        top_p: draws only from the likeliest tokens that together have this probability.
    """
    warm = logits / temperature
    close = CLOSE / temperature
    noisy = warm + noise
    token = int(np.argmax(np.where(_nucleus(warm, top_p, 0.0), noisy, -np.inf)))
    fewest = np.where(_nucleus(warm, top_p, -close), noisy, -np.inf)
    most = np.where(_nucleus(warm, top_p, close), noisy, -np.inf)
    second, first = np.partition(most, -2)[-2:]
    return token, bool(noisy[token] == fewest.max() == first and first - second > close)


def _nucleus(warm: Logits, top_p: float, slack: float) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """The likeliest tokens that together have the probability `top_p`.

    Args:
        slack: how much the logits may be off: above 0, all that may be among them are chosen, below
            0 only those that surely are.
    """
    if top_p >= 1:
        return np.ones(len(warm), dtype=bool)
    ordered = np.sort(warm)[::-1]
    sums = np.cumsum(np.exp(ordered - ordered[0]))
    size = min(int(np.searchsorted(sums / sums[-1], top_p + slack)) + 1, len(ordered))
    chosen: np.ndarray[Any, np.dtype[np.bool_]] = warm >= ordered[size - 1] - 2 * max(slack, 0)
    if slack < 0 and size < len(ordered):
        chosen &= warm > ordered[size] - 2 * slack
    return chosen
