"""A worker process: many worlds in one jail, asked by a parent that trusts nothing it says.

In: requests in frames (`world.frames`), each a list of an operation and its arguments.  Out: one
answer a request, a list of an `Answer` and what belongs to it.  Tools and images are sent once and
then named by number; so are worlds.

A call is timed twice: processor time stops the tool from within, where its own code runs and
nothing of the machinery can be caught half done; wall time ends the process, should the parent that
would do so be gone.
"""

import os
import signal
from collections.abc import Callable
from enum import StrEnum
from types import FrameType
from typing import Any, NoReturn

import apsw
import orjson

from agentscaler.errors import AgentScalerError, GuardError, WorldError
from agentscaler.world.budget import Budget
from agentscaler.world.compiler import FILENAME
from agentscaler.world.frames import read_frame, write_frame
from agentscaler.world.jail import JailLimits, enter, nowhere
from agentscaler.world.toolbox import Toolbox, ToolDefinition
from agentscaler.world.world import ContractError, World, outcome_of

__all__ = ["Answer", "Compile", "main", "serve"]

Compile = Callable[[str, list[ToolDefinition]], Toolbox]


class Answer(StrEnum):
    """What a worker may say."""

    DONE = "done"
    """With a result; of a call, with the ids that it minted as well."""
    REFUSED = "refused"
    """The tool said no, with its text."""
    BREACH = "breach"
    """The tool broke its contract: the `Breach` and the cause."""
    SOURCE = "source"
    """The allow-list refuses the source: what, and the remedy."""
    INPUT = "input"
    """What was sent cannot be used: what, and the remedy."""
    FULL = "full"
    """The worker's memory does not hold what was asked for."""
    WORLD = "world"
    """The world cannot do it, with the reason."""


_PATIENCE = 2.0
"""The worker ends itself when twice the parent's patience is over."""
_REPEAT = 0.05
_BROKEN = 70
"""Exit status of a worker that cannot answer for its worlds any more."""


def main(configuration: str) -> NoReturn:
    """Enter the jail, report it, and serve until the parent is gone.

    `configuration` is JSON: the descriptors `reads` and `writes`, the `limits`, and whether to be
    `jailed` at all.
    """
    settings = orjson.loads(configuration)
    reads, writes = settings["reads"], settings["writes"]
    limits = JailLimits(**settings["limits"])
    timer = CallTimer(limits)
    jailed = settings["jailed"]
    report = enter(limits, reads=reads, writes=writes) if jailed else nowhere("left out")
    write_frame(writes, 0, report.model_dump_json().encode())
    serve(reads, writes, timer, Toolbox.compile)


def serve(reads: int, writes: int, timer: "CallTimer", compile_tools: Compile) -> NoReturn:
    """Answer requests until the parent is gone."""
    worlds = _Worlds(timer, compile_tools)
    try:
        while True:
            number, text, data = read_frame(reads)
            write_frame(writes, number, _answer(worlds, orjson.loads(text), data))
    except (EOFError, BrokenPipeError):
        os._exit(0)
    except BaseException:
        os._exit(_BROKEN)


class CallTimer:
    """Stops a tool that takes too long.

    The signal's handler raises only where it meets the tools' own code; elsewhere it waits for the
    next signal, so the machinery is never left half way through a step.
    """

    def __init__(self, limits: JailLimits) -> None:
        """Takes over SIGPROF; later, in the jail, no handler can be set any more."""
        self._seconds = limits.seconds
        self._wall = (limits.seconds + limits.grace) * _PATIENCE
        self._budget = Budget()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGPROF, self._stop)

    def around(self, function: Callable[..., Any], budget: Budget) -> Callable[..., Any]:
        """`function`, timed; what runs over is marked in `budget`."""

        def timed(*arguments: Any, **named: Any) -> Any:
            self._budget = budget
            signal.setitimer(signal.ITIMER_PROF, self._seconds, _REPEAT)
            signal.setitimer(signal.ITIMER_REAL, self._wall)
            try:
                return function(*arguments, **named)
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
                signal.setitimer(signal.ITIMER_REAL, 0)

        return timed

    def _stop(self, _signal: int, frame: FrameType | None) -> None:
        if frame is not None and frame.f_code.co_filename == FILENAME:
            self._budget.stop()


