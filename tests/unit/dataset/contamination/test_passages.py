"""Passages in texts: 13 words in a row, or most of the 8-grams."""

import random

from hypothesis import given
from hypothesis import strategies as st

from agentscaler.dataset.contamination.passages import GRAM, LONG, PassageIndex, split_text

POLICY = (
    "A parcel that has left the depot can only be sent back when the receiver signs for it and "
    "the courier confirms the weight on the same day."
)
SHORT = "Please move my delivery to the locker beside the old station."


def test_a_passage_is_found_in_other_case_and_punctuation_with_its_words() -> None:
    index = PassageIndex(["something else that has nothing at all to do with any of it", POLICY])
    [match] = index.find(f"Note: {POLICY.upper().replace(' ', ' - ')} Thanks!")
    assert (match.passage, match.coverage) == (1, 1.0)
    assert match.words == len(split_text(POLICY))
    assert match.common.startswith("a parcel that has left the depot")


def test_thirteen_words_in_a_row_are_found_and_twelve_are_not() -> None:
    index = PassageIndex([POLICY])
    words = split_text(POLICY)
    [match] = index.find("well then " + " ".join(words[3 : 3 + LONG]) + " and so on")
    assert match.words == LONG
    assert match.coverage < 0.5
    assert not index.find("well then " + " ".join(words[3 : 2 + LONG]) + " and so on")


def test_a_short_passage_is_found_when_most_of_it_is_there() -> None:
    index = PassageIndex([SHORT])
    words = split_text(SHORT)
    assert len(words) < LONG
    [match] = index.find("Hello. " + SHORT)
    assert match.words == len(words)
    assert not index.find(" ".join(words[:GRAM]))


def test_too_short_passages_are_counted_and_never_found() -> None:
    index = PassageIndex(["What is my first name?", SHORT])
    assert index.short == [0]
    assert not index.find("What is my first name?")


def test_a_changed_word_in_every_seven_hides_a_passage() -> None:
    words = split_text(POLICY)
    changed = ["xyz" if number % 7 == 3 else word for number, word in enumerate(words)]
    assert not PassageIndex([POLICY]).find(" ".join(changed))


def test_passages_of_the_same_words_are_one_and_chinese_is_read_by_characters() -> None:
    index = PassageIndex([SHORT, SHORT.upper(), "请把我的包裹送到车站旁边的储物柜里好吗"])
    assert [match.passage for match in index.find(SHORT)] == [0]
    assert [
        match.passage for match in index.find("你好,请把我的包裹送到车站旁边的储物柜里好吗?")
    ] == [2]


def test_an_index_of_nothing_finds_nothing() -> None:
    assert not PassageIndex([]).find(POLICY)


@given(st.integers(0, 10**6))
def test_it_finds_what_comparing_every_window_finds(seed: int) -> None:
    rng = random.Random(seed)
    passage = [rng.choice("abcdef") for _ in range(rng.randint(GRAM, 40))]
    start = rng.randint(0, len(passage) - 1)
    text = [
        *(rng.choice("abcdefxy") for _ in range(rng.randint(0, 20))),
        *passage[start : start + rng.randint(0, 30)],
        *(rng.choice("abcdefxy") for _ in range(rng.randint(0, 20))),
    ]
    found = PassageIndex([" ".join(passage)]).find(" ".join(text))
    longest = max(
        (
            end - begin
            for begin in range(len(passage))
            for end in range(begin + 1, len(passage) + 1)
            if " ".join(passage[begin:end]) in " ".join(text)
        ),
        default=0,
    )
    grams = {tuple(passage[at : at + GRAM]) for at in range(len(passage) - GRAM + 1)}
    there = {tuple(text[at : at + GRAM]) for at in range(max(0, len(text) - GRAM + 1))}
    coverage = len(grams & there) / len(grams)
    expected = longest >= LONG or (longest >= GRAM and coverage >= 0.7)
    assert bool(found) == expected
    if found:
        assert (found[0].words, found[0].coverage) == (longest, round(coverage, 3))
