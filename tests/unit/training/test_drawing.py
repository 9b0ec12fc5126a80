"""Drawing: the softmax's share for each token, and an open word on choices that could turn."""

from collections import Counter

import numpy as np
import pytest

from agentscaler.training.drawing import CLOSE, Noise, draw

LOGITS = np.log(np.array([0.5, 0.3, 0.15, 0.05]))


def drawn(top_p: float, temperature: float = 1.0, times: int = 4000) -> Counter[int]:
    noise = Noise(7)
    tokens: Counter[int] = Counter()
    for _ in range(times):
        tokens[draw(LOGITS, noise.here(4), temperature, top_p)[0]] += 1
        noise.go_on()
    return tokens


def test_tokens_are_drawn_as_often_as_they_are_likely() -> None:
    tokens = drawn(1.0)
    for token, chance in enumerate((0.5, 0.3, 0.15, 0.05)):
        assert tokens[token] / 4000 == pytest.approx(chance, abs=0.03)


def test_a_low_temperature_makes_the_likely_likelier() -> None:
    assert drawn(1.0, 0.5)[0] / 4000 == pytest.approx(0.25 / 0.365, abs=0.03)


@pytest.mark.parametrize(("top_p", "left"), [(0.4, 1), (0.6, 2), (0.9, 3), (0.99, 4)])
def test_only_the_likeliest_up_to_top_p_are_drawn(top_p: float, left: int) -> None:
    assert set(drawn(top_p)) == set(range(left))


def test_the_noise_of_a_place_stays_until_the_next_one() -> None:
    noise = Noise(1)
    first = noise.here(4)
    assert noise.here(4) is first
    noise.go_on()
    assert not np.array_equal(noise.here(4), first)


def test_a_choice_that_last_digits_could_turn_is_not_steady() -> None:
    none = np.zeros(3)
    assert draw(np.array([1.0, 0.0, -1.0]), none, 1.0, 1.0) == (0, True)
    assert draw(np.array([1.0, 1.0 - CLOSE / 2, -1.0]), none, 1.0, 1.0) == (0, False)


def test_nor_is_one_that_hangs_on_who_is_among_the_likeliest() -> None:
    noise = np.array([0.0, 5.0, 0.0, 0.0])  # the second would win, were it let in
    assert draw(LOGITS, noise, 1.0, 0.5 - CLOSE / 2)[1] is False
    assert draw(LOGITS, noise, 1.0, 0.45) == (0, True)
    assert draw(LOGITS, noise, 1.0, 0.55) == (1, True)
