"""How long is waited before a request is sent again."""

import random

import pytest
from multidict import CIMultiDict

from agentscaler.llm.patience import Patience, retry_after

NOON = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


def test_waits_double_up_to_the_longest_with_half_of_each_left_to_chance() -> None:
    patience = Patience(first_seconds=1, longest_seconds=8)
    for attempt, bound in enumerate((1, 2, 4, 8, 8, 8), 1):
        drawn = [patience.delay(attempt, None, random.Random(seed)) for seed in range(200)]
        assert bound / 2 <= min(drawn) < 0.6 * bound
        assert 0.9 * bound < max(drawn) <= bound


def test_a_thousand_retries_are_no_trouble() -> None:
    assert Patience().delay(5000, None, random.Random(1)) <= 60


def test_what_the_endpoint_asks_for_is_waited_and_hardly_more() -> None:
    drawn = [Patience().delay(7, 3.0, random.Random(seed)) for seed in range(100)]
    assert 3.0 <= min(drawn) < max(drawn) <= 3.3


def test_an_endpoint_that_asks_for_a_day_is_asked_sooner() -> None:
    assert Patience().delay(1, 86_400, random.Random(1)) <= 660


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"Retry-After-Ms": "250", "Retry-After": "1"}, 0.25),
        ({"Retry-After-Ms": "soon", "Retry-After": "1"}, 1),
        ({"Retry-After": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30),
        ({"Retry-After": "Tue, 14 Nov 2023 22:13:00 GMT"}, 0),
        ({"Retry-After": "-3"}, 0),
        ({"Retry-After": "later"}, None),
        ({}, None),
    ],
)
def test_both_forms_of_the_header_are_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(CIMultiDict(headers), NOON) == seconds
