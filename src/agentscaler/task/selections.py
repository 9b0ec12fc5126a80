"""Several rows at once, as people ask for them: "all my pending orders but the cheapest".

`Selector.select` chooses a group of rows that one list shows, and what those that are meant have in
common; it calls the list, and holds the set against a query on the state.  `Selector.named` has
rows called by their names instead.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from agentscaler.corpus.english import listing, plural_noun
from agentscaler.domain.domain import DomainTool, Table
from agentscaler.task.choose import Arguments
from agentscaler.task.likeness import shown_columns
from agentscaler.task.notebook import Focus, Mention, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.speech import say
from agentscaler.task.spoken_cuts import SpokenCut, spoken_cuts
from agentscaler.task.task import Fragment, Provenance
from agentscaler.task.wishes import WishMaker

__all__ = ["Selection", "Selector"]

LEAST, MOST = 2, 6
_OWNED = 0.5
_FILTERED = 0.6
_ORDINALS = ("first", "second", "third")

Row = dict[str, Any]


@dataclass(frozen=True)
class Selection:
    """Rows that are spoken of together.

    Attributes:
        keys: in the order in which the list shows them.
        origins: where the agent has each key from.
        names: what the agent calls each row.
        words: the set in a request.
        spoken: the set as the agent speaks of it ("the 3 orders A, B and C").
        looked_up: whether a list was called for the keys.
    """

    table: Table
    keys: tuple[str, ...]
    origins: tuple[Provenance, ...]
    names: tuple[str, ...]
    words: tuple[Fragment, ...]
    spoken: str
    looked_up: bool


@dataclass(frozen=True)
class _Group:
    """Rows that one call of a list shows, with the words for what they belong to."""

    rows: list[Row]
    same: dict[str, Any]
    tool: DomainTool
    arguments: Arguments
    owners: list[Fragment]
    mine: bool


class Selector(WishMaker):
    """Selects rows for one walk."""

    def select(
        self,
        table: Table,
        focus: Focus | None,
        fits: Callable[[Row], bool],
        most: int = MOST,
        besides: str = "",
        least: int = LEAST,
    ) -> Selection:
        """Two rows or more that have something in common which a list shows.

        Args:
            fits: whether a row may be among them.
            besides: a column that must not be what they have in common.

        Raises:
            WalkStop: there are none, or the state does not bear out what the list shows.
        """
        group = self._group(table, focus, fits)
        shown = shown_columns(group.tool) - {besides}
        fitting = {row[table.key[0]] for row in group.rows if fits(row)}
        columns = [column for column in table.columns if column.name in shown]
        for spoken in spoken_cuts(table, columns, group.rows, group.mine, self.random):
            keys = spoken.cut.of(group.rows, table.key[0])
            if keys and least <= len(keys) <= most and fitting.issuperset(keys):
                return self._listed(table, group, spoken, set(keys))
        raise WalkStop(TaskReason.NO_START, f"no {table.name} have something in common")

    def named(
        self,
        table: Table,
        focus: Focus | None,
        fits: Callable[[Row], bool],
        many: int | None = None,
    ) -> Selection:
        """Two or three rows, each called by its name.

        Args:
            many: how many; None for either.

        Raises:
            WalkStop: too few have a name of their own, or there is no way to their keys.
        """
        name = table.key[0] if table.natural_key else table.label
        if name is None or table.address:
            raise WalkStop(TaskReason.NO_START, f"{table.name} have no names")
        group = None if table.natural_key else self._group(table, focus, fits)
        rows = group.rows if group else self.identify.rows(table)
        given = [row[name] for row in self.identify.rows(table)]
        chosen = [row for row in rows if fits(row) and given.count(row[name]) == 1 and row[name]]
        chosen = self._few(table, chosen, many)
        called = self._called(table, name, "name", chosen)
        if group is None:
            return called
        called_with = self.notebook.as_called(group.tool, group.arguments)
        same = {name: value for name, (value, _) in called_with.items()}
        index = self.notebook.same_call(group.tool.name, same)
        if index is None:
            index = self.notebook.call(group.tool, group.arguments, "lookup")
        return replace(
            called,
            origins=self._origins(table, index, list(called.keys)),
            words=(*called.words, *group.owners),
            looked_up=True,
        )

    def by_keys(
        self, table: Table, fits: Callable[[Row], bool], many: int | None = None
    ) -> Selection:
        """Two or three rows that nobody looked up, each called by its id, as from a letter.

        Args:
            many: how many; None for either.

        Raises:
            WalkStop: there are too few.
        """
        if table.address:
            raise WalkStop(TaskReason.NO_START, f"keys of {table.name} are not said as a whole")
        key = table.key[0]
        rows = [row for row in self.identify.rows(table) if fits(row)]
        unknown = [row for row in rows if self.notebook.seen(row[key]) is None]
        called = self._called(table, key, "ID", self._few(table, unknown, many))
        for one, origin in zip(called.keys, called.origins, strict=True):
            said = f"the {table.noun} {one}"
            mention = Mention(said, (origin.fact,) if origin.fact else (), said)
            self.notebook.mentioned[table.name, one] = mention
        return called

    def _few(self, table: Table, rows: list[Row], many: int | None) -> list[Row]:
        if len(rows) < (many or LEAST) or (many or LEAST) > len(_ORDINALS):
            raise WalkStop(TaskReason.NO_START, f"too few {table.name} to name")
        if many is not None:
            return self.random.sample(rows, many)
        return self.random.sample(rows, min(len(rows), self.random.choice((2, 2, 3))))

    def _called(self, table: Table, column: str, what: str, rows: list[Row]) -> Selection:
        """Rows as the user calls them, by what stands in `column`."""
        facts = [
            self.notebook.tell(
                f"{table.noun.replace(' ', '_')}_{ordinal}",
                row[column],
                say(table.by_name[column], row[column]),
                f"the {what} of the {ordinal} {table.noun}",
            )
            for ordinal, row in zip(_ORDINALS, rows, strict=False)
        ]
        self.notebook.grouped.add(table.name)
        called = listing([fact.said for fact in facts])
        words = Fragment(
            text=f"the {plural_noun(table.noun)} {called}",
            facts=tuple(fact.name for fact in facts),
            vague=f"some of the {plural_noun(table.noun)}",
        )
        return Selection(
            table,
            tuple(row[table.key[0]] for row in rows),
            tuple(Provenance(origin="user", fact=fact.name) for fact in facts),
            tuple(fact.said for fact in facts),
            (words,),
            f"the {len(rows)} {plural_noun(table.noun)} {called}",
            looked_up=False,
        )

    def _group(self, table: Table, focus: Focus | None, fits: Callable[[Row], bool]) -> _Group:
        """Rows beside one that fits, under the owners that the list must be given; at times
        under one more."""
        if table.name == self.manifest.speaker or (focus and focus.table == table.name):
            raise WalkStop(TaskReason.NO_START, f"one {table.noun} is spoken of")
        rows = [row for row in self.identify.rows(table) if fits(row)]
        if focus is not None:
            rows = [row for row in rows if self.choose.is_near(table, row, focus)]
        if not rows:
            raise WalkStop(TaskReason.NO_START, f"no {table.noun} fits")
        row = self.random.choice(self.choose.least_named(table, rows))
        tool = self.identify.finder(table, row)
        if tool is None or any(
            tool.arguments[name].kind != "reference" for name in tool.parameters["required"]
        ):
            raise WalkStop(TaskReason.NO_START, f"no list shows {table.name}")
        arguments, words = self.identify.owners(tool, row, named=True)
        owners = list(words)
        for name, role in self._more_owners(tool, table, row, focus):
            owner = self.manifest.table[role]
            met = self.identify.introduce(owner, row[name])
            arguments[name] = met.key, met.origin
            owners += self.identify.belonging(owner, met, name)
        same = {tool.arguments[name].column: value for name, (value, _) in arguments.items()}
        required = tool.parameters["required"]
        mine = any(tool.arguments[name].table == self.manifest.speaker for name in required)
        return _Group(self.identify.rows(table, same), same, tool, arguments, owners, mine)

    def _more_owners(
        self, tool: DomainTool, table: Table, row: Row, focus: Focus | None
    ) -> Iterator[tuple[str, str]]:
        """An owner that the list may be given, by argument and table: the focused one or any."""
        optional = [
            (name, role.table)
            for name, role in tool.arguments.items()
            if role.kind == "reference"
            and role.column == name
            and name not in tool.parameters["required"]
            and row[name] is not None
            and role.table != self.manifest.speaker
        ]
        focused = [one for one in optional if focus and (one[1], row[one[0]]) == focus_of(focus)]
        if focused:
            yield focused[0]
        elif optional and focus is None and self.random.random() < _OWNED:
            yield self.random.choice(optional)

    def _listed(
        self, table: Table, group: _Group, spoken: SpokenCut, wanted: set[str]
    ) -> Selection:
        """Calls the list, and checks that it shows the set, and that the state bears it out."""
        facts = [
            self.notebook.tell(f"{table.noun.replace(' ', '_')}_{name}", value, said, label).name
            for name, value, said, label in spoken.facts
        ]
        arguments = dict(group.arguments)
        if spoken.filtered and self.random.random() < _FILTERED:
            for name, role in group.tool.arguments.items():
                if role.kind == "filter" and role.column == spoken.filtered:
                    value = spoken.facts[0][1]
                    arguments[name] = value, Provenance(origin="user", fact=facts[0])
        index = self.notebook.call(group.tool, arguments, "lookup")
        shown = _rows(self.notebook.calls[index].result)
        key = table.key[0]
        found = spoken.cut.of(shown, key)
        sql, values = spoken.cut.query(table, group.same)
        asked = {row["key"] for row in self.notebook.world.query(sql, *values)}
        if found is None or set(found) != wanted or asked != wanted:
            raise WalkStop(TaskReason.NO_START, f"the list does not show which {table.name}")
        keys = [row[key] for row in shown if row[key] in wanted]
        names = _names(table, [row for row in shown if row[key] in wanted])
        self.notebook.grouped.add(table.name)
        head, tail = spoken.fragments(facts)
        noun = plural_noun(table.noun)
        return Selection(
            table,
            tuple(keys),
            self._origins(table, index, keys),
            names,
            (head, *group.owners, *tail),
            f"the {len(keys)} {noun} {listing(names)}",
            looked_up=True,
        )

    def _origins(self, table: Table, index: int, keys: list[str]) -> tuple[Provenance, ...]:
        """Where the result of a list call shows each key."""
        result = self.notebook.calls[index].result
        field = next(name for name, value in result.items() if isinstance(value, list))
        places = {row[table.key[0]]: place for place, row in enumerate(result[field])}
        if not places.keys() >= set(keys):
            raise WalkStop(TaskReason.NO_START, f"the list does not show all {table.name}")
        told = {
            fact.value: fact.name for fact in self.notebook.facts.values() if fact.value in keys
        }
        return tuple(
            Provenance(origin="user", fact=told[key])
            if key in told
            else Provenance(origin="tool", call=index, path=(field, places[key], table.key[0]))
            for key in keys
        )


def focus_of(focus: Focus) -> tuple[str, str]:
    return focus.table, focus.key


def _rows(result: dict[str, Any]) -> list[Row]:
    return next((value for value in result.values() if isinstance(value, list)), [])


def _names(table: Table, rows: list[Row]) -> tuple[str, ...]:
    """What the rows of a list are called: their names where these tell them apart, else ids."""
    if table.label is not None:
        names = [row.get(table.label) for row in rows]
        if all(names) and len(set(names)) == len(names):
            return tuple(str(name) for name in names)
    return tuple(str(row[table.key[0]]) for row in rows)
