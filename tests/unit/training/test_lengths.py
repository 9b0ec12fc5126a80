"""Lengths: what a maximal length cuts is counted, and refused where it is learned."""

import pytest

from agentscaler.errors import InputError
from agentscaler.training import Rendered, cut_examples, measure_lengths


def rendered(mask: str) -> Rendered:
    """One token a letter; "x" is learned."""
    spans = tuple((n, n + 1) for n in range(len(mask)))
    flags = tuple(letter == "x" for letter in mask)
    return Rendered("e", mask, tuple(range(len(mask))), spans, flags, ())


EXAMPLES = [rendered("..xx"), rendered("....xx..xx"), rendered("......xx"), rendered("..x....")]


def test_a_report_counts_what_would_be_cut() -> None:
    report = measure_lengths(EXAMPLES, 6)
    assert (report.examples, report.tokens, report.learned, report.longest) == (4, 29, 9, 10)
    assert (report.cut_examples, report.cut_tokens, report.cut_learned) == (3, 4 + 2 + 1, 4)
    assert report.emptied == 1
    assert str(report) == (
        "4 examples, 29 tokens, 9 of them learned; the longest has 10; at most 6 cuts 3 examples "
        "by 7 tokens, 4 of them learned, and leaves 1 with nothing to learn"
    )


def test_a_cut_that_takes_learned_tokens_is_refused_and_says_what_would_do() -> None:
    with pytest.raises(InputError, match="6 tokens is too short") as refused:
        measure_lengths(EXAMPLES, 6).refuse_losses()
    assert "Allow 10 tokens" in refused.value.remedy


def test_a_cut_of_context_alone_is_not_refused() -> None:
    report = measure_lengths([EXAMPLES[0], EXAMPLES[3]], 4)
    assert (report.cut_tokens, report.cut_learned) == (3, 0)
    report.refuse_losses()


def test_without_a_maximal_length_nothing_is_cut() -> None:
    report = measure_lengths(EXAMPLES)
    assert (report.cut_tokens, str(report)) == (
        0,
        "4 examples, 29 tokens, 9 of them learned; the longest has 10",
    )
    report.refuse_losses()


def test_cutting_leaves_out_what_has_nothing_left_to_learn() -> None:
    cut = list(cut_examples(EXAMPLES, 6))
    assert ["".join("x" if one else "." for one in made.mask) for made in cut] == [
        "..xx",
        "....xx",
        "..x...",
    ]
    assert all(len(made.ids) == len(made.spans) == len(made.mask) for made in cut)
