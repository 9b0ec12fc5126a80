"""Rows as people remember them: "the blue one I ordered last week", "my cancelled one from March".

In: a row, the rows that it must be told from, and what a list shows of them.  Out: `Recollection`s,
each of which names that row alone, whichever way its words are understood.  Nobody tells a value
with them: the agent reads off a list which row is meant.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from random import Random
from typing import Any

from agentscaler.domain.domain import Column, Table
from agentscaler.domain.schema import quote
from agentscaler.task.happenings import happening_of
from agentscaler.task.relative_days import RelativeDay, relative_days
from agentscaler.task.speech import say

__all__ = ["Memory", "Recollection", "Trait", "When", "recollections"]

_DESCRIBED = re.compile(
    r"\w{3,}(?:[^e]ed|ble|ive)|draft|due|empty|final|free|full|idle|live|lost|missing|new|offline"
    r"|online|open|overdue|pending|private|public|ready|running|scheduled|unpaid|unread|unused"
    r"|upcoming|waiting"
)
_VOID = frozenset(
    "added booked created current deleted filed made needed opened placed requested submitted"
    " undefined unrecognized unspecified unsupported".split()
)
"""Words that say nothing of a row, or only that there is one."""
_COLOURS = frozenset(
    "beige black blue brown gold golden green grey gray navy orange pink purple red silver teal"
    " turquoise violet white yellow".split()
)
_SIZES = frozenset({"small", "medium", "large", "tiny", "huge"})
_KINDS = frozenset(
    "category class color colour delivery edition genre kind option plan size tier type"
    " view".split()
)
_SORTS = frozenset(
    "annual automatic basic business daily enterprise express external global hourly internal"
    " manual monthly permanent personal premium primary private professional public recurring"
    " regional secondary shared standard temporary weekly yearly".split()
)
_STAYS = frozenset({"booking", "reservation", "stay"})
"""What people arrive and leave for, and what does not do so itself."""
_PLANNED = frozenset({"planned", "scheduled"})
_AHEAD = ("arriving", "due", "ending", "expiring", "leaving", "starting")
_STEM = 5
_PLAIN_WORD = re.compile(r"[a-z]{4,}")

Row = dict[str, Any]


@dataclass
class Memory:
    """How often a user remembers a row by what it is like and when it came about.

    Attributes:
        share: the chance for a row that can be.
        random: of its own, so that a walk in which nothing can be remembered goes as it would.
    """

    share: float = 0.0
    random: Random = field(default_factory=lambda: Random(0))


@dataclass(frozen=True)
class Trait:
    """What a row is like: a value of a column, or the last words of a name ("Rain Jacket, blue").

    Attributes:
        word: to stand before the noun.
        ending: whether the column's text ends with ", " and the word.
    """

    column: Column
    word: str
    value: Any
    ending: bool = False

    def fits(self, row: Row) -> bool:
        """Whether a row still has the value."""
        return bool(row[self.column.name] == self.value)

    def query(self) -> tuple[str, list[Any]]:
        """As a condition in SQL, with its values."""
        if self.ending:
            return f"{quote(self.column.name)} LIKE ?", [f"%, {self.word}"]
        return f"{quote(self.column.name)} IS ?", [self.value]


@dataclass(frozen=True)
class When:
    """When something happened to a row, or will.

    Attributes:
        words: behind the noun: "I ordered last week", "from March", "leaving tomorrow".
        dated: the same with the day itself, as one speaks who looked it up ("placed on 3 May").
        own: whether the words say "I".
    """

    column: Column
    day: RelativeDay
    words: str
    dated: str
    own: bool = False

    def fits(self, row: Row) -> bool:
        """Whether a row's value is as the words say in every reading."""
        first, last = self.day.surely
        return first <= date.fromisoformat((row[self.column.name] or "0001-01-01")[:10]) <= last

    def query(self) -> tuple[str, list[Any]]:
        """As a condition in SQL, with its values: in some reading of the words."""
        name = f"substr({quote(self.column.name)}, 1, 10)"
        spans = [f"{name} BETWEEN ? AND ?" for _ in self.day.perhaps]
        values = [day.isoformat() for span in self.day.perhaps for day in span]
        return f"({' OR '.join(spans)})", values


