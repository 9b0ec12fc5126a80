"""A worker process in which single layers can be left out, so that each can be tried alone."""

import _socket  # noqa: F401 - attacks find it imported, so that more than the import is tried
import mmap  # noqa: F401
import resource  # noqa: F401
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import apsw
import orjson

from agentscaler.errors import ToolError
from agentscaler.world.budget import Budget
from agentscaler.world.compiler import FILENAME
from agentscaler.world.facade import Facade
from agentscaler.world.frames import write_frame
from agentscaler.world.jail import JailLimits, enter, nowhere
from agentscaler.world.toolbox import Toolbox, ToolDefinition
from agentscaler.world.worker import CallTimer, serve


def main(configuration: str, *, layers: frozenset[str]) -> NoReturn:
    """As the real worker's, with `layers` of "guard", "gate" and "jail" in place."""
    settings = orjson.loads(configuration)
    reads, writes = settings["reads"], settings["writes"]
    limits = JailLimits(**settings["limits"])
    timer = CallTimer(limits)
    jailed = "jail" in layers
    report = enter(limits, reads=reads, writes=writes) if jailed else nowhere("left out")
    write_frame(writes, 0, report.model_dump_json().encode())

    def compile_tools(source: str, definitions: list[ToolDefinition]) -> Toolbox:
        compiled = _compile(source, definitions, guarded="guard" in layers)
        if "gate" in layers:
            return compiled
        functions = {name: _ungated(tool.function) for name, tool in compiled.tools.items()}
        return Toolbox(source, definitions, functions, compiled.budget)

    serve(reads, writes, timer, compile_tools)


def _compile(source: str, definitions: list[ToolDefinition], *, guarded: bool) -> Toolbox:
    if guarded:
        return Toolbox.compile(source, definitions)
    namespace: dict[str, Any] = {"ToolError": ToolError}
    exec(compile(source, FILENAME, "exec"), namespace)
    return Toolbox(source, definitions, namespace, Budget())


def _ungated(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def run(facade: Facade, **arguments: Any) -> Any:
        connection = facade._database._connection
        connection.authorizer = None
        connection.set_progress_handler(None)
        connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 10)
        return function(_Direct(connection), **arguments)

    return run


class _Direct:
    """A `db` that hands everything to SQLite."""

    def __init__(self, connection: Any) -> None:
        self._database = self
        self._connection = connection

    def one(self, sql: str, *values: Any) -> Any:
        found = self.all(sql, *values)
        return found[0] if found else None

    def all(self, sql: str, *values: Any) -> Any:
        rows = self._connection.execute(sql, values)
        return [
            {column[0]: x for column, x in zip(rows.description, row, strict=True)} for row in rows
        ]

    def run(self, sql: str, *values: Any) -> Any:
        self._connection.execute(sql, values).fetchall()
        return 0
