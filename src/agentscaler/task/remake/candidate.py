"""Whether a value that a model wrote may stand for a free value, before anything is run."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from agentscaler.domain.domain import Column
from agentscaler.task.remake.free import FreeValue
from agentscaler.task.remake.words import is_telling, stands
from agentscaler.task.speech import say
from agentscaler.task.task import Fact, Task

__all__ = ["candidate_fact", "value_fault"]

_LONGEST_NAME = 48
_LONGEST_TEXT = 160
_FACTOR = 100
_YEARS = 3
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 &'(),./:+#-]*")
_TEXT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 &'(),./:+#%!?-]*")
_JOINED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]*")
_LETTER = re.compile(r"[A-Za-z]")


def candidate_fact(free: FreeValue, value: str | int | float) -> tuple[Fact | None, str]:
    """The fact with a new value, or what is wrong with that."""
    column = free.column
    if free.rows:
        if value not in free.rows:
            return None, f"{value!r} is none of {', '.join(map(repr, free.rows))}"
        return free.fact.model_copy(update={"value": value, "said": value}), ""
    wanted, fault = _as_stored(column, value)
    if fault or wanted == free.fact.value:
        return (None, fault) if fault else (free.fact, "")
    if wanted == free.now:
        return None, f"{value!r} is there already, so nothing would change; choose another value"
    if free.is_single and wanted in free.values:
        return None, f"{value!r} is taken by another {free.table.noun}; choose another value"
    fault = _text_fault(free, wanted) if isinstance(wanted, str) else ""
    fault = fault or _size_fault(free, wanted)
    if fault:
        return None, fault
    said = say(column, wanted)
    return free.fact.model_copy(update={"value": wanted, "said": said}), ""


def value_fault(
    task: Task, free: Mapping[str, FreeValue], changes: Mapping[str, Fact]
) -> list[str]:
    """What is wrong with new values beside each other and beside the rest of a task."""
    names = {one.fact.name: name for name, one in free.items()}
    said = {fact.name: changes.get(fact.name, fact).said for fact in task.facts}
    answers = [text for goal in task.goals for answer in goal.answers for text in answer.said]
    texts = [
        text
        for goal in task.goals
        for text in (goal.report, goal.confirm, *(piece.text for piece in goal.request))
    ]
    wrong = []
    for name, fact in changes.items():
        others = [text for other, text in said.items() if other != name]
        if any(stands(fact.said, one) or stands(one, fact.said) for one in others):
            wrong.append(f"{names[name]}: {fact.said!r} is, or is in, another value of the request")
        elif is_telling(fact.said) and any(stands(fact.said, one) for one in (*answers, *texts)):
            wrong.append(f"{names[name]}: {fact.said!r} stands for something else in the request")
    return wrong


def _as_stored(column: Column, value: str | int | float) -> tuple[Any, str]:
    """A value as the column holds it, or what is wrong with it."""
    if column.enum:
        choices = ", ".join(map(repr, column.enum[:20]))
        return value, "" if value in column.enum else f"{value!r} is none of {choices}"
    if column.type == "integer":
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return (int(value), "") if whole else (None, f"{value!r} is no whole number")
    if column.type == "real":
        if isinstance(value, str):
            return None, f"{value!r} is no number; write it without quotation marks"
        cents = round(float(value), 2)
        if column.meaning == "money" and cents != value:
            return None, f"{value!r} has more than two decimals"
        return float(value), ""
    if not isinstance(value, str):
        return None, f"{value!r} is no text; put it in quotation marks"
    if column.type in ("date", "timestamp"):
        return _moment(column, value)
    return value, ""


def _moment(column: Column, value: str) -> tuple[str | None, str]:
    form = "YYYY-MM-DD" if column.type == "date" else "YYYY-MM-DDTHH:MM:SS"
    try:
        if column.type == "date":
            wanted = date.fromisoformat(value).isoformat()
        else:
            wanted = datetime.fromisoformat(value).isoformat()
    except ValueError:
        wanted = ""
    if wanted != value or not value.isascii():
        return None, f"{value!r} is not written {form}"
    return value, ""


def _text_fault(free: FreeValue, value: str) -> str:
    """What is wrong with a text: it must be of the kind that stands there, in one plain line."""
    column = free.column
    if column.enum or column.type != "text":
        return ""
    draft = str(free.fact.value)
    prose = column.meaning in ("sentence", "text", "reason", "trouble") and " " in draft
    longest = _LONGEST_TEXT if prose else _LONGEST_NAME
    if len(value) > longest:
        return f"it is longer than {longest} characters"
    if unicodedata.normalize("NFKC", value) != value or value != " ".join(value.split()):
        return "it is not one plain line"
    if not (_TEXT if prose else _NAME).fullmatch(value):
        return f"{value!r} holds characters that do not belong in it; write plain letters"
    if "--" in value or "/*" in value or value.count("(") != value.count(")"):
        return f"{value!r} is no text that a person would write"
    if _JOINED.fullmatch(draft) and not _JOINED.fullmatch(value):
        return f"{value!r} has spaces, where {draft!r} has none"
    if draft.islower() and not prose and not value.islower():
        return f"{value!r} has capital letters, where {draft!r} has none"
    if not _LETTER.search(value):
        return f"{value!r} has no letter"
    if "//" in value or "://" in value or re.search(r"\b(?:http|www)\b", value):
        return "it holds an address"
    return ""


def _size_fault(free: FreeValue, value: Any) -> str:
    """What is wrong with the size of a number, or with the time of a moment."""
    column = free.column
    if column.type in ("date", "timestamp"):
        year, draft = int(value[:4]), int(str(free.fact.value)[:4])
        return "" if abs(year - draft) <= _YEARS else f"{value!r} is too far from the draft's time"
    if column.type not in ("integer", "real"):
        return ""
    if column.minimum is not None and value < column.minimum:
        return f"{value} is less than {column.minimum}"
    if column.maximum is not None and value > column.maximum:
        return f"{value} is more than {column.maximum}"
    known = [abs(one) for one in (free.fact.value, *free.values)]
    if value < 0 <= min((free.fact.value, *free.values)):
        return f"{value} is negative"
    if abs(value) > _FACTOR * max(*known, 1):
        return f"{value} is far from anything that exists"
    return ""
