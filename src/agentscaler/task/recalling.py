"""How a walk's user comes to remember a row, and what the agent that found it calls it.

A `Recollection` is drawn for a share of the rows that a list shows, and only where a query on the
state as it is says that nothing else could be meant.
"""

from collections.abc import Sequence
from typing import Any

from agentscaler.domain.domain import Column, DomainManifest, DomainTool, Table
from agentscaler.task.likeness import alike, shown_columns
from agentscaler.task.notebook import Notebook
from agentscaler.task.recollections import Recollection, recollections
from agentscaler.task.references import by_values
from agentscaler.task.speech import say

__all__ = ["Recaller"]

_NARROWED = 0.5
_SHORT = 0.5

Row = dict[str, Any]


class Recaller:
    """Remembers rows for one walk."""

    def __init__(self, manifest: DomainManifest, notebook: Notebook) -> None:
        self.manifest = manifest
        self.notebook = notebook
        self.memory = notebook.memory

    def draw(self, table: Table, row: Row, finder: DomainTool) -> Recollection | None:
        """At times a way to remember a row that this walk has not touched; None if there is none
        that tells it from all others which the list shows."""
        touched = (table.name, row[table.key[0]]) in self.notebook.touched
        if touched or self.memory.random.random() >= self.memory.share:
            return None
        required = [finder.arguments[name] for name in finder.parameters["required"]]
        shown = shown_columns(finder)
        ways = recollections(
            table,
            [column for column in table.columns if column.name in shown],
            row,
            {role.column: row[role.column] for role in required},
            self.manifest.now,
            mine=any(role.table == self.manifest.speaker for role in required),
            rng=self.memory.random,
        )
        return next((one for one in ways if self.singles_out(one, row)), None)

    def singles_out(self, found: Recollection, row: Row) -> bool:
        """Whether, as things stand, a row is as it is remembered, and the only one that could be
        meant."""
        sql, values = found.query()
        alone = [{"key": row[found.table.key[0]]}]
        fits = all(part.fits(row) for part in found.parts)
        return fits and self.notebook.world.query(sql, *values) == alone

    def narrowed(self, found: Recollection, finder: DomainTool) -> dict[str, Column]:
        """At times what a list may be asked for to show rows like that one only: an argument, and
        the column that it is about."""
        trait = found.trait
        if trait is None or trait.ending or self.memory.random.random() > _NARROWED:
            return {}
        return {
            name: trait.column
            for name, role in finder.arguments.items()
            if role.kind == "filter" and role.column == trait.column.name
        }

    def noun(self, table: Table) -> str:
        """What the row is: at times "one", where the last that was spoken of is of its kind."""
        tables = [name for name, _ in self.notebook.mentioned]
        return (
            "one"
            if tables[-1:] == [table.name] and self.memory.random.random() < _SHORT
            else table.noun
        )

    def called(
        self, row: Row, finder: DomainTool, found: Recollection, rows: Sequence[Row]
    ) -> tuple[str, str]:
        """What the agent calls a row that it found: its name, "" where the list shows none that
        only it has; and the words, by the day where there is no name."""
        table = found.table
        if table.natural_key:
            key = row[table.key[0]]
            return key, f"the {table.noun} {key}"
        if table.label in shown_columns(finder) and row[table.label]:
            label = table.by_name[table.label]
            if alike((label,), row, list(rows)) == 1:
                words = by_values(table, (label,), row, self.memory.random)
                return say(label, row[table.label]), words
        word = f"{found.trait.word} " if found.trait is not None else ""
        behind = f" {found.when.dated}" if found.when is not None else ""
        return "", f"the {word}{table.noun}{behind}"
