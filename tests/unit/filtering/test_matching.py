"""The third stage, with planted faults of route and of answer."""

from collections.abc import Callable
from typing import Literal

import pytest

from agentscaler.domain.domain import Domain
from agentscaler.filtering import FunnelReason, FunnelSettings
from agentscaler.filtering.case import Case, call_key
from agentscaler.filtering.matching import find_mismatch
from agentscaler.rollout import Trajectory
from agentscaler.task.task import Task

Tasks = dict[str, Task]
Recorder = Callable[..., Trajectory]
Strict = Literal["reads", "all", "none"]

LOOKUP = ("list_books", {"title": "Roads of Rome"})
READ = ("get_book", {"book_id": "book-v6p3q2rj"})
OTHER = ("list_members", {"name": "Ana Ruiz"})
LEND = (
    "create_loan",
    {"member_id": "member-7k2m9p4q", "book_id": "book-v6p3q2rj", "due_date": "2026-04-02"},
)
RETURN = ("return_loan", {"loan_id": "loan-2c9k7h5x"})
REOPEN = ("reopen_loan", {"loan_id": "loan-2c9k7h5x"})
MOVE = ("update_book", {"book_id": "book-v6p3q2rj", "shelf": "D4"})
ANSWER = "It stands on shelf B7."

Judge = Callable[..., FunnelReason | None]


@pytest.fixture
def reason(record: Recorder, library: Domain, library_tasks: Tasks) -> Judge:
    """The reason found against a script for a task."""

    def judge(task: str, *steps: object, strict: Strict = "reads") -> FunnelReason | None:
        played = record(library_tasks[task], "Hi", *steps)
        case = Case(library, library_tasks[task], played)
        fault = find_mismatch(case, FunnelSettings(strict=strict, consent=False))
        return None if fault is None else fault.reason

    return judge


def test_the_gold_route_of_a_read_matches(reason: Judge) -> None:
    assert reason("read", LOOKUP, READ, ANSWER) is None


def test_a_read_by_another_route_does_not_match(reason: Judge) -> None:
    assert reason("read", LOOKUP, ANSWER) is FunnelReason.MISSING_CALL
    assert reason("read", LOOKUP, READ, OTHER, ANSWER) is FunnelReason.EXTRA_CALL
    assert reason("read", LOOKUP, LOOKUP, READ, ANSWER) is FunnelReason.EXTRA_CALL


def test_a_dependent_read_may_not_come_first(reason: Judge) -> None:
    assert reason("read", READ, LOOKUP, ANSWER) is FunnelReason.CALL_ORDER


def test_refused_calls_are_left_out(reason: Judge) -> None:
    assert reason("read", ("get_book", {"book_id": "none"}), LOOKUP, READ, ANSWER) is None


def test_without_strictness_a_read_is_judged_by_its_answer_alone(reason: Judge) -> None:
    assert reason("read", LOOKUP, ANSWER, strict="none") is None
    assert reason("read", LOOKUP, "No idea.", strict="none") is FunnelReason.ANSWER_NOT_TOLD


def test_extra_reads_do_no_harm_to_a_write(reason: Judge) -> None:
    assert reason("create", LOOKUP, OTHER, READ, OTHER, LEND, "Done.") is None
    assert reason("create", LOOKUP, OTHER, READ, LEND, "Done.", strict="all") is (
        FunnelReason.EXTRA_CALL
    )


def test_independent_reads_may_change_places(reason: Judge) -> None:
    assert reason("create", OTHER, LOOKUP, LEND, "Done.", strict="all") is None
    assert reason("create", LOOKUP, OTHER, LEND, "Done.", strict="all") is None


def test_a_write_that_was_undone_again_is_extra(reason: Judge) -> None:
    steps = (LOOKUP, OTHER, RETURN, REOPEN, LEND, "Done.")
    assert reason("create", *steps) is FunnelReason.EXTRA_CALL


def test_independent_writes_may_change_places_unless_all_must_match(reason: Judge) -> None:
    tom = ("list_members", {"name": "Tom Okafor"})
    loans = ("list_loans", {"member_id": "member-b3x8w5nt"})
    swapped = (tom, loans, LOOKUP, MOVE, RETURN, "Done.")
    assert reason("two goals", *swapped) is None
    assert reason("two goals", *swapped, strict="all") is FunnelReason.CALL_ORDER


def test_a_missing_write_is_missed(reason: Judge) -> None:
    assert reason("two goals", RETURN, "Done.") is FunnelReason.MISSING_CALL


def test_a_wrong_answer_is_not_the_answer(reason: Judge) -> None:
    assert reason("read", LOOKUP, READ, "It stands on shelf B71.") is FunnelReason.ANSWER_NOT_TOLD
    assert reason("read", LOOKUP, READ, "It stands on SHELF b7!") is None


def test_words_of_the_user_do_not_count_as_an_answer(reason: Judge) -> None:
    steps = (LOOKUP, READ, "I found it.", "Is it B7?", "It is not elsewhere.")
    assert reason("read", *steps) is FunnelReason.ANSWER_NOT_TOLD


def test_a_call_has_one_key_however_its_arguments_are_spelt() -> None:
    assert call_key("f", {"a": 5, "b": [1.0]}) == call_key("f", {"b": [1], "a": 5.0})
    assert call_key("f", {"a": True}) != call_key("f", {"a": 1})


def test_the_order_of_keys_in_an_array_does_not_count() -> None:
    assert call_key("drop", {"ids": ["b", "a"]}) == call_key("drop", {"ids": ["a", "b"]})
    assert call_key("drop", {"ids": ["b", "a", "b"]}) == call_key("drop", {"ids": ["a", "b"]})
    assert call_key("drop", {"ids": ["b", "a"]}) != call_key("drop", {"ids": ["b"]})
    assert call_key("drop", {"ids": ["b", "a"]}) != call_key("drop", {"ids": ["b"]})
    assert call_key("drop", {"ids": [2.0, 1]}) == call_key("drop", {"ids": [1, 2]})


@pytest.mark.parametrize("odd", [10**30, "\ud800", [10**30, "\ud800"]])
def test_values_that_are_hard_to_write_have_a_meaning_too(odd: object) -> None:
    assert call_key("f", {"a": odd}) == call_key("f", {"a": odd})
    assert call_key("f", {"a": odd}) != call_key("f", {"a": 5})
