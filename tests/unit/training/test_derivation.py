"""`derive_mask` and `first_difference`: the mask from the text alone."""

from itertools import pairwise

import pytest

from agentscaler.training import derive_mask
from agentscaler.training.derivation import first_difference
from agentscaler.training.families.compact import COMPACT

TEXT = "<|user|>Hi<|end|><|agent|><|say|>Yes<|end|><|user|>So?<|end|><|agent|><|say|>No<|end|>"


def tokens() -> list[tuple[int, int]]:
    """Every three letters a token, cut where the control tokens are."""
    edges = sorted(
        {*range(0, len(TEXT), 3), *(i for i, c in enumerate(TEXT) if c == "<"), 26, 68, len(TEXT)}
        | {i + 1 for i, c in enumerate(TEXT) if c == ">"}
    )
    return list(pairwise(edges))


def learned(flags: list[bool]) -> str:
    mask = derive_mask(TEXT, tokens(), COMPACT, flags)
    return "".join(TEXT[a:b] for (a, b), one in zip(tokens(), mask, strict=True) if one)


def test_every_token_of_a_learned_turn_is_flagged_and_no_other() -> None:
    assert learned([True, True]) == "<|say|>Yes<|end|><|say|>No<|end|>"
    assert learned([False, True]) == "<|say|>No<|end|>"
    assert learned([False, False]) == ""


def test_a_token_that_is_partly_the_users_is_not_learned() -> None:
    assert derive_mask(TEXT, [(0, len(TEXT))], COMPACT, [True, True]) == [False]


def test_more_turns_than_the_dialogue_has_are_an_error() -> None:
    with pytest.raises(ValueError, match="2 turns in the text, 1 in the dialogue"):
        derive_mask(TEXT, tokens(), COMPACT, [True])


def test_the_first_token_that_differs_is_named() -> None:
    spans = COMPACT.own_spans(TEXT)
    mask = derive_mask(TEXT, tokens(), COMPACT, [True, True])
    assert first_difference(TEXT, tokens(), mask, spans, [True, True]) == ""
    at = mask.index(True)
    mask[at] = False
    told = first_difference(TEXT, tokens(), mask, spans, [True, True])
    assert told.startswith(f"token {at} (")
    assert told.endswith("is not learned, and by the text it should be")
    mask[at], mask[0] = True, True
    told = first_difference(TEXT, tokens(), mask, spans, [True, True])
    assert told == "token 0 ('<|u') is learned, and by the text it should not be"
    told = first_difference(TEXT, tokens(), mask, spans, [True])
    assert told == "the text holds 2 turns of the agent, the dialogue 1"
