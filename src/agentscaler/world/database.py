"""SQLite databases in memory: made from rows, opened from an image, guarded while a tool runs.

An image is the bytes of a database file.  `create_image` makes one from DDL and rows; `Database`
opens a private copy of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import apsw

from agentscaler.errors import InputError, WorldError
from agentscaler.world.dates import register_dates
from agentscaler.world.gate import STEPS_BETWEEN_CHECKS, Gate
from agentscaler.world.schema import ends_transactions, is_internal, read_schema

__all__ = ["LIMITS", "Database", "Scalar", "create_image"]

Scalar = str | int | float | bool | None

MAX_ROWS = 20_000
"""Rows that one query of a tool may give."""

LIMITS = {
    apsw.SQLITE_LIMIT_LENGTH: 1_000_000,
    apsw.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    apsw.SQLITE_LIMIT_ATTACHED: 0,
    apsw.SQLITE_LIMIT_EXPR_DEPTH: 100,
    apsw.SQLITE_LIMIT_COMPOUND_SELECT: 20,
    apsw.SQLITE_LIMIT_VDBE_OP: 50_000,
    apsw.SQLITE_LIMIT_TRIGGER_DEPTH: 50,
    apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 500,
}
"""What SQL that is not our own may ask of a connection."""

_FIRST_WORDS = frozenset(("SELECT", "WITH", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"))


@dataclass
class _Statement:
    """What is known of a statement that was prepared once.

    SQLite asks its gate only when it prepares, and prepared statements are kept: so what a
    statement writes is remembered here and held against every later tool that runs it.
    """

    writes: frozenset[str]
    reads: frozenset[str]
    columns: tuple[str, ...] | None = None


class Database:
    """A private copy of an image.

    Between `enter` and `leave` a tool runs: its statements pass the gate, and its writes are one
    transaction.  Where nothing in the schema or in the tools' SQL could tell the difference, all
    calls are savepoints of one transaction, and `rewind` undoes that: the same database again with
    its statements prepared, for a fraction of what opening the image costs.  `mark` and `back` do
    the same for any moment in between.

    Attributes:
        read: tables that the statements since the last `enter` read, those among them that the
            database reads by itself to see whether a reference holds.
    """

    def __init__(self, image: bytes, *, rewinds: bool = False) -> None:
        """Raises `InputError` where `image` is not a database that a world can stand on.

        Args:
            rewinds: whether no statement that will run could end a transaction by itself.
        """
        if not image:
            raise InputError("The image is not an SQLite database: it is empty.")
        self._connection = connection = apsw.Connection(":memory:")
        self._saved = False
        self._open = False
        """Whether the transaction around all calls has begun."""
        self._written_before = 0
        self._returns = 0
        self.read: set[str] = set()
        self._statements: dict[str, _Statement] = {}
        self._listings: dict[str, str] = {}
        self._recent: tuple[int, bytes] | None = None
        """The last changeset, with the count of rows written by then."""
        try:
            connection.deserialize("main", image)
            self.schema = read_schema(connection)
        except (InputError, apsw.NoMemError):
            connection.close()
            raise
        except apsw.Error as error:
            connection.close()
            raise InputError(f"The image is not an SQLite database: {error}.") from error
        # Large sorts stay in memory: a confined process could not spill them to a file.
        pragmas = "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY"
        connection.execute(pragmas, can_cache=False)
        for limit, most in LIMITS.items():
            connection.limit(limit, most)
        register_dates(connection)
        self.gate = Gate(self.schema)
        connection.authorizer = self.gate.authorize
        connection.set_progress_handler(self.gate.progress, STEPS_BETWEEN_CHECKS)
        self._rewinds = rewinds and not self.schema.ends_transactions
        self._session = self._begin_session()

    def enter(self, writes: frozenset[str]) -> None:
        """Start a tool call that may write the tables `writes`."""
        self._saved = bool(writes)
        self.read = set()
        if self._saved and self._rewinds:
            self._connection.execute("SAVEPOINT call" if self._open else "BEGIN; SAVEPOINT call")
            self._open = True
        elif self._saved:
            self._connection.execute("BEGIN", can_cache=False)
        self.gate.close(writes)

    def leave(self, *, keep: bool) -> None:
        """End a tool call and keep or undo its writes.

        Raises `apsw.ConstraintError` where a deferred foreign key does not hold; the call is then
        still to be left with `keep=False`.
        """
        self.gate.open()
        if not self._saved:
            return
        if self._rewinds:
            self._connection.execute("RELEASE call" if keep else "ROLLBACK TO call; RELEASE call")
        elif keep:
            self._connection.execute("COMMIT", can_cache=False)
        elif self._connection.in_transaction:
            self._connection.execute("ROLLBACK", can_cache=False)
        self._saved = False

    def rewind(self) -> bool:
        """Back to the image, as if newly opened; false where that cannot be done."""
        if not self._rewinds:
            return False
        if self._open:
            self._connection.execute("ROLLBACK")
            self._open = False
            self._session.close()
            self._session = self._begin_session()
            self._recent = None
        self._written_before = self._connection.total_changes()
        self._returns = 0
        return True

    def mark(self, number: int) -> bool:
        """Remember this moment as mark `number`, between calls; false where that cannot be done."""
        if not self._rewinds:
            return False
        begin = "" if self._open else "BEGIN; "
        self._connection.execute(f"{begin}SAVEPOINT mark{number}")
        self._open = True
        return True

    def back(self, number: int) -> None:
        """Back to the moment of mark `number`; it and all marks made after it are forgotten."""
        self._connection.execute(f"ROLLBACK TO mark{number}; RELEASE mark{number}")
        self._recent = None
        self._returns += 1

    def one(self, sql: str, values: Sequence[Scalar]) -> dict[str, Any] | None:
        """The first row of a tool's query, or None."""
        statement, cursor = self._run(sql, values)
        row = cursor.fetchone()
        if row is None:
            return None
        if statement.columns is None:
            statement.columns = _columns(cursor)
        return dict(zip(statement.columns, row, strict=True))

    def all(self, sql: str, values: Sequence[Scalar]) -> list[dict[str, Any]]:
        """All rows of a tool's query."""
        statement, cursor = self._run(sql, values)
        rows: list[dict[str, Any]] = []
        for row in cursor:
            if statement.columns is None:
                statement.columns = _columns(cursor)
            rows.append(dict(zip(statement.columns, row, strict=True)))
            if len(rows) > MAX_ROWS:
                self.gate.exhausted = True
                raise WorldError(f"a query gives more than {MAX_ROWS:,} rows")
        return rows

    def run(self, sql: str, values: Sequence[Scalar]) -> int:
        """Run a tool's statement to its end; the number of rows it changed."""
        before = self._connection.total_changes()
        _, cursor = self._run(sql, values)
        cursor.fetchall()
        if self._connection.total_changes() == before:
            return 0
        return self._connection.changes()

    @property
    def written(self) -> int:
        """Rows that statements have written since the image was opened, undone writes too, and
        times that it went back to a mark."""
        return self._connection.total_changes() - self._written_before + self._returns

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """All rows of a table, in the order of their keys."""
        sql = self._listings.get(table)
        if sql is None:
            columns = self.schema.tables[table]
            order = ", ".join(_name(columns.columns[position]) for position in columns.key)
            sql = self._listings[table] = f"SELECT * FROM {_name(table)} ORDER BY {order}"
        return self._connection.execute(sql).fetchall()

    def changeset(self) -> bytes:
        """What changed since the image was opened, as SQLite's session extension writes it."""
        written = self._connection.total_changes()
        if self._recent is None or self._recent[0] != written:
            self._recent = (written, self._session.changeset())
        return self._recent[1]

    def serialize(self) -> bytes:
        """An image of the database as it is now, which cannot be rewound from here on."""
        if self._open:
            self._connection.execute("COMMIT")
        self._open = self._rewinds = False
        return self._connection.serialize("main")

    def broken_references(self) -> list[str]:
        """Tables with rows whose foreign keys refer to nothing."""
        rows = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        return sorted({str(row[0]) for row in rows})

    def close(self) -> None:
        self._session.close()
        self._connection.close()

    def _begin_session(self) -> apsw.Session:
        session = apsw.Session(self._connection, "main")
        session.table_filter(lambda table: not is_internal(table))
        session.attach()
        return session

    def _run(self, sql: str, values: Sequence[Scalar]) -> tuple[_Statement, apsw.Cursor]:
        if self._saved and not self._connection.in_transaction:
            self._break("one of its statements ended the transaction")
        statement = self._statements.get(sql)
        if statement is not None:
            undeclared = statement.writes - self.gate.allowed
            if undeclared:
                self._break(f"it writes {min(undeclared)}, which it does not declare")
            self.read |= statement.reads
            return statement, self._connection.execute(sql, values)
        self._admit(sql)
        self.gate.note()
        cursor = self._connection.execute(sql, values)
        statement = self._statements[sql] = _Statement(
            writes=frozenset(self.gate.writes),
            reads=frozenset(table for table, _ in self.gate.reads),
        )
        self.read |= statement.reads
        return statement, cursor

    def _admit(self, sql: str) -> None:
        if not isinstance(sql, str):
            self._break("its SQL is not text")
        words = sql.split(None, 1)
        if not words or words[0].upper() not in _FIRST_WORDS:
            self._break(f"its SQL starts with {words[0][:20] if words else 'nothing'}")
        if self._rewinds and ends_transactions(sql):
            self._break("its SQL is put together so that it ends a transaction")
        if ";" in sql.rstrip("; \n\t"):
            self._break("its SQL has more than one statement")

    def _break(self, what: str) -> None:
        self.gate.breach = self.gate.breach or what
        raise WorldError(what)


