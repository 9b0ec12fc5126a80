"""Wishes with an "otherwise": which way is right depends on what a read returns.

"Cancel the order of 3 May if its status is pending, and otherwise tell me its delivery date."  Gold
reads what the condition is about and goes the way that is right in the state; what the other way
would write is kept for the proof.
"""

import re
from dataclasses import replace
from typing import Any

from agentscaler.corpus.english import capital
from agentscaler.domain.batches import key_argument
from agentscaler.domain.describe import needs_confirmation
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.task.choose import Arguments
from agentscaler.task.deeds import DeedMaker, filled
from agentscaler.task.forks import Fork, gate_of, value_forks
from agentscaler.task.identify import Introduction
from agentscaler.task.made import Made
from agentscaler.task.notebook import Focus, Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.request import request_text
from agentscaler.task.speech import column_noun, quoted, say, spellings, states
from agentscaler.task.spoken_deeds import SpokenDeed, is_added, spoken_deed
from agentscaler.task.task import AnswerFact, Attempt, Branch, Fragment
from agentscaler.task.wishes import Walking, WishMaker

__all__ = ["BranchMaker"]

_KINDS = frozenset({ToolKind.UPDATE, ToolKind.DELETE, ToolKind.TRANSITION})
_PEOPLE = frozenset({"person_name", "email", "first_name", "last_name", "username"})
_PAST = {"is": " was ", "are": " were "}
_WRITES_OTHERWISE = 0.35
_CHECKS_FIRST = 0.4

Row = dict[str, Any]


class _Deed:
    """A write that a branch may end in: its call, and the words for it."""

    def __init__(self, tool: DomainTool, spoken: SpokenDeed, arguments: Arguments) -> None:
        self.tool = tool
        self.arguments = arguments
        self.verb = spoken.verb
        self.gerund = spoken.gerund
        self.outcome = f"it has been {spoken.done}"
        self.confirm = ""
        self.head = spoken.verb
        self.tail = ""
        self.facts: tuple[str, ...] = ()
        self.owners: tuple[Fragment, ...] = ()

    def other(self, notebook: Notebook) -> Attempt:
        """The call as it is kept for the proof, where it is not made."""
        called = notebook.as_called(self.tool, self.arguments)
        values = {name: value for name, (value, _) in called.items()}
        return Attempt(tool=self.tool.name, arguments=values)


