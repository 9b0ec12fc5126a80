"""Wishes for tools that tell how people ask for them: deeds of their own, such as a refund.

`DeedMaker.make(tool, focus)` finds rows and values that meet the tool's contract, makes the call,
and fills the texts of its `Ask`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from agentscaler.corpus.english import capital
from agentscaler.domain.domain import Column, DomainTool, Table
from agentscaler.domain.grounding import Grounder
from agentscaler.task.choose import Arguments
from agentscaler.task.identify import Introduction
from agentscaler.task.made import Made
from agentscaler.task.notebook import Focus, Mention, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.request import request_text
from agentscaler.task.speech import column_noun, label_of, quoted, say, spellings
from agentscaler.task.task import AnswerFact, Fragment, Provenance
from agentscaler.task.wishes import WishMaker

__all__ = ["DeedMaker", "filled"]

_PLACE = re.compile(r"\{([\w.]+)\}")
_PART = re.compile(r"\[([^\]|]*)(?:\|([^\]]*))?\]|(\{\w+\})|([^\[{]+)")
_ROWS = frozenset({"key", "reference"})


class DeedMaker(WishMaker):
    """Makes such wishes for one walk."""

    def make(self, tool: DomainTool, focus: Focus | None) -> Made:
        """A wish whose aim is `tool`; with a focus, one about that row or a row next to it.

        Raises:
            WalkStop: no rows and values meet the contract, or a row cannot be spoken of.
        """
        assert tool.ask is not None
        given = self.ground(tool, focus)
        met: dict[str, Introduction] = {}
        for name in _order(tool, given):
            table = self.manifest.table[tool.arguments[name].table]
            met[name] = self.identify.introduce(table, given[name])
        arguments, told = self.arguments(tool, given, met)
        request = self.request(tool, given, met, told)
        before = len(self.notebook.calls)
        self.notebook.call(tool, arguments, "goal")
        result = self.notebook.calls[before].result
        self.touch()
        said = {name: one.reference for name, one in met.items()}
        said |= {name: words for name, (words, _) in told.items()}
        fields = {f"result.{name}": self._say(tool, name, value) for name, value in result.items()}
        report = capital(filled(tool.ask.report, said | fields))
        confirm = filled(tool.ask.confirm, said)
        answers = [self._answer(tool, name, result[name]) for name in tool.ask.tells]
        return Made(request, report, confirm, answers, self._about(tool, given, result))

    def ground(self, tool: DomainTool, focus: Focus | None) -> dict[str, Any]:
        """Arguments that the tool accepts.

        Raises:
            WalkStop: there are none about the focused row or one next to it.
        """
        rows = [name for name, role in tool.arguments.items() if role.kind in _ROWS]
        fixed = {}
        if focus is not None:
            same = [name for name in rows if tool.arguments[name].table == focus.table]
            fixed = dict.fromkeys(same[:1], focus.key)

        def fits(name: str, table: Table, row: dict[str, Any]) -> bool:
            if "deleted" in self.choose.touched(table, row):
                return False
            if focus is None or fixed or name != rows[0]:
                return True
            return self.choose.is_near(table, row, focus)

        grounder = Grounder(
            self.notebook.world,
            self.manifest.table,
            self.random,
            self.values,
            self.manifest.now,
            fits,
        )
        if focus is not None and rows and not fixed and tool.table != focus.table:
            first = self.manifest.table[tool.arguments[rows[0]].table]
            if not self.choose.is_tied(first, focus):
                raise WalkStop(TaskReason.NO_START, f"{tool.name} does not follow")
        given = grounder.ground(tool, fixed)
        if given is None:
            raise WalkStop(TaskReason.NO_START, f"nothing meets what {tool.name} requires")
        return given

    def arguments(
        self, tool: DomainTool, given: dict[str, Any], met: dict[str, Introduction]
    ) -> tuple[Arguments, dict[str, tuple[str, str]]]:
        """The call's arguments, and by value argument (said, fact name)."""
        arguments: Arguments = {}
        told: dict[str, tuple[str, str]] = {}
        for name, value in given.items():
            if name in met:
                arguments[name] = met[name].key, met[name].origin
                continue
            role = tool.arguments[name]
            table = self.manifest.table[role.table]
            column = table.by_name.get(role.column)
            noun = column_noun(column) if column else name.replace("_", " ")
            said = _said(column, value)
            whose = self.identify.owner_noun(table)
            label = f"the {label_of(noun, whose)}" if column else f"the {noun}"
            if column is not None and column.type == "boolean":
                said, label = f"{noun} {said}", f"whether {noun} should be on or off"
            fact = self.notebook.tell(f"{table.noun.replace(' ', '_')}_{name}", value, said, label)
            arguments[name] = value, Provenance(origin="user", fact=fact.name)
            told[name] = quoted(column, said) if column else said, fact.name
        return arguments, told

    def request(
        self,
        tool: DomainTool,
        given: dict[str, Any],
        met: dict[str, Introduction],
        told: dict[str, tuple[str, str]],
    ) -> list[Fragment]:
        """The tool's request, with the words for rows and values in their places."""
        assert tool.ask is not None
        fragments: list[Fragment] = []
        for part in _PART.finditer(tool.ask.request):
            inner, vague, place, plain = part.groups()
            if place is not None:
                fragments += met[place[1:-1]].words
            elif plain is not None:
                if plain.strip():
                    fragments.append(Fragment(text=plain.strip()))
            else:
                names = _PLACE.findall(inner)
                if not all(name in given for name in names):
                    continue
                facts = tuple(fact for name in names for fact in self._facts(name, met, told))
                text = filled(inner, {name: _words(name, met, told) for name in names}).strip()
                fragments.append(Fragment(text=text, facts=facts, vague=(vague or "").strip()))
        return fragments

    def _facts(
        self, name: str, met: dict[str, Introduction], told: dict[str, tuple[str, str]]
    ) -> Iterator[str]:
        if name in told:
            yield told[name][1]
        else:
            for fragment in met[name].words:
                yield from fragment.facts

    def touch(self) -> None:
        """Notes which rows and columns the task has changed so far."""
        for change in self.notebook.world.changeset():
            row = (change["table"], " ".join(str(part) for part in change["key"]))
            columns = self.notebook.touched.setdefault(row, set())
            if change["op"] == "update":
                columns.update(change["after"])
            else:
                columns.update({"*"} if change["op"] == "insert" else {"*", "deleted"})

    def _about(
        self, tool: DomainTool, given: dict[str, Any], result: dict[str, Any]
    ) -> Focus | None:
        """The row that comes next to mind: the new one, or the one that the deed was done to."""
        table = self.manifest.table[tool.table]
        assert tool.contract is not None
        if tool.contract.mints:
            key = result[tool.contract.mints]
            new = f"the new {table.noun}"
            self.notebook.mentioned[table.name, key] = Mention(new, (), new)
            return Focus(table.name, key)
        own = [name for name, role in tool.arguments.items() if role.kind == "key"]
        if not own or own[0] not in given:
            return None
        if "deleted" in self.notebook.touched.get((table.name, given[own[0]]), set()):
            return None
        return Focus(tool.arguments[own[0]].table, given[own[0]])

    def _say(self, tool: DomainTool, field: str, value: Any) -> str:
        return _said(self.manifest.table[tool.table].by_name.get(field), value)

    def _answer(self, tool: DomainTool, field: str, value: Any) -> AnswerFact:
        column = self.manifest.table[tool.table].by_name.get(field)
        noun = column_noun(column) if column else field.replace("_", " ")
        return AnswerFact(label=f"the {noun}", value=value, said=spellings(column, value))


def _order(tool: DomainTool, given: dict[str, Any]) -> list[str]:
    """The arguments that name rows, in the order in which the request speaks of them."""
    assert tool.ask is not None
    spoken = [name for name in _PLACE.findall(tool.ask.request) if name in given]
    return [name for name in dict.fromkeys([*spoken, *given]) if tool.arguments[name].kind in _ROWS]


def _said(column: Column | None, value: Any) -> str:
    if column is not None and value is not None:
        return say(column, value)
    return "none" if value is None else str(value)


def _words(name: str, met: dict[str, Introduction], told: dict[str, tuple[str, str]]) -> str:
    """A row or a value as the user says it."""
    return told[name][0] if name in told else request_text(met[name].words)


def filled(text: str, words: Mapping[str, str]) -> str:
    """A text of an `Ask` with words in its places."""
    return " ".join(_PLACE.sub(lambda match: words.get(match.group(1), ""), text).split())
