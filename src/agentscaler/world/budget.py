"""What one tool call may spend: loop ticks, and a clock that stops what ticks cannot see.

Ticks are counted the same on every machine, so they decide in practice; the deadline is a backstop
for single operations that are slow, and far above what an honest tool needs.
"""

import threading
from time import monotonic
from typing import NoReturn

__all__ = ["Budget", "BudgetExceededError"]

TICKS = 100_000
SECONDS = 5.0

_TICKS_BETWEEN_CLOCK_READS = 256


class BudgetExceededError(BaseException):
    """A tool ran too long; not an `Exception`, so that no `except` in a tool can catch it."""


class Budget(threading.local):
    """Counts down while a tool runs; each thread has its own count.

    `exceeded` stays set until the next `restart`: code in a `finally` can lose the exception, but
    not this mark.
    """

    def __init__(self, ticks: int = TICKS, seconds: float = SECONDS) -> None:
        self.ticks = ticks
        self.seconds = seconds
        self.exceeded = False
        self._left = ticks
        self._deadline = monotonic() + seconds

    def restart(self) -> None:
        """Give a new call the whole budget."""
        self.exceeded = False
        self._left = self.ticks
        self._deadline = monotonic() + self.seconds

    def tick(self) -> bool:
        """Spend one tick; true, so that it can stand in a condition."""
        left = self._left = self._left - 1
        if left < 0 or (left % _TICKS_BETWEEN_CLOCK_READS == 0 and monotonic() > self._deadline):
            self.stop()
        return True

    def charge(self, ticks: int) -> None:
        """Spend many ticks at once, for an operation that takes as long as its data."""
        self._left -= ticks
        if self._left < 0 or monotonic() > self._deadline:
            self.stop()

    def stop(self) -> NoReturn:
        """End the call now, whatever is left."""
        self.exceeded = True
        self._left = 0
        raise BudgetExceededError("the tool took too many steps")
