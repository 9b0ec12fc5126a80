"""Wishes for lists and counts: which there are, how many, which come first by some measure.

`ListingMaker.make(tool, focus)` chooses what to ask by what the tool takes: owners, filters, a
bound, or an order with a number.
"""

from typing import Any

from agentscaler.corpus.english import capital, listing, plural_noun
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.domain.source import list_columns
from agentscaler.task.choose import Arguments
from agentscaler.task.made import Made
from agentscaler.task.members import MemberMaker
from agentscaler.task.notebook import Focus, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.reports import Reporter
from agentscaler.task.speech import column_noun, say, spellings
from agentscaler.task.task import AnswerFact, Fragment, Provenance
from agentscaler.task.wishes import Walking, WishMaker

__all__ = ["ListingMaker"]

_MOST_NAMED = 6
_BARE_COUNTS = 0.2
_FIRST_FEW = 0.5
_BOUNDED = 0.4
_HELD = 0.7
_TIMES = frozenset({"date", "timestamp"})


class ListingMaker(WishMaker):
    """Makes such wishes for one walk."""

    def __init__(self, walking: Walking, members: MemberMaker, report: Reporter) -> None:
        super().__init__(walking)
        self.members = members
        self.report = report

    def make(self, tool: DomainTool, focus: Focus | None) -> Made:
        """A wish whose aim is `tool`; with a focus, one for the rows that belong to it.

        Raises:
            WalkStop: it does not follow, or would be dull to ask.
        """
        table = self.manifest.table[tool.table]
        required = tool.parameters["required"]
        if focus and not any(tool.arguments[name].table == focus.table for name in required):
            raise WalkStop(TaskReason.NO_START, f"all {table.name} do not follow")
        if table.name == self.manifest.speaker:
            raise WalkStop(TaskReason.NO_START, "the user knows who the user is")
        row = self.choose.row(table, focus)
        arguments, owners = self.identify.owners(tool, row, named=True)
        held = self._held(tool, table, row, arguments)
        if held:
            return self._told(tool, table, arguments, [*held, *owners], focus)
        if self.random.random() < _FIRST_FEW:
            first = self._first_few(tool, table, arguments)
            if first is not None:
                return self._told_in_order(tool, table, arguments, owners, first, focus)
        bound = self._bound(tool, table, row, arguments)
        where = [] if bound else self.choose.filter(tool, table, row, arguments)
        return self._told(tool, table, arguments, [*where, *bound, *owners], focus)

    def _told(
        self,
        tool: DomainTool,
        table: Table,
        arguments: Arguments,
        about: list[Fragment],
        focus: Focus | None,
    ) -> Made:
        """Which rows there are, where they have names and are few; else how many."""
        index = self.notebook.call(tool, arguments, "goal")
        result = self.notebook.calls[index].result
        required = tool.parameters["required"]
        mine = any(tool.arguments[name].table == self.manifest.speaker for name in required)
        there = "I have" if mine else "there are"
        names, many = [], result.get("count", 0)
        if tool.kind is ToolKind.LIST:
            names, many = _names(table, result[table.name]), len(result[table.name])
        asked = plural_noun(table.noun)
        if names:
            request = [Fragment(text=f"tell me which {asked} {there}"), *about]
            return Made(request, self.report.named(table, names), "", _named(asked, names), focus)
        if not arguments and tool.arguments and self.random.random() > _BARE_COUNTS:
            raise WalkStop(TaskReason.NO_START, f"counting all {table.name} is dull")
        request = [Fragment(text=f"tell me how many {asked} {there}"), *about]
        answer = AnswerFact(label=f"the number of {asked}", value=many, said=spellings(None, many))
        return Made(request, self.report.counted(table, many), "", [answer], focus)

    def _first_few(
        self, tool: DomainTool, table: Table, arguments: Arguments
    ) -> tuple[Column, bool, int] | None:
        """What to sort by, whether downwards, and how many to ask for: an order that the rows
        have without ties, or None."""
        by_kind = {role.kind: name for name, role in tool.arguments.items()}
        if not by_kind.keys() >= {"sort", "limit"} or table.label is None:
            return None
        rows = self.choose.listed(tool, table, arguments)
        fits = [
            column
            for column in list_columns(table)
            if column.name in tool.parameters["properties"][by_kind["sort"]]["enum"]
            and column.name not in {c for row in rows for c in self.choose.touched(table, row)}
        ]
        values = {c.name: [r[c.name] for r in rows if r[c.name] is not None] for c in fits}
        fits = [c for c in fits if len(values[c.name]) == len(set(values[c.name])) > 2]
        if not fits:
            return None
        column = self.random.choice(fits)
        most = min(3, len(values[column.name]) - 1)
        return column, self.random.random() < 0.6, self.random.randint(2, most)

    def _told_in_order(
        self,
        tool: DomainTool,
        table: Table,
        arguments: Arguments,
        owners: tuple[Fragment, ...],
        first: tuple[Column, bool, int],
        focus: Focus | None,
    ) -> Made:
        column, down, few = first
        noun, asked = column_noun(column), plural_noun(table.noun)
        ends = ("latest", "earliest") if column.type in _TIMES else ("highest", "lowest")
        end = ends[0] if down else ends[1]
        facts = [
            self._tell(tool, arguments, "limit", few, str(few), f"how many {asked} to name"),
            self._tell(tool, arguments, "sort", column.name, noun, f"what to sort the {asked} by"),
        ]
        if down:
            label = f"which end of the {asked} to begin with"
            facts.append(self._tell(tool, arguments, "descending", True, end, label))
        index = self.notebook.call(tool, arguments, "goal")
        rows = self.notebook.calls[index].result[table.name]
        names = _names(table, rows)
        if len(names) != few:
            raise WalkStop(TaskReason.NO_START, f"{table.name} without names")
        text = f"tell me which {few} {asked} have the {end} {noun}"
        request = [Fragment(text=text, facts=tuple(facts)), *owners]
        report = f"{capital(f'the {few} {asked}')} with the {end} {noun} are {listing(names)}."
        return Made(request, report, "", _named(asked, names), focus)

    def _held(
        self, tool: DomainTool, table: Table, row: dict[str, Any], arguments: Arguments
    ) -> list[Fragment]:
        """At times a member that one of `row`'s lists has: an argument, and the words for it."""
        roles = [(name, role) for name, role in tool.arguments.items() if role.kind == "holds"]
        if not roles or self.random.random() > _HELD:
            return []
        name, role = self.random.choice(roles)
        target = self.manifest.table[role.table]
        keys = self.members.held(table, table.list_field[role.column], row)
        if not keys or target.address:
            return []
        met = self.identify.introduce(target, self.random.choice(keys))
        arguments[name] = met.key, met.origin
        first, *rest = met.words
        vague = f"with {first.vague}" if first.vague else ""
        return [Fragment(text=f"with {first.text}", facts=first.facts, vague=vague), *rest]

    def _bound(
        self, tool: DomainTool, table: Table, row: dict[str, Any], arguments: Arguments
    ) -> list[Fragment]:
        """At times a bound that `row` is within and others are not: an argument, and the words
        for it."""
        rows = self.choose.listed(tool, table, arguments)
        bounds = [
            (name, role)
            for name, role in tool.arguments.items()
            if role.kind in {"least", "most"}
            and row[role.column] is not None
            and any(_is_beyond(one[role.column], row[role.column], role.kind) for one in rows)
        ]
        if not bounds or self.random.random() > _BOUNDED:
            return []
        name, role = self.random.choice(bounds)
        column = table.by_name[role.column]
        value, noun = row[column.name], column_noun(column)
        least = role.kind == "least"
        said = say(column, value)
        if column.type in _TIMES:
            words = "not before" if least else "not after"
        else:
            words = "at least" if least else "at most"
        label = f"the {'lower' if least else 'upper'} bound of the {noun}"
        fact = self._tell_as(name, value, said, label, arguments)
        return [Fragment(text=f"whose {noun} is {words} {said}", facts=(fact,))]

    def _tell(
        self,
        tool: DomainTool,
        arguments: Arguments,
        kind: str,
        value: Any,
        said: str,
        label: str,
    ) -> str:
        """Makes the argument of that kind a fact of the user; the fact's name."""
        name = next(name for name, role in tool.arguments.items() if role.kind == kind)
        return self._tell_as(name, value, said, label, arguments)

    def _tell_as(self, name: str, value: Any, said: str, label: str, arguments: Arguments) -> str:
        fact = self.notebook.tell(name, value, said, label)
        arguments[name] = value, Provenance(origin="user", fact=fact.name)
        return fact.name


def _is_beyond(value: Any, bound: Any, kind: str) -> bool:
    """Whether a bound keeps a value out; one that is not known is kept out by any."""
    return value is None or (value < bound if kind == "least" else value > bound)


def _named(asked: str, names: list[str]) -> list[AnswerFact]:
    return [AnswerFact(label=f"one of the {asked}", value=name, said=(name,)) for name in names]


def _names(table: Table, rows: list[dict[str, Any]]) -> list[str]:
    """What the rows of a list are called; nothing if there are too many, or not all have a name."""
    names = [row.get(table.label or "") for row in rows]
    told = all(names) and len(set(names)) == len(names) <= _MOST_NAMED
    return [str(name) for name in names] if told else []
