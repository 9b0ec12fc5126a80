"""Wishes for several rows at once: deeds done to each, and questions about each.

Where the domain has a tool that takes a list of keys, one call serves; else gold has one call a
row, whose order does not matter.  What is told of the rows is what the set's list shows of them.
"""

from collections.abc import Callable
from typing import Any

from agentscaler.corpus.english import capital
from agentscaler.domain.batches import BATCHES, key_argument
from agentscaler.domain.describe import needs_confirmation
from agentscaler.domain.domain import Column, DomainTool, Table, ToolKind
from agentscaler.task.choose import Arguments
from agentscaler.task.deeds import DeedMaker, filled
from agentscaler.task.identify import Introduction
from agentscaler.task.made import Made
from agentscaler.task.notebook import Focus, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.selections import LEAST, MOST, Selection, Selector
from agentscaler.task.speech import clause, column_noun, is_switch, quoted, spellings, states
from agentscaler.task.spoken_deeds import SpokenDeed, is_added, spoken_deed
from agentscaler.task.task import AnswerFact, Fragment, Provenance
from agentscaler.task.wishes import Walking, WishMaker

__all__ = ["SeveralMaker"]

_KINDS = frozenset({ToolKind.GET, ToolKind.UPDATE, ToolKind.DELETE, ToolKind.TRANSITION, *BATCHES})
_READS = frozenset({ToolKind.GET, ToolKind.BATCH_GET})
_MOST_READ = 4
_TRIES = 8

Row = dict[str, Any]


