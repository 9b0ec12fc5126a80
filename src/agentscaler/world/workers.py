"""The parent's side of worker processes: starting, asking, killing, and placing worlds in them.

In: requests of jailed worlds.  Out: the JSON of answers, or a `WorkerLostError` when a worker had
to be killed or has died.  A lost worker is started anew when it is next needed; `generation` counts
its lives, so that a world knows whether the process that held it is still the same.
"""

import contextlib
import os
import subprocess
import sys
import threading
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from agentscaler.errors import AgentScalerError
from agentscaler.world.frames import Channel
from agentscaler.world.jail import REQUIRED, JailError, JailLimits, JailReport, Layer, nowhere

__all__ = ["Seat", "WorkerLostError", "Workers", "probe", "shared_workers"]

SLOW_SECONDS = 30.0
"""For all that is not a tool call: starting, compiling, opening, reading changes."""

_ENTRY = "from agentscaler.world.worker import main"
_BOOT = "import sys; configuration, *sys.path = sys.argv[1:]; {entry}; main(configuration)"
_LOADED = 64
"""Toolboxes and images that a worker keeps for worlds to come."""


class WorkerLostError(Exception):
    """The worker process is gone, and the worlds in it with it; they can be made again.

    Attributes:
        overdue: whether it was killed because it did not answer in time.
    """

    def __init__(self, cause: str, *, overdue: bool = False) -> None:
        super().__init__(cause)
        self.overdue = overdue


