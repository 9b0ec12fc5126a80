"""One wish: which row, which values, which calls, and the words for all of it.

`GoalMaker.make(tool, ...)` grounds a tool as the aim of a wish, executing the lookups and the call
itself, and gives back the `Goal` with its request, its report and the answers it must hold.
"""

import random
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from agentscaler.corpus.english import capital, gerund, listing, past, with_article
from agentscaler.domain.describe import needs_confirmation
from agentscaler.domain.domain import (
    ArgumentRole,
    Column,
    Domain,
    DomainTool,
    Table,
    ToolKind,
)
from agentscaler.domain.meaning import is_person
from agentscaler.domain.values import ValueMaker
from agentscaler.task.branches import BranchMaker
from agentscaler.task.choose import Arguments
from agentscaler.task.deeds import DeedMaker
from agentscaler.task.identify import Introduction
from agentscaler.task.listings import ListingMaker
from agentscaler.task.made import Made
from agentscaler.task.members import Asked, MemberMaker
from agentscaler.task.notebook import Focus, Mention, Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.reports import Reporter
from agentscaler.task.several import SeveralMaker
from agentscaler.task.speech import clause, column_noun, quoted, spellings
from agentscaler.task.task import AnswerFact, Fragment, Goal
from agentscaler.task.wishes import Walking, WishMaker

__all__ = ["Form", "GoalMaker"]

_TRIES = 12
_BARE = 0.2
"""Chance for a new row of which nothing is said though something could be."""
_SEVERAL = 0.35
_BRANCHES = 0.3
_LISTS = 0.4
"""Chance for a question to be about a list, where there is something else to ask."""
_ALONE = 0.5
"""Chance for a change that gives a list to change nothing else."""
_DELETE_WORDS = frozenset({"delete", "deregister", "release", "remove"})
_LINK_WORDS = {
    "associate": "with", "detach": "from", "disassociate": "from", "enroll": "in", "leave": "from",
    "remove": "from", "unassign": "from", "unlink": "from",
}  # fmt: skip


class Form(StrEnum):
    """How much a wish is for."""

    PLAIN = "plain"
    """For one row, and on no condition."""
    SEVERAL = "several"
    """For several rows."""
    BRANCH = "branch"
    """On a condition, with an otherwise."""


