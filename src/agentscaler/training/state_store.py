"""`StateStore`: what a model remembers of conversations, so that a next turn is read on from there.

A turn's prompt is the last turn's prompt, what was written after it, and what others said since; a
template that renders a turn whatever follows it (see `rendering`) keeps it so.
"""

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentscaler.training.row_state import RowState

__all__ = ["StateStore"]


class StateStore:
    """Conversations, the last one used at the end; the first are forgotten for want of room.

    Args:
        most_bytes: that are kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[tuple[int, ...], tuple[RowState, ...]] = OrderedDict()
        self._bytes = 0

    def take(self, prompt: tuple[int, ...]) -> "RowState | None":
        """The state of the longest beginning of a prompt that is remembered, and not all of it;
        its conversation is another one from now on, and is forgotten."""
        best: RowState | None = None
        found: tuple[int, ...] = ()
        for key, states in self._kept.items():
            for state in states:
                size = len(state.ids)
                longer = size > (len(best.ids) if best else 0)
                if longer and size < len(prompt) and prompt[:size] == state.ids:
                    best, found = state, key
        if best is not None:
            self._forget(found)
        return best

    def put(self, states: "tuple[RowState, ...]") -> None:
        """Keeps the states of a conversation, the latest first; the others share its memory."""
        key = states[0].ids
        if key in self._kept:
            self._forget(key)
        self._kept[key] = states
        self._bytes += states[0].size
        while self._bytes > self._most_bytes:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: tuple[int, ...]) -> None:
        self._bytes -= self._kept.pop(key)[0].size
