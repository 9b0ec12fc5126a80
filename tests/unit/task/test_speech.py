from typing import Any

import pytest

from agentscaler.domain.domain import Column
from agentscaler.task.speech import clause, column_noun, say, spellings, states


def column(name: str, kind: str = "text", meaning: str = "", enum: tuple[str, ...] = ()) -> Column:
    return Column.model_validate(
        {
            "name": name,
            "type": kind,
            "meaning": meaning,
            "noun": name.replace("_", " "),
            "enum": enum,
        }
    )


@pytest.mark.parametrize(
    ("of", "value", "said"),
    [
        (column("due", "date", "moment"), "2026-03-02", "2 March 2026"),
        (column("due", "timestamp", "moment"), "2026-03-02T09:30:00", "2 March 2026 at 09:30"),
        (column("price", "real", "money"), 25.5, "25.50"),
        (column("ratio", "real", "number"), 3.0, "3"),
        (column("state", enum=("IN_PROGRESS", "DONE")), "IN_PROGRESS", "in progress"),
        (column("auto_pay", "boolean", "flag"), True, "on"),
        (column("title"), "Hamlet", "Hamlet"),
    ],
)
def test_values_are_said_as_people_say_them(of: Column, value: Any, said: str) -> None:
    assert say(of, value) == said


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("created_at", "creation time"),
        ("last_modified_time", "last change time"),
        ("start_time", "start time"),
        ("expiration", "expiration time"),
    ],
)
def test_times_are_called_by_what_happened(name: str, noun: str) -> None:
    assert column_noun(column(name, "timestamp", "moment")) == noun


def test_free_text_stands_in_quotes() -> None:
    assert clause(column("note", meaning="sentence"), "Hello there") == 'the note "Hello there"'
    assert clause(column("size", "integer"), "3") == "the size 3"


@pytest.mark.parametrize("value", [True, False])
def test_what_is_stated_is_one_of_the_accepted_spellings(value: bool) -> None:
    flag = column("auto_pay_enabled", "boolean", "flag")
    assert states(flag, value) in spellings(flag, value)


def test_plural_nouns_take_a_plural_verb() -> None:
    assert states(column("release_notes", meaning="sentence"), "New") == (
        'the release notes are "New"'
    )


def test_the_head_of_a_noun_decides_its_number() -> None:
    window = column("maximum_window_in_seconds", "integer")
    assert states(window, 15) == "the maximum window in seconds is 15"


def test_small_numbers_may_be_spelt_out() -> None:
    assert spellings(None, 3) == ("3", "three")
