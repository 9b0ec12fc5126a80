"""How a user singles out a row, and how the agent comes to know its key.

A row is spoken of by its name, if no other row of the table has that name; else by one or two facts
that only it has; else by its id, as from a letter.  A key that is an opaque id is looked up with a
list tool, whose own owners are singled out in the same way.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from agentscaler.corpus.english import listing, plural_noun
from agentscaler.domain.domain import Column, Domain, DomainTool, Table, ToolKind
from agentscaler.domain.schema import quote
from agentscaler.domain.source import list_columns
from agentscaler.task.notebook import Mention, Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.speech import clause, column_noun, say
from agentscaler.task.task import Fragment, Provenance

__all__ = ["Identifier", "Introduction"]

_DEPTH = 3
_BACK_REFERENCES = 0.5
_CONTAINERS = frozenset(
    "account album app application bucket calendar catalog channel cluster collection course"
    " database dataset directory domain environment fleet folder group instance library network"
    " organization pool portfolio project queue registry repository room schema server site space"
    " stack store table team vault vpc workgroup workspace".split()
)


@dataclass(frozen=True)
class Introduction:
    """A row, ready for use: where its key comes from, and the words for it in a request."""

    key: str
    origin: Provenance
    words: tuple[Fragment, ...]
    reference: str


class Identifier:
    """Introduces rows for one walk."""

    def __init__(self, domain: Domain, notebook: Notebook, rng: random.Random) -> None:
        self.manifest = domain.manifest
        self.notebook = notebook
        self.random = rng

    def row(self, table: Table, key: str) -> dict[str, Any] | None:
        """The row as it is now."""
        found = self.rows(table, {table.key[0]: key})
        return found[0] if found else None

    def rows(self, table: Table, where: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Rows that equal `where`, in the order of their keys."""
        where = where or {}
        conditions = " AND ".join(f"{quote(name)} IS ?" for name in where)
        order = ", ".join(quote(name) for name in table.key)
        return self.notebook.world.query(
            f"SELECT * FROM {quote(table.name)}"
            + (f" WHERE {conditions}" if conditions else "")
            + f" ORDER BY {order}",
            *where.values(),
        )

    def introduce(self, table: Table, key: str, depth: int = 0) -> Introduction:
        """Makes the key of a row known, by what the user says and by lookups where needed.

        Raises:
            WalkStop: there is no way to the key.
        """
        mention = self.notebook.mentioned.get((table.name, key))
        if mention is not None:
            return Introduction(
                key, self._known(key), (self._again(table, key, mention),), mention.full
            )
        row = self.row(table, key)
        if row is None or depth > _DEPTH:
            raise WalkStop(TaskReason.NO_START, f"{table.noun} {key} cannot be reached")
        if table.natural_key:
            return self._by_key(table, row)
        described = self._describe(table, row)
        if described is None:
            return self._by_key(table, row)
        columns, reference = described
        told = {column.name: row[column.name] for column in columns}
        owners: tuple[Fragment, ...] = ()
        if self.notebook.seen(key, told) is None:
            looked = self._look_up(table, row, depth)
            if looked is None:
                return self._by_key(table, row)
            owners = looked
        facts = tuple(self._tell(table, column, row[column.name]) for column in columns)
        words = Fragment(text=reference, facts=facts, vague=f"one of the {plural_noun(table.noun)}")
        self._remember(table, key, reference, facts)
        seen = self.notebook.seen(key, told)
        if seen is None:
            raise WalkStop(TaskReason.NO_START, f"{reference} cannot be told from others")
        return Introduction(key, seen, (words, *owners), reference)

    def _tell(self, table: Table, column: Column, value: Any) -> str:
        """The name of the fact that a row of `table` has `value` in `column`."""
        name = f"{table.noun.replace(' ', '_')}_{column.name}"
        label = f"the {column_noun(column)} of the {table.noun}"
        return self.notebook.tell(name, value, say(column, value), label).name

    def _known(self, key: str) -> Provenance:
        for fact in self.notebook.facts.values():
            if fact.value == key:
                return Provenance(origin="user", fact=fact.name)
        seen = self.notebook.seen(key)
        if seen is None:
            raise WalkStop(TaskReason.NO_START, f"{key} is not known")
        return seen

    def _by_key(self, table: Table, row: dict[str, Any]) -> Introduction:
        key = row[table.key[0]]
        what = "name" if table.natural_key else "ID"
        fact = self.notebook.tell(
            f"{table.noun.replace(' ', '_')}_{what.lower()}",
            key,
            key,
            f"the {what} of the {table.noun}",
        )
        reference = f"the {table.noun} {key}"
        words = Fragment(
            text=reference if table.natural_key else f"the {table.noun} with the ID {key}",
            facts=(fact.name,),
            vague=f"one of the {plural_noun(table.noun)}",
        )
        self._remember(table, key, reference, (fact.name,))
        return Introduction(key, Provenance(origin="user", fact=fact.name), (words,), reference)

    def _again(self, table: Table, key: str, mention: Mention) -> Fragment:
        """Words for a row that was spoken of before; "that user" only if no other user was."""
        others = any(name == table.name and other != key for name, other in self.notebook.mentioned)
        if not others and self.random.random() < _BACK_REFERENCES:
            return Fragment(text=f"that {table.noun}")
        vague = f"one of the {plural_noun(table.noun)}" if others else f"that {table.noun}"
        return Fragment(text=mention.full, facts=mention.facts, vague=vague)

    def _remember(self, table: Table, key: str, reference: str, facts: tuple[str, ...]) -> None:
        self.notebook.mentioned[table.name, key] = Mention(reference, facts)

    def _describe(self, table: Table, row: dict[str, Any]) -> tuple[tuple[Column, ...], str] | None:
        """Columns whose values this row has and no other of its table, and words for the row."""
        rows = self.rows(table)
        for columns in self._descriptors(table, row):
            same = [one for one in rows if all(one[c.name] == row[c.name] for c in columns)]
            if len(same) != 1:
                continue
            said = [say(column, row[column.name]) for column in columns]
            if columns[0].name == table.label:
                reference = self._labelled(table, columns[0], said[0])
            else:
                parts = [clause(c, s) for c, s in zip(columns, said, strict=True)]
                reference = f"the {table.noun} with {listing(parts)}"
            return columns, reference
        return None

    def _descriptors(self, table: Table, row: dict[str, Any]) -> Iterator[tuple[Column, ...]]:
        if table.label is not None and row[table.label] is not None:
            yield (table.by_name[table.label],)
        telling = [
            column
            for column in list_columns(table)
            if column.references is None
            and column.name not in table.key
            and column.name != table.label
            and column.type != "boolean"
            and column.meaning not in {"sentence", "url", "text", "path"}
            and row[column.name] is not None
        ]
        yield from ((column,) for column in telling)
        yield from combinations(telling, 2)

    def _labelled(self, table: Table, column: Column, said: str) -> str:
        if column.meaning == "person_name":
            return f"the {table.noun} {said}"
        if column.meaning == "email":
            return f"the {table.noun} with the email address {said}"
        return self.random.choice((f'the {table.noun} "{said}"', f"the {table.noun} called {said}"))

    def _look_up(
        self, table: Table, row: dict[str, Any], depth: int
    ) -> tuple[Fragment, ...] | None:
        """Calls a list tool that shows the row; the words for the owners it needed."""
        tools = [
            tool
            for tool in self.manifest.tools
            if tool.kind is ToolKind.LIST
            and tool.table == table.name
            and all(
                row[tool.arguments[name].column] is not None for name in tool.parameters["required"]
            )
            and all(
                tool.arguments[name].kind == "reference" for name in tool.parameters["required"]
            )
        ]
        tools.sort(key=lambda tool: (len(tool.parameters["required"]), tool.name))
        for tool in tools[:1]:
            arguments, words = self.owners(tool, row, depth + 1)
            values = {name: value for name, (value, _) in arguments.items()}
            if self.notebook.same_call(tool.name, values) is None:
                self.notebook.call(tool, arguments, "lookup")
            return words
        return None

    def owners(
        self, tool: DomainTool, row: dict[str, Any], depth: int = 0
    ) -> tuple[dict[str, tuple[Any, Provenance]], tuple[Fragment, ...]]:
        """The required references of a tool, filled from `row`, and the words for those rows.

        An owner that was spoken of before needs no words.
        """
        arguments: dict[str, tuple[Any, Provenance]] = {}
        words: list[Fragment] = []
        for name in tool.parameters["required"]:
            role = tool.arguments[name]
            if role.kind != "reference":
                continue
            table = self.manifest.table[role.table]
            spoken = (table.name, row[role.column]) in self.notebook.mentioned
            met = self.introduce(table, row[role.column], depth)
            arguments[name] = met.key, met.origin
            if not spoken:
                words += self.belonging(table, met)
        return arguments, tuple(words)

    def belonging(self, table: Table, met: Introduction) -> list[Fragment]:
        """The words for an owner, behind the thing it owns ("in the app Billing")."""
        last = table.noun.rsplit(" ", 1)[-1]
        first, *rest = met.words
        word = "in" if last in _CONTAINERS else "for"
        vague = f"{word} {first.vague}" if first.vague else ""
        return [Fragment(text=f"{word} {first.text}", facts=first.facts, vague=vague), *rest]
