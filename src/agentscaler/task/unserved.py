"""Wishes that no tool serves: a deletion where nothing deletes, a value that nothing changes.

Whether a tool serves a wish is read off the contracts, so that what a domain can do is known in
full, also what several tools do together.  Services of other kinds (a copy by e-mail, an export)
are asked for only where no tool speaks of anything like them.
"""

import random
from typing import Any

from agentscaler.corpus.english import listing, plural_noun, with_article
from agentscaler.domain.batches import BATCHES
from agentscaler.domain.binding import is_automatic
from agentscaler.domain.domain import Column, Domain, DomainTool, Table, ToolKind
from agentscaler.domain.grounding import Grounder
from agentscaler.domain.values import ValueMaker
from agentscaler.task.identify import Identifier, Introduction
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.served import (
    changes_column,
    deletes_from,
    inserts_into,
    is_told_in_full,
    spoken_words,
)
from agentscaler.task.services import SERVICES, Service
from agentscaler.task.speech import column_noun, quoted, say
from agentscaler.task.task import Attempt, Fragment, Refusal, SpecialKind
from agentscaler.task.trial import Declined, Trial, open_trial
from agentscaler.words import singular

__all__ = ["ask_in_vain"]

_TRIES = 12
_TELLING_WHAT_CAN_BE_DONE = 0.5
_WANTED_OTHERWISE = frozenset(
    "email phone person_name first_name last_name company street city postcode username title name"
    " money quantity department job_title category priority rating sentence".split()
)
"""Meanings of values that a person may want to be another."""
_OF_ALL_PEOPLE = frozenset("email phone person_name first_name last_name street city money".split())
"""Those of which there are as good values in a domain whose things have names of their own."""
_READS = frozenset({ToolKind.GET, ToolKind.LIST, ToolKind.COUNT, ToolKind.BATCH_GET})
_DEEDS = (
    (_READS, "look them up"),
    (frozenset({ToolKind.CREATE}), "create new ones"),
    (frozenset({ToolKind.UPDATE}), "change some of their details"),
    (frozenset({ToolKind.DELETE, ToolKind.BATCH_DELETE}), "delete them"),
)


def ask_in_vain(
    domain: Domain,
    notebook: Notebook,
    rng: random.Random,
    values: ValueMaker,
    sought: str | None = None,
) -> Declined:
    """A wish that no tool serves, with no call needed to see it.

    Args:
        sought: the name of the tool that one would look for; None for any.

    Raises:
        WalkStop: nothing of the kind can be asked of this domain.
    """
    if not is_told_in_full(domain.manifest):
        raise WalkStop(TaskReason.NO_START, "a tool does not say what it changes")
    tables = [table for table in domain.manifest.tables if not table.is_link]
    for table in rng.sample(tables, len(tables)):
        asker = _Asker(domain, notebook, table, rng, values, sought)
        makers = [asker.delete, asker.create, asker.change, asker.service]
        for make in rng.sample(makers, len(makers)):
            try:
                declined = make()
            except WalkStop:
                continue
            if declined is not None:
                return declined
    raise WalkStop(TaskReason.NO_START, "every wish can be served")