class _Process:
    """One worker process, confined and ready.

    Raises `JailError` where a required layer does not hold, `AgentScalerError` where the process
    does not start.
    """

    def __init__(
        self, limits: JailLimits, required: Collection[Layer], entry: str, hash_seed: int
    ) -> None:
        jailed = sys.platform.startswith("linux")
        if required and not jailed:
            raise JailError(f"{sys.platform} is not Linux")
        requests, asks = os.pipe()
        answers, replies = os.pipe()
        configuration = {
            "reads": requests,
            "writes": replies,
            "limits": asdict(limits),
            "jailed": jailed,
        }
        try:
            # -S and -s: no code of the environment's own runs before the jail; the import path is
            # handed over.  -I would make Python ignore the fixed hash seed.
            self._process = subprocess.Popen(  # noqa: S603 - this Python, with our own entry
                [
                    *(sys.executable, "-s", "-S", "-P", "-B", "-c", _BOOT.format(entry=entry)),
                    *(orjson.dumps(configuration).decode(), *_import_path()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(requests, replies),
                env={"PYTHONHASHSEED": str(hash_seed)},
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            os.close(asks)
            os.close(answers)
            raise AgentScalerError(
                f"A worker process for tools does not start: {error}.",
                "See that this user can start processes, and that memory is free.",
            ) from error
        finally:
            os.close(requests)
            os.close(replies)
        self._channel = Channel(answers, asks)
        self.report = self._greet(required)

    def ask(self, request: bytes, data: bytes, seconds: float) -> bytes:
        """The answer's JSON; raises `WorkerLostError`, and then the process has ended."""
        try:
            return self._channel.ask(request, data, seconds)
        except TimeoutError:
            self.end(kill=True)
            raise WorkerLostError("it did not answer in time", overdue=True) from None
        except (EOFError, ValueError) as error:
            self.end(kill=True)
            said = str(error) or f"its worker process ended ({self._process.returncode})"
            raise WorkerLostError(said) from None

    def end(self, *, kill: bool = False) -> None:
        if kill:
            self._process.kill()
        with contextlib.suppress(OSError):
            self._channel.close()
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _greet(self, required: Collection[Layer]) -> JailReport:
        stderr = self._process.stderr
        assert stderr is not None
        try:
            report = JailReport.model_validate_json(self._channel.greeting(SLOW_SECONDS))
            report.demand(required)
            return report
        except (TimeoutError, EOFError, ValueError) as error:
            self.end(kill=True)
            last = stderr.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise AgentScalerError(
                f"A worker process for tools does not start: {last or type(error).__name__}.",
                "Check that this Python can import agentscaler.world.worker.",
            ) from error
        except JailError:
            self.end(kill=True)
            raise
        finally:
            stderr.close()


def _import_path() -> list[str]:
    """Where this process finds modules, this package first."""
    package = str(Path(__file__).resolve().parents[2])
    return list(dict.fromkeys([package, *(str(Path(p).resolve()) for p in sys.path if p)]))


class Seat:
    """A place for one worker process, which is started when it is needed.

    Hold `lock` from making sure that a world is there to asking for something of it.

    Attributes:
        generation: changes whenever the process is lost.
        worlds: how many worlds are placed here.
    """

    def __init__(self, start: Callable[[], _Process]) -> None:
        self.lock = threading.RLock()
        self.generation = 0
        self.worlds = 0
        self._start = start
        self._process: _Process | None = None
        self._loaded: OrderedDict[Hashable, int] = OrderedDict()
        self._closing: deque[tuple[int, int]] = deque()
        self._numbers = 0

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self) -> JailReport:
        """Start the process if there is none; what confines it."""
        with self.lock:
            if self._process is None:
                self._process = self._start()
            return self._process.report

    def number(self) -> int:
        """A new number for a world, a toolbox or an image."""
        with self.lock:
            self._numbers += 1
            return self._numbers

    def ask(
        self, operation: str, *arguments: Any, data: bytes = b"", seconds: float = SLOW_SECONDS
    ) -> bytes:
        """The JSON of the answer.  Raises `WorkerLostError`."""
        with self.lock:
            self.start()
            if self._closing:
                self._close_forgotten()
            return self._ask([operation, *arguments], data, seconds)

    def load(self, key: Hashable, send: Callable[[int], bytes]) -> tuple[int, bytes | None]:
        """The number of the toolbox or image `key`, after `send` has sent it if need be.

        Returns the answer's JSON beside the number, or None where nothing was sent.
        """
        with self.lock:
            number = self._loaded.get(key)
            if number is not None:
                self._loaded.move_to_end(key)
                return number, None
            number = self.number()
            answer = send(number)
            self._loaded[key] = number
            if len(self._loaded) > _LOADED:
                self.ask("drop", self._loaded.popitem(last=False)[1])
            return number, answer

    def unload(self, key: Hashable) -> None:
        """Forget that `key` was sent, since the worker refused it."""
        self._loaded.pop(key, None)

    def forget(self, world: int, generation: int) -> None:
        """Close a world with the next request; safe to call from a finalizer."""
        self.worlds -= 1
        self._closing.append((world, generation))

    def lose(self) -> None:
        """Kill the process, because what it says cannot be trusted any more."""
        with self.lock:
            self._gone()

    def close(self) -> None:
        with self.lock:
            self._gone(kill=False)

    def _ask(self, request: list[Any], data: bytes, seconds: float) -> bytes:
        assert self._process is not None
        try:
            return self._process.ask(orjson.dumps(request), data, seconds)
        except WorkerLostError:
            self._gone()
            raise

    def _gone(self, *, kill: bool = True) -> None:
        if self._process is not None:
            self._process.end(kill=kill)
            self._process = None
            self.generation += 1
        self._loaded.clear()

    def _close_forgotten(self) -> None:
        forgotten = [self._closing.popleft() for _ in range(len(self._closing))]
        worlds = [world for world, generation in forgotten if generation == self.generation]
        if worlds:
            self._ask(["close", worlds], b"", SLOW_SECONDS)


class Workers:
    """Worker processes, started as they are needed: the first with the first world, another when a
    world is opened while all others are at work.  They end when this object is closed or dropped.

    Args:
        count: how many at most; one a core by default.
        limits: what each may use.
        required: layers without which no worker runs; where there are none, a worker takes what
            the machine offers.
        entry: Python that imports the `main` of the worker process.
        hash_seed: fixes the order in which Python keeps sets of texts.
    """

    def __init__(
        self,
        count: int | None = None,
        *,
        limits: JailLimits | None = None,
        required: Collection[Layer] = REQUIRED,
        entry: str = _ENTRY,
        hash_seed: int = 0,
    ) -> None:
        self.limits = limits or JailLimits()
        cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
        start = partial(_Process, self.limits, required, entry, hash_seed)
        self._seats = [Seat(start) for _ in range(count or cores)]
        weakref.finalize(self, _close, self._seats)

    def place(self) -> Seat:
        """Where to open the next world."""
        for seat in sorted((s for s in self._seats if s.running), key=lambda seat: seat.worlds):
            if seat.lock.acquire(blocking=False):
                seat.lock.release()
                return seat
        waiting = [seat for seat in self._seats if not seat.running]
        return waiting[0] if waiting else min(self._seats, key=lambda seat: seat.worlds)

    def report(self) -> JailReport:
        """What confines the workers.  Raises `JailError` where a required layer does not hold."""
        return self.place().start()

    def close(self) -> None:
        """End all processes; worlds that are used again start new ones."""
        _close(self._seats)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _close(seats: Iterable[Seat]) -> None:
    for seat in seats:
        seat.close()


@cache
def shared_workers() -> Workers:
    """The workers of this process, which end with it."""
    return Workers()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=shared_workers.cache_clear)


@cache
def probe() -> JailReport:
    """What would confine a worker process on this machine; the first call starts one to see."""
    if not sys.platform.startswith("linux"):
        return nowhere(f"{sys.platform} is not Linux")
    with Workers(1, required=()) as workers:
        return workers.report()
