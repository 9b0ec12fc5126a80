"""Tokenizers: ids, and where each token stands in the text."""

import json
from pathlib import Path

import pytest

pytest.importorskip("tokenizers", reason="needs the extra templates")

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors

from agentscaler.errors import InputError
from agentscaler.training import ByteTokenizer, FileTokenizer, load_tokenizer


@given(st.lists(st.sampled_from(["<|end|>", "<|e", "<s>", "é", "漢😀", "a", "\n"])).map("".join))
def test_bytes_and_control_tokens_cover_a_text_without_gaps(text: str) -> None:
    ids, spans = ByteTokenizer(("<|end|>", "<|e", "<s>")).encode(text)
    assert len(ids) == len(spans)
    reached = 0
    for (begin, end), token in zip(spans, ids, strict=True):
        assert begin in (reached, reached - 1)
        assert (end - begin > 1) == (token >= 256)
        reached = end
    assert reached == len(text)


def test_the_longest_control_token_is_read() -> None:
    tokenizer = ByteTokenizer(("<|e", "<|end|>"))
    assert tokenizer.encode("<|end|><|e").ids == (257, 256)


def small() -> Tokenizer:
    backend = Tokenizer(models.BPE(vocab={"Ġ": 0, "a": 1, "b": 2, "Ġa": 3}, merges=[("Ġ", "a")]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.post_processor = processors.ByteLevel(trim_offsets=True)
    return backend


def test_a_space_that_a_tokenizer_does_not_count_is_part_of_the_token_all_the_same() -> None:
    """So that a token with a space before the edge of a turn is seen to stand across it."""
    backend = small()
    assert backend.encode("b a").offsets == [(0, 1), (2, 3)]
    assert FileTokenizer(backend).encode("b a") == ((2, 3), ((0, 1), (1, 3)))


def test_control_tokens_are_special_ones_and_those_that_look_like_markup() -> None:
    backend = small()
    backend.add_special_tokens(["<s>", "pad"])
    backend.add_tokens(["<tool_call>", "[X]", "hello", AddedToken("   "), "<>"])
    assert FileTokenizer(backend).control_tokens == ["<s>", "<tool_call>", "[X]", "pad"]


def test_a_tokenizer_is_read_from_a_folder_with_its_named_tokens(tmp_path: Path) -> None:
    small().save(str(tmp_path / "tokenizer.json"))
    config = {"bos_token": {"content": "<s>"}, "eos_token": "</s>", "pad_token": None}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    tokenizer = load_tokenizer(tmp_path)
    assert tokenizer.special_tokens == {"bos_token": "<s>", "eos_token": "</s>"}
    assert tokenizer.encode("b a").ids == (2, 3)


def test_a_folder_without_a_tokenizer_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no tokenizer\.json"):
        load_tokenizer(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(InputError, match="is no tokenizer"):
        load_tokenizer(tmp_path)
