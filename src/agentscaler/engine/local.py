"""`LocalEngine`: this machine's cores.

One worker means this very process: no pool, no pickling.  More mean a pool of spawned processes,
started at the first `map` and kept until `close`.  Workers leave Ctrl-C to their parent, use one
thread for linear algebra, and end when the parent ends, even by `kill -9`: each watches a pipe
whose other end only the parent holds.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self, TypeVar

from agentscaler.errors import AgentScalerError, SettingsError

__all__ = ["THREAD_LIMITS", "LocalEngine"]

Item = TypeVar("Item")
Result = TypeVar("Result")

THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
_ITEMS_IN_FLIGHT_A_WORKER = 3


class LocalEngine:
    """Runs work on this machine; satisfies `Engine`.

    A script that asks for more than one worker must keep its own work under
    `if __name__ == "__main__":`, as with every use of spawned processes.

    Args:
        workers: how many processes; 1 runs everything in the calling process.
    """

    def __init__(self, workers: int = 1) -> None:
        if workers < 1:
            raise SettingsError(
                f"An engine cannot have {workers} workers.", "Give 1 or more, say --workers 2."
            )
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None

    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        *,
        window: int | None = None,
    ) -> Iterator[Result]:
        """The results of `function` in the order of `items`; see `Engine.map`.

        Raises:
            AgentScalerError: a worker process died, usually for want of memory.
        """
        if self.workers == 1:
            return map(function, items)
        return self._map_in_pool(
            function, items, window or _ITEMS_IN_FLIGHT_A_WORKER * self.workers
        )

    def close(self, *, abandon: bool = False) -> None:
        """Ends the workers: after the work in flight, or at once when `abandon` is set."""
        if self._pool is None or self._lifeline is None:
            return
        if abandon:
            self._lifeline.close()
            _leave_results_to_workers(self._pool)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._lifeline.close()
        self._pool = self._lifeline = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(abandon=error is not None)

    def _map_in_pool(
        self, function: Callable[[Item], Result], items: Iterable[Item], window: int
    ) -> Iterator[Result]:
        pool = self._start()
        flight: deque[Future[Result]] = deque()
        try:
            for item in items:
                flight.append(pool.submit(function, item))
                if len(flight) >= window:
                    yield flight.popleft().result()
            while flight:
                yield flight.popleft().result()
        except BrokenProcessPool as error:
            self.close(abandon=True)
            raise AgentScalerError(
                "A worker process died before it finished its work; most often the machine ran "
                "out of memory.",
                "Run the same command again with fewer workers, say --workers 1.",
            ) from error
        finally:
            for future in flight:
                future.cancel()

    def _start(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            reader, self._lifeline = context.Pipe(duplex=False)
            self._pool = ProcessPoolExecutor(
                self.workers, context, initializer=_prepare_worker, initargs=(reader,)
            )
        return self._pool


def _leave_results_to_workers(pool: ProcessPoolExecutor) -> None:
    """Closes this process's end for writing of the pipe that results come through.

    A worker that ends while it sends leaves half a result, and the pool reads on for the rest until
    nobody is left who could write it.  This process never does, but has the pipe open for it, so
    that the pool would wait for ever.  The pool has no word for this.
    """
    results = getattr(pool, "_result_queue", None)
    if results is not None:
        results._writer.close()


def _prepare_worker(lifeline: Connection) -> None:
    """Runs first in each worker, before anything that brings numpy in is imported."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in THREAD_LIMITS:
        os.environ[name] = "1"
    threading.Thread(target=_end_with_parent, args=(lifeline,), daemon=True).start()


def _end_with_parent(lifeline: Connection) -> None:
    """Ends this process as soon as the parent's end of the pipe is closed."""
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)
