"""Rendered dialogues on disk."""

from pathlib import Path

import numpy as np

from agentscaler.experiment.tokenstore import TokenStore


def test_dialogues_come_back_as_they_were_written(tmp_path: Path) -> None:
    written = [
        (np.array([1, 2, 70_000]), np.array([False, True, True])),
        (np.array([], np.int32), np.array([], np.bool_)),
        (np.array([4]), np.array([True])),
    ]
    TokenStore.write(written, tmp_path)
    store = TokenStore(["a", "b", "c"], tmp_path)
    assert len(store) == 3
    assert [store[n].id for n in range(3)] == ["a", "b", "c"]
    assert [store[n].ids.tolist() for n in range(3)] == [[1, 2, 70_000], [], [4]]
    assert [store[n].mask.tolist() for n in range(3)] == [[False, True, True], [], [True]]


def test_no_dialogue_at_all_can_be_written(tmp_path: Path) -> None:
    TokenStore.write([], tmp_path)
    assert len(TokenStore([], tmp_path)) == 0
