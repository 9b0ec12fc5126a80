"""`Flight`: thousands of items that mostly wait, in one process, their results in order.

Items are coroutines of an event loop in a thread of its own, so that a caller may have a loop
itself, as notebooks do.  Units are taken as there is room and given back in their order.  While one
slow item holds up its unit, others go on, until the results behind it are a few times as many as
are in flight.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from agentscaler.errors import BudgetSpentError

__all__ = ["Flight"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_HELD_AT_MOST = 4


class _Unit(Generic[Result]):
    """Items that belong together, with the results there are so far."""

    def __init__(self, size: int) -> None:
        self.by_place: dict[int, Result] = {}
        self._size = size

    @property
    def complete(self) -> bool:
        return len(self.by_place) == self._size

    @property
    def results(self) -> list[Result]:
        """All of them, in the order of the items."""
        return [self.by_place[place] for place in range(self._size)]


class Flight(Generic[Item, Result]):
    """Plays the items of units; to be used once.

    Args:
        play: one item to its end; what it raises ends the flight.
        units: taken lazily.
        in_flight: how many items at the same time.
        at_end: awaited in the flight's event loop when no item is left running, however the flight
            ends: what the items opened there can be closed only there.
    """

    def __init__(
        self,
        play: Callable[[Item], Coroutine[Any, Any, Result]],
        units: Iterable[list[Item]],
        in_flight: int,
        at_end: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._play = play
        self._at_end = at_end
        self._source = iter(units)
        self._in_flight = in_flight
        self._units: deque[_Unit[Result]] = deque()
        self._todo: deque[tuple[_Unit[Result], int, Item]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._held = 0
        """Results of units behind the first one."""
        self._error: BaseException | None = None
        self._stopped = False
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def results(self) -> Generator[list[Result], None, None]:
        """The results of each unit, in order.

        Raises:
            Exception: whatever `play` raised; nothing is left running.  The others are cancelled,
                except when it is `BudgetSpentError`: answers that are paid for are waited for.
        """
        runner = asyncio.Runner()
        with ThreadPoolExecutor(1, "flight") as thread:
            try:
                while (unit := thread.submit(self._run, runner).result()) is not None:
                    yield unit.results
            finally:
                if self._loop is not None:
                    self._loop.call_soon_threadsafe(self._stop)
                thread.submit(self._close, runner).result()

    def _run(self, runner: asyncio.Runner) -> _Unit[Result] | None:
        return runner.run(self._first_complete())

    def _close(self, runner: asyncio.Runner) -> None:
        with runner:
            if self._loop is not None:
                runner.run(self._end())

    async def _end(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._at_end is not None:
            await self._at_end()

    async def _first_complete(self) -> _Unit[Result] | None:
        """Lets items go on until the first unit is complete; None when there is no more."""
        self._loop = asyncio.get_running_loop()
        while not self._stopped:
            self._begin(self._loop)
            if not self._units:
                return None
            if self._units[0].complete:
                unit = self._units.popleft()
                self._held -= len(self._units[0].by_place) if self._units else 0
                return unit
            await self._news.wait()
            self._news.clear()
            if self._error is not None:
                await self._let_the_paid_ones_end(self._error)
                raise self._error
        return None

    async def _let_the_paid_ones_end(self, error: BaseException) -> None:
        while isinstance(error, BudgetSpentError) and self._running and not self._stopped:
            await self._news.wait()
            self._news.clear()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins items while there is room."""
        while len(self._running) < self._in_flight and self._held < self._in_flight * _HELD_AT_MOST:
            if self._units and self._units[0].complete:
                return
            if not self._todo:
                items = next(self._source, None)
                if items is None:
                    return
                unit: _Unit[Result] = _Unit(len(items))
                self._units.append(unit)
                self._todo.extend((unit, place, item) for place, item in enumerate(items))
                continue
            task = loop.create_task(self._finish(*self._todo.popleft()))
            self._running.add(task)
            task.add_done_callback(self._ended)

    async def _finish(self, unit: _Unit[Result], place: int, item: Item) -> None:
        unit.by_place[place] = await self._play(item)
        self._held += unit is not self._units[0]

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._error = self._error or task.exception()
        self._news.set()

    def _stop(self) -> None:
        self._stopped = True
        self._news.set()
