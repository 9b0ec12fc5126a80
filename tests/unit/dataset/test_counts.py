"""What a training set holds, in numbers."""

from collections import Counter

import pytest
from pydantic_core import to_json

from agentscaler.dataset import DatasetDomain, DatasetTool, SplitCounts, count_examples
from agentscaler.dataset.counts import CALL_BANDS, _band, band_name

from .dialogues import PLAIN, TOOLS, example

DOMAIN = DatasetDomain(
    id="library",
    title="Library",
    provider="city",
    service="city.library",
    engine="rules",
    split="train",
    examples=2,
    tools=(
        DatasetTool(name="get_book", fingerprint="0", origin="city.library.GetBook", licence=""),
    ),
)
SHORT = example(
    [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Good day."}],
    kind="write",
)


def test_turns_calls_and_what_is_learned_are_counted() -> None:
    counts = SplitCounts.read("train", count_examples(DOMAIN, [PLAIN, SHORT]))
    assert (counts.examples, counts.domains, counts.tools) == (2, 1, 1)
    assert (counts.turns, counts.calls, counts.parallel) == (6, 3, 1)
    assert (counts.recovered, counts.unlearned) == (1, 1)
    assert counts.kinds == {"read": 1, "write": 1}
    assert counts.calls_by_band == {"0": 1, "3": 1}
    assert counts.turns_by_band == {"1-2": 1, "3-4": 1}
    assert counts.tokens_by_band == {"0-1,999": 2}


def test_tokens_are_estimated_from_the_characters_of_messages_calls_and_tools() -> None:
    counts = SplitCounts.read("train", count_examples(DOMAIN, [PLAIN]))
    said = sum(len(message["content"]) for message in PLAIN.messages)
    called = sum(
        len(name) + len(to_json(arguments))
        for name, arguments in (
            ("get_book", {"id": "b-1"}),
            ("get_book", {"book_id": "b-1"}),
            ("get_member", {"member_id": 7}),
        )
    )
    assert counts.tokens == (said + called + len(to_json(TOOLS))) // 4
    learned = len("On B7; Ana Ruiz.") + called - len("get_book") - len('{"id":"b-1"}')
    assert counts.learned_tokens == learned // 4


def test_counters_of_domains_add_up() -> None:
    total: Counter[str] = Counter()
    for _ in range(3):
        total.update(count_examples(DOMAIN, [PLAIN]))
    assert SplitCounts.read("train", total).examples == 3
    assert SplitCounts.read("held_out", total).examples == 0


def test_a_domain_without_examples_does_not_count() -> None:
    assert count_examples(DOMAIN, []) == Counter()


@pytest.mark.parametrize(
    ("number", "name"),
    [(0, "0"), (3, "3"), (4, "4-5"), (9, "6-9"), (15, "15 or more"), (99, "15 or more")],
)
def test_a_number_belongs_to_the_band_that_holds_it(number: int, name: str) -> None:
    assert _band(number, CALL_BANDS) == name
    assert name in {band_name(*band) for band in CALL_BANDS}
