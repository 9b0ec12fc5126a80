"""`Sequences`: what goes in comes out."""

from types import SimpleNamespace

import numpy as np

from agentscaler.training.small import Sequences


def made(ids: list[int], mask: list[bool]) -> SimpleNamespace:
    return SimpleNamespace(ids=ids, mask=mask)


def test_dialogues_come_back_with_their_masks() -> None:
    given = [made([5, 6, 7], [False, True, True]), made([8], [True]), made([9, 1], [True, True])]
    kept = Sequences.of(given)
    assert len(kept) == 3
    assert kept.lengths.tolist() == [3, 1, 2]
    for place, one in enumerate(given):
        ids, mask = kept[place]
        assert ids.tolist() == one.ids
        assert mask.tolist() == one.mask


def test_the_first_token_of_a_dialogue_is_never_learned() -> None:
    given = [made([5, 6, 7], [True, True, True]), made([8], [True]), made([9, 1], [False, True])]
    assert Sequences.of(given).learned.tolist() == [2, 0, 1]


def test_none_at_all_are_empty() -> None:
    kept = Sequences.of([])
    assert (len(kept), kept.learned.sum(), kept.ids.dtype) == (0, 0, np.int32)


def test_the_digest_knows_tokens_masks_and_edges() -> None:
    variants = [
        [made([1, 2, 3], [False, True, True])],
        [made([1, 2, 4], [False, True, True])],
        [made([1, 2, 3], [False, False, True])],
        [made([1, 2], [False, True]), made([3], [True])],
    ]
    assert len({Sequences.of(one).digest() for one in variants}) == 4
    assert Sequences.of(variants[0]).digest() == Sequences.of(variants[0]).digest()
