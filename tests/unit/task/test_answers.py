"""What a read tells."""

from typing import Any

import pytest

from agentscaler.task.answers import tells_the_same
from agentscaler.task.task import AnswerFact

BOOK = {"book_id": "b1", "shelf": "B7", "lent": False, "copies": 0}
LIST = {"books": [{"book_id": "b1", "title": "Rome"}, {"book_id": "b2", "title": "Oslo"}]}


def answers(*values: Any) -> list[AnswerFact]:
    return [AnswerFact(label="it", value=value, said=(str(value),)) for value in values]


@pytest.mark.parametrize(
    ("right", "other", "values", "same"),
    [
        (BOOK, {**BOOK, "book_id": "b2"}, ["B7"], True),
        (BOOK, {**BOOK, "shelf": "C1"}, ["B7"], False),
        (BOOK, {"error": "not found"}, ["B7"], False),
        (BOOK, {**BOOK, "lent": True}, [False], False),
        (BOOK, {**BOOK, "lent": True}, [0], True),
        (LIST, {"books": LIST["books"][:1]}, ["Rome", "Oslo"], False),
        (LIST, {"books": [*LIST["books"], {"book_id": "b3", "title": "Bari"}]}, ["Rome"], False),
        (LIST, {"books": [{"book_id": "x", "title": "Rome"}, LIST["books"][1]]}, ["Rome"], True),
        (LIST, {"books": []}, [2], False),
        (LIST, LIST, [2], True),
    ],
)
def test_an_answer_is_what_stands_in_its_field(
    right: Any, other: Any, values: list[Any], same: bool
) -> None:
    assert tells_the_same(right, other, answers(*values)) is same
