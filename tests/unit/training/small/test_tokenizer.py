"""The small model's tokenizer: a word has the same tokens wherever it stands."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from agentscaler.dataset import Example
from agentscaler.errors import InputError
from agentscaler.training import (
    ByteTokenizer,
    FileTokenizer,
    accept_template,
    check_example,
    load_template,
    load_tokenizer,
    render,
)
from agentscaler.training.small import save_tokenizer, train_tokenizer
from agentscaler.training.small.tokenizer import compact_controls

pytest.importorskip("tokenizers", reason="needs the extra templates")
pytest.importorskip("jinja2", reason="needs the extra templates")

COMPACT = load_template("compact")
AROUND = ("", " ", '"', '","', ":", "(", "_", "-", "\n", "7", "<", "{", "}", " ?", "<|say|>")


def texts_of(examples: Sequence[Example]) -> list[str]:
    return [render(one, COMPACT, ByteTokenizer(compact_controls())).text for one in examples]


@pytest.fixture(scope="module")
def trained(real: Sequence[Example]) -> FileTokenizer:
    return train_tokenizer(texts_of(real[:40]), vocabulary=900)


def pieces(tokenizer: FileTokenizer, text: str) -> list[str]:
    return [
        tokenizer.backend.decode([one], skip_special_tokens=False)
        for one in tokenizer.encode(text).ids
    ]


@pytest.mark.parametrize("word", ["Rome", "hotel", "Zoë", "Łódź", "guest"])
def test_a_word_has_the_same_tokens_whatever_stands_around_it(
    trained: FileTokenizer, word: str
) -> None:
    alone = trained.encode(word).ids
    for before in AROUND:
        for after in AROUND:
            left, right = trained.encode(before).ids, trained.encode(after).ids
            assert trained.encode(before + word + after).ids == (*left, *alone, *right)


def test_digits_stand_alone_and_so_do_line_breaks(trained: FileTokenizer) -> None:
    assert pieces(trained, "2025\n\n17") == ["2", "0", "2", "5", "\n", "\n", "1", "7"]
    assert trained.encode('a"\n"b').ids == sum(
        (trained.encode(part).ids for part in ("a", '"', "\n", '"', "b")), ()
    )


def test_frequent_words_become_one_token_and_any_text_comes_back(
    trained: FileTokenizer, real: Sequence[Example]
) -> None:
    assert len(trained.encode("hotel").ids) == 1
    for text in (*texts_of(real[:5]), "ÿ \U0001f680 \t 漢字 \x00"):
        assert trained.decode(trained.encode(text).ids) == text


def test_no_token_is_a_part_of_a_control_token(trained: FileTokenizer) -> None:
    # Control tokens stand in every text, but are cut out before pairs are counted.
    learned = {token for token in trained.backend.get_vocab() if "<|" in token or "|>" in token}
    assert learned == {"<|pad|>", *compact_controls()}


def test_padding_is_token_nought_and_the_vocabulary_is_as_large_as_asked(
    trained: FileTokenizer,
) -> None:
    assert trained.number_of("<|pad|>") == 0
    assert trained.backend.get_vocab_size() == 900


def test_the_same_texts_give_the_same_tokenizer_in_another_process(
    trained: FileTokenizer, real: Sequence[Example], tmp_path: Path
) -> None:
    (tmp_path / "texts.json").write_text(json.dumps(texts_of(real[:40])), encoding="utf-8")
    program = (
        "import json, pathlib, sys\n"
        "from agentscaler.training.small import train_tokenizer, save_tokenizer\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "texts = json.loads((folder / 'texts.json').read_text(encoding='utf-8'))\n"
        "save_tokenizer(train_tokenizer(texts, vocabulary=900), folder / 'there')\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    save_tokenizer(trained, tmp_path / "here")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()


def test_the_template_compact_may_be_trained_with_it(trained: FileTokenizer) -> None:
    accept_template(COMPACT, trained)


def test_mask_and_inference_agree_on_real_dialogues(
    trained: FileTokenizer, real: Sequence[Example]
) -> None:
    for example in real:
        assert check_example(example, COMPACT, trained).learned


def test_it_is_read_back_by_us_and_by_transformers(
    trained: FileTokenizer, real: Sequence[Example], tmp_path: Path
) -> None:
    save_tokenizer(trained, tmp_path)
    ours = load_tokenizer(tmp_path)
    assert ours.special_tokens == {"pad_token": "<|pad|>", "eos_token": "<|end|>"}
    texts = texts_of(real[:10])
    for text in texts:
        assert ours.encode(text) == trained.encode(text)
    transformers = pytest.importorskip("transformers", reason="needs the extra train")
    theirs = transformers.AutoTokenizer.from_pretrained(tmp_path)
    assert (theirs.pad_token, theirs.eos_token) == ("<|pad|>", "<|end|>")
    for text in texts:
        assert tuple(theirs(text, add_special_tokens=False)["input_ids"]) == ours.encode(text).ids
        assert theirs.decode(ours.encode(text).ids) == text


def test_control_tokens_of_another_family_can_be_had(real: Sequence[Example]) -> None:
    made = train_tokenizer(["a b"], vocabulary=300, controls=("<|im_start|>", "<|im_end|>"))
    assert pieces(made, "a<|im_end|>b") == ["a", "<|im_end|>", "b"]
    assert dict(made.special_tokens) == {"pad_token": "<|pad|>"}


def test_a_vocabulary_without_room_for_bytes_is_refused() -> None:
    with pytest.raises(InputError, match="no room for 256 bytes and 10 control tokens"):
        train_tokenizer(["a"], vocabulary=265)
