"""Words for rows: by what they hold, by what they are called, by their place among others."""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

from agentscaler.corpus.english import listing
from agentscaler.domain.domain import Column, Table
from agentscaler.task.speech import clause, column_noun, say
from agentscaler.task.task import Fragment

__all__ = [
    "behind",
    "by_facts",
    "by_values",
    "joined",
    "labelled",
    "own_account",
    "place_word",
    "places_of",
    "signature",
    "told_by_name",
]

_MEASURES = frozenset({"money", "number", "quantity", "rating"})
_EVENT = re.compile(r"(\w+ed|made|bought|paid|sent) (on|at)")
_HAPPENED = {
    "arrival date": "arriving",
    "arrival time": "arriving",
    "creation date": "created",
    "creation time": "created",
    "departure date": "leaving",
    "departure time": "leaving",
    "due date": "due",
    "end date": "ending",
    "end time": "ending",
    "expiration date": "expiring",
    "expiration time": "expiring",
    "expiry date": "expiring",
    "expiry time": "expiring",
    "last change time": "last changed",
    "last update time": "last updated",
    "start date": "starting",
    "start time": "starting",
    "submission time": "submitted",
}

_CONTAINERS = frozenset(
    "account album app application basket bucket calendar catalog channel cluster collection"
    " course database dataset directory domain environment fleet folder group instance library"
    " network order organization pool portfolio project queue registry repository room schema"
    " server site space stack store table team vault vpc workgroup workspace".split()
)
_PLACES = {"origin": "from", "source": "from", "destination": "to"}


def by_values(
    table: Table, columns: tuple[Column, ...], row: dict[str, Any], rng: random.Random
) -> str:
    """Words for a row by some of its columns: by what it is called, if that is the first one."""
    said = [say(column, row[column.name]) for column in columns]
    if columns[0].name == table.label:
        return labelled(table, columns[0], said[0], rng)
    return by_facts(table, columns, said)


def by_facts(table: Table, columns: tuple[Column, ...], said: list[str]) -> str:
    """Words for a row by what it holds: "the order placed on 3 May 2026"."""
    placed, rest = [], []
    for column, words in zip(columns, said, strict=True):
        event = _EVENT.fullmatch(column.name.replace("_", " "))
        if column.meaning == "moment" and event is not None:
            placed.append(f" {event.group(1)} on {words}")
        elif column.meaning == "moment" and column_noun(column) in _HAPPENED:
            placed.append(f" {_HAPPENED[column_noun(column)]} on {words}")
        elif column.type == "date" and column.noun in {"day", "date"}:
            placed.append(f" on {words}")
        elif column.meaning == "city" and column.name == "city":
            placed.append(f" in {words}")
        else:
            rest.append(clause(column, words))
    end = f" with {listing(rest)}" if rest else ""
    return f"the {table.noun}{''.join(placed)}{end}"


def labelled(table: Table, column: Column, said: str, rng: random.Random) -> str:
    """Words for a row by what it is called."""
    if column.meaning == "person_name":
        return f"the {table.noun} {said}"
    if column.meaning == "email":
        return f"the {table.noun} with the email address {said}"
    if column.meaning in {"reference", "code"}:
        return f"the {table.noun} {said}"
    return rng.choice((f'the {table.noun} "{said}"', f"the {table.noun} called {said}"))


def places_of(column: Column, row: dict[str, Any], near: list[dict[str, Any]]) -> Iterator[str]:
    """Words for a row that has the most or the least of a column among its neighbours."""
    values = [one[column.name] for one in near]
    if len(values) < 2 or None in values:
        return
    value, noun = row[column.name], column_noun(column)
    if column.meaning == "moment" and column.type in {"date", "timestamp"}:
        if not _EVENT.fullmatch(column.name.replace("_", " ")) and "creation" not in noun:
            return
        words = ("the oldest {noun}", "the most recent {noun}")
    elif column.type in {"integer", "real"} and column.meaning in _MEASURES:
        words = ("the {noun} with the lowest " + noun, "the {noun} with the highest " + noun)
    else:
        return
    for end, said in zip((min(values), max(values)), words, strict=True):
        if value == end and values.count(end) == 1:
            yield said


def place_word(table: Table, column: str = "") -> str:
    """What stands between a thing and the row that it belongs to.

    Args:
        column: what holds the owner's key, where that tells more ("from the airport").
    """
    last = table.noun.rsplit(" ", 1)[-1]
    return _PLACES.get(column) or ("in" if last in _CONTAINERS else "for")


def behind(word: str, words: Sequence[Fragment]) -> list[Fragment]:
    """The words for a row behind a word of place ("in the app Billing")."""
    first, *rest = words
    vague = f"{word} {first.vague}" if first.vague else ""
    return [Fragment(text=f"{word} {first.text}", facts=first.facts, vague=vague), *rest]


def own_account(columns: Sequence[Column], row: dict[str, Any], facts: tuple[str, ...]) -> Fragment:
    """The user's own row, as the user speaks of it."""
    told = listing([f"my {column_noun(c)} is {say(c, row[c.name])}" for c in columns])
    return Fragment(text=f"my account ({told})", facts=facts, vague="my account")


def signature(words: Sequence[Fragment]) -> list[Fragment]:
    """Who the user is, behind what is the user's own: "(my email address is ...)"."""
    return [Fragment(text=one.text.removeprefix("my account "), facts=one.facts) for one in words]


def joined(words: list[Fragment], more: list[Fragment]) -> list[Fragment]:
    """An owner behind another one: "for the agent A and the test B", not "for A for B"."""
    if not words:
        return more
    first, *rest = more
    word = first.text.split(" ", 1)[0]
    if words[-1].text.split(" ", 1)[0] != word or not first.text.startswith(f"{word} the "):
        return more
    vague = f"and{first.vague.removeprefix(word)}" if first.vague else ""
    text = f"and{first.text.removeprefix(word)}"
    return [first.model_copy(update={"text": text, "vague": vague}), *rest]


def told_by_name(
    words: Fragment, owners: tuple[Fragment, ...], name: Any
) -> tuple[Fragment, tuple[Fragment, ...]]:
    """A row and its owners, without the owner that is named in the row's own name.

    "The variant Ridge Boot, blue" says of which product it is.
    """
    if len(owners) != 1 or not isinstance(name, str) or not owners[0].facts:
        return words, owners
    called = re.search(r'(?:called |")([^"]+)"?$', owners[0].text)
    if called is None or not name.startswith(called[1]) or name == called[1]:
        return words, owners
    facts = (*words.facts, *owners[0].facts)
    return words.model_copy(update={"facts": facts}), ()
