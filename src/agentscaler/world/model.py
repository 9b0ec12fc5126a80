"""`Model`: a plain database that follows a world by its tools' contracts.

In: the image that the world stands on, and each call as it is made.  Out: which requirements the
call does not meet, what the state is after it, and what it answers.  No tool ever runs here.  A
contract's SQL may be anybody's, so it passes the gate that tools' SQL passes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

import apsw
import orjson

from agentscaler.errors import WorldError
from agentscaler.world.contract import Contract, Requirement
from agentscaler.world.database import LIMITS
from agentscaler.world.dates import register_dates
from agentscaler.world.gate import STEPS_BETWEEN_CHECKS, Gate
from agentscaler.world.schema import read_schema
from agentscaler.world.toolbox import ToolDefinition

__all__ = ["Model", "ModelError", "Row", "quote", "requirement_sql", "with_names"]

Row = tuple[Any, ...]

_STATEMENTS = 2_000
"""Prepared statements kept; a domain has a few dozen tools with a few each."""
_SQL_LENGTH = 500_000
"""All requirements of a tool, or all rules of a domain, are asked for in one statement."""
_TEXT_OR_NAME = re.compile(r"'(?:[^']|'')*'|:(\w+)")
_UNSOUND = (apsw.Error, KeyError, OverflowError, TypeError, UnicodeError)
_VIEWS_OF_JSON = frozenset(("json_each", "json_tree"))


class ModelError(WorldError):
    """A contract's own SQL does not run."""


def with_names(condition: str, expressions: Mapping[str, str]) -> str:
    """`condition` with SQL expressions in place of some of the arguments that it names."""

    def put(found: re.Match[str]) -> str:
        return expressions.get(found[1], found[0]) if found[1] else found[0]

    return _TEXT_OR_NAME.sub(put, condition)


def requirement_sql(requirement: Requirement, *, many: bool = False) -> str:
    """An expression that is true where the requirement holds.

    Args:
        many: whether its argument is an array, each member of which must meet it.
    """
    if not requirement.table:
        return f"({requirement.condition}) IS TRUE"
    given = f":{requirement.argument}"
    row = f"SELECT 1 FROM {quote(requirement.table)} WHERE {quote(requirement.key)} = "
    if many:
        found = f"EXISTS ({row}_member.value AND ({requirement.condition}))"
        met = f"NOT EXISTS (SELECT 1 FROM json_each({given}) AS _member WHERE NOT {found})"
    else:
        met = f"EXISTS ({row}{given} AND ({requirement.condition}))"
    return f"({given} IS NULL OR {met})"


def quote(identifier: str) -> str:
    """`identifier` as SQL takes it, whatever it holds."""
    return '"' + identifier.replace('"', '""') + '"'


@dataclass
class _Promise:
    """A tool's contract, ready to be asked."""

    contract: Contract
    unnamed: dict[str, Any]
    """What every name of the contract's SQL is bound to where nothing was given."""
    check: str
    writes: set[str] = field(default_factory=set)


