"""What an agent's words want of the user."""

import pytest

from agentscaler.rollout.hearing import Heard, asks_for

NAME = "the name of the resource share"


@pytest.mark.parametrize(
    ("words", "label", "asked"),
    [
        ("what is the name of the app?", "the name of the app", True),
        ("tell me the name and the new size of the app.", "the name of the app", True),
        ("the name of the lab\n- the size of the app", "the name of the app", False),
        ("the name of the application", "the name of the app", False),
        ("which one is it?", "the name of the app", False),
    ],
)
def test_a_label_may_be_split_but_not_over_another_owner(
    words: str, label: str, asked: bool
) -> None:
    assert asks_for(words, label) == asked


def test_a_verb_inside_a_label_asks_for_nothing() -> None:
    report = Heard.of(f'{NAME} "Express Billing" is now "Customer Osaka".')
    assert not report.asks_again([NAME])
    assert Heard.of(f"Please give me {NAME}.").asks_again([NAME])


def test_what_is_quoted_asks_for_nothing() -> None:
    report = Heard.of('The text is "Shall I proceed? Anything else? Tell me what is missing".')
    assert not any((report.wants_consent, report.offers_more, report.is_question))
    assert not report.asks_again(())


def test_consent_an_offer_and_a_question_are_told_apart() -> None:
    assert Heard.of("I will delete it. Shall I proceed?").wants_consent
    assert Heard.of("It is done. Anything else?").offers_more
    assert Heard.of("Which app?").is_question
    assert not Heard.of("It is at https://example.com/?a=1 now.").is_question
