"""How a run is watched: progress bars on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from agentscaler.pipeline import Stage
from agentscaler.runfolder import StageRecord

__all__ = ["Bars", "Lines", "Work", "watcher"]

_SECONDS_BETWEEN_LINES = 10.0


@dataclass(frozen=True)
class Work:
    """Work that is no stage and takes time all the same."""

    name: str


class Lines:
    """An `Observer` that writes a line when a stage begins, every few seconds, and when it ends.

    Args:
        clock: seconds, from any beginning.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._total = self._first = 0
        self._began = self._last_line = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def begun(self, stage: Stage | Work, done: int, total: int, changes: list[str]) -> None:
        self._total, self._first = total, done
        self._began = self._last_line = self._clock()
        if changes:
            self._print(f"{stage.name}: again, because {'; '.join(changes)}")
        elif done:
            self._print(f"{stage.name}: going on after {done:,} of {total:,}")
        else:
            self._print(f"{stage.name}: begins")

    def advanced(self, stage: Stage | Work, unit: int) -> None:
        now = self._clock()
        if now - self._last_line < _SECONDS_BETWEEN_LINES or unit >= self._total:
            return
        self._last_line = now
        left = (now - self._began) / (unit - self._first) * (self._total - unit)
        self._print(f"{stage.name}: {unit:,} of {self._total:,}, about {left:.0f} s left")

    def ended(self, stage: Stage, record: StageRecord, *, kept: bool) -> None:
        self._print(closing_line(stage, record, kept=kept))

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)


class Bars:
    """An `Observer` that draws one bar a stage, with counts and the time left."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description:>8}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._bar: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def begun(self, stage: Stage | Work, done: int, total: int, changes: list[str]) -> None:
        if changes:
            self._console.print(escape(f"{stage.name}: again, because {'; '.join(changes)}"))
        self._bar = self._progress.add_task(stage.name, total=total, completed=done)

    def advanced(self, stage: Stage | Work, unit: int) -> None:
        if self._bar is not None:
            self._progress.update(self._bar, completed=unit)

    def ended(self, stage: Stage, record: StageRecord, *, kept: bool) -> None:
        if self._bar is not None:
            self._progress.remove_task(self._bar)
            self._bar = None
        self._console.print(escape(closing_line(stage, record, kept=kept)))


def watcher(console: Console) -> Bars | Lines:
    """Bars where someone watches, lines where a file or a pipe does."""
    return Bars(console) if console.is_terminal else Lines(console)


def closing_line(stage: Stage, record: StageRecord, *, kept: bool) -> str:
    """What came of a stage, in one line."""
    made = f"{record.counters.get('out', 0):,} {stage.gives}"
    if kept:
        return f"{stage.name}: up to date, {made}"
    return f"{stage.name}: {made} in {record.seconds:.1f} s"
