"""Answers in an agent's words: the ways in which they are told, and what only looks like it."""

import pytest

from agentscaler.filtering.answers import AgentWords, denies, tells
from agentscaler.rollout.wording import fold
from agentscaler.task.task import AnswerFact

SWITCH = ("encryption is on", "encryption is now on")


def _tells(text: str, label: str, value: object, *said: str) -> bool:
    answer = AnswerFact(label=label, value=value, said=said or (str(value),))
    return tells(AgentWords((fold(text),), 2026), answer)


TOTAL, COUNT, DUE = "the total of the order", "the number of books", "the due date of the loan"
START = ("the start time of the trial", "2025-09-02T03:30:00")
STATUS = ("the status of the job", "IN_PROGRESS", "in progress", "IN_PROGRESS")


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("There are 12 books.", COUNT, 12),
        ("There are twelve books in all.", COUNT, 12),
        ("I found 12 of the 20 books.", COUNT, 12),
        ("Of 20 books, 12 are lent.", COUNT, 12),
        ("There are no books.", COUNT, 0),
        ("I found one thing principal.", "the number of thing principals", 1),
        ("The order a-1 has 2 e164 phone numbers.", "the number of e164 phone numbers", 2),
        ("I found one creation status.", "the number of creation statuses", 1),
        ("The version number is 8. The number is 5.", "the number of the version", 5),
        ("There are 21 open car loans.", "the number of loans", 21),
        ("The total is $1,234.50.", TOTAL, 1234.5),
        ("The total is 1234.5 dollars.", TOTAL, 1234.5),
        ("It costs 1,234.50 in total.", TOTAL, 1234.5),
        ("The start time is 2 September 2025 at 03:30.", *START),
        ("It started on September 2nd, 2025 at 3:30 am.", *START),
        ("It started on 2025-09-02T03:30:00.", *START),
        ("It started at 03:30 on 2 Sep 2025.", *START),
        ("It is due on the 2nd of April.", DUE, "2026-04-02"),
        ("It is due 02.04.2026.", DUE, "2026-04-02"),
        ("It is due 13/04/2026.", DUE, "2026-04-13"),
        ("It stands on shelf B7.", "the shelf", "B7"),
        ("It's at b7.", "the shelf", "B7"),
        ('The title is "St. Mary of the Fields".', "the title", "St. Mary of the Fields"),
        ("There are 2 books: RAPID PAYROLL and Alpha.", "one of the books", "Rapid Payroll"),
        ("The version is 3 and the count is 9.", "the count of the alias", 9),
        ("The goal is 20.", "the goal of the objective", 20.0),
        ("The schedule is cron(0 6 * * ? *).", "the schedule", "cron(0 6 * * ? *)"),
    ],
)
def test_an_answer_is_told_in_many_ways(text: str, label: str, value: object) -> None:
    assert _tells(text, label, value)


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("There are 120 books.", COUNT, 12),
        ("There are 14 books. Your order 12 is fine.", COUNT, 12),
        ("There are 14 books in 12 folders.", COUNT, 12),
        ("There are 14 books since 12 March 2026.", COUNT, 12),
        ('The title is "12 Angry Men".', COUNT, 12),
        ("I've checked.", COUNT, 1),
        ("One moment. One more thing: it is done.", COUNT, 1),
        ("No problem. No, it is done.", COUNT, 0),
        ("The total is 1,234.55.", TOTAL, 1234.5),
        ("The total is 99. I charged 1234.5 in fees.", TOTAL, 1234.5),
        ("It started on 3 September 2025 at 03:30.", *START),
        ("It started on 2 September 2025 at 15:30.", *START),
        ("It started on 2 September 2025.", *START),
        ("It is due on 2 April 2027.", DUE, "2026-04-02"),
        ("It is due 02/04/2026.", DUE, "2026-04-02"),
        ("The shelf is not B7.", "the shelf", "B7"),
        ("The shelf is C1. B7 is elsewhere.", "the shelf", "B7"),
        ("The shelf is B77.", "the shelf", "B7"),
        ("Shall I tell you about shelf B7?", "the shelf", "B7"),
        ("The version is 9 and the count is 3.", "the count of the alias", 9),
    ],
)
def test_what_only_looks_like_an_answer_is_none(text: str, label: str, value: object) -> None:
    assert not _tells(text, label, value)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("Encryption is enabled.", True),
        ("It has encryption turned on.", True),
        ("The disk is encrypted.", True),
        ("Encryption isn't enabled.", False),
        ("Encryption is disabled and logging is on.", False),
        ("The disk is not encrypted.", False),
        ("Encryption is off. Logging is on.", False),
    ],
)
def test_a_switch_is_on_or_off_and_not_both(text: str, on: bool) -> None:
    label = "the encryption of the disk"
    assert _tells(text, label, True, *SWITCH) is on
    assert _tells(text, label, False, "encryption is off") is not on


