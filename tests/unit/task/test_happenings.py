"""What happened to a row, by the name of its column."""

from datetime import date

import pytest

from agentscaler.domain.domain import Column
from agentscaler.task.happenings import happening_of
from agentscaler.task.relative_days import relative_days

TODAY = date(2026, 3, 11)
[YESTERDAY] = relative_days(date(2026, 3, 10), TODAY)
MONDAY, _ = relative_days(date(2026, 3, 9), TODAY)
[TOMORROW] = relative_days(date(2026, 3, 12), TODAY)


def moment(name: str) -> Column:
    return Column(name=name, type="date", meaning="moment", noun=name.replace("_", " "))


@pytest.mark.parametrize(
    ("name", "was", "own", "will"),
    [
        ("placed_on", ["placed", "from"], ["I placed", "from"], []),
        ("create_time", ["created", "from"], ["I created", "from"], []),
        ("date_created", ["created", "from"], ["I created", "from"], []),
        ("last_updated_date_time", ["last changed"], ["last changed"], []),
        ("starts_at", ["that started"], ["that started"], ["starting"]),
        ("due_on", ["that was due"], ["that was due"], ["due"]),
        ("scheduled_at", [], [], ["scheduled for"]),
    ],
)
def test_what_is_over_and_what_is_to_come_are_said_otherwise(
    name: str, was: list[str], own: list[str], will: list[str]
) -> None:
    happening = happening_of(moment(name))
    assert happening is not None
    words = happening.words(YESTERDAY, past=True, mine=False)
    assert [said for said, _ in words] == [f"{one} yesterday" for one in was]
    words = happening.words(YESTERDAY, past=True, mine=True)
    assert [said for said, _ in words] == [f"{one} yesterday" for one in own]
    words = happening.words(TOMORROW, past=False, mine=True)
    assert [said for said, _ in words] == [f"{one} tomorrow" for one in will]


def test_a_preposition_is_said_once() -> None:
    happening = happening_of(moment("made_on"))
    assert happening is not None
    words = [said for said, _ in happening.words(MONDAY, past=True, mine=True)]
    assert words == ["I made on Monday", "from Monday"]


def test_a_moment_of_which_nobody_speaks_so_is_no_happening() -> None:
    assert happening_of(moment("born_on")) is None
    assert happening_of(moment("return_by")) is None


@pytest.mark.parametrize(
    ("name", "past", "said"),
    [
        ("placed_on", True, "placed on 3 May 2026"),
        ("expires_on", True, "that expired on 3 May 2026"),
        ("leaves_at", False, "leaving on 3 May 2026"),
        ("scheduled_at", False, "scheduled for 3 May 2026"),
    ],
)
def test_who_looked_it_up_says_the_day(name: str, past: bool, said: str) -> None:
    happening = happening_of(moment(name))
    assert happening is not None
    assert happening.dated("3 May 2026", past=past) == said
