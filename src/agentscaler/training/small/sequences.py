"""`Sequences`: many dialogues as tokens and loss masks, five bytes a token."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Sequences", "TokenSequence"]


class TokenSequence(Protocol):
    """A dialogue as tokens; `Rendered` is one."""

    @property
    def ids(self) -> Sequence[int] | NDArray[np.integer]: ...

    @property
    def mask(self) -> Sequence[bool] | NDArray[np.bool_]:
        """One flag a token: True where the loss is taken."""
        ...


@dataclass(frozen=True)
class Sequences:
    """Dialogues one after the other.

    Attributes:
        ids: of the tokens of all, shape (tokens,).
        mask: whether the loss is taken, shape (tokens,).
        ends: the place behind the last token of each, shape (dialogues,).
    """

    ids: NDArray[np.int32]
    mask: NDArray[np.bool_]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, examples: Iterable[TokenSequence]) -> "Sequences":
        """Takes the tokens out of examples, which may be thrown away then."""
        ids: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
        mask: list[NDArray[np.bool_]] = [np.zeros(0, np.bool_)]
        for example in examples:
            ids.append(np.asarray(example.ids, dtype=np.int32))
            mask.append(np.asarray(example.mask, dtype=np.bool_))
        ends = np.cumsum([len(one) for one in ids[1:]], dtype=np.int64)
        return cls(np.concatenate(ids), np.concatenate(mask), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, place: int) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Ids and mask of one dialogue."""
        begin = int(self.ends[place - 1]) if place else 0
        end = int(self.ends[place])
        return self.ids[begin:end], self.mask[begin:end]

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each dialogue."""
        return np.diff(self.ends, prepend=0)

    @cached_property
    def learned(self) -> NDArray[np.int64]:
        """Tokens of each dialogue on which the loss is taken; never the first, which nothing
        foretells."""
        flags = self.mask.copy()
        flags[np.concatenate([np.zeros(1, np.int64), self.ends[:-1]])[self.lengths > 0]] = False
        counts = np.concatenate([np.zeros(1, np.int64), np.cumsum(flags, dtype=np.int64)])
        learned: NDArray[np.int64] = np.diff(counts[np.concatenate([[0], self.ends])])
        return learned

    def digest(self) -> str:
        """SHA-256, in hexadecimal, of all tokens, masks and edges."""
        total = hashlib.sha256()
        for array in (self.ids, self.mask, self.ends):
            total.update(np.ascontiguousarray(array).tobytes())
        return total.hexdigest()