def _answer(worlds: "_Worlds", request: list[Any], data: bytes) -> bytes:
    """The answer as JSON.

    Raises whatever is not foreseen: then the state of the worlds is in doubt, and the process ends.
    """
    operation, *arguments = request
    if operation == "image":
        arguments.append(data)
    said: list[Any]
    try:
        said = getattr(worlds, operation)(*arguments)
    except ContractError as error:
        said = [Answer.BREACH, error.breach, error.cause]
    except GuardError as error:
        said = [Answer.SOURCE, error.what, error.remedy]
    except AgentScalerError as error:
        said = [Answer.INPUT, error.what, error.remedy]
    except (MemoryError, WorldError, apsw.Error) as error:
        if operation in {"call", "play"}:
            raise
        full = isinstance(error, (MemoryError, apsw.NoMemError))
        said = [Answer.FULL] if full else [Answer.WORLD, str(error)]
    return orjson.dumps(said)


_ROOM_TO_WORK = 16 << 20
"""Bytes that must stay free for calls and queries when a world is opened."""


class _Worlds:
    """What a worker holds, by number; each public method is an operation."""

    def __init__(self, timer: CallTimer, compile_tools: Compile) -> None:
        self._timer = timer
        self._compile = compile_tools
        self._toolboxes: dict[int, Toolbox] = {}
        self._images: dict[int, bytes] = {}
        self._worlds: dict[int, World] = {}

    def tools(self, number: int, source: str, definitions: list[dict[str, Any]]) -> list[Any]:
        compiled = self._compile(source, [ToolDefinition.model_validate(d) for d in definitions])
        timed = {
            name: self._timer.around(tool.function, compiled.budget)
            for name, tool in compiled.tools.items()
        }
        self._toolboxes[number] = Toolbox(
            source, list(compiled.definitions.values()), timed, compiled.budget
        )
        return [Answer.DONE, None]

    def image(self, number: int, data: bytes) -> list[Any]:
        self._images[number] = data
        return [Answer.DONE, None]

    def drop(self, number: int) -> list[Any]:
        """Forget tools or an image; open worlds keep what they stand on."""
        self._toolboxes.pop(number, None)
        self._images.pop(number, None)
        return [Answer.DONE, None]

    def open(self, world: int, tools: int, image: int, now: str) -> list[Any]:
        return self._keep(world, World(self._images[image], self._toolboxes[tools], now=now))

    def fork(self, world: int, twin: int) -> list[Any]:
        return self._keep(twin, self._worlds[world].fork())

    def _keep(self, number: int, world: World) -> list[Any]:
        """Keeps a new world, if that leaves the others room to work in.

        Raises MemoryError where it does not.
        """
        try:
            bytearray(_ROOM_TO_WORK)
        except MemoryError:
            world.close()
            raise
        self._worlds[number] = world
        return [Answer.DONE, None]

    def close(self, worlds: list[int]) -> list[Any]:
        for world in worlds:
            self._worlds.pop(world).close()
        return [Answer.DONE, None]

    def call(self, world: int, tool: str, arguments: dict[str, Any]) -> list[Any]:
        called = self._worlds[world]
        before = called.minted
        result = called.call(tool, arguments)
        if result.error is not None:
            return [Answer.REFUSED, result.error]
        after = called.minted
        minted = sorted(after - before) if after is not before else []
        return [Answer.DONE, result.value, minted]

    def play(self, tools: int, image: int, now: str, calls: list[list[Any]]) -> list[Any]:
        """Make calls one after the other on a fresh world: their outcomes, and the changes."""
        with World(self._images[image], self._toolboxes[tools], now=now) as world:
            outcomes = [outcome_of(world, tool, arguments)[0] for tool, arguments in calls]
            return [Answer.DONE, outcomes, world.changeset()]

    def reset(self, world: int) -> list[Any]:
        self._worlds[world].reset()
        return [Answer.DONE, None]

    def changeset(self, world: int) -> list[Any]:
        return [Answer.DONE, self._worlds[world].changeset()]

    def query(self, world: int, sql: str, values: list[Any]) -> list[Any]:
        return [Answer.DONE, self._worlds[world].query(sql, *values)]

    def rows(self, world: int, table: str) -> list[Any]:
        return [Answer.DONE, self._worlds[world].rows(table)]

    def written(self, world: int) -> list[Any]:
        return [Answer.DONE, self._worlds[world].written]

    def broken_references(self, world: int) -> list[Any]:
        return [Answer.DONE, self._worlds[world].broken_references()]
