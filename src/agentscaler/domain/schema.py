"""Tables as SQL: the DDL of a domain, and how names are written in SQL."""

from collections.abc import Iterable

import apsw

from agentscaler.domain.domain import Column, Table

__all__ = ["by_dependency", "joined_key", "literal", "quote", "schema_sql"]

_TYPES = {"integer": "INTEGER", "real": "REAL", "boolean": "INTEGER"}
_KEYWORDS = frozenset(word.lower() for word in apsw.keywords)


def quote(name: str) -> str:
    """`name` as an SQL identifier, in double quotes only where SQL has the word for itself."""
    return f'"{name}"' if name in _KEYWORDS else name


def literal(value: str | int | float) -> str:
    """`value` as an SQL literal."""
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def joined_key(parts: Iterable[str], sign: str = "") -> str:
    """The key that is made of some columns, as an SQL expression.

    Args:
        sign: what stands before each name; a colon where they are arguments.
    """
    return " || '/' || ".join(sign + (part if sign else quote(part)) for part in parts)


def schema_sql(tables: Iterable[Table]) -> str:
    """The DDL of the tables, referenced ones first, one statement a table."""
    return "\n\n".join(_table(table) for table in by_dependency(tables)) + "\n"


def by_dependency(tables: Iterable[Table]) -> list[Table]:
    """The tables, each after those it refers to; a cycle is cut at the first name."""
    rest = {table.name: table for table in sorted(tables, key=lambda table: table.name)}
    ordered: list[Table] = []
    while rest:
        ready = [t for t in rest.values() if not _waits_for(t) & rest.keys() - {t.name}]
        for table in ready or [next(iter(rest.values()))]:
            ordered.append(rest.pop(table.name))
    return ordered


def _waits_for(table: Table) -> set[str]:
    return {column.references for column in table.columns if column.references}


def _table(table: Table) -> str:
    lines = [f"    {_column(column, table)}" for column in table.columns]
    if table.is_link:
        lines.append(f"    PRIMARY KEY ({', '.join(quote(key) for key in table.key)})")
    if table.address:
        lines.append(f"    CHECK ({quote(table.key[0])} = {joined_key(table.address)})")
    lines += [
        f"    FOREIGN KEY ({quote(column)}) REFERENCES {quote(target)}"
        for column, target in _references(table)
    ]
    return f"CREATE TABLE {quote(table.name)} (\n" + ",\n".join(lines) + "\n) STRICT;"


def _references(table: Table) -> Iterable[tuple[str, str]]:
    return ((c.name, c.references) for c in table.columns if c.references)


def _column(column: Column, table: Table) -> str:
    words = [quote(column.name), _TYPES.get(column.type, "TEXT")]
    if table.key == (column.name,):
        words.append("PRIMARY KEY")
    if not column.nullable or column.type == "boolean" or column.name in table.key:
        words.append("NOT NULL")
    if column.enum:
        values = ", ".join(literal(value) for value in column.enum)
        words.append(f"CHECK ({quote(column.name)} IN ({values}))")
    elif column.type == "boolean":
        words.append(f"CHECK ({quote(column.name)} IN (0, 1))")
    else:
        words += _bounds(column)
    if column.unique:
        words.append("UNIQUE")
    return " ".join(words)


def _bounds(column: Column) -> Iterable[str]:
    name, low, high = quote(column.name), column.minimum, column.maximum
    if low is not None and high is not None:
        return [f"CHECK ({name} BETWEEN {low} AND {high})"]
    if low is not None:
        return [f"CHECK ({name} >= {low})"]
    return [] if high is None else [f"CHECK ({name} <= {high})"]
