"""What SQL a tool may run: SQLite asks here, at prepare time, about every table and function.

While a tool runs, only reads of the domain's tables, writes to the tables that the tool declares,
and functions that give the same result on every machine pass.  Foreign key actions and triggers
are asked about too, so that a delete which cascades must declare the tables it empties.
"""

import apsw

from agentscaler.world.dates import DATE_FUNCTIONS
from agentscaler.world.schema import Schema, is_internal

__all__ = ["Gate"]

STEPS_BETWEEN_CHECKS = 2_000
MAX_STEPS = 5_000_000
"""Instructions of SQLite's virtual machine that one tool call may use."""

_AGGREGATES = """
avg count group_concat max min string_agg sum total median percentile row_number rank dense_rank
percent_rank cume_dist ntile lag lead first_value last_value nth_value
"""
_SCALARS = """
abs coalesce concat concat_ws glob if ifnull iif instr length like lower ltrim nullif octet_length
replace round rtrim sign substr substring trim typeof upper ceil ceiling floor mod trunc pow power
sqrt
"""
_JSON = """
-> ->> json json_array json_array_length json_extract json_group_array json_group_object
json_object json_type json_valid
"""
_FUNCTIONS = frozenset((_AGGREGATES + _SCALARS + _JSON).split()) | DATE_FUNCTIONS.keys()

_COLUMN_PRAGMAS = frozenset(("table_info", "table_xinfo"))
"""Asked by the session extension, when a tool changes a table for the first time."""

_READ, _OK = int(apsw.SQLITE_READ), int(apsw.SQLITE_OK)
_WRITES = frozenset((apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_DELETE))


class Gate:
    """Answers SQLite's questions for one connection.

    Attributes:
        closed: whether a tool runs now, so that the rules hold.
        allowed: tables that the running tool may write.
        reads: tables and columns that the statement prepared since `note` reads.
        writes: tables that it writes.
        breach: why the running tool was stopped; stays set until the next `close`.
        exhausted: whether the running tool used up its steps.
    """

    __slots__ = (
        "_readable",
        "_schema",
        "_steps",
        "allowed",
        "breach",
        "closed",
        "exhausted",
        "reads",
        "writes",
    )

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._readable = schema.readable
        self._steps = 0
        self.closed = False
        self.allowed: frozenset[str] = frozenset()
        self.reads: set[tuple[str, str]] = set()
        self.writes: set[str] = set()
        self.breach: str | None = None
        self.exhausted = False

    def close(self, allowed: frozenset[str]) -> None:
        """From now on a tool runs that may write the tables `allowed`."""
        self.closed = True
        self.allowed = allowed
        self.breach = None
        self.exhausted = False
        self._steps = 0

    def open(self) -> None:
        """The tool is done; what runs now is the machinery's own."""
        self.closed = False

    def note(self) -> None:
        """Start noting anew what a statement reads and writes."""
        self.reads = set()
        self.writes = set()

    def authorize(
        self,
        operation: int,
        first: str | None,
        second: str | None,
        database: str | None,
        trigger: str | None,
    ) -> int:
        """SQLite's authorizer callback."""
        if not self.closed:
            return apsw.SQLITE_OK
        if operation == _READ:
            if first in self._readable:  # in lower case, where nothing internal is
                self.reads.add((first, second or ""))
                return _OK
            return self._read(first or "", second or "")
        if operation in _WRITES:
            return self._write(first or "")
        if operation in (apsw.SQLITE_SELECT, apsw.SQLITE_RECURSIVE):
            return apsw.SQLITE_OK
        if operation == apsw.SQLITE_FUNCTION:
            name = (second or "").lower()
            return apsw.SQLITE_OK if name in _FUNCTIONS else self._deny(f"calls SQL's {name}()")
        if operation == apsw.SQLITE_PRAGMA and first in _COLUMN_PRAGMAS:
            return apsw.SQLITE_OK
        name = str(apsw.mapping_authorizer_function.get(operation, operation))
        return self._deny(f"runs {name.removeprefix('SQLITE_').replace('_', ' ')}")

    def progress(self) -> bool:
        """SQLite's progress callback; true stops the statement."""
        self._steps += STEPS_BETWEEN_CHECKS
        self.exhausted = self.closed and self._steps > MAX_STEPS
        return self.exhausted

    def _read(self, table: str, column: str) -> int:
        # Without a column, `table` is only named in FROM, and may be a common table expression.
        if is_internal(table) or (column and table.lower() not in self._schema.readable):
            return self._deny(f"reads {table}")
        self.reads.add((table, column))
        return apsw.SQLITE_OK

    def _write(self, table: str) -> int:
        if is_internal(table) or table not in self.allowed:
            return self._deny(f"writes {table}, which it does not declare")
        self.writes.add(table)
        return apsw.SQLITE_OK

    def _deny(self, what: str) -> int:
        self.breach = self.breach or f"it {what}"
        return apsw.SQLITE_DENY
