"""Comparison of texts as people write them."""

import pytest

from agentscaler.rollout.wording import fold, join_phrases, says, sentence, value_text


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("It's called Evening  Support.", "evening support"),
        ("The total is 1,204,300 in all.", "1204300"),
        ("due on “12 March”", '"12 March"'),
        ("Ana’s book", "Ana's book"),
        ("id book-4hz7, please", "book-4hz7"),
        ("It costs 5.", "5"),
        ("C++ is a language", "C++"),
    ],
)
def test_a_phrase_is_found_however_it_is_written(text: str, phrase: str) -> None:
    assert says(fold(text), fold(phrase))


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("evening supporters", "evening support"),
        ("there are 15 of them", "5"),
        ("it costs 5.25", "5"),
        ("it costs 3.5", "5"),
        ("anything", ""),
        ("shelf_b", "b"),
    ],
)
def test_a_phrase_inside_a_longer_word_or_number_is_not_found(text: str, phrase: str) -> None:
    assert not says(fold(text), fold(phrase))


def test_a_later_whole_occurrence_counts_after_a_partial_one() -> None:
    assert says(fold("15 or 5"), fold("5"))


def test_switches_and_structures_have_no_text_of_their_own() -> None:
    assert [value_text(value) for value in (True, None, ["a"], 5.0, 2.5, "x")] == [
        "",
        "",
        "",
        "5",
        "2.5",
        "x",
    ]


def test_phrases_are_joined_as_in_a_sentence() -> None:
    assert join_phrases([]) == ""
    assert join_phrases(["a"]) == "a"
    assert join_phrases(["a", "b", "c"]) == "a, b and c"


def test_a_sentence_gets_one_closing_mark() -> None:
    assert sentence("it is done") == "It is done."
    assert sentence("Is it?") == "Is it?"
    assert sentence('it says "Stop."') == 'It says "Stop."'