class SeveralMaker(WishMaker):
    """Makes such wishes for one walk.

    Attributes:
        many: for how many rows the next wish must be; None for any number.
    """

    def __init__(self, walking: Walking, deeds: DeedMaker) -> None:
        super().__init__(walking)
        self.deeds = deeds
        self.many: int | None = None
        self.selector = Selector(walking)

    def serves(self, tool: DomainTool) -> bool:
        """Whether `tool` works on rows of which there may be several."""
        if tool.ask is not None:
            return spoken_deed(tool, "") is not None
        return tool.kind in _KINDS

    def make(self, tool: DomainTool, focus: Focus | None) -> Made:
        """A wish whose aim is `tool`, done to two rows or more.

        Raises:
            WalkStop: no set of rows can be spoken of, or the tool refuses one of them.
        """
        table = self.manifest.table[tool.table]
        if tool.kind in _READS:
            return self._tell(tool, table, focus)
        deed = spoken_deed(tool, key_argument(tool, table))
        assert deed is not None
        if tool.kind is ToolKind.UPDATE and tool.ask is None:
            return self._update(tool, table, focus)
        return self._do(tool, table, focus, deed)

    def _select(
        self, tool: DomainTool, table: Table, focus: Focus | None, sets: str = ""
    ) -> Selection:
        """A set by what its rows have in common, or by their names.

        Args:
            sets: a column that is going to be set, beside what the tool always sets.
        """
        fits = self._fits(tool, table, sets)
        spare = self.notebook.max_calls - len(self.notebook.calls) - 1
        most = MOST if tool.kind in BATCHES else min(spare, MOST)
        mark = self.notebook.mark()
        named_first = self.random.random() < (0.5 if tool.kind in _READS else 0.15)
        for named in (named_first, not named_first):
            try:
                if named:
                    return self.selector.named(table, focus, fits, self.many)
                few = min(most, _MOST_READ) if tool.kind in _READS else most
                few, least = min(few, self.many or few), self.many or LEAST
                return self.selector.select(table, focus, fits, few, sets, least)
            except WalkStop:
                self.notebook.return_to(mark)
                mark = self.notebook.mark()
        raise WalkStop(TaskReason.NO_START, f"no set of {table.name} for {tool.name}")

    def _fits(self, tool: DomainTool, table: Table, sets: str) -> Callable[[Row], bool]:
        """Tells the rows that the tool accepts, and that are left as they were so far."""
        accepted = self.choose.accepted(tool, table)

        def fits(row: Row) -> bool:
            touched = self.choose.touched(table, row)
            return (
                row[table.key[0]] in accepted
                and touched.isdisjoint({"deleted", sets})
                and self.choose.is_untouched(tool, table, row)
                and not (tool.kind in _READS and "*" in touched)
            )

        return fits

    def _call(self, tool: DomainTool, rows: Selection, values: Arguments) -> list[Fragment]:
        """Does it to each row; words for owners that nobody spoke of yet."""
        argument = key_argument(tool, rows.table)
        if tool.kind in BATCHES:
            origin = Provenance(origin="items", items=rows.origins)
            self.notebook.call(tool, {argument: (list(rows.keys), origin)}, "goal")
            return []
        owners, words = self._owners(tool, rows)
        for key, origin in zip(rows.keys, rows.origins, strict=True):
            self.notebook.call(tool, {argument: (key, origin), **owners, **values}, "goal")
        return words

    def _owners(self, tool: DomainTool, rows: Selection) -> tuple[Arguments, list[Fragment]]:
        """What else a tool must be told of the rows' owners, which must be the same for all."""
        columns = [
            tool.arguments[name].column
            for name in tool.parameters["required"]
            if tool.arguments[name].kind == "reference"
        ]
        found = [self.identify.row(rows.table, key) or {} for key in rows.keys]
        if len({tuple(row[column] for column in columns) for row in found}) > 1:
            raise WalkStop(TaskReason.NO_START, f"owners of {rows.table.name} differ")
        arguments, words = self.identify.owners(tool, found[0])
        return arguments, list(words)

    def _tell(self, tool: DomainTool, table: Table, focus: Focus | None) -> Made:
        mark = self.notebook.mark()
        rows = self._select(tool, table, focus)
        records, columns = self._askable(rows)
        if not columns and rows.looked_up and focus is None:
            self.notebook.return_to(mark)
            rows = self.selector.by_keys(table, self._fits(tool, table, ""), self.many)
            records, columns = self._askable(rows)
        if not columns:
            raise WalkStop(TaskReason.NO_START, f"nothing to ask of several {table.name}")
        column = self.random.choice(columns)
        owners = self._call(tool, rows, {})
        request = [Fragment(text=f"tell me the {column_noun(column)} of"), *rows.words, *owners]
        answers = [
            AnswerFact(
                label=f"the {column_noun(column)} of {name}",
                value=row[column.name],
                said=spellings(column, row[column.name]),
            )
            for name, row in zip(rows.names, records, strict=True)
        ]
        parts = [
            f"for {name}, {states(column, row[column.name])}"
            for name, row in zip(rows.names, records, strict=True)
        ]
        return Made(request, f"{capital('; '.join(parts))}.", "", answers, focus)

    def _askable(self, rows: Selection) -> tuple[list[Row], list[Column]]:
        """The rows, and the columns that one may ask for of all of them."""
        records = [self.identify.row(rows.table, key) or {} for key in rows.keys]
        each = [self.choose.askable(rows.table, row, looked_up=rows.looked_up) for row in records]
        shared = [column for column in each[0] if all(column in one for one in each)]
        return records, [column for column in shared if column.type != "boolean"]

    def _do(self, tool: DomainTool, table: Table, focus: Focus | None, deed: SpokenDeed) -> Made:
        """A deed without values of its own, or with the same ones for all rows."""
        rows = self._select(tool, table, focus)
        values: Arguments = {}
        first = self.identify.row(table, rows.keys[0]) or {}
        if tool.ask is not None:
            request, confirm, values = self._asked(tool, rows, deed)
            owners = self._call(tool, rows, values)
        else:
            told = [] if tool.kind in BATCHES else self._told(tool, table, values, first)
            owners = self._call(tool, rows, values)
            request = [Fragment(text=deed.verb), *rows.words, *owners, *told]
            confirm = f"{deed.gerund} {rows.spoken}"
        self.deeds.touch()
        report = f"{capital(rows.spoken)} have been {deed.done}."
        named = rows.names if confirm and needs_confirmation(tool) else ()
        return Made(request, report, confirm, [], focus, named)

    def _told(self, tool: DomainTool, table: Table, values: Arguments, row: Row) -> list[Fragment]:
        words = []
        for column, value in self.choose.new_values(tool, table, values, most=1, row=row):
            said, fact = self.choose.tell(table, column, value, values)
            words.append(Fragment(text=f"with {clause(column, said)}", facts=(fact,)))
        return words

    def _asked(
        self, tool: DomainTool, rows: Selection, deed: SpokenDeed
    ) -> tuple[list[Fragment], str, Arguments]:
        """Request, confirmation and values of a deed of its own."""
        assert tool.ask is not None
        given = self.deeds.ground(tool, None)
        origin = Provenance(origin="items", items=rows.origins)
        met = {deed.argument: Introduction("", origin, rows.words, rows.spoken)}
        arguments, told = self.deeds.arguments(tool, given, met)
        del arguments[deed.argument]
        fragments = self.deeds.request(tool, given, met, told)
        request = [one for one in fragments if one.facts or not is_added(one.text)]
        said = {name: words for name, (words, _) in told.items()} | {deed.argument: rows.spoken}
        return request, filled(tool.ask.confirm, said), arguments

    def _update(self, tool: DomainTool, table: Table, focus: Focus | None) -> Made:
        column = self._settable(tool, table)
        rows = self._select(tool, table, focus, column.name)
        held = [(self.identify.row(table, key) or {})[column.name] for key in rows.keys]
        drawn = (self.choose.fresh(table, column, None) for _ in range(_TRIES))
        value = next((one for one in drawn if one is not None and one not in held), None)
        if value is None:
            raise WalkStop(TaskReason.NO_START, f"no new {column.noun} for {table.name}")
        values: Arguments = {}
        said, fact = self.choose.tell(table, column, value, values, "the new")
        owners = self._call(tool, rows, values)
        self.deeds.touch()
        if column.type == "boolean":
            vague = f"change {column_noun(column)} for"
            head = Fragment(text=f"switch {said} for", facts=(fact,), vague=vague)
            request = [head, *rows.words, *owners]
        else:
            head = Fragment(text=f"set the {column_noun(column)} of")
            tail = Fragment(text=f"to {quoted(column, said)}", facts=(fact,))
            request = [head, *rows.words, *owners, tail]
        report = f"For {rows.spoken}, {states(column, value, now=True)}."
        return Made(request, report, "", [], focus)

    def _settable(self, tool: DomainTool, table: Table) -> Column:
        """A column that several rows may be given one value for, with the tool that sets it."""
        required = tool.parameters["required"]
        names = [name for name, role in tool.arguments.items() if role.kind == "value"]
        columns = [
            table.by_name[tool.arguments[name].column]
            for name in names
            if name == tool.arguments[name].column and set(required) & set(names) <= {name}
        ]
        fits = [
            column
            for column in columns
            if not column.unique
            and column.name != table.label
            and (
                column.enum
                or column.type in {"integer", "real", "date", "timestamp"}
                or is_switch(column)
            )
        ]
        if not fits:
            raise WalkStop(TaskReason.NO_START, f"{tool.name} sets nothing that many share")
        return self.random.choice(fits)
