"""Steps that want the user's yes: asked for, given, and only then taken."""

from collections.abc import Callable

import pytest

from agentscaler.domain.domain import Domain
from agentscaler.filtering.case import Case
from agentscaler.filtering.consent import agrees, find_unagreed
from agentscaler.filtering.verdict import FunnelReason
from agentscaler.rollout import Trajectory
from agentscaler.rollout.wording import fold
from agentscaler.task.task import Task

Tasks = dict[str, Task]
Recorder = Callable[..., Trajectory]

LOOKUP = ("list_members", {"name": "Ana Ruiz"})
DELETE = ("delete_member", {"member_id": "member-7k2m9p4q"})
QUESTION = "This means deleting the member Ana Ruiz. Shall I go ahead?"


@pytest.fixture
def reason(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> Callable[..., FunnelReason | None]:
    task = library_tasks["delete"]

    def judge(*steps: object) -> FunnelReason | None:
        fault = find_unagreed(Case(library, task, record(task, "Delete Ana Ruiz.", *steps)))
        return None if fault is None else fault.reason

    return judge


Judge = Callable[..., FunnelReason | None]


def test_a_step_after_the_users_yes_is_agreed(reason: Judge) -> None:
    assert reason(LOOKUP, QUESTION, "Yes, please.", DELETE, "Done.") is None


def test_a_step_without_a_question_is_not(reason: Judge) -> None:
    assert reason(LOOKUP, DELETE, "Done.") is FunnelReason.NO_CONSENT


def test_a_question_after_the_step_comes_too_late(reason: Judge) -> None:
    assert reason(LOOKUP, DELETE, QUESTION, "Yes.") is FunnelReason.NO_CONSENT


def test_a_no_is_no_yes_and_a_later_no_takes_a_yes_back(reason: Judge) -> None:
    assert reason(LOOKUP, QUESTION, "No, don't.", DELETE) is FunnelReason.NO_CONSENT
    again = (QUESTION, "Yes.", QUESTION, "Wait, no.")
    assert reason(LOOKUP, *again, DELETE) is FunnelReason.NO_CONSENT


def test_a_yes_to_something_else_does_not_count(reason: Judge) -> None:
    other = "This means deleting the member Tom Okafor. Shall I go ahead?"
    assert reason(LOOKUP, other, "Yes.", DELETE) is FunnelReason.NO_CONSENT


def test_asking_whether_there_is_anything_else_is_no_question_for_consent(reason: Judge) -> None:
    more = "Ana Ruiz is a member. Is there anything else?"
    assert reason(LOOKUP, more, "Good. Delete Ana Ruiz.", DELETE) is FunnelReason.NO_CONSENT


def test_what_else_there_is_to_do_is_no_question_for_consent_either(reason: Judge) -> None:
    more = "Ana Ruiz is a member. What else can I do for you?"
    assert reason(LOOKUP, more, "Good. Delete Ana Ruiz.", DELETE) is FunnelReason.NO_CONSENT


def test_an_attempt_counts_even_if_it_is_refused(reason: Judge) -> None:
    attempt: tuple[str, dict[str, str]] = ("delete_member", {})
    assert reason(LOOKUP, attempt, QUESTION, "Yes.", DELETE) is FunnelReason.NO_CONSENT


@pytest.mark.parametrize(
    ("reply", "yes"),
    [
        ("Yes, go ahead.", True),
        ("Do it.", True),
        ("OK, go on.", True),
        ("Yes, no problem.", True),
        ("No, leave it.", False),
        ("Please don't.", False),
        ("Why do you ask?", False),
    ],
)
def test_a_reply_says_yes_or_no(reply: str, yes: bool) -> None:
    assert agrees(fold(reply)) is yes
