"""What a wish is about and what it sets: rows to work on, values to write, filters to ask with."""

import random
from typing import Any

from agentscaler.domain.batches import key_argument
from agentscaler.domain.domain import Column, Domain, DomainTool, Table, ToolKind
from agentscaler.domain.schema import quote
from agentscaler.domain.source import list_columns
from agentscaler.domain.values import ValueMaker
from agentscaler.task.identify import Identifier
from agentscaler.task.notebook import Focus, Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.speech import clause, column_noun, is_switch, label_of, say
from agentscaler.task.task import Fragment, Provenance
from agentscaler.world.model import with_names

__all__ = ["Arguments", "Chooser"]

_TRIES = 12

Arguments = dict[str, tuple[Any, Provenance]]
"""A call's arguments as they are gathered: value and provenance by parameter."""


class Chooser:
    """Chooses for the wishes of one walk.

    Args:
        values: where new values come from.
    """

    def __init__(
        self,
        domain: Domain,
        notebook: Notebook,
        identify: Identifier,
        rng: random.Random,
        values: ValueMaker,
    ) -> None:
        self.manifest = domain.manifest
        self.notebook = notebook
        self.identify = identify
        self.random = rng
        self.values = values

    def row(
        self,
        table: Table,
        focus: Focus | None,
        tool: DomainTool | None = None,
    ) -> dict[str, Any]:
        """A row: with a focus that row itself, one that belongs to it or its owner; else any.

        Args:
            tool: one that works on the row, which must accept it and find something left to do.

        Raises:
            WalkStop: none fits.
        """
        rows = [
            row for row in self.identify.rows(table) if "deleted" not in self.touched(table, row)
        ]
        if tool is not None:
            accepted = self.accepted(tool, table)
            rows = [
                row
                for row in rows
                if row[table.key[0]] in accepted and self.is_untouched(tool, table, row)
            ]
        if focus is not None:
            rows = [row for row in rows if self.is_near(table, row, focus)]
        if not rows:
            raise WalkStop(TaskReason.NO_START, f"no {table.noun} fits")
        return self.random.choice(self.least_named(table, rows))

    def least_named(self, table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Of rows, those that tasks have named least so far."""
        named = [self.notebook.named[table.name, row[table.key[0]]] for row in rows]
        return [row for row, times in zip(rows, named, strict=True) if times == min(named)]

    def touched(self, table: Table, row: dict[str, Any]) -> set[str]:
        """The columns of a row that the task has set so far."""
        return self.notebook.touched.get((table.name, row[table.key[0]]), set())

    def name(
        self, tool: DomainTool, table: Table, arguments: Arguments
    ) -> tuple[str, list[Fragment]]:
        """A new row's name, if it has one: as said, and the words for it in a request."""
        if table.label is None or table.label not in tool.arguments:
            return "", []
        column = table.by_name[table.label]
        taken = {row[table.label] for row in self.identify.rows(table)}
        drawn = (self.values.value(table, column) for _ in range(_TRIES))
        value = next((value for value in drawn if value not in taken), None)
        if value is None:
            raise WalkStop(TaskReason.NO_START, f"no new name for {table.noun}")
        said, fact = self.tell(table, column, value, arguments)
        word = "for" if column.meaning in {"person_name", "email"} else "called"
        return said, [Fragment(text=f"{word} {said}", facts=(fact,))]

    def new_values(
        self,
        tool: DomainTool,
        table: Table,
        arguments: Arguments,
        *,
        most: int,
        row: dict[str, Any] | None = None,
    ) -> list[tuple[Column, Any]]:
        """Values for required parameters and some optional ones; of an existing row, new ones.

        Raises:
            WalkStop: a required parameter has no value to be had.
        """
        touched = self.touched(table, row) if row is not None else set()
        names = [
            name
            for name, role in tool.arguments.items()
            if role.kind == "value" and name not in arguments and role.column not in touched
        ]
        columns = {name: table.by_name[tool.arguments[name].column] for name in names}
        needed = [name for name in names if name in tool.parameters["required"]]
        optional = [
            name
            for name in names
            if name not in needed and (columns[name].type != "boolean" or is_switch(columns[name]))
        ]
        spare = min(max(0, most - len(needed)), len(optional))
        wanted = not needed and (tool.kind is ToolKind.UPDATE or not arguments)
        extra = self.random.randint(min(int(wanted), spare), spare)
        drawn = {*needed, *self.random.sample(optional, extra)}
        chosen = []
        for name in names:
            value = self.fresh(table, columns[name], row) if name in drawn else None
            if row is None and value is False and name not in needed:
                value = True  # off is what a new row is anyway
            if value is not None:
                chosen.append((columns[name], value))
            elif name in needed:
                raise WalkStop(TaskReason.NO_START, f"no value for {name}")
        return chosen

    def tell(
        self, table: Table, column: Column, value: Any, arguments: Arguments, what: str = "the"
    ) -> tuple[str, str]:
        """Makes a value a fact of the user and an argument; returns (said, fact name).

        Args:
            what: the word before the column in the fact's label, "the" or "the new".
        """
        said = say(column, value)
        noun = column_noun(column)
        label = f"{what} {label_of(noun, self.identify.owner_noun(table))}"
        if column.type == "boolean":
            said, label = f"{noun} {said}", f"whether {noun} should be on or off"
        name = f"{table.noun.replace(' ', '_')}_{column.name}"
        fact = self.notebook.tell(name, value, said, label)
        arguments[column.name] = value, Provenance(origin="user", fact=fact.name)
        return said, fact.name

    def askable(self, table: Table, row: dict[str, Any], *, looked_up: bool) -> list[Column]:
        """Columns of a row that a person may ask for, which nobody spoke of yet.

        Args:
            looked_up: whether a list has shown the row already.
        """
        hidden = {
            *table.key,
            table.label,
            *self.touched(table, row),
            *self.notebook.recollected(table.name, row[table.key[0]]),
            *(column.name for column in list_columns(table) if looked_up),
        }
        known = [fact.value for fact in self.notebook.facts.values()]
        return [
            column
            for column in table.columns
            if row[column.name] is not None
            and column.name not in hidden
            and column.references is None
            and column.meaning != "text"
            and not column_noun(column).endswith(" by")  # "its updated by" is no English
            and (column.type != "boolean" or is_switch(column))
            and row[column.name] not in known
        ]

    def filter(
        self, tool: DomainTool, table: Table, row: dict[str, Any], arguments: Arguments
    ) -> list[Fragment]:
        """At times a filter that `row` meets and others do not: an argument, and the words for
        it."""
        rows = self.listed(tool, table, arguments)
        names = [
            name
            for name, role in tool.arguments.items()
            if role.kind == "filter"
            and role.column != table.label
            and row[role.column] is not None
            and any(one[role.column] != row[role.column] for one in rows)
        ]
        if not names or self.random.random() < 0.3:
            return []
        column = table.by_name[tool.arguments[self.random.choice(names)].column]
        value = bool(row[column.name]) if column.type == "boolean" else row[column.name]
        said, fact = self.tell(table, column, value, arguments)
        return [Fragment(text=f"with {clause(column, said)}", facts=(fact,))]

    def listed(self, tool: DomainTool, table: Table, arguments: Arguments) -> list[dict[str, Any]]:
        """The rows that a list has which is asked for with `arguments`, owners and filters."""
        owned = {
            tool.arguments[name].column: value
            for name, (value, _) in arguments.items()
            if tool.arguments[name].column in table.by_name
        }
        return self.identify.rows(table, owned)

    def is_tied(self, table: Table, focus: Focus) -> bool:
        """Whether rows of `table` and the focused row's table can refer to each other."""
        other = self.manifest.table[focus.table]
        return any(c.references == other.name for c in table.columns) or any(
            c.references == table.name for c in other.columns
        )

    def is_near(self, table: Table, row: dict[str, Any], focus: Focus) -> bool:
        """Whether a row is the focused one, belongs to it or owns it."""
        if table.name == focus.table:
            return bool(row[table.key[0]] == focus.key)
        if any(c.references == focus.table and row[c.name] == focus.key for c in table.columns):
            return True
        other = self.manifest.table[focus.table]
        owners = [column.name for column in other.columns if column.references == table.name]
        if not owners:
            return False
        focused = self.identify.row(other, focus.key) or {}
        return any(focused.get(owner) == row[table.key[0]] for owner in owners)

    def accepted(self, tool: DomainTool, table: Table) -> set[str]:
        """The keys of rows that meet what the tool demands, as far as no other argument counts."""
        key, argument = table.key[0], key_argument(tool, table)
        demands = tool.contract.requirements if tool.contract is not None else ()
        own = {argument: f"{quote(table.name)}.{quote(key)}"}
        own |= {name: f"{quote(table.name)}.{quote(name)}" for name in table.address}
        conditions = [
            with_names(demand.condition, own).replace(":_now", f"'{self.manifest.now}'")
            for demand in demands
            if demand.argument in own and demand.table == table.name
        ]
        known = [f"({condition})" for condition in conditions if ":" not in condition]
        where = " AND ".join(known) or "TRUE"
        sql = f"SELECT {quote(key)} AS key FROM {quote(table.name)} WHERE {where}"
        return {row["key"] for row in self.notebook.world.query(sql)}

    def is_untouched(self, tool: DomainTool, table: Table, row: dict[str, Any]) -> bool:
        """Whether nothing the task did so far would be undone, or make the deed odd to ask for."""
        touched = self.touched(table, row)
        if tool.kind in {ToolKind.DELETE, ToolKind.BATCH_DELETE}:
            return touched <= {table.status}
        return touched.isdisjoint(tool.sets)

    def fresh(self, table: Table, column: Column, row: dict[str, Any] | None) -> Any:
        """A value other than the row's own; None if there is none to be had."""
        current = row[column.name] if row is not None else None
        for _ in range(_TRIES):
            value = self.values.value(table, column)
            if value != current:
                return bool(value) if column.type == "boolean" else value
        return None
