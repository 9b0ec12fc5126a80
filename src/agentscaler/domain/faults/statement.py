"""SQL in tools' source: found in calls of `db`, taken apart, and put together otherwise."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agentscaler.world.clauses import conjuncts, split_clauses, table_of

__all__ = ["Statement", "statement_of"]


@dataclass(frozen=True)
class Statement:
    """An SQL statement and the Python expressions for its question marks.

    Attributes:
        method: of `db`: one, all or run.
        head, where, tail: the text before WHERE, the condition, and what follows it (ORDER BY).
    """

    method: str
    head: str
    where: str
    tail: str
    values: tuple[ast.expr, ...]

    @property
    def sql(self) -> str:
        where = f" WHERE {self.where}" if self.where else ""
        return f"{self.head}{where}{f' {self.tail}' if self.tail else ''}"

    @property
    def verb(self) -> str:
        return self.head.split(None, 1)[0].upper()

    @property
    def table(self) -> str:
        return table_of(self.head).strip('"')

    @property
    def conjuncts(self) -> list[str]:
        """The parts of the condition that AND ties together."""
        return conjuncts(self.where)

    def on_table(self, table: str) -> "Statement":
        """The statement with another table as its first."""
        name = table if table.isidentifier() else f'"{table}"'
        before, written, after = self.head.partition(f" {table_of(self.head)}")
        return replace(self, head=f"{before} {name}{after}" if written else self.head)

    def where_is(self, conjuncts: Sequence[str], kept: Sequence[int]) -> "Statement":
        """The statement with other conditions.

        Args:
            kept: positions of the old conditions whose values stay, in order.
        """
        start, old = _marks(self.head), self.conjuncts
        values = list(self.values[:start])
        for position, conjunct in enumerate(old):
            count = _marks(conjunct)
            if position in kept:
                values += self.values[start : start + count]
            start += count
        values += self.values[start:]
        return replace(self, where=" AND ".join(conjuncts), values=tuple(values))

    def call(self) -> ast.Call:
        """As Python."""
        return ast.Call(
            ast.Attribute(ast.Name("db", ast.Load()), self.method, ast.Load()),
            [ast.Constant(self.sql), *self.values],
            [],
        )


def statement_of(node: ast.AST) -> Statement | None:
    """The statement that a node runs, if it is a call of `db` with SQL written out."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="db"), attr="one" | "all" | "run" as method),
            args=[ast.Constant(value=str(sql)), *values],
            keywords=[],
        ) if not any(isinstance(value, ast.Starred) for value in values):
            head, where, tail = split_clauses(sql)
            if _marks(sql) == len(values):
                return Statement(method, head, where, tail, tuple(values))
    return None


def _marks(text: str) -> int:
    return re.sub(r"'(?:[^']|'')*'", "", text).count("?")
