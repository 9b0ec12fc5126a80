"""The `db` that tools see."""

from collections.abc import Callable
from math import isfinite
from typing import Any, NoReturn

import apsw

from agentscaler.errors import ToolError, WorldError
from agentscaler.world.budget import Budget
from agentscaler.world.database import Database
from agentscaler.world.identifiers import Minter

__all__ = ["Facade", "refusal"]

_UNFIT_VALUES = (OverflowError, UnicodeError, apsw.TooBigError)


class Facade:
    """One tool call's view of the database: `one`, `all`, `run`, `new_id` and `now`.

    The guard keeps tools from every other attribute, so what is private here is out of reach.
    `refused` holds the text of a refusal by the database, so that a tool which swallowed it can be
    told from one that never met it.
    """

    __slots__ = ("_budget", "_database", "_mint", "_now", "refused")

    def __init__(self, database: Database, minter: Minter, budget: Budget, now: str) -> None:
        self._database = database
        self._mint = minter
        self._budget = budget
        self._now = now
        self.refused: str | None = None

    def one(self, sql: str, *values: Any) -> dict[str, Any] | None:
        """The first row of a query as a dict, or None."""
        found: dict[str, Any] | None = self._guarded(self._database.one, sql, values)
        return found

    def all(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """All rows of a query, each a dict."""
        rows: list[dict[str, Any]] = self._guarded(self._database.all, sql, values)
        self._budget.charge(len(rows))
        return rows

    def run(self, sql: str, *values: Any) -> int:
        """Run an INSERT, UPDATE or DELETE; the number of rows it changed."""
        changed: int = self._guarded(self._database.run, sql, values)
        return changed

    def new_id(self, table: str) -> str:
        """A key for a new row of `table`: the same whenever the same call is made."""
        if table not in self._database.schema.tables:
            raise WorldError(f"it asks for a new id of {table!r}, which is not a table")
        return self._mint.new_id(table)

    def now(self) -> str:
        """The world's fixed clock, ISO 8601."""
        return self._now

    def _guarded(self, run: Callable[..., Any], sql: str, values: tuple[Any, ...]) -> Any:
        self._budget.tick()
        for value in values:
            if isinstance(value, float) and not isfinite(value):
                self._refuse(f"{value} is not a number that can be stored")
        try:
            return run(sql, values)
        except apsw.ConstraintError as error:
            self._refuse(refusal(error, sql), error)
        except _UNFIT_VALUES as error:
            self._refuse("a value is too large or is not valid text", error)
        except Exception as error:
            self.refused = f"{type(error).__name__}: {error}"
            raise

    def _refuse(self, text: str, cause: Exception | None = None) -> NoReturn:
        self.refused = text
        raise ToolError(text) from cause


def refusal(error: apsw.ConstraintError, sql: str = "") -> str:
    """A constraint failure in words that an agent can act on."""
    text = str(error)
    kind, _, what = text.partition(" constraint failed")
    if kind == "FOREIGN KEY":
        if sql.lstrip()[:6].upper() == "DELETE":
            return "it cannot be deleted while other records refer to it"
        return "it would refer to a record that does not exist"
    what = what.removeprefix(": ")
    table, _, column = what.partition(".")
    if kind == "UNIQUE":
        columns = ", ".join(part.rpartition(".")[2] for part in what.split(", "))
        return f"a record with the same {columns} already exists in {table}"
    if kind == "NOT NULL":
        return f"{column} of {table} must have a value"
    if kind == "CHECK":
        return f"a value breaks the rule {what}"
    return text