def test_a_value_of_many_words_may_have_other_hyphens_and_case() -> None:
    assert _tells("The status is in-progress.", *STATUS)
    assert not _tells("The status is completed. A report is in progress.", *STATUS)


def test_the_lines_of_a_list_are_apart_from_a_question_below() -> None:
    text = "There are 2 books:\n- Rapid Payroll\n- Alpha\n\nDo you need Gamma?"
    words = AgentWords(("\n".join(map(fold, text.splitlines())),), 2026)
    told = [
        tells(words, AnswerFact(label="one of the books", value=name, said=(name,)))
        for name in ("Rapid Payroll", "Alpha", "Gamma")
    ]
    assert told == [True, True, False]


def test_what_is_said_for_another_answer_contradicts_nothing() -> None:
    words = AgentWords((fold("It is worth 8 euros. The credit is now 83 euros."),), 2026)
    credit = AnswerFact(label="the credit", value=8, said=("8",))
    balance = AnswerFact(label="the credit", value=83, said=("83",))
    assert not tells(words, credit)
    assert tells(words, credit, [balance])


def _denies(text: str, answer: AnswerFact, *others: AnswerFact) -> bool:
    lines = tuple(fold(line) for line in text.split("\n"))
    return denies(AgentWords(lines, 2026), answer, others)


OPEN = AnswerFact(label="the status of the loan", value="OPEN", said=("open", "OPEN"))
LOANS = AnswerFact(label="the number of loans", value=2, said=("2", "two"))
SEALED = AnswerFact(label="the encryption of the disk", value=True, said=("encryption is on",))


@pytest.mark.parametrize(
    ("text", "answer", "denied"),
    [
        ("The status is not open.", OPEN, True),
        ("The status is open.", OPEN, False),
        ("The status is not open any more.", OPEN, False),
        ("The status is no longer open.", OPEN, False),
        ("The status is closed.", OPEN, False),
        ("The shop is not open.", OPEN, False),
        ("There are 3 loans.", LOANS, True),
        ("There are 2 loans, and the 3 loans of May are gone.", LOANS, False),
        ("There are 3 copies.", LOANS, False),
        ("Encryption is off.", SEALED, True),
        ("Encryption is off for the one and encryption is on for the other.", SEALED, False),
    ],
)
def test_what_is_said_to_be_otherwise_is_denied(
    text: str, answer: AnswerFact, denied: bool
) -> None:
    assert _denies(text, answer) is denied


def test_what_may_be_said_for_another_answer_denies_nothing() -> None:
    other = AnswerFact(label="the status of the hold", value="CLOSED", said=("closed",))
    assert not _denies("The status is not open.", OPEN, other)
    three = LOANS.model_copy(update={"value": 3, "said": ("3", "three")})
    assert not _denies("There are 3 loans.", LOANS, three)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("There are 3 loans. This is request 2 today.", False),
        ("There are 3 loans. 2 of them are open.", True),
        ("There are 3 loans, of which 2 are open loans.", True),
    ],
)
def test_a_number_beside_that_of_another_answer_must_be_of_such_things(
    text: str, told: bool
) -> None:
    three = LOANS.model_copy(update={"value": 3, "said": ("3", "three")})
    assert tells(AgentWords((fold(text),), 2026), LOANS, (three,)) is told
