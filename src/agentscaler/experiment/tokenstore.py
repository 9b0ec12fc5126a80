"""`TokenStore`: rendered dialogues as tokens on disk, read back one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["StoredDialogue", "TokenStore"]

_FILES = ("ids.npy", "mask.npy", "ends.npy")


@dataclass(frozen=True)
class StoredDialogue:
    """A rendered dialogue without its text: ids and loss mask, shape (tokens,) both."""

    id: str
    ids: NDArray[np.int32]
    mask: NDArray[np.bool_]


class TokenStore:
    """Tokens and loss masks of many dialogues, in order.

    On disk three arrays: all ids (32 bits), all masks, and where each dialogue ends.
    """

    def __init__(self, names: Sequence[str], folder: Path) -> None:
        self._names = names
        self._ids, self._mask, self._ends = (
            np.load(folder / name, mmap_mode="r") for name in _FILES
        )

    @staticmethod
    def write(rendered: Iterable[tuple[NDArray[Any], NDArray[Any]]], folder: Path) -> None:
        """Writes ids and mask of each dialogue."""
        pairs = list(rendered)
        empty = (np.zeros(0, np.int32), np.zeros(0, np.bool_))
        ids = np.concatenate([empty[0], *(ids for ids, _ in pairs)]).astype(np.int32)
        mask = np.concatenate([empty[1], *(mask for _, mask in pairs)]).astype(np.bool_)
        ends = np.cumsum([len(ids) for ids, _ in pairs], dtype=np.int64)
        arrays: tuple[NDArray[Any], ...] = (ids, mask, ends)
        for name, array in zip(_FILES, arrays, strict=True):
            np.save(folder / name, array)

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, place: int) -> StoredDialogue:
        """The dialogue at a place."""
        begin, end = int(self._ends[place - 1]) if place else 0, int(self._ends[place])
        return StoredDialogue(self._names[place], self._ids[begin:end], self._mask[begin:end])
