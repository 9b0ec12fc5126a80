"""`Limiter`: how many requests an endpoint gets at a time, found out by asking.

Additive increase, multiplicative decrease, as in TCP's congestion avoidance (RFC 5681, section
3.1): each round of answers allows one more, and an endpoint that says it is overloaded gets half.
"""

import asyncio
from collections import deque
from types import TracebackType

__all__ = ["Limiter"]


class Limiter:
    """Lets in as many as the endpoint can bear; an asynchronous context for one request, which
    gives the number of the epoch that it is let in in.

    Args:
        most: never more than so many at a time.
        start: how many at first; None starts with `most`.
    """

    def __init__(self, most: int, start: int | None = None) -> None:
        self._most = most
        self._limit = float(min(most, start or most))
        self._inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._epoch = 0
        """Grows each time the limit is cut."""

    @property
    def limit(self) -> int:
        """How many may be inside at this moment."""
        return max(1, int(self._limit))

    @property
    def inside(self) -> int:
        return self._inside

    def answered(self) -> None:
        """The endpoint gave an answer."""
        self._limit = min(self._most, self._limit + 1 / self._limit)

    def overloaded(self, epoch: int) -> None:
        """The endpoint said that it is asked too much, to a request that was let in in `epoch`.

        Those that were on the way when it said so first will say the same; they count once.
        """
        if epoch == self._epoch:
            self._epoch += 1
            self._limit = max(1.0, self._limit / 2)

    async def __aenter__(self) -> int:
        if self._inside < self.limit and not self._waiting:
            self._inside += 1
            return self._epoch
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            raise
        return self._epoch

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        self._inside -= 1
        while self._waiting and self._inside < self.limit:
            turn = self._waiting.popleft()
            if not turn.done():
                self._inside += 1
                turn.set_result(None)
