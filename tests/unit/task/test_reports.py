"""Reports in many shapes."""

import random

from agentscaler.domain.domain import Column, Table
from agentscaler.rollout.wording import fold, says
from agentscaler.task.reports import Reporter
from agentscaler.task.speech import spellings

STATUS = Column(name="status", type="text", noun="status", enum=("OPEN", "IN_PROGRESS"))
SYNC = Column(name="sync_enabled", type="boolean", noun="sync enabled")
TRIPS = Table(name="trips", noun="trip", key=("trip_id",), columns=())


def _reports(make: str, *arguments: object) -> set[str]:
    return {getattr(Reporter(random.Random(seed)), make)(*arguments) for seed in range(60)}


def test_every_shape_tells_the_answers() -> None:
    fields = [(STATUS, "IN_PROGRESS"), (SYNC, 1)]
    for report in _reports("told", "the trip 7", fields):
        for column, value in fields:
            assert any(says(fold(report), fold(said)) for said in spellings(column, value)), report


def test_counts_are_told_as_answers_expect_them() -> None:
    for many in (0, 1, 2, 15):
        reports = _reports("counted", TRIPS, many)
        assert len(reports) == 3
        for report in reports:
            assert any(says(fold(report), said) for said in spellings(None, many)), report


def test_long_lists_are_at_times_set_in_lines() -> None:
    names = ["Ada", "Bo", "Cy"]
    reports = _reports("named", TRIPS, names)
    assert any("\n- Ada\n- Bo\n- Cy" in report for report in reports)
    assert all(name in report for report in reports for name in names)
    assert not any("\n" in report for report in _reports("named", TRIPS, names[:2]))


def test_a_report_begins_with_a_capital_letter_and_comes_in_several_shapes() -> None:
    for reports in (
        _reports("created", "the trip 7", ""),
        _reports("created", "the trip 7", "trip-1"),
        _reports("changed", "the trip 7", [(STATUS, "OPEN")]),
        _reports("done", "the trip 7", "deleted"),
    ):
        assert len(reports) > 1
        assert all(report[0].isupper() and report[-1] == "." for report in reports)


def test_a_key_that_the_user_cannot_know_is_told() -> None:
    assert all("trip-1" in report for report in _reports("created", "the trip 7", "trip-1"))
