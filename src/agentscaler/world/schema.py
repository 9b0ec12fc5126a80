"""The tables of a database, read once for each schema however many worlds stand on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import apsw

from agentscaler.errors import InputError

__all__ = ["Schema", "TableColumns", "ends_transactions", "is_internal", "read_schema"]


@dataclass(frozen=True)
class TableColumns:
    """The columns of a table in order, and the positions of its primary key among them."""

    columns: tuple[str, ...]
    key: tuple[int, ...]


@dataclass(frozen=True)
class Schema:
    """What is in a database.

    Attributes:
        tables: by name, without the machinery's own.
        readable: lower-case names that a tool may read from: tables and views.
        ends_transactions: whether a constraint or trigger may wait for a transaction's end or
            bring it about, so that it matters which calls share one.
    """

    tables: Mapping[str, TableColumns]
    readable: frozenset[str]
    ends_transactions: bool = False


def is_internal(table: str) -> bool:
    """Whether a table belongs to SQLite or to the machinery, and not to the domain."""
    return table.startswith("_") or table.lower().startswith("sqlite_")


def ends_transactions(sql: str) -> bool:
    """Whether SQL speaks of deferring to a transaction's end, or of rolling one back."""
    text = sql.upper()
    return "DEFER" in text or "ROLLBACK" in text


def read_schema(connection: apsw.Connection) -> Schema:
    """The schema of an open database.

    Raises `InputError` for a table that is not STRICT or has no primary key: changes to its rows
    could not be told.
    """
    entries = connection.execute(
        "SELECT type, sql FROM sqlite_schema WHERE sql IS NOT NULL"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"
    ).fetchall()
    statements = tuple(sql for kind, sql in entries if kind in ("table", "view"))
    return _schema_of(statements, any(ends_transactions(str(sql)) for _, sql in entries))


@lru_cache(maxsize=4096)
def _schema_of(statements: tuple[str, ...], ends: bool) -> Schema:
    connection = apsw.Connection(":memory:")
    try:
        for statement in statements:
            connection.execute(statement)
        listed = connection.execute(
            "SELECT name, type, strict FROM pragma_table_list WHERE schema = 'main'"
        ).fetchall()
        tables: dict[str, TableColumns] = {}
        readable: list[str] = []
        for name, kind, strict in sorted((str(n), str(k), bool(s)) for n, k, s in listed):
            if is_internal(name):
                continue
            readable.append(name.lower())
            if kind == "table":
                tables[name] = _columns(connection, name, strict)
        return Schema(tables, frozenset(readable), ends)
    finally:
        connection.close()


def _columns(connection: apsw.Connection, table: str, strict: bool) -> TableColumns:
    rows = connection.execute(
        "SELECT name, pk FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid", (table,)
    ).fetchall()
    key = tuple(position for _, position in sorted((pk, i) for i, (_, pk) in enumerate(rows) if pk))
    if not strict:
        raise InputError(f"Table {table} is not STRICT.", "End its CREATE TABLE with STRICT.")
    if not key:
        raise InputError(f"Table {table} has no primary key.", "Declare a PRIMARY KEY.")
    return TableColumns(tuple(str(name) for name, _ in rows), key)
