"""Tools as Python: one function a tool, and one function a table that fetches a row.

The source is what runs; everything said of a tool elsewhere (description, policy, precondition) is
generated from the same `DomainTool` and the same clauses of business rules, so the words cannot
drift from the deeds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from agentscaler.corpus.english import listing
from agentscaler.domain.addresses import addressed, key_lines, whole
from agentscaler.domain.binding import is_automatic, is_scope, records_changes
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.members import (
    adder_function,
    adding,
    changing,
    holding,
    reading,
    shown_lists,
)
from agentscaler.domain.rules import Clause
from agentscaler.domain.schema import quote
from agentscaler.domain.statement import (
    call,
    indent,
    ordering,
    raising,
    row_function,
    row_variable,
    set_column,
)
from agentscaler.domain.statuses import first_status

__all__ = ["list_columns", "render_source"]

_SUMMARY_COLUMNS = 6

_TESTS = {"reference": "=", "filter": "=", "least": ">=", "most": "<="}
"""How a list holds a column against an argument."""

Clauses = Mapping[str, Sequence[Clause]]


def render_source(
    tools: Iterable[DomainTool], tables: dict[str, Table], clauses: Clauses | None = None
) -> str:
    """The module of a domain's tools.

    Args:
        clauses: what business rules add to each tool, by its name.
    """
    writer = _Writer(tables, clauses or {})
    tools = [whole(tool, tables) for tool in tools]
    functions = [writer.tool(tool) for tool in tools]
    rows = [writer.row(tables[name]) for name in sorted(writer.fetched)]
    lists = [adding(tables[name]) for name in sorted(writer.listed)]
    return "\n\n".join(rows + lists + functions) + "\n"


def list_columns(table: Table) -> list[Column]:
    """The columns that a list shows of each row: key, label, status, references, then a few."""
    first = {*table.key, table.label, table.status}
    chosen = {c.name for c in table.columns if c.name in first or c.references}
    for column in table.columns:
        if len(chosen) >= _SUMMARY_COLUMNS:
            break
        if column.meaning not in {"sentence", "url", "path"}:
            chosen.add(column.name)
    return [column for column in table.columns if column.name in chosen]


class _Writer:
    """Writes functions, remembering which rows they fetch through a shared function."""

    def __init__(self, tables: dict[str, Table], clauses: Clauses) -> None:
        self.tables = tables
        self.clauses = clauses
        self.fetched: set[str] = set()
        self.listed: set[str] = set()

    def row(self, table: Table) -> str:
        """The function that returns one row by its key, or refuses."""
        key = table.key[0]
        lines = [
            f"def {row_function(table)}(db, {key}):",
            f'    """One {table.noun}, or a refusal."""',
            *call(
                "    row = db.one",
                f"SELECT * FROM {quote(table.name)} WHERE {quote(key)} = ?",
                [key],
            ),
            "    if row is None:",
            f'        raise ToolError(f"{table.noun} {{{key}}} not found")',
            *(
                f'    row["{column.name}"] = bool(row["{column.name}"])'
                for column in table.columns
                if column.type == "boolean"
            ),
            "    return row",
        ]
        return "\n".join(lines) + "\n"

    def tool(self, tool: DomainTool) -> str:
        table = self.tables[tool.table]
        bodies: dict[ToolKind, Callable[[DomainTool, Table], list[str]]] = {
            ToolKind.CREATE: self._create,
            ToolKind.GET: self._get,
            ToolKind.LIST: self._list,
            ToolKind.COUNT: self._list,
            ToolKind.UPDATE: self._update,
            ToolKind.DELETE: self._delete,
            ToolKind.TRANSITION: self._transition,
            ToolKind.LINK: self._link,
            ToolKind.UNLINK: self._unlink,
            ToolKind.BATCH_GET: self._batch_get,
            ToolKind.BATCH_DELETE: self._batch_delete,
        }
        called = addressed(tool, self.tables)
        required = set(called.parameters["required"])
        signature = ", ".join(
            ["db", *(name if name in required else f"{name}=None" for name in called.arguments)]
        )
        summary = tool.description.split(". ")[0].rstrip(".").replace("\\", "").replace('"', "'")
        lines = [*key_lines(called), *bodies[tool.kind](tool, table)]
        body = [f"    {line}" if line else "" for line in lines]
        head = f"def {tool.name}({signature}):"
        return "\n".join([head, f'    """{summary}."""', *body]) + "\n"

    def _fetch(self, table: Table, key: str, into: str = "") -> str:
        self.fetched.add(table.name)
        fetch = f"{row_function(table)}(db, {key})"
        return f"{into} = {fetch}" if into else fetch

    def _record(self, table: Table, row: str) -> str:
        """`row` with the lists that its record holds."""
        if not table.lists:
            return row
        self.listed.add(table.name)
        return f"{adder_function(table)}(db, {row})"

    def _checks(self, tool: DomainTool) -> list[str]:
        return [line for clause in self.clauses.get(tool.name, ()) for line in clause.checks]

    def _deeds(self, tool: DomainTool) -> list[str]:
        return [line for clause in self.clauses.get(tool.name, ()) for line in clause.deeds]

    def _scoped(self, tool: DomainTool, table: Table, *, keep: bool = False) -> list[str]:
        """Fetches the row a tool works on and holds it against the owners given."""
        key = table.key[0]
        scopes = [name for name in tool.arguments if is_scope(tool, name)]
        keep = keep or any(clause.row for clause in self.clauses.get(tool.name, ()))
        if not scopes and not keep:
            return [self._fetch(table, key)]
        lines = [self._fetch(table, key, "row")]
        for name in scopes:
            lines += [
                f'if row["{name}"] != {name}:',
                f'    raise ToolError(f"{table.noun} {{{key}}} does not belong to {{{name}}}")',
            ]
        return lines

    def _create(self, tool: DomainTool, table: Table) -> list[str]:
        key = table.key[0]
        lines = self._check_references(tool)
        if table.natural_key:
            probe = f"SELECT 1 FROM {quote(table.name)} WHERE {quote(key)} = ?"
            taken = f"{table.noun} {{{key}}} exists already"
            if table.address:
                owner, name = table.address
                taken = f"{{{owner}}} already has a {table.noun} {{{name}}}"
            lines += [
                *call("if db.one", probe, [key], " is not None:"),
                f'    raise ToolError(f"{taken}, choose another")',
            ]
        lines += self._checks(tool)
        if not table.natural_key:
            lines.append(f'{key} = db.new_id("{table.name}")')
        columns, values = [], []
        for column in table.columns:
            value = key if column.name == key else _initial(column, table, tool)
            if value is not None:
                columns.append(quote(column.name))
                values.append(value)
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {quote(table.name)} ({', '.join(columns)}) VALUES ({marks})"
        return [
            *lines,
            *call("db.run", statement, values),
            *self._deeds(tool),
            f"return {self._record(table, self._fetch(table, key))}",
        ]

    def _check_references(self, tool: DomainTool) -> list[str]:
        """Fetches the owners that a call names; those that rules speak of are kept."""
        required = set(tool.parameters["required"])
        spoken = {name for one in self.clauses.get(tool.name, ()) for name in one.owners}
        lines = []
        for name, role in tool.arguments.items():
            if role.kind not in {"reference", "holds"}:
                continue
            row = row_variable(name) if name in spoken else ""
            check = self._fetch(self.tables[role.table], name, row)
            lines += [f"{row} = None"] if row and name not in required else []
            lines += [check] if name in required else [f"if {name} is not None:", f"    {check}"]
        return lines

    def _get(self, tool: DomainTool, table: Table) -> list[str]:
        scoped = self._scoped(tool, table)
        if len(scoped) == 1:
            return [f"return {self._record(table, scoped[0])}"]
        return [*scoped, f"return {self._record(table, 'row')}"]

    def _list(self, tool: DomainTool, table: Table) -> list[str]:
        lines = self._check_references(tool)
        required = set(tool.parameters["required"])
        conditions, values = [], []
        for name, role in tool.arguments.items():
            if role.kind in _TESTS:
                test = f"{quote(role.column)} {_TESTS[role.kind]} ?"
            elif role.kind == "holds":
                test = holding(table, role.column)
            else:
                continue
            conditions.append(test if name in required else f"(? IS NULL OR {test})")
            values += [name] if name in required else [name, name]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        if tool.kind is ToolKind.COUNT:
            statement = f"SELECT COUNT(*) AS count FROM {quote(table.name)}{where}"
            return [*lines, *call("return db.one", statement, values)]
        columns = list_columns(table)
        order = ", ".join(
            quote(name) for name in dict.fromkeys([table.label or "", *table.key]) if name
        )
        shown = ", ".join(quote(column.name) for column in columns)
        statement = f"SELECT {shown} FROM {quote(table.name)}{where} ORDER BY {order}"
        lines += call("rows = db.all", statement, values)
        flags = [column.name for column in columns if column.type == "boolean"]
        if flags:
            lines.append("for row in rows:")
            lines += [f'    row["{name}"] = bool(row["{name}"])' for name in flags]
        lines += ordering(tool)
        held = [line for one in shown_lists(tool.kind, table) for line in reading(table, one)]
        lines += ["for row in rows:", *indent(held)] if held else []
        return [*lines, f'return {{"{table.name}": rows}}']

    def _update(self, tool: DomainTool, table: Table) -> list[str]:
        key = table.key[0]
        lines = self._scoped(tool, table)
        values = [name for name, role in tool.arguments.items() if role.kind == "value"]
        changes = changing(tool)
        if len(changes) > 1:
            nothing = " and ".join(f"{name} is None" for name in changes)
            lines += [
                f"if {nothing}:",
                f'    raise ToolError("nothing to change: give one of {", ".join(changes)}")',
            ]
        lines += self._checks(tool)
        for name in values:
            change = call("db.run", set_column(table, tool.arguments[name].column), [name, key])
            required = name in tool.parameters["required"]
            lines += change if required else [f"if {name} is not None:", *indent(change)]
        return [
            *lines,
            *self._deeds(tool),
            *self._touch(table),
            f"return {self._record(table, self._fetch(table, key))}",
        ]

    def _touch(self, table: Table) -> list[str]:
        key = table.key[0]
        for column in table.columns:
            if records_changes(column):
                statement = set_column(table, column.name)
                return call("db.run", statement, ["db.now()", key])
        return []

    def _delete(self, tool: DomainTool, table: Table) -> list[str]:
        key = table.key[0]
        lines = [*self._scoped(tool, table), *self._checks(tool)]
        statement = f"DELETE FROM {quote(table.name)} WHERE {quote(key)} = ?"
        return [
            *lines,
            *call("db.run", statement, [key]),
            *self._deeds(tool),
            f'return {{"{key}": {key}, "deleted": True}}',
        ]

    def _batch_get(self, tool: DomainTool, table: Table) -> list[str]:
        (keys,) = tool.arguments
        key = table.key[0]
        return [
            *_no_repeats(keys),
            f"rows = [{self._record(table, self._fetch(table, key))} for {key} in sorted({keys})]",
            f'return {{"{table.name}": rows}}',
        ]

    def _batch_delete(self, tool: DomainTool, table: Table) -> list[str]:
        (keys,) = tool.arguments
        key = table.key[0]
        statement = f"DELETE FROM {quote(table.name)} WHERE {quote(key)} = ?"
        each = [
            *self._scoped(tool, table),
            *self._checks(tool),
            *call("db.run", statement, [key]),
            *self._deeds(tool),
        ]
        return [
            *_no_repeats(keys),
            f"for {key} in {keys}:",
            *indent(each),
            f'return {{"deleted": len({keys})}}',
        ]

    def _transition(self, tool: DomainTool, table: Table) -> list[str]:
        assert tool.precondition is not None
        key = table.key[0]
        column, allowed = tool.precondition.column, tool.precondition.allowed
        lines = self._scoped(tool, table, keep=True)
        if isinstance(allowed[0], str):
            comma = "," if len(allowed) == 1 else ""
            listed = ", ".join(f'"{value}"' for value in allowed) + comma
            lines += [
                f'if row["{column}"] not in ({listed}):',
                f"    raise ToolError(f\"{table.noun} {{{key}}} is {{row['{column}']}},"
                f' it must be {listing([str(value) for value in allowed], "or")}")',
            ]
        else:
            state = "already" if allowed[0] == 0 else "not"
            lines += [
                f'if row["{column}"] != {bool(allowed[0])}:',
                f'    raise ToolError(f"{table.noun} {{{key}}} is {state} {_spoken(column)}")',
            ]
        lines += self._checks(tool)
        for name, value in tool.sets.items():
            statement = set_column(table, name)
            shown = f'"{value}"' if isinstance(value, str) else str(value)
            lines += call("db.run", statement, [shown, key])
        for name, role in tool.arguments.items():
            if role.kind == "value":
                statement = set_column(table, role.column)
                lines += [
                    f"if {name} is not None:",
                    *indent(call("db.run", statement, [name, key])),
                ]
        return [
            *lines,
            *self._deeds(tool),
            *self._touch(table),
            f"return {self._record(table, self._fetch(table, key))}",
        ]

    def _link(self, tool: DomainTool, table: Table) -> list[str]:
        one, two = table.key
        where = f"{quote(table.name)} WHERE {quote(one)} = ? AND {quote(two)} = ?"
        statement = f"INSERT INTO {quote(table.name)} ({quote(one)}, {quote(two)}) VALUES (?, ?)"
        return [
            *self._check_ends(tool),
            *call("if db.one", f"SELECT 1 FROM {where}", [one, two], " is not None:"),
            f'    raise ToolError(f"{{{one}}} and {{{two}}} are linked already")',
            *call("db.run", statement, [one, two]),
            f'return {{"{one}": {one}, "{two}": {two}, "linked": True}}',
        ]

    def _unlink(self, tool: DomainTool, table: Table) -> list[str]:
        one, two = table.key
        where = f"{quote(table.name)} WHERE {quote(one)} = ? AND {quote(two)} = ?"
        return [
            *self._check_ends(tool),
            *call("if db.one", f"SELECT 1 FROM {where}", [one, two], " is None:"),
            f'    raise ToolError(f"{{{one}}} and {{{two}}} are not linked")',
            *call("db.run", f"DELETE FROM {where}", [one, two]),
            f'return {{"{one}": {one}, "{two}": {two}, "linked": False}}',
        ]

    def _check_ends(self, tool: DomainTool) -> list[str]:
        return [self._fetch(self.tables[role.table], name) for name, role in tool.arguments.items()]


def _no_repeats(keys: str) -> list[str]:
    return raising(f"len(set({keys})) < len({keys})", f"{keys} names something twice")


def _initial(column: Column, table: Table, tool: DomainTool) -> str | None:
    """What a create writes into a column, as Python; None leaves it NULL."""
    if column.name in tool.arguments:
        if column.type == "boolean" and column.name not in tool.parameters["required"]:
            return f"bool({column.name})"
        return column.name
    if column.name == table.status:
        return f'"{first_status(column)}"'
    if column.type == "boolean":
        return "0"
    return "db.now()" if is_automatic(column) else None


def _spoken(column: str) -> str:
    return column.removeprefix("is_").replace("_", " ")
