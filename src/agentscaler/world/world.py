"""`World`: one running copy of a domain's state, and the tools that act on it.

In: tool calls.  Out: their results, and at any time the net change since the start.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from types import TracebackType
from typing import Any, NoReturn

import apsw

from agentscaler.chat import ToolResult
from agentscaler.errors import ToolError, WorldError
from agentscaler.world.arguments import quoted
from agentscaler.world.budget import BudgetExceededError
from agentscaler.world.changeset import Change, describe, read_changes, state_hash
from agentscaler.world.compiler import FILENAME
from agentscaler.world.database import Database
from agentscaler.world.facade import Facade, refusal
from agentscaler.world.identifiers import Minter
from agentscaler.world.result import ResultError, plain
from agentscaler.world.toolbox import Tool, Toolbox

__all__ = [
    "MAX_ERROR_TEXT",
    "Breach",
    "ContractError",
    "Mark",
    "Outcome",
    "World",
    "outcome_of",
    "unknown_tool",
]

MAX_ERROR_TEXT = 2_000


class Breach(StrEnum):
    """How a tool broke its contract."""

    RAISED = "raised"
    """It raised something other than `ToolError`."""
    OVERSTEPPED = "overstepped"
    """It ran SQL that it may not run, or wrote a table that it does not declare."""
    EXHAUSTED = "exhausted"
    """It used up its budget."""
    SWALLOWED = "swallowed"
    """The database refused a statement, and the tool went on as if it had not."""
    RESULT = "result"
    """Its result is not plain JSON, is too large, or is not what its schema says."""


class ContractError(WorldError):
    """A tool broke its contract; nothing of the call is left in the world."""

    def __init__(self, tool: str, breach: Breach, cause: str) -> None:
        super().__init__(f"tool {tool} broke its contract: {cause}")
        self.tool = tool
        self.breach = breach
        self.cause = cause


Outcome = tuple[str, Any]
"""What came of a call, for comparing: "done" and its result, "refused" and its text, or "breach"
and the `Breach`."""


@dataclass(frozen=True, eq=False)
class Mark:
    """A moment of a world: how many earlier ones are remembered, and the way back to it."""

    number: int
    restore: Callable[[], None]


class World:
    """A private copy of a state with the tools of its domain.

    Calls on one world must not overlap; different worlds may run in different threads.
    """

    def __init__(self, image: bytes, toolbox: Toolbox, *, now: str) -> None:
        """Open `image`, the bytes of an SQLite database, with a clock that stands at `now`.

        Raises `InputError` where the image is not a database that a world can stand on.
        """
        self._origin = image
        self._toolbox = toolbox
        self._now = now
        self._database = Database(image, rewinds=toolbox.rewinds)
        self._past = b""
        """Changes between the origin and the image that the database was opened from."""
        self._minted: frozenset[str] = frozenset()
        self._counts: Counter[bytes] = Counter()
        """Calls that minted, by what their ids derive from; replaced and never changed."""
        self._net: tuple[bytes, tuple[Change, ...]] | None = None
        """The last changeset, with what it was read from."""
        self._hashed: tuple[bytes, frozenset[str], str] | None = None
        """The last digest, with what it was made from."""
        self._marks: list[Mark] = []

    def call(self, name: str, arguments: Mapping[str, Any]) -> ToolResult:
        """Run a tool.

        Returns its result, or the text of a refusal: an unknown tool, arguments that do not fit, a
        constraint of the database, or the tool's own `ToolError`.  A refused call leaves no trace.

        Raises `ContractError` when the tool does what no tool may do; that leaves no trace either.
        """
        tool = self._toolbox.tools.get(name)
        if tool is None:
            return ToolResult(error=unknown_tool(name, self._toolbox.tools))
        try:
            checked = tool.check_arguments(arguments)
        except ToolError as error:
            return ToolResult(error=str(error))
        minter = Minter(name, checked, self._counts)
        try:
            value = self._run(tool, checked, minter)
        except ToolError as error:
            return ToolResult(error=_presentable(error))
        if minter.call is not None:
            self._counts = self._counts + Counter([minter.call])
            self._minted = self._minted.union(minter.made)
        return ToolResult(value=value)

    def fork(self) -> "World":
        """Another world in the same state, which goes its own way from here.

        It knows the same start: its changeset is net against that, not against this moment.

        Raises `WorldError` where there are marks to return to.
        """
        if self._marks:
            raise WorldError("a world with marks cannot be forked")
        past = self._changes()
        twin = World(
            self._database.serialize() if past else self._origin, self._toolbox, now=self._now
        )
        twin._origin = self._origin
        twin._past = past
        twin._minted = self._minted
        twin._counts = self._counts
        return twin

    def reset(self) -> None:
        """Back to the start, as if newly opened."""
        self._marks.clear()
        if self._past or not self._database.rewind():
            self._database.close()
            self._database = Database(self._origin, rewinds=self._toolbox.rewinds)
        self._past = b""
        self._minted = frozenset()
        self._counts = Counter()

    def mark(self) -> Mark:
        """The present moment, to come back to with `return_to`; much cheaper than a fork."""
        mark = Mark(len(self._marks), self._way_back())
        self._marks.append(mark)
        return mark

    def return_to(self, mark: Mark) -> None:
        """Back to the moment of `mark`, as if nothing had been called since.

        Uses up the mark and all that were made after it; raises `WorldError` where it was used up.
        """
        if self._marks[mark.number : mark.number + 1] != [mark]:
            raise WorldError("the mark was used up")
        del self._marks[mark.number :]
        mark.restore()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What is called inside is undone at the end."""
        mark = self.mark()
        try:
            yield
        finally:
            self.return_to(mark)

    def changeset(self) -> tuple[Change, ...]:
        """The net change since the start, canonical (see `world.changeset`)."""
        changes = self._changes()
        if self._net is None or self._net[0] != changes:
            self._net = (changes, read_changes(changes, self._database.schema))
        return self._net[1]

    def state_hash(self) -> str:
        """A digest of the net change, blind to the names of minted ids."""
        changes, minted = self._changes(), self._minted
        if self._hashed is None or self._hashed[:2] != (changes, minted):
            digest = state_hash(self.changeset(), minted)
            self._hashed = (changes, minted, digest)
        return self._hashed[2]

    def diff(self) -> str:
        """The net change for people, one line a row."""
        return describe(self.changeset())

    @property
    def minted(self) -> frozenset[str]:
        """The ids that tools made since the start."""
        return self._minted

    def query(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a query of the host's own, under the rules that read tools have."""
        self._database.enter(frozenset())
        try:
            return self._database.all(sql, values)
        finally:
            self._database.leave(keep=False)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """All rows of a table, in the order of their keys."""
        return self._database.rows(table)

    @property
    def written(self) -> int:
        """Grows with each row that a statement writes, even if the write is undone, and with each
        return to a mark; where it stands still, the state does."""
        return self._database.written

    @property
    def is_new(self) -> bool:
        """Whether it is as newly opened: nothing was written, minted or marked."""
        return not (self._marks or self.written or self.minted)

    @property
    def tables_read(self) -> frozenset[str] | None:
        """The tables that the last call read, as SQLite itself told; None where nobody can tell."""
        return frozenset(self._database.read)

    def broken_references(self) -> list[str]:
        """Tables with rows whose foreign keys refer to nothing; none in a sound world."""
        return self._database.broken_references()

    def close(self) -> None:
        """Free the copy; the world cannot be used any more."""
        self._database.close()

    def __enter__(self) -> "World":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _way_back(self) -> Callable[[], None]:
        """What restores the present moment, by way of the database where it remembers moments,
        else of an image."""
        number, minted, counts = len(self._marks), self._minted, self._counts
        kept = self._database.mark(number)
        past = self._past if kept else self._changes()
        image = b"" if kept else self._database.serialize()

        def restore() -> None:
            if kept:
                self._database.back(number)
            else:
                self._database.close()
                self._database = Database(image, rewinds=False)
            self._past, self._minted, self._counts = past, minted, counts

        return restore

    def _changes(self) -> bytes:
        since = self._database.changeset()
        if not self._past:
            return since
        return apsw.Changeset.concat(self._past, since) if since else self._past

    def _run(self, tool: Tool, arguments: dict[str, Any], minter: Minter) -> Any:
        """The tool's result as plain JSON, its writes kept; any exception undoes them."""
        database = self._database
        budget = self._toolbox.budget
        facade = Facade(database, minter, budget, self._now)
        budget.restart()
        database.enter(tool.writes)
        try:
            returned = tool.function(facade, **arguments)
            self._check_conduct(tool, facade)
            if facade.refused is not None:
                cause = f"it went on after the database refused: {facade.refused}"
                raise ContractError(tool.definition.name, Breach.SWALLOWED, cause)
            value = plain(returned)
            tool.check_result(value, "the result")
            database.leave(keep=True)
            return value
        except BaseException as error:
            database.leave(keep=False)
            self._check_conduct(tool, facade)
            self._judge(tool, error)

    def _check_conduct(self, tool: Tool, facade: Facade) -> None:
        """What a tool's own code cannot hide by catching or leaving a `finally`."""
        gate = self._database.gate
        name = tool.definition.name
        if gate.breach is not None:
            raise ContractError(name, Breach.OVERSTEPPED, gate.breach)
        if gate.exhausted or self._toolbox.budget.exceeded:
            raise ContractError(name, Breach.EXHAUSTED, "it took too many steps")

    def _judge(self, tool: Tool, error: BaseException) -> NoReturn:
        name = tool.definition.name
        if isinstance(error, (ToolError, ContractError)):
            raise error
        if isinstance(error, apsw.ConstraintError):
            raise ToolError(refusal(error)) from error
        if isinstance(error, ResultError):
            raise ContractError(name, Breach.RESULT, str(error)) from error
        if isinstance(error, BudgetExceededError):
            raise ContractError(name, Breach.EXHAUSTED, str(error)) from error
        if isinstance(error, (MemoryError, apsw.NoMemError)):
            raise ContractError(name, Breach.EXHAUSTED, "it took too much memory") from error
        if isinstance(error, Exception):
            cause = f"{type(error).__name__}{_line(error)}: {quoted(str(error))}"
            raise ContractError(name, Breach.RAISED, cause) from error
        raise error


def outcome_of(
    world: World, tool: str, arguments: Mapping[str, Any]
) -> tuple[Outcome, ContractError | None]:
    """Make a call: what came of it, and the error where the tool broke its contract."""
    try:
        result = world.call(tool, arguments)
    except ContractError as error:
        return ("breach", error.breach), error
    if result.error is not None:
        return ("refused", result.error), None
    return ("done", result.value), None


def unknown_tool(name: str, tools: Iterable[str]) -> str:
    """The refusal of a call to a tool that is not among `tools`."""
    close = get_close_matches(name, list(tools), n=2)
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    return f"there is no tool {quoted(name)}{hint}"


def _line(error: BaseException) -> str:
    """Where in the tools' source an exception arose (" at line 12"), if it did."""
    line = None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == FILENAME:
            line = step.tb_lineno
        step = step.tb_next
    return f" at line {line}" if line else ""


def _presentable(error: ToolError) -> str:
    text = str(error)[:MAX_ERROR_TEXT] or "the tool refused"
    return text.encode("utf-8", "backslashreplace").decode()