class GoalMaker(WishMaker):
    """Makes the wishes of one walk."""

    def __init__(
        self, domain: Domain, notebook: Notebook, rng: random.Random, values: ValueMaker
    ) -> None:
        walking = Walking.begin(domain, notebook, rng, values)
        super().__init__(walking)
        self.report = Reporter(rng)
        self.deeds = DeedMaker(walking)
        self.several = SeveralMaker(walking, self.deeds)
        self.branches = BranchMaker(walking, self.deeds)
        self.members = MemberMaker(walking, self.several.selector)
        self.listings = ListingMaker(walking, self.members, self.report)

    def make(
        self,
        tool: DomainTool,
        focus: Focus | None,
        form: Form | None = None,
        many: int | None = None,
    ) -> tuple[Goal, Focus | None]:
        """A wish whose aim is `tool`, about the focused row or one tied to it.

        Args:
            form: the form that the wish must have; None for any.
            many: for how many rows a wish for several must be; None for any number.

        Raises:
            WalkStop: it cannot be grounded, or would be a dull or idle thing to ask.
        """
        first = len(self.notebook.calls)
        self.several.many = many
        if form is Form.SEVERAL:
            made = self.several.make(tool, focus)
        elif form is Form.BRANCH:
            made = self.branches.make(tool, focus)
        else:
            drawn = self._in_form(tool, focus) if form is None else None
            made = drawn or self._plainly(tool, focus)
        calls = self.notebook.calls[first:]
        aims = [self.manifest.tool[call.tool] for call in calls if call.effect == "write"]
        bare = aims and not any(call.arguments for call in calls)
        if bare and tool.arguments and self.random.random() > _BARE:
            raise WalkStop(TaskReason.NO_START, f"{tool.name} says nothing of what it makes")
        goal = Goal(
            calls=tuple(range(first, len(self.notebook.calls))),
            request=tuple(dict.fromkeys(made.request)),  # an owner of two is named once
            confirm=made.confirm if any(needs_confirmation(aim) for aim in aims) else "",
            report=made.report,
            answers=tuple(made.answers),
            named=(*made.named, *self._found_names(made)),
            branch=made.branch,
        )
        return goal, made.about

    def _found_names(self, made: Made) -> list[str]:
        """Names in what is to be confirmed that nobody but a tool has told."""
        names = [mention.name for mention in self.notebook.mentioned.values() if mention.name]
        return [name for name in dict.fromkeys(names) if name in made.confirm]

    def _in_form(self, tool: DomainTool, focus: Focus | None) -> Made | None:
        """At times a wish for several rows, or one with an otherwise; None where none fits."""
        forms: list[Callable[[DomainTool, Focus | None], Made]] = []
        if self.several.serves(tool) and self.random.random() < _SEVERAL:
            forms.append(self.several.make)
        if self.branches.serves(tool) and self.random.random() < _BRANCHES:
            forms.append(self.branches.make)
        self.random.shuffle(forms)
        for make in forms:
            mark = self.notebook.mark()
            try:
                return make(tool, focus)
            except WalkStop:
                self.notebook.return_to(mark)
        return None

    def _plainly(self, tool: DomainTool, focus: Focus | None) -> Made:
        makers = {
            ToolKind.CREATE: self._create,
            ToolKind.GET: self._get,
            ToolKind.LIST: self.listings.make,
            ToolKind.COUNT: self.listings.make,
            ToolKind.UPDATE: self._update,
            ToolKind.DELETE: self._delete,
            ToolKind.TRANSITION: self._transition,
            ToolKind.LINK: self._link,
            ToolKind.UNLINK: self._link,
            ToolKind.BATCH_GET: self.several.make,
            ToolKind.BATCH_DELETE: self.several.make,
        }
        return (self.deeds.make if tool.ask is not None else makers[tool.kind])(tool, focus)

    def _create(self, tool: DomainTool, focus: Focus | None) -> Made:
        table = self.manifest.table[tool.table]
        if focus is not None and focus.table not in {r.table for r in tool.arguments.values()}:
            raise WalkStop(TaskReason.NO_START, f"a new {table.noun} does not follow")
        arguments, owners = self._new_owners(tool, focus)
        name, naming = self.choose.name(tool, table, arguments)
        given = self.members.give(tool, table, arguments)
        told = [
            (column, *self.choose.tell(table, column, value, arguments))
            for column, value in self.choose.new_values(tool, table, arguments, most=3)
        ]
        request = [Fragment(text=f"create {with_article(table.noun)}"), *naming, *owners]
        if told:
            parts = listing([clause(column, said) for column, said, _ in told])
            request.append(Fragment(text=f"with {parts}", facts=tuple(fact for *_, fact in told)))
        it = "them" if is_person(table.noun) else "it"
        for number, one in enumerate(given):
            request += one.behind("and" if number else f"and give {it}" if told else "with")
        index = self.notebook.call(tool, arguments, "goal")
        key = self.notebook.calls[index].result[table.key[0]]
        reference = f"the {table.noun} {name}" if name else f"the new {table.noun}"
        named = tuple(fact for fragment in naming for fact in fragment.facts)
        self.notebook.mentioned[table.name, key] = Mention(reference, named, reference)
        self.notebook.touched[table.name, key] = {"*", *arguments}
        report = self.report.created(reference, "" if table.natural_key else key)
        return Made(request, report, "", [], Focus(table.name, key))

    def _new_owners(
        self, tool: DomainTool, focus: Focus | None
    ) -> tuple[Arguments, list[Fragment]]:
        """The rows that a new row belongs to: as arguments, and the words for them.

        Owners agree with each other: the app of a new note is the app of the issue it is on.
        """
        roles = {name: role for name, role in tool.arguments.items() if role.kind == "reference"}
        tied = {name: self._tied_to(role.table, roles) for name, role in roles.items()}
        met: dict[str, Introduction] = {}
        words: list[Fragment] = []
        shared: dict[str, str] = {}
        for name in sorted(roles, key=lambda name: -len(tied[name])):
            role = roles[name]
            table = self.manifest.table[role.table]
            focused = focus if focus is not None and focus.table == role.table else None
            required = name in tool.parameters["required"] or name in shared
            if not required and focused is None and self.random.random() < 0.5:
                continue
            key = shared.get(name) or self.choose.row(table, focused)[table.key[0]]
            if focused is not None and key != focused.key:
                raise WalkStop(TaskReason.NO_START, f"the owners of a new {tool.table} differ")
            said = name in shared and (table.name, key) in self.notebook.mentioned
            met[name] = self.identify.introduce(table, key)
            if not said:
                words += self.identify.belonging(table, met[name])
            row = self.identify.row(table, key) or {}
            shared |= {other: row[other] for other in tied[name] if row.get(other)}
        return {name: (met[name].key, met[name].origin) for name in roles if name in met}, words

    def _tied_to(self, table: str, roles: dict[str, ArgumentRole]) -> list[str]:
        """Which other owners of a tool the rows of `table` refer to themselves."""
        columns = self.manifest.table[table].by_name
        return [name for name in roles if name in columns and columns[name].references]

    def _get(self, tool: DomainTool, focus: Focus | None) -> Made:
        table = self.manifest.table[tool.table]
        row = self.choose.row(table, focus)
        if "*" in self.choose.touched(table, row):
            raise WalkStop(TaskReason.NO_START, f"that {table.noun} was made just now")
        before, mark = len(self.notebook.calls), self.notebook.mark()
        met, arguments, owners = self._row(tool, table, row)
        looked_up = len(self.notebook.calls) > before
        askable = self.choose.askable(table, row, looked_up=looked_up)
        lists = self.members.askable(tool, table, row, looked_up=looked_up)
        hidden = looked_up and len(lists) < len(self.members.askable(tool, table, row))
        if looked_up and (not askable or (hidden and self.random.random() < _LISTS)):
            self.notebook.return_to(mark)
            met, arguments, owners = self._row(tool, table, row, self.identify.by_key(table, row))
            askable = self.choose.askable(table, row, looked_up=False)
            lists = self.members.askable(tool, table, row)
        if not askable and not lists:
            raise WalkStop(TaskReason.NO_START, f"nothing to ask of {table.noun}")
        asked: list[Asked] = []
        if lists and (not askable or hidden or self.random.random() < _LISTS):
            asked.append(self.members.ask(table, self.random.choice(lists), row, met.reference))
        wanted = self.random.choice((0, 0, 1) if asked else (1, 1, 2))
        wanted = 0 if any(one.words for one in asked) else wanted
        columns = self.random.sample(askable, min(len(askable), wanted))
        self.notebook.call(tool, arguments, "goal")
        nouns = [
            *(f"the {column_noun(column)}" for column in columns),
            *(one.what for one in asked),
        ]
        within = [word for one in asked for word in one.words]
        request = [Fragment(text=f"tell me {listing(nouns)} of"), *within, *met.words, *owners]
        answers = [_answer(table, column, row[column.name]) for column in columns]
        answers += [answer for one in asked for answer in one.answers]
        reports = [one.report for one in asked]
        if columns:
            fields = [(column, row[column.name]) for column in columns]
            reports.insert(0, self.report.told(met.reference, fields))
        return Made(request, " ".join(reports), "", answers, Focus(table.name, met.key))

    def _update(self, tool: DomainTool, focus: Focus | None) -> Made:
        table = self.manifest.table[tool.table]
        row = self.choose.row(table, focus, tool)
        met, arguments, owners = self._row(tool, table, row)
        given = self.members.give(tool, table, arguments, row)
        most = 0 if given and self.random.random() < _ALONE else 2
        chosen = self.choose.new_values(tool, table, arguments, most=most, row=row)
        if not chosen and not given:
            raise WalkStop(TaskReason.NO_START, f"nothing to change of {table.noun}")
        request: list[Fragment] = []
        for column, value in sorted(chosen, key=lambda pair: pair[0].type == "boolean"):
            said, fact = self.choose.tell(table, column, value, arguments, "the new")
            noun = column_noun(column)
            if request and column.type == "boolean":
                text, vague = f"and switch {said}", f"and switch {noun} on or off"
                request.append(Fragment(text=text, facts=(fact,), vague=vague))
            elif request:
                text, vague = f"and its {noun} to {quoted(column, said)}", f"and change its {noun}"
                request.append(Fragment(text=text, facts=(fact,), vague=vague))
            elif column.type == "boolean":
                head = Fragment(
                    text=f"switch {said} for", facts=(fact,), vague=f"change {noun} for"
                )
                request = [head, *met.words, *owners]
            else:
                head = Fragment(text=f"change the {noun} of")
                tail = Fragment(text=f"to {quoted(column, said)}", facts=(fact,))
                request = [head, *met.words, *owners, tail]
            self.notebook.touched.setdefault((table.name, met.key), set()).add(column.name)
        for one in given:
            about = [Fragment(text="give"), *met.words, *owners]
            it = "them" if is_person(table.noun) else "it"
            request += one.behind(f"and give {it}") if request else [*about, *one.behind("")]
            self.notebook.touched.setdefault((table.name, met.key), set()).add(one.name)
        self.notebook.call(tool, arguments, "goal")
        whose = "It" if chosen and not is_person(table.noun) else capital(met.reference)
        reports = [f"{whose} now has {one.said}." for one in given]
        if chosen:
            reports.insert(0, self.report.changed(met.reference, chosen))
        return Made(request, " ".join(reports), "", [], Focus(table.name, met.key))

    def _delete(self, tool: DomainTool, focus: Focus | None) -> Made:
        table = self.manifest.table[tool.table]
        row = self.choose.row(table, focus, tool)
        met, arguments, owners = self._row(tool, table, row)
        self.notebook.call(tool, arguments, "goal")
        self.notebook.touched[table.name, met.key] = {"*", "deleted"}
        verb = tool.name.split("_")[0]
        verb = verb if verb in _DELETE_WORDS else "delete"
        request = [Fragment(text=verb), *met.words, *owners]
        report = self.report.done(met.reference, past(verb))
        return Made(request, report, f"{gerund(verb)} {met.reference}", [], None)

    def _transition(self, tool: DomainTool, focus: Focus | None) -> Made:
        table = self.manifest.table[tool.table]
        row = self.choose.row(table, focus, tool)
        met, arguments, owners = self._row(tool, table, row)
        verb = tool.name.split("_")[0]
        request = [Fragment(text=verb), *met.words, *owners]
        for column, value in self.choose.new_values(tool, table, arguments, most=1, row=row):
            said, fact = self.choose.tell(table, column, value, arguments)
            request.append(Fragment(text=f"with {clause(column, said)}", facts=(fact,)))
        self.notebook.call(tool, arguments, "goal")
        name, value = next(iter(tool.sets.items()))
        self.notebook.touched.setdefault((table.name, met.key), set()).add(name)
        report = self.report.changed(met.reference, [(table.by_name[name], value)])
        confirm = f"{gerund(verb)} {met.reference}"
        return Made(request, report, confirm, [], Focus(table.name, met.key))

    def _link(self, tool: DomainTool, focus: Focus | None) -> Made:
        link = self.manifest.table[tool.table]
        ends = [self.manifest.table[role.table] for role in tool.arguments.values()]
        rows = self._pair(tool, link, ends, focus)
        met = [
            self.identify.introduce(table, row[table.key[0]])
            for table, row in zip(ends, rows, strict=True)
        ]
        arguments = {
            name: (one.key, one.origin) for name, one in zip(tool.arguments, met, strict=True)
        }
        self.notebook.call(tool, arguments, "goal")
        self.notebook.touched[link.name, f"{met[0].key} {met[1].key}"] = {"*"}
        verb = tool.name.split("_")[0]
        word = _LINK_WORDS.get(verb, "to")
        first, *rest = met[1].words
        vague = f"{word} {first.vague}" if first.vague else ""
        end = Fragment(text=f"{word} {first.text}", facts=first.facts, vague=vague)
        request = [Fragment(text=verb), *met[0].words, end, *rest]
        tied = f"{word} {met[1].reference}"
        report = self.report.done(met[0].reference, past(verb), tied)
        confirm = f"{gerund(verb)} {met[0].reference} {tied}"
        return Made(request, report, confirm, [], Focus(ends[0].name, met[0].key))

    def _pair(
        self, tool: DomainTool, link: Table, ends: list[Table], focus: Focus | None
    ) -> list[dict[str, Any]]:
        """Two rows that are not linked yet, or for an unlink are."""
        linked = {tuple(row[key] for key in link.key) for row in self.identify.rows(link)}
        for _ in range(_TRIES):
            rows = [
                self.choose.row(table, focus if focus and focus.table == table.name else None)
                for table in ends
            ]
            keys = [row[table.key[0]] for table, row in zip(ends, rows, strict=True)]
            named = dict(zip(tool.arguments, keys, strict=True))
            pair = tuple(named[key] for key in link.key)
            done = (link.name, f"{keys[0]} {keys[1]}") in self.notebook.touched
            if not done and (pair in linked) == (tool.kind is ToolKind.UNLINK):
                return rows
        raise WalkStop(TaskReason.NO_START, f"no pair for {tool.name}")

    def _row(
        self,
        tool: DomainTool,
        table: Table,
        row: dict[str, Any],
        met: Introduction | None = None,
    ) -> tuple[Introduction, Arguments, tuple[Fragment, ...]]:
        """The row a tool works on: introduced, with the tool's key and owners as arguments."""
        met = met or self.identify.introduce(table, row[table.key[0]], first=True)
        arguments, owners = self.identify.owners(tool, row)
        return met, {table.key[0]: (met.key, met.origin), **arguments}, owners


def _answer(table: Table, column: Column, value: Any) -> AnswerFact:
    return AnswerFact(
        label=f"the {column_noun(column)} of the {table.noun}",
        value=bool(value) if column.type == "boolean" else value,
        said=spellings(column, value),
    )
