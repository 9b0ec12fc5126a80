"""Days as people speak of them, whichever way they are understood."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscaler.task.relative_days import relative_days

WEDNESDAY = date(2026, 3, 11)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def said(day: date, today: date = WEDNESDAY) -> set[str]:
    return {way.said for way in relative_days(day, today)}


@pytest.mark.parametrize(
    ("day", "ways"),
    [
        (date(2026, 3, 11), {"today"}),
        (date(2026, 3, 10), {"yesterday"}),
        (date(2026, 3, 9), {"on Monday", "earlier this week"}),
        (date(2026, 3, 6), {"on Friday", "last week"}),
        (date(2026, 2, 28), {"last month", "in February"}),
        (date(2026, 1, 5), {"in January"}),
        (date(2025, 12, 1), {"in December", "last year"}),
        (date(2025, 2, 1), {"last year"}),
        (date(2023, 5, 1), {"in 2023"}),
        (date(2026, 3, 12), {"tomorrow"}),
        (date(2026, 3, 14), {"on Saturday"}),
        (date(2026, 3, 17), {"on Tuesday", "next week"}),
        (date(2026, 4, 20), {"next month", "in April"}),
        (date(2027, 1, 20), {"next year"}),
        (date(2029, 1, 20), {"in 2029"}),
    ],
)
def test_a_day_has_the_names_that_fit_it(day: date, ways: set[str]) -> None:
    assert said(day) == ways


def test_a_day_that_some_would_count_to_another_week_is_not_said_by_the_week() -> None:
    sunday = date(2026, 3, 8)
    assert "last week" not in said(sunday)
    assert "earlier this week" not in said(sunday)


def test_last_week_may_be_understood_as_the_last_seven_days() -> None:
    [way] = [one for one in relative_days(date(2026, 3, 3), WEDNESDAY) if one.said == "last week"]
    [(first, last)] = way.perhaps
    assert first <= date(2026, 3, 1)
    assert last == WEDNESDAY


def test_a_month_may_be_understood_as_that_of_another_year() -> None:
    [way] = [one for one in relative_days(date(2026, 1, 5), WEDNESDAY) if one.bare == "January"]
    assert {first for first, _ in way.perhaps} == {date(year, 1, 1) for year in (2025, 2026, 2027)}


def test_a_weekday_may_be_understood_as_the_one_before() -> None:
    [way] = [one for one in relative_days(date(2026, 3, 9), WEDNESDAY) if one.bare == "Monday"]
    assert {first for first, _ in way.perhaps} == {date(2026, 3, 2), date(2026, 3, 9)}


@given(day=DAYS, today=DAYS)
def test_what_is_surely_meant_may_be_meant(day: date, today: date) -> None:
    for way in relative_days(day, today):
        first, last = way.surely
        assert first <= day <= last
        covered = {
            start + timedelta(days=number)
            for start, end in way.perhaps
            for number in range((end - start).days + 1)
        }
        assert {first, day, last} <= covered


@given(day=DAYS, today=DAYS)
def test_a_day_is_said_in_one_way_only_where_its_words_are_the_same(day: date, today: date) -> None:
    ways = [way.said for way in relative_days(day, today)]
    assert len(ways) == len(set(ways))
    assert not (day > today and any("last" in way or "yesterday" in way for way in ways))
