"""Words for sets of rows: "all my pending orders but the cheapest", "the three oldest tickets".

`spoken_cuts` goes through what the rows of a group may have in common, in an order drawn at random,
each way of it once.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from agentscaler.corpus.english import plural_noun, with_article
from agentscaler.domain.domain import Column, Table
from agentscaler.task.cuts import Condition, Cut, Row, round_between
from agentscaler.task.speech import column_noun, is_switch, quoted, say
from agentscaler.task.task import Fragment

__all__ = ["SpokenCut", "spoken_cuts"]

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
_TIMES = frozenset({"date", "timestamp"})
_ADJECTIVE = re.compile(
    r"\w+(?:ed|en|ble|ive)|draft|due|final|live|missing|new|overdue|pending|private|public|running"
    r"|upcoming|waiting"
)
_EVENT = re.compile(r"(\w+ed|made|bought|paid|sent) (?:on|at)")
_PRICES = re.compile(r"\b(price|cost|fare|fee|rate|total|premium|rent)$")
_SIZES = re.compile(r"\b(size|storage|capacity)\b")
_AGES = frozenset({"created", "placed", "opened", "filed", "issued", "submitted", "made", "added"})


@dataclass(frozen=True)
class SpokenCut:
    """A cut with its words.

    Attributes:
        head: the words for it, up to what the rows belong to.
        tail: what comes behind that: the exception.
        vague: the head with its facts kept back; "" where they cannot be.
        facts: name, value, words and label of each fact that the user tells with it.
        tail_told: how many of the facts, at the end, are told by the tail.
        filtered: the column that its first fact is about, which a list may filter by; "" if none.
    """

    cut: Cut
    head: str
    tail: str = ""
    vague: str = ""
    facts: tuple[tuple[str, Any, str, str], ...] = ()
    tail_told: int = 0
    filtered: str = ""

    def fragments(self, facts: Sequence[str]) -> tuple[Fragment, list[Fragment]]:
        """The pieces of a request before and behind the owners.

        Args:
            facts: the names that the facts were given.
        """
        cut = len(facts) - self.tail_told
        head = Fragment(text=self.head, facts=tuple(facts[:cut]), vague=self.vague)
        tail = Fragment(text=self.tail, facts=tuple(facts[cut:]))
        return head, [tail] if self.tail else []


def spoken_cuts(
    table: Table, columns: Sequence[Column], rows: Sequence[Row], mine: bool, rng: random.Random
) -> Iterator[SpokenCut]:
    """Ways to single out some of `rows`, by `columns` alone.

    Args:
        mine: whether the rows are the user's own.
    """
    maker = _Maker(table, columns, rows, "my" if mine else "the", rng)
    ways = [maker.alike, maker.bounded, maker.first_few, maker.but_one, maker.alike_first]
    rng.shuffle(ways)
    for way in [*ways, maker.all]:
        yield from way()


class _Maker:
    def __init__(
        self,
        table: Table,
        columns: Sequence[Column],
        rows: Sequence[Row],
        whose: str,
        rng: random.Random,
    ) -> None:
        self.table = table
        self.rows = rows
        self.whose = whose
        self.random = rng
        self.many = plural_noun(table.noun)
        self.telling = [
            column
            for column in columns
            if column.references is None
            and column.name not in table.key
            and column.name != table.label
        ]

    def all(self) -> Iterator[SpokenCut]:
        yield SpokenCut(Cut(), f"all {self.whose} {self.many}")

    def alike(self) -> Iterator[SpokenCut]:
        """Rows with the same value of a column with few values."""
        for column, value in self._shared():
            cut = Cut((Condition(column.name, "=", value),))
            head, fact = self._with_value(f"all {self.whose}", column, value)
            vague = f"some of {self.whose} {self.many}"
            yield SpokenCut(cut, head, vague=vague, facts=(fact,), filtered=column.name)

    def bounded(self) -> Iterator[SpokenCut]:
        """Rows on one side of a day or a number."""
        for column in self._shuffled(c for c in self.telling if c.type != "boolean"):
            values = sorted({row[column.name] for row in self.rows} - {None})
            if column.enum or len(values) < 3:
                continue
            place = self.random.randrange(1, len(values))
            if column.type in _TIMES:
                yield self._dated(column, str(values[place])[:10])
            elif column.type in {"integer", "real"} and column.meaning != "year":
                bound = round_between(column, values[place - 1], values[place])
                if bound is not None:
                    yield self._numbered(column, bound)

    def first_few(self) -> Iterator[SpokenCut]:
        """The first rows by some measure."""
        yield from self._first(Cut(), "", ())

    def alike_first(self) -> Iterator[SpokenCut]:
        """Of rows with the same value, the first ones by some measure."""
        for column, value in self._shared():
            adjective = self._adjective(column, value)
            if adjective:
                fact = self._fact(column, value)
                cut = Cut((Condition(column.name, "=", value),))
                for spoken in self._first(cut, f"{adjective} ", (fact,)):
                    yield replace(spoken, filtered=column.name)

    def but_one(self) -> Iterator[SpokenCut]:
        """All rows, or those with the same value, but one that stands out or is named."""
        shared = [(column, value) for column, value in self._shared()]
        bases: list[SpokenCut] = [SpokenCut(Cut(), f"all {self.whose} {self.many}")]
        for column, value in shared:
            head, fact = self._with_value(f"all {self.whose}", column, value)
            cut = Cut((Condition(column.name, "=", value),))
            bases.append(SpokenCut(cut, head, facts=(fact,), filtered=column.name))
        self.random.shuffle(bases)
        for base in bases:
            for column, down in self._measures():
                word = _superlative(column, down)
                noun = column_noun(column)
                end = _end(column, down)
                tail = f"but the {word}" if word else f"but the one with the {end} {noun}"
                cut = replace(base.cut, order=column.name, down=down, skip=1)
                yield replace(base, cut=cut, tail=tail)
            yield from self._but_named(base)

    def _but_named(self, base: SpokenCut) -> Iterator[SpokenCut]:
        """All of them but one that is called by its name."""
        label = self.table.label
        if label is None:
            return
        named = [row for row in self.rows if all(one.holds(row) for one in base.cut.conditions)]
        names = [row[label] for row in self.rows]
        for row in self.random.sample(named, min(2, len(named))):
            if row[label] and names.count(row[label]) == 1:
                said = say(self.table.by_name[label], row[label])
                about = f"the name of the {self.table.noun} to leave out"
                fact = ("exception", row[label], said, about)
                cut = replace(base.cut, without=row[self.table.key[0]])
                facts = (*base.facts, fact)
                yield replace(base, cut=cut, tail=f"except {said}", facts=facts, tail_told=1)

    def _first(
        self, cut: Cut, adjective: str, facts: tuple[tuple[str, Any, str, str], ...]
    ) -> Iterator[SpokenCut]:
        for column, down in self._measures():
            met = [row for row in self.rows if all(one.holds(row) for one in cut.conditions)]
            most = self.random.randint(2, 4)
            if len(met) <= most:
                continue
            few, word = _NUMBERS[most], _superlative(column, down)
            if word:
                head = f"{self.whose} {few} {word} {adjective}{self.many}"
            else:
                end = _end(column, down)
                many = f"{self.whose} {few} {adjective}{self.many}"
                head = f"{many} with the {end} {column_noun(column)}"
            number = ("number", most, few, f"how many {self.many} it should be")
            ranked = replace(cut, order=column.name, down=down, most=most)
            yield SpokenCut(ranked, head, facts=(*facts, number))

    def _measures(self) -> Iterator[tuple[Column, bool]]:
        """Columns that rank rows, each with the end to begin at."""
        fits = [c for c in self.telling if c.type in {*_TIMES, "integer", "real"} and not c.enum]
        for column in self._shuffled(fits):
            yield column, self.random.random() < 0.5

    def _shared(self) -> Iterator[tuple[Column, Any]]:
        """Columns with few values, each with one that some of the rows have, but not all."""
        for column in self._shuffled(self.telling):
            if not (column.enum or (column.type == "boolean" and is_switch(column))):
                continue
            held = [row[column.name] for row in self.rows if row[column.name] is not None]
            values = [v for v in sorted(set(held)) if 1 < held.count(v) < len(self.rows)]
            if values:
                yield column, self.random.choice(values)

    def _shuffled(self, columns: Iterator[Column] | Sequence[Column]) -> list[Column]:
        listed = list(columns)
        self.random.shuffle(listed)
        return listed

    def _with_value(
        self, whose: str, column: Column, value: Any
    ) -> tuple[str, tuple[str, Any, str, str]]:
        """All rows with a value, and the fact that it is."""
        fact = self._fact(column, value)
        adjective = self._adjective(column, value)
        if adjective:
            return f"{whose} {adjective} {self.many}", fact
        if column.type == "boolean":
            return f"{whose} {self.many} with {fact[2]}", fact
        said = quoted(column, fact[2])
        return f"{whose} {self.many} whose {column_noun(column)} is {said}", fact

    def _fact(self, column: Column, value: Any) -> tuple[str, Any, str, str]:
        said, noun = say(column, value), column_noun(column)
        if column.type == "boolean":
            return column.name, bool(value), f"{noun} {said}", f"whether {noun} is on or off"
        return column.name, value, said, f"the {noun} of the {self.many}"

    def _adjective(self, column: Column, value: Any) -> str:
        """A value that can stand before the noun ("pending orders"); "" if it cannot."""
        if column.name != self.table.status:
            return ""
        said = say(column, value)
        return said if _ADJECTIVE.fullmatch(said) else ""

    def _dated(self, column: Column, day: str) -> SpokenCut:
        before = self.random.random() < 0.7
        said = f"{date.fromisoformat(day).day} {date.fromisoformat(day):%B %Y}"
        event = _EVENT.fullmatch(column.name.replace("_", " "))
        when = f"before {said}" if before else f"on {said} or later"
        what = event.group(1) if event else f"whose {column_noun(column)} is"
        head = f"all {self.whose} {self.many} {what} {when}"
        label = f"the {'end' if before else 'start'} of the time that is meant"
        cut = Cut((Condition(column.name, "<" if before else ">=", day),))
        return SpokenCut(cut, head, facts=((f"{column.name}_bound", day, said, label),))

    def _numbered(self, column: Column, bound: float | int) -> SpokenCut:
        below = self.random.random() < 0.5
        said, noun = say(column, bound), column_noun(column)
        many = f"all {self.whose} {self.many}"
        head = f"{many} with {with_article(noun)} {'below' if below else 'of at least'} {said}"
        label = f"the {'upper' if below else 'lower'} bound of the {noun}"
        cut = Cut((Condition(column.name, "<" if below else ">=", bound),))
        return SpokenCut(cut, head, facts=((f"{column.name}_bound", bound, said, label),))


def _superlative(column: Column, down: bool) -> str:
    """One word for being first by a column, where there is one."""
    noun = column_noun(column)
    event = column.name.rsplit("_", 1)[0]
    if column.type in _TIMES and (event in _AGES or noun.startswith("creation ")):
        return "newest" if down else "oldest"
    if column.meaning == "money" and _PRICES.search(noun):
        return "most expensive" if down else "cheapest"
    if column.type in {"integer", "real"} and _SIZES.search(noun):
        return "largest" if down else "smallest"
    return ""


def _end(column: Column, down: bool) -> str:
    ends = ("latest", "earliest") if column.type in _TIMES else ("highest", "lowest")
    return ends[0] if down else ends[1]