class _Asker:
    """Asks for what cannot be done with the rows of one table."""

    def __init__(
        self,
        domain: Domain,
        notebook: Notebook,
        table: Table,
        rng: random.Random,
        values: ValueMaker,
        sought: str | None,
    ) -> None:
        self.sought = sought
        self.manifest = domain.manifest
        self.notebook = notebook
        self.table = table
        self.random = rng
        self.values = values
        self.trial: Trial = open_trial(notebook)
        self.identify = Identifier(domain, self.trial, rng)

    def delete(self) -> Declined | None:
        status = self.table.status
        name = self._name("delete")
        if not self._is_sought(name) or deletes_from(self.manifest, self.table.name):
            return None
        if status is not None and changes_column(self.manifest, self.table.name, status):
            return None  # to cancel or to close it might be what is meant
        met = self._row()
        request = [Fragment(text="delete"), *met.words]
        attempt = Attempt(tool=name, arguments={self.table.key[0]: met.key})
        return self._declined(request, f"delete {met.reference}", attempt, met.key)

    def create(self) -> Declined | None:
        table = self.table
        tool = self._name("create")
        if not self._is_sought(tool) or table.label is None:
            return None
        if inserts_into(self.manifest, table.name):
            return None
        if self.manifest.speaker is not None:
            return None  # customers do not ask for new staff or new flights
        column = table.by_name[table.label]
        if self.manifest.engine == "curated" and column.meaning not in _OF_ALL_PEOPLE:
            return None
        name = self._value(column, [row[column.name] for row in self.identify.rows(table)])
        if name is None:
            return None
        label = f"the {column_noun(column)} of the new {table.noun}"
        said = say(column, name)
        fact = self.trial.tell(f"new_{column.name}", name, said, label)
        word = "for" if column.meaning in {"person_name", "email"} else "called"
        deed = f"create {with_article(table.noun)}"
        request = [Fragment(text=deed), Fragment(text=f"{word} {said}", facts=(fact.name,))]
        attempt = Attempt(tool=tool, arguments={column.name: name})
        return self._declined(request, deed, attempt, None)

    def change(self) -> Declined | None:
        table = self.table
        columns = [
            column
            for column in table.columns
            if self._is_sought(self._setter(column)) and self._is_fixed(column)
        ]
        if not columns:
            return None
        column = self.random.choice(columns)
        met = self._row()
        current = (self.identify.row(table, met.key) or {}).get(column.name)
        value = self._value(column, [current])
        if value is None or current is None:
            return None
        said, noun = say(column, value), column_noun(column)
        label = f"the new {noun} of {self.identify.owner_noun(table)}"
        fact = self.trial.tell(f"new_{column.name}", value, said, label)
        end = Fragment(text=f"to {quoted(column, said)}", facts=(fact.name,))
        request = [Fragment(text=f"change the {noun} of"), *met.words, end]
        arguments = {table.key[0]: met.key, column.name: value}
        attempt = Attempt(tool=self._setter(column), arguments=arguments)
        return self._declined(request, f"change the {noun} of {met.reference}", attempt, met.key)

    def service(self) -> Declined | None:
        spoken = spoken_words(self.manifest)
        services = [
            one
            for one in SERVICES
            if self._is_sought(self._server(one)) and one.words.isdisjoint(spoken)
        ]
        if not services:
            return None
        one = self.random.choice(services)
        met = self._row()
        request = [Fragment(text=one.before), *met.words, Fragment(text=one.after)]
        deed = f"{one.said_before} {met.reference} {one.said_after}".strip()
        attempt = Attempt(tool=self._server(one), arguments={self.table.key[0]: met.key})
        return self._declined([r for r in request if r.text], deed, attempt, met.key)

    def _is_fixed(self, column: Column) -> bool:
        """Whether a person may want the column to be otherwise, and no tool changes it."""
        written = self.manifest.engine == "curated"
        return (
            column.meaning in (_OF_ALL_PEOPLE if written else _WANTED_OTHERWISE)
            and column.name not in {*self.table.key, self.table.status}
            and column.references is None
            and column.type != "boolean"
            and not is_automatic(column)
            and not changes_column(self.manifest, self.table.name, column.name)
        )

    def _row(self) -> Introduction:
        """A row, introduced as for a wish that can be served; what is looked up is not needed."""
        touched = self.notebook.touched
        rows = [
            row
            for row in self.identify.rows(self.table)
            if (self.table.name, row[self.table.key[0]]) not in touched
        ]
        if not rows:
            raise WalkStop(TaskReason.NO_START, f"no {self.table.noun} is there")
        return self.identify.introduce(self.table, self.random.choice(rows)[self.table.key[0]])

    def _value(self, column: Column, others: list[Any]) -> Any:
        drawn = (self.values.value(self.table, column) for _ in range(_TRIES))
        return next((value for value in drawn if value not in others), None)

    def _name(self, verb: str) -> str:
        """The name of the tool that one would look for."""
        return f"{verb}_{singular(self.table.name)}"

    def _setter(self, column: Column) -> str:
        return f"{self._name('set')}_{column.name}"

    def _server(self, service: Service) -> str:
        return self._name(service.before.split(" ")[0])

    def _is_sought(self, tool: str) -> bool:
        return self.sought in {None, tool}

    def _declined(
        self, request: list[Fragment], deed: str, attempt: Attempt, key: str | None
    ) -> Declined | None:
        if attempt.tool in self.manifest.tool:
            return None
        reason = f"None of my tools can {deed}."
        if self.random.random() < _TELLING_WHAT_CAN_BE_DONE:
            reason = f"{reason} {self._offer()}".strip()
        refusal = Refusal(
            kind=SpecialKind.NO_TOOL,
            deed=deed,
            reason=reason,
            attempts=(attempt,),
            fulfilments=self._fulfilments(key),
        )
        return Declined(request, [], self.trial, refusal)

    def _offer(self) -> str:
        """What can be done with the rows of the table; nothing where that is a long story."""
        tools = [tool for tool in self.manifest.tools if tool.table == self.table.name]
        kinds = {tool.kind for tool in tools}
        deeds = [words for some, words in _DEEDS if some & kinds]
        if not deeds or kinds - frozenset().union(*(some for some, _ in _DEEDS)):
            return ""
        only = "The only thing I can do" if len(deeds) == 1 else "What I can do"
        return f"{only} with {plural_noun(self.table.noun)} is {listing(deeds)}."

    def _fulfilments(self, key: str | None) -> tuple[Attempt, ...]:
        """A write that looks like help: on the same row, or else on any row of the domain."""
        writes = (tool for tool in self.manifest.tools if tool.effect == "write")
        tools = [tool for tool in writes if tool.kind not in BATCHES]
        tools.sort(key=lambda tool: (tool.table != self.table.name, tool.name))
        for tool in tools:
            own = _own_argument(tool, self.table)
            fixed = {own: key} if own and key else {}
            grounder = Grounder(
                self.trial.world,
                self.manifest.table,
                self.random,
                self.values,
                self.manifest.now,
            )
            given = grounder.ground(tool, fixed) or grounder.ground(tool)
            if given is not None and self._changes(tool, given):
                return (Attempt(tool=tool.name, arguments=given),)
        return ()

    def _changes(self, tool: DomainTool, arguments: dict[str, Any]) -> bool:
        world = self.trial.world
        before = world.state_hash()
        with world.undone():
            return world.call(tool.name, arguments).ok and world.state_hash() != before


def _own_argument(tool: DomainTool, table: Table) -> str | None:
    roles = tool.arguments.items()
    return next((n for n, one in roles if one.kind == "key" and one.table == table.name), None)
