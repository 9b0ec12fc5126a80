"""How people say values: dates in words, enum values in lower case, money with its cents."""

import re
from datetime import date, datetime
from typing import Any

from agentscaler.domain.domain import Column
from agentscaler.domain.statuses import spoken_value
from agentscaler.words import singular

__all__ = ["clause", "column_noun", "is_switch", "label_of", "quoted", "say", "spellings", "states"]

_TIME_WORDS = frozenset({"at", "on", "time", "timestamp", "date", "datetime"})
_SWITCH_WORDS = frozenset({"enable", "enabled", "is", "has"})
_SWITCHED = frozenset(
    "access backup caching compression encryption logging monitoring notifications protection"
    " replication sync tracking tracing versioning".split()
)
_EVENTS = {
    "arrives": "arrival",
    "booked": "booking",
    "born": "birth",
    "create": "creation",
    "created": "creation",
    "completed": "completion",
    "deleted": "deletion",
    "departs": "departure",
    "ended": "end",
    "ends": "end",
    "expires": "expiry",
    "filed": "filing",
    "issued": "issue",
    "joined": "joining",
    "last modified": "last change",
    "last updated": "last update",
    "made": "",
    "modified": "last change",
    "opened": "opening",
    "paid": "payment",
    "placed": "order",
    "reported": "report",
    "requested": "request",
    "sent": "sending",
    "signed": "signing",
    "started": "start",
    "starts": "start",
    "submitted": "submission",
    "update": "last update",
    "updated": "last update",
}
_AGENTS = {
    "approved by": "approver",
    "created by": "creator",
    "last modified by": "last editor",
    "last updated by": "last editor",
    "modified by": "last editor",
    "requested by": "requester",
    "updated by": "last editor",
    "uploaded by": "uploader",
}
_DAYS = frozenset({"day", "deadline"})
_FREE_TEXT = frozenset({"sentence", "title", "name", "reason", "trouble"})
_SMALL = "no one two three four five six seven eight nine ten eleven twelve".split()


def say(column: Column, value: Any) -> str:
    """`value` as a person says it."""
    if column.enum and isinstance(value, str):
        return spoken_value(value, column.enum)
    if column.type == "boolean":
        return "on" if value else "off"
    if column.type == "timestamp":
        moment = datetime.fromisoformat(value)
        return f"{_day(moment.date())} at {moment:%H:%M}"
    if column.type == "date":
        return _day(date.fromisoformat(value))
    if column.type == "real" and column.meaning == "money":
        return f"{value:.2f}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def spellings(column: Column | None, value: Any) -> tuple[str, ...]:
    """All ways in which an agent may rightly write a value in an answer."""
    ways = [str(value)]
    if column is not None:
        ways.insert(0, say(column, value))
        if column.type == "boolean":
            noun, state = column_noun(column), say(column, value)
            ways = [f"{noun} {link} {state}" for link in ("is", "is now", "are", "are now")]
    elif isinstance(value, int) and 0 <= value < len(_SMALL):
        ways.append(_SMALL[value])
    return tuple(dict.fromkeys(ways))


def clause(column: Column, said: str) -> str:
    """A column with its value, to follow "with" ("the priority 3")."""
    if column.type == "boolean":
        return said
    return f"the {column_noun(column)} {quoted(column, said)}"


def states(column: Column, value: Any, *, now: bool = False, of: str = "") -> str:
    """A clause that says what a column holds ("the status is now running").

    Args:
        of: the row, where the clause is to name it ("the status of the app Blue is now running").
    """
    noun = column_noun(column)
    subject = noun if column.type == "boolean" else f"the {noun}"
    head = re.split(r" (?:about|for|in|of|per|to) ", noun)[0].rsplit(" ", 1)[-1]
    link = "is" if singular(head) == head else "are"
    if of and column.type == "boolean":
        return f"for {of}, {subject} {link}{' now' if now else ''} {say(column, value)}"
    subject = f"{subject} of {of}" if of else subject
    return f"{subject} {link}{' now' if now else ''} {quoted(column, say(column, value))}"


def quoted(column: Column, said: str) -> str:
    """A value as it stands in a sentence: free text in quotes."""
    return f'"{said}"' if column.meaning in _FREE_TEXT else said


def label_of(noun: str, owner: str) -> str:
    """What one asks for ("due date of the loan", "reason for the return")."""
    word = "for" if noun.rsplit(" ", 1)[-1] == "reason" else "of"
    return f"{noun} {word} {owner}"


def column_noun(column: Column) -> str:
    """A column in words, as people call it: `created_at` is the creation time."""
    if column.type == "boolean":
        words = [word for word in column.noun.split(" ") if word not in _SWITCH_WORDS]
        return " ".join(words) or column.noun
    if column.meaning != "moment":
        return _AGENTS.get(column.noun, column.noun)
    words = column.noun.split(" ")
    while len(words) > 1 and words[-1] in _TIME_WORDS:
        words.pop()
    event = " ".join(words)
    if words[-1] in _DAYS:
        return event
    return f"{_EVENTS.get(event, event)} {'date' if column.type == 'date' else 'time'}".lstrip()


def is_switch(column: Column) -> bool:
    """Whether people speak of a boolean column as a thing that is on or off."""
    words = column.noun.split(" ")
    named = any(word in _SWITCH_WORDS - {"is", "has"} for word in words) and len(words) > 1
    return column.type == "boolean" and (named or words[-1] in _SWITCHED or words[0] == "auto")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