@dataclass(frozen=True)
class Recollection:
    """A row by what it is like, by when it was, or by both.

    Attributes:
        group: what the rows it is told from have in common, by column.
        mine: whether the row is the user's own.
    """

    table: Table
    group: tuple[tuple[str, Any], ...]
    trait: Trait | None
    when: When | None
    mine: bool

    @property
    def parts(self) -> list[Trait | When]:
        return [part for part in (self.trait, self.when) if part is not None]

    @property
    def columns(self) -> frozenset[str]:
        """The columns that one must see to tell which row is meant."""
        return frozenset(part.column.name for part in self.parts)

    def words(self, noun: str = "") -> str:
        """The row in the user's words.

        Args:
            noun: in place of the table's own ("one").
        """
        noun = noun or self.table.noun
        own = self.when is not None and self.when.own
        parts = ["my" if self.mine and not own else "the", noun]
        if self.trait is not None:
            parts.insert(1, self.trait.word)
        if self.when is not None:
            parts.append(self.when.words)
        return " ".join(parts)

    def query(self) -> tuple[str, list[Any]]:
        """A query for the keys of all rows that could be meant, with its values."""
        tests = [f"{quote(column)} IS ?" for column, _ in self.group]
        values = [value for _, value in self.group]
        for part in self.parts:
            test, more = part.query()
            tests.append(test)
            values += more
        key = quote(self.table.key[0])
        where = " AND ".join(tests) or "TRUE"
        sql = f"SELECT {key} AS key FROM {quote(self.table.name)} WHERE {where} ORDER BY {key}"
        return sql, values


def recollections(
    table: Table,
    columns: Sequence[Column],
    row: Row,
    group: dict[str, Any],
    now: str,
    *,
    mine: bool,
    rng: Random,
) -> Iterator[Recollection]:
    """Ways to remember a row, in an order drawn at random; whether one singles it out is to be
    asked with its query.

    Args:
        columns: those that a list shows of each row.
        group: what the rows have in common that the list shows, by column.
        now: where the domain's clock stands.
        mine: whether the rows are the user's own.
    """
    traits = list(_traits(table, columns, row))
    whens = list(_whens(table, columns, row, now, mine))
    pairs = [
        (trait, when)
        for trait, when in product([*traits, None], [*whens, None])
        if trait is None or when is None or _agree(table, trait, when)
    ]
    rng.shuffle(pairs)
    both = [pair for pair in pairs if None not in pair]
    single = [pair for pair in pairs if pair.count(None) == 1]
    for trait, when in [*both, *single] if rng.random() < 0.5 else [*single, *both]:
        yield Recollection(table, tuple(sorted(group.items())), trait, when, mine)


def _traits(table: Table, columns: Sequence[Column], row: Row) -> Iterator[Trait]:
    for column in columns:
        value = row[column.name]
        if not isinstance(value, str) or column.references or column.name in table.key:
            continue
        word = _adjective(table, column, value)
        if word and not _repeats(table, word):
            yield Trait(column, word, value)
        elif column.name == table.label:
            name, _, last = value.rpartition(", ")
            if name and last in _COLOURS | _SIZES:
                yield Trait(column, last, value, ending=True)


def _adjective(table: Table, column: Column, value: str) -> str:
    """A value that can stand before the noun ("pending orders"); "" if it cannot."""
    said = say(column, value)
    if said in _COLOURS | _SIZES and column.name != table.label:
        return said
    if not column.enum:
        return ""
    if column.name == table.status:
        return said if _DESCRIBED.fullmatch(said) and said not in _VOID else ""
    if column.noun.rsplit(" ", 1)[-1] not in _KINDS:
        return ""
    return said if said in _SORTS or (_PLAIN_WORD.fullmatch(value) and value not in _VOID) else ""


def _agree(table: Table, trait: Trait, when: When) -> bool:
    """Whether a status goes with what happened: nothing is active that expired last week, and
    nothing is planned that was made."""
    if trait.column.name != table.status:
        return True
    ahead = when.words.startswith(_AHEAD)
    return ahead if trait.word in _PLANNED else not when.words.startswith("that ")


def _repeats(table: Table, words: str) -> bool:
    """Whether words say what the noun says: "delivered delivery", "report reported"."""
    stems = {noun[:_STEM] for noun in table.noun.split(" ")}
    return any(word[:_STEM] in stems for word in words.split(" ")[:2])


def _whens(
    table: Table, columns: Sequence[Column], row: Row, now: str, mine: bool
) -> Iterator[When]:
    today = datetime.fromisoformat(now).date()
    for column in columns:
        value = row[column.name]
        if column.meaning != "moment" or column.type not in {"date", "timestamp"} or not value:
            continue
        happening = happening_of(column)
        if happening is None or (happening.of_movers and table.noun.split(" ")[-1] in _STAYS):
            continue
        day = date.fromisoformat(value[:10])
        if day == today and not happening.did and value in {value[:10], now}:
            continue  # neither over nor yet to come
        past = day < today or (day == today and value < now)
        for way in relative_days(day, today):
            dated = happening.dated(say(column, value), past=past)
            for words, own in happening.words(way, past=past, mine=mine):
                if not _repeats(table, words):
                    yield When(column, way, words, dated, own)