class BranchMaker(WishMaker):
    """Makes such wishes for one walk."""

    def __init__(self, walking: Walking, deeds: DeedMaker) -> None:
        super().__init__(walking)
        self.deeds = deeds

    def serves(self, tool: DomainTool) -> bool:
        """Whether `tool` may be asked for on a condition."""
        table = self.manifest.table[tool.table]
        label = table.by_name.get(table.label or "")
        if table.name == self.manifest.speaker or (label and label.meaning in _PEOPLE):
            return False
        if tool.ask is not None:
            return spoken_deed(tool, "") is not None
        return tool.kind in _KINDS

    def make(self, tool: DomainTool, focus: Focus | None) -> Made:
        """A wish for `tool` if something is so, and for something else otherwise.

        Raises:
            WalkStop: no row has a condition that an agent can read, or there is no otherwise.
        """
        table = self.manifest.table[tool.table]
        first = len(self.notebook.calls)
        row, fork = self._fork(tool, table, focus)
        met = self.identify.introduce(table, row[table.key[0]])
        known = self.notebook.recollected(table.name, met.key)
        if fork.column.name in known or _is_told(fork, row, met):
            raise WalkStop(TaskReason.NO_START, f"the user knows the {fork.column.noun}")
        shown = self._shown(met)
        deed = self._deed(tool, table, row, met, fork)
        second = self._second(tool, table, row, met) if self._writes_otherwise() else None
        asked = None if second else self._asked(table, row, fork, shown)
        if second is None and asked is None:
            raise WalkStop(TaskReason.NO_START, f"no otherwise for {tool.name}")
        column = fork.column.name
        last = len(self.notebook.calls) - 1
        stale = met.origin.call != last or last < first
        unseen = column not in shown or (
            asked is not None and not fork.holds and (stale or asked.name not in shown)
        )
        owners = deed.owners
        if unseen:
            words, decided, path = self._read(table, row, met, column)
            owners += words
        else:
            assert met.origin.call is not None
            decided, path = met.origin.call, (*met.origin.path[:-1], column)
        taken, other = (deed, second) if fork.holds else (second, deed)
        if taken is not None:
            self.notebook.call(taken.tool, taken.arguments, "goal")
            self.deeds.touch()
        else:  # what was read is what the user wants to know
            read = self.notebook.calls[-1]
            self.notebook.calls[-1] = read.model_copy(update={"purpose": "goal"})
        branch = Branch(
            condition=fork.words,
            holds=fork.holds,
            call=decided,
            path=path,
            other=(other.other(self.notebook),) if other else (),
        )
        otherwise = f"{second.verb} it" if second else ""
        if asked is not None:
            otherwise = f"tell me its {column_noun(asked)}"
        request = self._request(deed, met, owners, fork, otherwise)
        report, answers = self._report(table, row, met, fork, taken, asked)
        confirm = ""
        if taken is not None and needs_confirmation(taken.tool):
            confirm = f"{taken.confirm}, as {states(fork.column, row[column])}"
        gone = "deleted" in self.choose.touched(table, row)
        about = None if gone else Focus(table.name, met.key)
        return Made(request, report, confirm, answers, about, (), branch)

    def _writes_otherwise(self) -> bool:
        return self.random.random() < _WRITES_OTHERWISE

    def _fork(self, tool: DomainTool, table: Table, focus: Focus | None) -> tuple[Row, Fork]:
        """A row and a condition on it, which is so as often as it is not."""
        holds = self.random.random() < 0.5
        gate = gate_of(tool, table)
        accepted = self.choose.accepted(tool, table)
        rows = [
            row
            for row in self.identify.rows(table)
            if not self.choose.touched(table, row)
            and (focus is None or self.choose.is_near(table, row, focus))
        ]
        self.random.shuffle(rows)
        for row in rows:
            if gate is not None:
                fork = gate.fork(row)
                fits = fork is not None and fork.holds == holds
                if fork and fits and (not holds or row[table.key[0]] in accepted):
                    return row, fork
            elif row[table.key[0]] in accepted:
                columns = [
                    column
                    for column in self.choose.askable(table, row, looked_up=False)
                    if column.type != "boolean" and column.name not in tool.arguments
                ]
                for fork in value_forks(columns, row, rows, holds, self.random):
                    return row, fork
        raise WalkStop(TaskReason.NO_START, f"no condition for {tool.name}")

    def _shown(self, met: Introduction) -> dict[str, Any]:
        """What the agent has seen of the row where it found its key."""
        if met.origin.call is None:
            return {}
        record = self.notebook.calls[met.origin.call].result
        for step in met.origin.path[:-1]:
            record = record[step]
        return record if isinstance(record, dict) else {}

    def _read(
        self, table: Table, row: Row, met: Introduction, column: str
    ) -> tuple[tuple[Fragment, ...], int, tuple[str | int, ...]]:
        """Reads the row with the tool for it; words for its owners, the call and the path."""
        for tool in self.manifest.tools:
            required = tool.parameters["required"]
            if tool.kind is not ToolKind.GET or tool.table != table.name:
                continue
            if any(tool.arguments[name].kind not in {"key", "reference"} for name in required):
                continue
            if table.key[0] not in tool.arguments:
                continue
            more, words = self.identify.owners(tool, row)
            arguments = {table.key[0]: (met.key, met.origin), **more}
            index = self.notebook.call(tool, arguments, "lookup")
            if column in self.notebook.calls[index].result:
                return words, index, (column,)
        raise WalkStop(TaskReason.NO_START, f"nothing shows {column} of {table.noun}")

    def _deed(
        self, tool: DomainTool, table: Table, row: Row, met: Introduction, fork: Fork
    ) -> _Deed:
        """The write that the wish is for."""
        spoken = spoken_deed(tool, key_argument(tool, table))
        assert spoken is not None
        if tool.ask is not None:
            return self._own_deed(tool, row, met, spoken)
        owners, words = self.identify.owners(tool, row)
        arguments: Arguments = {spoken.argument: (met.key, met.origin), **owners}
        deed = _Deed(tool, spoken, arguments)
        deed.owners = words
        deed.confirm = f"{spoken.gerund} {met.reference}"
        if tool.kind is ToolKind.UPDATE:
            self._set(deed, table, row, fork)
        elif set(tool.parameters["required"]) - set(arguments):
            raise WalkStop(TaskReason.NO_START, f"{tool.name} wants more")
        return deed

    def _set(self, deed: _Deed, table: Table, row: Row, fork: Fork) -> None:
        """The value that an update sets."""
        chosen = self.choose.new_values(deed.tool, table, deed.arguments, most=1, row=row)
        if len(chosen) != 1 or chosen[0][0].type == "boolean" or chosen[0][0] == fork.column:
            raise WalkStop(TaskReason.NO_START, f"{deed.tool.name} is not for a branch")
        ((column, value),) = chosen
        said, fact = self.choose.tell(table, column, value, deed.arguments, "the new")
        noun = column_noun(column)
        deed.head, deed.tail = f"change the {noun} of", f"to {quoted(column, said)} "
        deed.verb = f"change its {noun} to {quoted(column, said)} for"
        deed.facts = (fact,)
        deed.outcome = states(column, value, now=True)

    def _own_deed(self, tool: DomainTool, row: Row, met: Introduction, spoken: SpokenDeed) -> _Deed:
        """A deed of its own, with the values that it must be given."""
        assert tool.ask is not None
        needed = set(tool.parameters["required"]) - {spoken.argument}
        values = self.deeds.ground(tool, None) if needed else {}
        given = {spoken.argument: met.key}
        given |= {name: value for name, value in values.items() if name in needed}
        silent = {spoken.argument: replace(met, words=())}
        arguments, told = self.deeds.arguments(tool, given, silent)
        deed = _Deed(tool, spoken, arguments)
        _, *more = self.deeds.request(tool, given, silent, told)
        more = [one for one in more if one.facts or not is_added(one.text)]
        deed.tail = "".join(f"{one.text} " for one in more)
        deed.facts = tuple(fact for one in more for fact in one.facts)
        said = {name: words for name, (words, _) in told.items()}
        deed.confirm = filled(tool.ask.confirm, {**said, spoken.argument: met.reference})
        return deed

    def _second(self, first: DomainTool, table: Table, row: Row, met: Introduction) -> _Deed | None:
        """Another write that the row allows, for the otherwise."""
        tools = [
            tool
            for tool in self.manifest.tools
            if tool.table == table.name
            and tool.name != first.name
            and (tool.ask is not None or tool.kind in {ToolKind.DELETE, ToolKind.TRANSITION})
            and tool.sets != first.sets
            and row[table.key[0]] in self.choose.accepted(tool, table)
        ]
        self.random.shuffle(tools)
        for tool in tools:
            spoken = spoken_deed(tool, key_argument(tool, table))
            if spoken is None or spoken.argument not in tool.arguments:
                continue
            if set(tool.parameters["required"]) != {spoken.argument}:
                continue
            if tool.ask is not None:
                return self._own_deed(tool, row, met, spoken)
            deed = _Deed(tool, spoken, {spoken.argument: (met.key, met.origin)})
            deed.confirm = f"{spoken.gerund} {met.reference}"
            return deed
        return None

    def _asked(self, table: Table, row: Row, fork: Fork, shown: dict[str, Any]) -> Column | None:
        """What the user wants to know otherwise: best what only a closer look shows."""
        columns = [
            column
            for column in self.choose.askable(table, row, looked_up=False)
            if column.type != "boolean"
            and (column != fork.column or not fork.holds)
            and column.meaning not in {"sentence", "url", "path"}
        ]
        fresh = [column for column in columns if column.name not in shown]
        columns = fresh or columns
        return self.random.choice(columns) if columns else None

    def _request(
        self,
        deed: _Deed,
        met: Introduction,
        owners: tuple[Fragment, ...],
        fork: Fork,
        otherwise: str,
    ) -> list[Fragment]:
        if not deed.facts and self.random.random() < _CHECKS_FIRST:
            tail = f"and {deed.verb} it if {fork.words}; otherwise {otherwise}"
            return [Fragment(text="check"), *met.words, *owners, Fragment(text=tail)]
        tail = f"{deed.tail}if {fork.words}, and otherwise {otherwise}"
        return [
            Fragment(text=deed.head),
            *met.words,
            *owners,
            Fragment(text=tail, facts=deed.facts),
        ]

    def _report(
        self,
        table: Table,
        row: Row,
        met: Introduction,
        fork: Fork,
        taken: _Deed | None,
        asked: Column | None,
    ) -> tuple[str, list[AnswerFact]]:
        """What the agent found, what it did, and what else the user wants to know."""
        found = states(fork.column, row[fork.column.name])
        if taken is not None:
            was = re.sub(r" (is|are) ", lambda one: _PAST[one.group(1)], found, count=1)
            return f"For {met.reference}, {was}, so {taken.outcome}.", []
        assert asked is not None
        answer = AnswerFact(
            label=f"the {column_noun(asked)} of the {table.noun}",
            value=row[asked.name],
            said=spellings(asked, row[asked.name]),
        )
        told = "" if asked == fork.column else f" {capital(states(asked, row[asked.name]))}."
        left = f"For {met.reference}, {found}, so I have left it as it is."
        return f"{left}{told}", [answer]


def _is_told(fork: Fork, row: Row, met: Introduction) -> bool:
    """Whether the user's own words for the row say what the condition asks."""
    return say(fork.column, row[fork.column.name]) in request_text(met.words)