def _columns(cursor: apsw.Cursor) -> tuple[str, ...]:
    return tuple(column[0] for column in cursor.get_description())


def create_image(
    schema_sql: str,
    rows: Mapping[str, Sequence[Mapping[str, Scalar]]],
    settle: Sequence[str] = (),
) -> bytes:
    """The bytes of a new database: the same for the same input.

    Args:
        schema_sql: DDL; every table is STRICT and has a primary key.
        rows: by table, each a mapping from column to value; a column left out takes its default.
        settle: statements that are run on the rows before they are held against each other.

    Raises `InputError` naming the table, and the row where one is at fault: the DDL does not run, a
    row does not fit its table, or a foreign key refers to nothing.  Tables may come in any order.
    """
    connection = apsw.Connection(":memory:")
    try:
        connection.execute("PRAGMA page_size = 4096; PRAGMA foreign_keys = ON")
        _create_tables(connection, schema_sql)
        connection.execute("BEGIN; PRAGMA defer_foreign_keys = ON")
        for table, members in rows.items():
            for position, row in enumerate(members):
                _insert(connection, table, position, row)
        _settle(connection, settle)
        _check_references(connection, rows)
        connection.execute("COMMIT")
        return connection.serialize("main")
    finally:
        connection.close()


def _create_tables(connection: apsw.Connection, schema_sql: str) -> None:
    refused = (apsw.SQLITE_ATTACH, apsw.SQLITE_DETACH, apsw.SQLITE_PRAGMA)
    connection.authorizer = lambda operation, *_: (
        apsw.SQLITE_DENY if operation in refused else apsw.SQLITE_OK
    )
    try:
        connection.execute(schema_sql)
    except apsw.Error as error:
        raise InputError(f"The schema does not run: {error}.", "Correct its DDL.") from error
    finally:
        connection.authorizer = None
    read_schema(connection)


