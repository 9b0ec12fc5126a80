"""`JailedWorld`: a world whose tools run in a worker process that is confined for good.

It is used as a `World` is.  The parent checks arguments before they go and results when they come,
keeps what was minted, and digests changes itself.  It also keeps the calls that made the state:
when the worker is lost to one world's tool, each other world is played again in a new one, and
every result is held against the first.  (A replay restores what a changeset cannot: the order in
which rows were inserted.)
"""

import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson

from agentscaler.chat import ToolResult
from agentscaler.errors import AgentScalerError, GuardError, InputError, ToolError, WorldError
from agentscaler.world.arguments import ArgumentCheck
from agentscaler.world.changeset import Change, state_hash
from agentscaler.world.hearsay import are_ids, digest, is_cells, is_change, is_row, parsed
from agentscaler.world.result import Fits, ResultError, compile_schema, plain
from agentscaler.world.toolbox import Toolbox, ToolDefinition
from agentscaler.world.worker import Answer
from agentscaler.world.workers import Seat, WorkerLostError, Workers, shared_workers
from agentscaler.world.world import (
    MAX_ERROR_TEXT,
    Breach,
    ContractError,
    Mark,
    World,
    unknown_tool,
)

__all__ = ["JailedToolbox", "JailedWorld"]


@dataclass(frozen=True)
class _Checks:
    """What the parent holds a tool's calls against."""

    arguments: ArgumentCheck
    result: Fits
    writes: bool


class JailedToolbox:
    """Tools of one domain that are compiled and run in worker processes only.

    Args:
        source: the tools' module, from whoever.
        definitions: what each tool takes and gives.
        workers: where they run; the shared workers of this process by default.

    Raises `InputError` where a definition is not well formed.  What is wrong with the source is
    said when the first world is opened.
    """

    def __init__(
        self, source: str, definitions: Sequence[ToolDefinition], workers: Workers | None = None
    ) -> None:
        self.source = source
        self.definitions = {tool.name: tool for tool in definitions}
        self._workers = workers
        self.checks = {
            tool.name: _Checks(
                arguments=ArgumentCheck(tool.name, tool.parameters),
                result=compile_schema(tool.returns),
                writes=bool(tool.writes),
            )
            for tool in definitions
        }
        members = set(ToolDefinition.model_fields) - {"contract"}
        self.sent = [tool.model_dump(mode="json", include=members) for tool in definitions]
        self.key = (source, orjson.dumps(self.sent))

    @classmethod
    def of(cls, tools: Toolbox, workers: Workers | None = None) -> "JailedToolbox":
        """The same tools, to be sent to worker processes."""
        return cls(tools.source, list(tools.definitions.values()), workers)

    @property
    def workers(self) -> Workers:
        return self._workers or shared_workers()

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process it runs in that process's shared workers."""
        return (JailedToolbox, (self.source, list(self.definitions.values())))


@dataclass(frozen=True)
class _Played:
    """A call that succeeded and left something behind."""

    tool: str
    arguments: dict[str, Any]
    answer: bytes
    """A digest of what the worker said."""


