"""How a user singles out a row, and how the agent comes to know its key.

A row is spoken of by its name, if no other row of the table has that name; else by one or two facts
that only it has; else by its id, as from a letter.  At times its place in a list says which it is.
A key that is an opaque id is looked up with a list tool, whose own owners are singled out in the
same way.  In a share of cases the user remembers a row by what it is like and by when it came about
("the blue one I ordered last week"), and the list shows which one that is.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from agentscaler.corpus.english import plural_noun, with_article
from agentscaler.domain.domain import Column, Domain, DomainTool, Table
from agentscaler.domain.schema import quote
from agentscaler.domain.source import list_columns
from agentscaler.task.likeness import asked_of, finder_of, same_owners, told_apart
from agentscaler.task.notebook import Mention, Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.recalling import Recaller
from agentscaler.task.recollections import Recollection
from agentscaler.task.references import (
    behind,
    by_values,
    joined,
    own_account,
    place_word,
    places_of,
    signature,
    told_by_name,
)
from agentscaler.task.speech import column_noun, label_of, say
from agentscaler.task.task import Fragment, Provenance

__all__ = ["Identifier", "Introduction"]

_DEPTH = 3
_BACK_REFERENCES = 0.5
_SHORT_REFERENCES = 0.4
_FOREMOST = 0.15
_PEOPLE = frozenset("author creator login owner user username".split())


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
        self.recall = Recaller(domain.manifest, notebook)

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

    def introduce(
        self, table: Table, key: str, depth: int = 0, *, first: bool = False
    ) -> Introduction:
        """Makes the key of a row known, by what the user says and by lookups where needed.

        Args:
            first: whether no other thing is named before it in the request.

        Raises:
            WalkStop: there is no way to the key.
        """
        mention = self.notebook.mentioned.get((table.name, key))
        if mention is not None:
            return Introduction(
                key,
                self._origin(table, key),
                (self._again(table, key, mention),),
                mention.reference,
            )
        if self._is_speaker(table) and any(
            name == table.name for name, _ in self.notebook.mentioned
        ):
            raise WalkStop(TaskReason.NO_START, "the user is somebody else")
        row = self.row(table, key)
        if row is None or depth > _DEPTH:
            raise WalkStop(TaskReason.NO_START, f"{table.noun} {key} cannot be reached")
        if table.address:
            return self._by_address(table, row, depth)
        finder = self.finder(table, row)
        picked = self._picked(table, row, finder, depth, first=first)
        if picked is not None:
            return picked
        if table.natural_key:
            return self.by_key(table, row)
        return self._described(table, row, finder, depth)

    def _described(
        self, table: Table, row: dict[str, Any], finder: DomainTool | None, depth: int
    ) -> Introduction:
        """A row by what it holds, or by its key where others hold the same."""
        telling = told_apart(table, row, self.rows(table), finder)
        if telling is None:
            return self.by_key(table, row)
        columns, alone = telling
        key, reference = row[table.key[0]], by_values(table, columns, row, self.random)
        told = {column.name: row[column.name] for column in columns}
        facts = tuple(self._tell(table, column, row[column.name]) for column in columns)
        owners: tuple[Fragment, ...] = ()
        seen = self.notebook.seen(key, told)
        if seen is None and finder is None:
            return self.by_key(table, row)
        if finder is not None and seen is None:
            owners = self.look_up(finder, row, depth, named=not alone)
        elif finder is not None and not alone:
            owners = self.owners(finder, row, depth + 1, named=True)[1]
        if self._is_speaker(table):
            words, reference = own_account(columns, row, facts), "your account"
            self._remember(table, key, "my account", facts, reference)
        else:
            said, reference = self._possessed(finder, reference)
            vague = self._vague(table, mine=said != reference)
            full = said
            by_name = columns[0].name == table.label
            short = self.random.random() < _SHORT_REFERENCES
            if short and not by_name and self._met_another(table, key):
                said = said.replace(f"the {table.noun} ", "the one ", 1)
            words = Fragment(text=said, facts=facts, vague=vague)
            words, owners = told_by_name(words, owners, told.get(table.label or ""))
            self._remember(table, key, full, facts, reference)
        seen = self.notebook.seen(key, told)
        if seen is None:
            raise WalkStop(TaskReason.NO_START, f"{reference} cannot be told from others")
        return Introduction(key, seen, (words, *owners), reference)

    def _picked(
        self,
        table: Table,
        row: dict[str, Any],
        finder: DomainTool | None,
        depth: int,
        *,
        first: bool,
    ) -> Introduction | None:
        """At times a row that is not named: a list shows which one is meant."""
        if finder is None or asked_of(finder, table) or self._is_speaker(table):
            return None
        found = self.recall.draw(table, row, finder)
        if found is not None:
            noun = self.recall.noun(table) if first else table.noun
            return self._remembered(row, finder, depth, found, noun)
        if table.natural_key or self.random.random() > _FOREMOST:
            return None
        return self._foremost(table, row, finder)

    def _foremost(
        self, table: Table, row: dict[str, Any], finder: DomainTool
    ) -> Introduction | None:
        """A row by its place among those it is listed with ("the most recent order")."""
        near = [one for one in self.rows(table) if same_owners(finder, one, row)]
        places = [
            place
            for column in list_columns(table)
            for place in places_of(column, row, near)
            if column.name not in table.key and column.references is None
        ]
        if not places:
            return None
        reference = self.random.choice(places).format(noun=table.noun)
        owners = self.look_up(finder, row, 0, named=True)
        said, reference = self._possessed(finder, reference)
        key = row[table.key[0]]
        self._remember(table, key, f"the {table.noun} I mentioned before", (), reference)
        seen = self.notebook.seen(key)
        if seen is None:
            raise WalkStop(TaskReason.NO_START, f"{reference} cannot be told from others")
        return Introduction(key, seen, (Fragment(text=said), *owners), reference)

    def _remembered(
        self, row: dict[str, Any], finder: DomainTool, depth: int, found: Recollection, noun: str
    ) -> Introduction:
        """A row by what it is like and by when it came about."""
        table = found.table
        key = row[table.key[0]]
        named = not self.recall.singles_out(replace(found, group=()), row)
        told = {
            name: (row[column.name], self._tell(table, column, row[column.name]))
            for name, column in self.recall.narrowed(found, finder).items()
        }
        facts = tuple(fact for _, fact in told.values())
        owners = self.look_up(finder, row, depth, named=named, also=told)
        seen = self.notebook.seen(key, {name: row[name] for name in found.columns})
        if seen is None:
            raise WalkStop(TaskReason.NO_START, f"{found.words()} cannot be told from others")
        words = Fragment(text=found.words(noun), facts=facts)
        called, reference = self.recall.called(row, finder, found, self.rows(table))
        reference = self._possessed(finder, reference)[1] if not called else reference
        self.notebook.mentioned[table.name, key] = Mention(
            f"the {table.noun} I mentioned before", facts, reference, found, called
        )
        return Introduction(key, seen, (words, *owners), reference)

    def _vague(self, table: Table, *, mine: bool) -> str:
        """A row of which it is not said which."""
        if mine:
            return f"one of my {plural_noun(table.noun)}"
        return self.random.choice(
            (f"one of the {plural_noun(table.noun)}", with_article(table.noun))
        )

    def _met_another(self, table: Table, key: str) -> bool:
        """Whether another row of the table was spoken of."""
        return any(name == table.name and other != key for name, other in self.notebook.mentioned)

    def _tell(self, table: Table, column: Column, value: Any) -> str:
        """The name of the fact that a row of `table` has `value` in `column`."""
        name = f"{table.noun.replace(' ', '_')}_{column.name}"
        label = f"the {label_of(column_noun(column), self.owner_noun(table))}"
        return self.notebook.tell(name, value, say(column, value), label).name

    def owner_noun(self, table: Table) -> str:
        """A row of `table` in the label of a fact, as the agent asks for it."""
        return "your account" if self._is_speaker(table) else f"the {table.noun}"

    def _is_speaker(self, table: Table) -> bool:
        return table.name == self.manifest.speaker

    def _possessed(self, finder: DomainTool | None, reference: str) -> tuple[str, str]:
        """Words of the user and of the agent for a row that may be the user's own."""
        owners = (
            [finder.arguments[name] for name in finder.parameters["required"]] if finder else []
        )
        if not any(role.table == self.manifest.speaker for role in owners):
            return reference, reference
        rest = reference.removeprefix("the ")
        return f"my {rest}", f"your {rest}"

    def _origin(self, table: Table, key: str) -> Provenance:
        """Where the key of a row that was spoken of is known from; of an owner and a name, the
        name."""
        if not table.address:
            return self.notebook.known(key)
        return self.notebook.known((self.row(table, key) or {}).get(table.address[-1]))

    def _by_address(self, table: Table, row: dict[str, Any], depth: int) -> Introduction:
        """A row by its name and the owner that the name holds within."""
        owner, name = table.address
        fact = self._tell(table, table.by_name[name], row[name])
        held = table.by_name[owner]
        if held.references is None:
            word = "of" if held.name in _PEOPLE else f"in the {held.noun}"
            told = self._tell(table, held, row[owner])
            vague = f"of one of the {plural_noun(held.noun)}"
            within = [Fragment(text=f"{word} {row[owner]}", facts=(told,), vague=vague)]
        else:
            target = self.manifest.table[held.references]
            within = self.belonging(target, self.introduce(target, row[owner], depth + 1), owner)
        said = f"the {table.noun} {row[name]}"
        words = Fragment(text=said, facts=(fact,), vague=f"one of the {plural_noun(table.noun)}")
        reference = f"{said} {' '.join(one.text for one in within)}"
        facts = (fact, *(one for fragment in within for one in fragment.facts))
        self._remember(table, row[table.key[0]], reference, facts, reference)
        origin = Provenance(origin="user", fact=fact)
        return Introduction(row[table.key[0]], origin, (words, *within), reference)

    def by_key(self, table: Table, row: dict[str, Any]) -> Introduction:
        """Makes the key of a row known by the user's saying it, as from a letter."""
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
            vague=self._vague(table, mine=False),
        )
        self._remember(table, key, reference, (fact.name,), reference)
        return Introduction(key, Provenance(origin="user", fact=fact.name), (words,), reference)

    def _again(self, table: Table, key: str, mention: Mention) -> Fragment:
        """Words for a row that was spoken of before; "that user" only if no other user was."""
        if self._is_speaker(table):
            return Fragment(text=mention.full)
        others = table.name in self.notebook.grouped or self._met_another(table, key)
        if not others and self.random.random() < _BACK_REFERENCES:
            return Fragment(text=f"that {table.noun}")
        found = mention.recollection
        if found is not None:
            row = self.row(table, key)
            still = row is not None and self.recall.singles_out(found, row)
            if others and not still:
                raise WalkStop(TaskReason.NO_START, f"{found.words()} is no longer as it was")
            return Fragment(
                text=found.words() if still else mention.full, facts=mention.facts if still else ()
            )
        vague = f"one of the {plural_noun(table.noun)}" if others else f"that {table.noun}"
        return Fragment(text=mention.full, facts=mention.facts, vague=vague)

    def _remember(
        self, table: Table, key: str, full: str, facts: tuple[str, ...], reference: str
    ) -> None:
        self.notebook.mentioned[table.name, key] = Mention(full, facts, reference)

    def finder(self, table: Table, row: dict[str, Any]) -> DomainTool | None:
        """The list tool that shows the row for the least that it needs to know."""
        return finder_of(self.manifest.tools, table, row)

    def look_up(
        self,
        tool: DomainTool,
        row: dict[str, Any],
        depth: int,
        *,
        named: bool,
        also: Mapping[str, tuple[Any, str]] = MappingProxyType({}),
    ) -> tuple[Fragment, ...]:
        """Calls a list tool that shows the row; the words for the owners it needed.

        Args:
            named: whether owners that were spoken of before are spoken of again.
            also: what else the list is asked for, with the fact that tells it.
        """
        arguments, words = self.owners(tool, row, depth + 1, named=named)
        table = self.manifest.table[tool.table]
        for name in tool.parameters["required"]:
            role = tool.arguments[name]
            if role.kind == "filter":
                value = row[role.column]
                fact = self._tell(table, table.by_name[role.column], value)
                arguments[name] = value, Provenance(origin="user", fact=fact)
        for name, (value, fact) in also.items():
            arguments[name] = value, Provenance(origin="user", fact=fact)
        called = self.notebook.as_called(tool, arguments)
        values = {name: value for name, (value, _) in called.items()}
        if self.notebook.same_call(tool.name, values) is None:
            self.notebook.call(tool, arguments, "lookup")
        return words

    def owners(
        self, tool: DomainTool, row: dict[str, Any], depth: int = 0, *, named: bool = False
    ) -> tuple[dict[str, tuple[Any, Provenance]], tuple[Fragment, ...]]:
        """The required references of a tool, filled from `row`, and the words for those rows.

        An owner that was spoken of before needs no words, unless all are to be `named`.
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
            if self._is_speaker(table):
                words += [] if spoken else signature(met.words)
            elif named or not spoken:
                words += joined(words, self.belonging(table, met, role.column))
        return arguments, tuple(words)

    def belonging(self, table: Table, met: Introduction, column: str = "") -> list[Fragment]:
        """The words for an owner, behind the thing it owns ("in the app Billing").

        Args:
            column: what holds the owner's key, where that tells more ("from the airport").
        """
        return behind(place_word(table, column), met.words)