def _insert(
    connection: apsw.Connection, table: str, position: int, row: Mapping[str, Scalar]
) -> None:
    columns = ", ".join(map(_name, row))
    marks = ", ".join("?" * len(row))
    what = f"({columns}) VALUES ({marks})" if row else "DEFAULT VALUES"
    try:
        connection.execute(f"INSERT INTO {_name(table)} {what}", tuple(row.values()))
    except (apsw.Error, TypeError, OverflowError, UnicodeError) as error:
        raise InputError(
            f"Row {position} of table {table} does not fit: {error}.", "Correct the row."
        ) from error


def _settle(connection: apsw.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        try:
            connection.execute(statement)
        except apsw.Error as error:
            raise InputError(
                f"The statement {statement} does not run on the rows: {error}.", "Correct it."
            ) from error


def _check_references(
    connection: apsw.Connection, rows: Mapping[str, Sequence[Mapping[str, Scalar]]]
) -> None:
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if not broken:
        return
    table, rowid, parent, _ = broken[0]
    where = f"Table {table}"
    if rowid is not None:
        source = f"FROM {_name(str(table))} WHERE rowid = ?"
        where = f"Row {connection.execute(f'SELECT * {source}', (rowid,)).fetchone()} of {table}"
    raise InputError(
        f"{where} refers to a row of {parent} that is not there ({len(broken)} such rows in all).",
        "Add what it refers to, or correct the reference.",
    )


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