class JailedWorld(World):
    """A private copy of a state in a worker process, with the tools of its domain.

    Calls on one world must not overlap; different worlds may run in different threads.
    """

    def __init__(self, image: bytes, toolbox: JailedToolbox, *, now: str) -> None:
        """Open `image` with a clock that stands at `now`.

        Raises:
            JailError: this machine cannot confine the tools.
            GuardError: the allow-list refuses their source.
            InputError: the image is not a database that a world can stand on.
        """
        self._place(image, toolbox, now, toolbox.workers.place())
        self._played: list[_Played] = []
        self._ids: frozenset[str] = frozenset()
        self._changed: tuple[Change, ...] | None = None
        with self._seat.lock:
            self._revive()

    def call(self, name: str, arguments: Mapping[str, Any]) -> ToolResult:
        """Run a tool; see `World.call`.

        Raises `ContractError` also when the tool's worker had to be killed, or died; this world and
        all others in it are then as they were before the call.
        """
        checks = self._tools.checks.get(name)
        if checks is None:
            return ToolResult(error=unknown_tool(name, self._tools.checks))
        try:
            checked = checks.arguments(arguments)
        except ToolError as error:
            return ToolResult(error=str(error))
        with self._seat.lock:
            try:
                said = self._call(name, checked)
                return self._judge_answer(name, checks, checked, said)
            except WorkerLostError as lost:
                breach = Breach.EXHAUSTED if lost.overdue else Breach.OVERSTEPPED
                raise ContractError(name, breach, str(lost)) from lost

    def fork(self) -> "JailedWorld":
        """Another world in the same state, in the same worker; see `World.fork`."""
        if self._marks:
            raise WorldError("a world with marks cannot be forked")
        twin = JailedWorld.__new__(JailedWorld)
        twin._place(self._image, self._tools, self._clock, self._seat)
        with self._seat.lock:
            self._request("fork", twin._number)
            twin._generation[0] = self._generation[0]
        twin._played = self._played.copy()
        twin._ids = self._ids
        twin._changed = self._changed
        return twin

    def reset(self) -> None:
        """Back to the start, as if newly opened."""
        self._marks.clear()
        self._played = []
        self._ids = frozenset()
        self._changed = None
        with self._seat.lock:
            if self._generation[0] == self._seat.generation:
                self._request("reset")

    def changeset(self) -> tuple[Change, ...]:
        """The net change since the start, canonical (see `world.changeset`)."""
        if self._changed is None:
            said = self._request("changeset")
            if not isinstance(said, list) or not all(map(is_change, said)):
                self._distrust()
            self._changed = tuple(said)
        return self._changed

    def state_hash(self) -> str:
        """A digest of the net change, blind to the names of minted ids."""
        return state_hash(self.changeset(), self._ids)

    @property
    def minted(self) -> frozenset[str]:
        """The ids that tools made since the start."""
        return self._ids

    def query(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a query of the host's own, under the rules that read tools have."""
        rows = self._request("query", sql, values)
        if not isinstance(rows, list) or not all(is_row(row) for row in rows):
            self._distrust()
        return rows

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """All rows of a table, in the order of their keys."""
        rows = self._request("rows", table)
        if not isinstance(rows, list) or not all(is_cells(row) for row in rows):
            self._distrust()
        return [tuple(row) for row in rows]

    @property
    def written(self) -> int:
        """See `World.written`."""
        written = self._request("written")
        if not isinstance(written, int):
            self._distrust()
        return written

    @property
    def tables_read(self) -> None:
        """None: a worker does not say, and would not be believed."""
        return None

    def broken_references(self) -> list[str]:
        """Tables with rows whose foreign keys refer to nothing; none in a sound world."""
        tables = self._request("broken_references")
        if not isinstance(tables, list) or not all(isinstance(table, str) for table in tables):
            self._distrust()
        return tables

    def close(self) -> None:
        """Free the copy; the world cannot be used any more."""
        self._release()

    def _way_back(self) -> Callable[[], None]:
        played, ids, changed = self._played.copy(), self._ids, self._changed

        def restore() -> None:
            if len(self._played) == len(played):
                return
            self._played, self._ids, self._changed = played.copy(), ids, changed
            with self._seat.lock, suppress(WorkerLostError):  # a new worker will play it again
                if self._generation[0] == self._seat.generation:
                    self._request("reset")
                    self._play_again()

        return restore

    def _place(self, image: bytes, tools: JailedToolbox, clock: str, seat: Seat) -> None:
        self._image = image
        self._tools = tools
        self._clock = clock
        self._seat = seat
        self._number = seat.number()
        self._marks: list[Mark] = []
        self._generation = [-1]
        """The life of the worker that holds this world; in a list that the finalizer shares."""
        seat.worlds += 1
        self._release = weakref.finalize(self, _forget, seat, self._number, self._generation)
        self._release.atexit = False

    def _revive(self) -> None:
        """Make sure that the worker holds this world, in the state that its calls made.

        The caller holds the seat's lock.
        """
        seat, tools = self._seat, self._tools
        if not self._release.alive:
            raise WorldError("the world is closed")
        if self._generation[0] == seat.generation and seat.running:
            return
        seat.start()
        number, said = seat.load(
            tools.key, lambda number: seat.ask("tools", number, tools.source, tools.sent)
        )
        if said is not None:
            self._confirm(said, tools.key)
        image, said = seat.load(
            self._image, lambda number: seat.ask("image", number, data=self._image)
        )
        self._confirm(seat.ask("open", self._number, number, image, self._clock), self._image)
        self._play_again()
        self._generation[0] = seat.generation

    def _play_again(self) -> None:
        """Make the calls that made the state, in a world that stands at its start."""
        for played in self._played:
            if digest(self._send(played.tool, played.arguments)) != played.answer:
                raise WorldError(f"tool {played.tool} did not do again what it had done before")

    def _confirm(self, said: bytes, key: Any) -> None:
        try:
            self._read(said)
        except AgentScalerError:
            self._seat.unload(key)
            raise

    def _call(self, name: str, arguments: dict[str, Any]) -> bytes:
        """What the worker says; a worker that dies without having been late gets one more try,
        since something else may have ended it."""
        try:
            self._revive()
            return self._send(name, arguments)
        except WorkerLostError as lost:
            if lost.overdue:
                raise
        self._revive()
        return self._send(name, arguments)

    def _send(self, name: str, arguments: dict[str, Any]) -> bytes:
        limits = self._tools.workers.limits
        seconds = limits.seconds + limits.grace
        return self._seat.ask("call", self._number, name, arguments, seconds=seconds)

    def _judge_answer(
        self, name: str, checks: _Checks, arguments: dict[str, Any], said: bytes
    ) -> ToolResult:
        match parsed(said):
            case [Answer.DONE, value, [*minted]] if are_ids(minted):
                result = self._result(name, checks, value)
                if checks.writes or minted:
                    self._played.append(_Played(name, arguments, digest(said)))
                    self._ids = self._ids.union(minted)
                    self._changed = None
                return ToolResult(value=result)
            case [Answer.REFUSED, str(text)]:
                return ToolResult(error=text[:MAX_ERROR_TEXT])
            case [Answer.BREACH, str(breach), str(cause)] if breach in set(Breach):
                raise ContractError(name, Breach(breach), cause[:MAX_ERROR_TEXT])
        self._seat.lose()
        raise WorkerLostError("its worker process gave what is not an answer")

    def _result(self, name: str, checks: _Checks, value: Any) -> Any:
        """The result, held to what the worker should have held it to already."""
        try:
            checked = plain(value)
            checks.result(checked, "the result")
            return checked
        except (ResultError, ToolError) as error:
            self._seat.lose()
            raise ContractError(name, Breach.RESULT, str(error)) from error

    def _request(self, operation: str, *arguments: Any) -> Any:
        """Ask for something that does not run a tool."""
        with self._seat.lock:
            for attempt in range(2):
                try:
                    self._revive()
                    return self._read(self._seat.ask(operation, self._number, *arguments))
                except WorkerLostError as lost:
                    if attempt or lost.overdue:
                        raise WorldError(f"the world was lost: {lost}") from lost
        raise AssertionError

    def _read(self, said: bytes) -> Any:
        """What was asked for, out of an answer; raises what the answer says went wrong."""
        match parsed(said):
            case [Answer.DONE, result]:
                return result
            case [Answer.SOURCE, str(what), str(remedy)]:
                raise GuardError(what[:MAX_ERROR_TEXT], remedy[:MAX_ERROR_TEXT])
            case [Answer.INPUT, str(what), str(remedy)]:
                raise InputError(what[:MAX_ERROR_TEXT], remedy[:MAX_ERROR_TEXT])
            case [Answer.WORLD, str(text)]:
                raise WorldError(text[:MAX_ERROR_TEXT])
            case [Answer.FULL]:
                raise AgentScalerError(
                    f"A worker's {self._tools.workers.limits.memory_mb:,} MB hold no more worlds.",
                    "Close worlds that are done, or give workers more (JailLimits.memory_mb).",
                )
        self._distrust()

    def _distrust(self) -> NoReturn:
        self._seat.lose()
        raise WorldError("a worker process gave what is not an answer")


def _forget(seat: Seat, number: int, generation: list[int]) -> None:
    seat.forget(number, generation[0])
