"""Other ways to put a request."""

import pytest

from agentscaler.rollout.rewording import heads, pointed


def test_what_is_to_be_told_can_be_asked_as_a_question() -> None:
    ways = heads("tell me the status of")
    assert "look up the status of" in ways.asks
    assert "know the status of" in ways.wishes
    assert ways.questions == ("what is the status of",)
    assert heads("tell me how many trips I have").questions == ("how many trips do I have",)
    assert "which trips are there" in heads("tell me which trips there are").questions


def test_a_question_agrees_with_what_it_asks_for() -> None:
    assert heads("tell me the tags of").questions == ("what are the tags of",)
    assert heads("tell me the status and the size of").questions == (
        "what are the status and the size of",
    )


def test_the_given_words_are_always_among_the_ways() -> None:
    for text in ("delete", "create an app", "change the size of", "switch sync on for", "pay"):
        assert heads(text).asks[0] == text
        assert text in heads(text).every


def test_words_that_mean_more_than_they_say_are_left_alone() -> None:
    assert heads("cancel").every == ("cancel",)
    assert heads("change").every == ("change",)


def test_the_user_never_tells_itself() -> None:
    assert heads("tell me on which shelf").wishes == ()
    assert not [one for one in heads("tell me the size of").wishes if one.startswith("tell me")]


@pytest.mark.parametrize(
    ("vague", "pointing"),
    [
        ("for one of the lanes", "for that lane"),
        ("one of my bookings", "that booking"),
        ("an airport", "that airport"),
        ("that flow", ""),
        ("to another number of seats", ""),
    ],
)
def test_a_vague_form_can_point_back(vague: str, pointing: str) -> None:
    assert pointed(vague) == pointing