class Model:
    """The state that a world must be in, by what its tools promise.

    `restart` comes first, and again with each new world.
    """

    def __init__(self, image: bytes, tools: Iterable[ToolDefinition], *, now: str) -> None:
        """Open a copy of `image` whose clock stands at `now`."""
        connection = apsw.Connection(":memory:", statementcachesize=_STATEMENTS)
        self._connection = connection
        connection.deserialize("main", image)
        connection.execute("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY")
        for limit, most in LIMITS.items():
            connection.limit(limit, most)
        connection.limit(apsw.SQLITE_LIMIT_SQL_LENGTH, _SQL_LENGTH)
        register_dates(connection)
        schema = read_schema(connection)
        self.tables = schema.tables
        self._all = frozenset(self.tables)
        self._gate = Gate(replace(schema, readable=schema.readable | _VIEWS_OF_JSON))
        connection.authorizer = self._gate.authorize
        connection.set_progress_handler(self._gate.progress, STEPS_BETWEEN_CHECKS)
        self._promises = {
            tool.name: _promise(tool, tool.contract, now)
            for tool in tools
            if tool.contract is not None
        }
        self._listings = {
            name: f"SELECT * FROM {quote(name)} ORDER BY "
            + ", ".join(quote(table.columns[position]) for position in table.key)
            for name, table in self.tables.items()
        }
        self._listed: dict[str, list[Row]] = {}
        self._columns: dict[str, tuple[str, ...]] = {}
        self._broken: dict[frozenset[str], tuple[list[str], str]] = {}
        self._readers: dict[str, frozenset[str]] = {}

    def restart(self) -> None:
        """Back to the image, even in the order of rows."""
        self._gate.open()
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._connection.execute("BEGIN")
        self._listed.clear()

    def unmet(self, tool: str, arguments: Mapping[str, Any]) -> tuple[int, ...]:
        """Positions of the requirements of `tool` that a call does not meet."""
        promise = self._promises[tool]
        if not promise.check:
            return ()
        (met,) = self.select(promise.check, self._bound(promise, arguments))
        return tuple(position for position, holds in enumerate(met) if not holds)

    def follow(self, tool: str, arguments: Mapping[str, Any], made: Any = None) -> frozenset[str]:
        """Change what an accepted call changes; the tables that were written.

        Args:
            made: the id that the call made, if it made one.
        """
        promise = self._promises[tool]
        bound = self._bound(promise, arguments, made)
        self._listed.clear()
        self._gate.note()
        for effect in promise.contract.effects:
            self.select(effect, bound)
        promise.writes |= self._gate.writes
        return frozenset(promise.writes)

    def answer(self, tool: str, arguments: Mapping[str, Any], made: Any = None) -> Any:
        """What the call must have returned; asked for where the contract tells it."""
        promise = self._promises[tool]
        told = promise.contract.answer
        assert told is not None
        rows = self.records(told.sql, self._bound(promise, arguments, made))
        for row in rows:
            for flag in told.flags:
                row[flag] = None if row[flag] is None else bool(row[flag])
            for held in told.lists:
                row[held] = None if row[held] is None else orjson.loads(row[held])
        if told.field:
            return {told.field: rows}
        return rows[0] if rows else None

    def rows(self, table: str) -> list[Row]:
        """All rows of a table, in the order of their keys."""
        listed = self._listed.get(table)
        if listed is None:
            listed = self._listed[table] = self.select(self._listings[table])
        return listed

    def adopt(self, state: Mapping[str, Sequence[Row]]) -> None:
        """Take over the rows of some tables, where no contract tells them."""
        self._gate.open()
        self._connection.execute("PRAGMA defer_foreign_keys = ON")
        for table, rows in state.items():
            marks = ", ".join("?" * len(self.tables[table].columns))
            self._connection.execute(f"DELETE FROM {quote(table)}")
            self._connection.executemany(f"INSERT INTO {quote(table)} VALUES ({marks})", rows)
        self._connection.execute("PRAGMA defer_foreign_keys = OFF")
        self._listed.clear()

    def references(self) -> list[tuple[str, str, str, str]]:
        """Foreign keys of one column: table, column, and the table and column referred to."""
        self._gate.open()
        found = self._connection.execute(
            'SELECT m.name, f."from", f."table", f."to", count(*) OVER (PARTITION BY m.name, f.id)'
            " FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS f"
            " WHERE m.type = 'table' ORDER BY m.name, f.id"
        ).fetchall()
        return [
            (str(table), str(column), str(target), str(key or self._only_key(str(target))))
            for table, column, target, key, columns in found
            if columns == 1 and table in self.tables and target in self.tables
        ]

    def keys(self, table: str, column: str) -> list[Any]:
        """The values of a column, in the order of the table's keys."""
        position = self.tables[table].columns.index(column)
        return [row[position] for row in self.rows(table)]

    def image(self) -> bytes:
        """The bytes of the database as it is now."""
        self._gate.open()
        self._connection.execute("COMMIT")
        image = self._connection.serialize("main")
        self._connection.execute("BEGIN")
        return image

    def look_again(self) -> None:
        """Forget the rows that were read, after `select` has changed some."""
        self._listed.clear()

    def broken(self, queries: Mapping[str, str], tables: frozenset[str] | None = None) -> list[str]:
        """Names of the queries that give rows.

        Args:
            queries: by name; always the same of one model.
            tables: leaves out queries that read none of these.
        """
        read = self._all if tables is None else tables
        asked = self._broken.get(read)
        if asked is None:
            asked = self._broken[read] = self._asked(queries, read)
        names, sql = asked
        if not names:
            return []
        (found,) = self.select(sql)
        return [name for name, breaks in zip(names, found, strict=True) if breaks]

    def select(self, sql: str, bound: Mapping[str, Any] | Sequence[Any] = ()) -> list[Row]:
        """Rows of a statement.  Raises `ModelError` where it does not run."""
        self._gate.close(self._all)
        try:
            return self._connection.execute(sql, bound).fetchall()
        except _UNSOUND as error:
            raise ModelError(self._cause(sql, error)) from error

    def records(
        self, sql: str, bound: Mapping[str, Any] | Sequence[Any] = ()
    ) -> list[dict[str, Any]]:
        """Rows of a query as dicts.  Raises `ModelError` where it does not run."""
        self._gate.close(self._all)
        try:
            cursor = self._connection.execute(sql, bound)
            first = cursor.fetchone()
            if first is None:
                return []
            columns = self._columns.get(sql)
            if columns is None:
                named = tuple(column[0] for column in cursor.get_description())
                columns = self._columns[sql] = named
            return [dict(zip(columns, row, strict=True)) for row in (first, *cursor)]
        except _UNSOUND as error:
            raise ModelError(self._cause(sql, error)) from error

    def bound(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What the names in SQL about a call of `tool` stand for."""
        return self._bound(self._promises[tool], arguments)

    def promises(self, tool: str) -> bool:
        """Whether the tool has a contract."""
        return tool in self._promises

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        self.restart()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _only_key(self, table: str) -> str:
        own = self.tables[table]
        return own.columns[own.key[0]]

    def _bound(
        self, promise: _Promise, arguments: Mapping[str, Any], made: Any = None
    ) -> dict[str, Any]:
        bound = {**promise.unnamed, **arguments}
        for name, value in arguments.items():
            if isinstance(value, list):
                bound[name] = orjson.dumps(value).decode()
        if made is not None:
            bound["_id"] = made
        return bound

    def _cause(self, sql: str, error: Exception) -> str:
        cause = self._gate.breach or f"{type(error).__name__}: {error}"
        return f"its SQL does not run, {cause} ({sql})"

    def _asked(self, queries: Mapping[str, str], tables: frozenset[str]) -> tuple[list[str], str]:
        """The queries that read some of `tables`, and one statement that tries them all."""
        for name, query in queries.items():
            if name not in self._readers:
                self._gate.note()
                self.select(f"SELECT EXISTS (SELECT * FROM ({query}))")
                self._readers[name] = frozenset(table for table, _ in self._gate.reads)
        names = [name for name in queries if self._readers[name] & tables]
        tried = ", ".join(f"EXISTS (SELECT * FROM ({queries[name]}))" for name in names)
        return names, f"SELECT {tried}"


def _promise(tool: ToolDefinition, contract: Contract, now: str) -> _Promise:
    properties = tool.parameters.get("properties", {})
    many = {name for name, schema in properties.items() if schema.get("type") == "array"}
    checks = [requirement_sql(r, many=r.argument in many) for r in contract.requirements]
    return _Promise(
        contract=contract,
        unnamed={**dict.fromkeys(properties), "_now": now, "_id": None},
        check=f"SELECT {', '.join(checks)}" if checks else "",
    )
