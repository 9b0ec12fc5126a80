"""The order in which dialogues are learned from."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from agentscaler.experiment.stream import Share, draw_stream

LENGTHS = [10, 20, 30, 40, 50, 60]
DOMAINS = {"a": [0, 1], "b": [2, 3], "c": [4, 5]}


def test_tokens_are_seen_up_to_the_length_of_one_dialogue() -> None:
    stream = draw_stream([Share("general", DOMAINS, 1000)], LENGTHS, "0")
    assert 1000 <= stream.tokens < 1000 + max(LENGTHS)
    assert stream.tokens == sum(LENGTHS[place] for place in stream.places)


def test_few_dialogues_are_seen_again_and_again_each_as_often() -> None:
    stream = draw_stream([Share("general", {"a": [0, 1]}, 300)], LENGTHS, "0")
    counts = Counter(stream.places)
    assert (stream.distinct, stream.domains) == (2, 1)
    assert abs(counts[0] - counts[1]) <= 1


def test_every_dialogue_is_seen_before_one_comes_again() -> None:
    stream = draw_stream([Share("general", DOMAINS, 630)], LENGTHS, "0")
    for begin in range(0, 18, 6):
        assert sorted(stream.places[begin : begin + 6]) == list(range(6))


def test_where_tokens_are_few_small_domains_are_not_passed_over() -> None:
    groups = {"large": list(range(5)), "small": [5]}
    stream = draw_stream([Share("general", groups, 2)], [1] * 6, "0")
    assert stream.domains == 2


def test_a_limit_of_distinct_dialogues_is_spread_over_the_domains() -> None:
    stream = draw_stream([Share("general", DOMAINS, 1000, most=3)], LENGTHS, "0")
    assert (stream.distinct, stream.domains) == (3, 3)
    assert stream.tokens >= 1000
    whole = draw_stream([Share("general", DOMAINS, 1000)], LENGTHS, "0")
    assert draw_stream([Share("general", DOMAINS, 1000, most=6)], LENGTHS, "0") == whole


def test_shares_are_mixed_evenly() -> None:
    shares = [Share("one", {"a": [0]}, 300), Share("other", {"b": [1]}, 100)]
    stream = draw_stream(shares, [10, 10], "0")
    assert Counter(stream.places) == {0: 30, 1: 10}
    for begin in range(0, 40, 4):
        assert stream.places[begin : begin + 4].count(1) == 1


def test_a_share_is_the_same_in_every_mixture() -> None:
    alone = draw_stream([Share("vertical", {"a": [0, 1, 2]}, 60)], LENGTHS, "7")
    other = Share("general", {"b": [3, 4]}, 500)
    mixed = draw_stream([other, Share("vertical", {"a": [0, 1, 2]}, 60)], LENGTHS, "7")
    assert tuple(place for place in mixed.places if place < 3) == alone.places


def test_seeds_differ_and_repeat() -> None:
    share = [Share("general", DOMAINS, 500)]
    assert draw_stream(share, LENGTHS, "0") == draw_stream(share, LENGTHS, "0")
    assert draw_stream(share, LENGTHS, "0").places != draw_stream(share, LENGTHS, "1").places


def test_the_order_of_the_mapping_does_not_matter() -> None:
    turned = dict(reversed(DOMAINS.items()))
    one, other = (
        draw_stream([Share("general", groups, 500)], LENGTHS, "0") for groups in (DOMAINS, turned)
    )
    assert one == other


def test_domains_without_dialogues_give_nothing() -> None:
    stream = draw_stream([Share("general", {"a": [], "b": [0]}, 30)], LENGTHS, "0")
    assert stream.domains == 1
    assert draw_stream([Share("general", {"a": []}, 30)], LENGTHS, "0").places == ()


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20), st.integers(1, 2000))
def test_tokens_of_any_lengths_are_within_one_dialogue(lengths: list[int], tokens: int) -> None:
    groups = {f"d{n % 3}": list(range(n % 3, len(lengths), 3)) for n in range(3)}
    stream = draw_stream([Share("general", groups, tokens)], lengths, "0")
    assert tokens <= stream.tokens < tokens + max(lengths)


def test_within_a_pass_dialogues_of_small_domains_stand_anywhere() -> None:
    groups = {"large": list(range(9)), "small": [9]}
    places = {
        draw_stream([Share("general", groups, 10)], [1] * 10, str(seed)).places.index(9)
        for seed in range(60)
    }
    assert len(places) > 6
