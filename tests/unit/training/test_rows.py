"""Examples as data sets of the package datasets, and what goes wrong without care."""

from collections.abc import Sequence

import pytest

pytest.importorskip("jinja2", reason="needs the extra templates")
pytest.importorskip("datasets", reason="needs the extra train")

from datasets import Dataset

from agentscaler.dataset import Example
from agentscaler.training import (
    ByteTokenizer,
    FileTokenizer,
    example_of_row,
    examples_dataset,
    load_template,
    render,
    rendered_dataset,
)
from agentscaler.training.families.chatml import CHATML

pytestmark = pytest.mark.filterwarnings("default")


def test_examples_come_back_from_a_data_set_as_they_were(real: Sequence[Example]) -> None:
    rows = examples_dataset(real)
    assert [example_of_row(row) for row in rows] == list(real)


def test_without_care_arguments_that_nobody_gave_are_filled_in_without_a_word(
    real: Sequence[Example],
) -> None:
    """So that a template renders other calls than were made (in dialogues without refusals: a call
    with an argument of a wrong type makes it fail aloud)."""
    template, tokenizer = load_template("qwen2.5"), ByteTokenizer(CHATML.controls)
    plain = [example for example in real if not example.recovered]
    naive = Dataset.from_list([example.model_dump() for example in plain])
    wrong = 0
    for row, example in zip(naive, plain, strict=True):
        true = render(example, template, tokenizer).text
        read = Example.model_construct(**row)
        got = render(read, template, tokenizer).text
        wrong += got != true
        assert (
            render(example_of_row(examples_dataset([example])[0]), template, tokenizer).text == true
        )
    assert wrong == len(plain) > 5


def test_a_rendered_data_set_holds_ids_labels_and_mask(
    real: Sequence[Example], tokenizers: dict[str, FileTokenizer]
) -> None:
    template, tokenizer = load_template("qwen3"), tokenizers["qwen3"]
    made = [render(example, template, tokenizer) for example in real[:4]]
    for row, one in zip(rendered_dataset(made), made, strict=True):
        assert row["input_ids"] == list(one.ids)
        assert row["labels"] == one.labels
        assert row["assistant_masks"] == [int(flag) for flag in one.mask]


def test_trls_collator_takes_the_rows_and_masks_as_we_do(
    real: Sequence[Example], tokenizers: dict[str, FileTokenizer]
) -> None:
    trl = pytest.importorskip("trl.trainer.sft_trainer", reason="needs the extra train")
    template, tokenizer = load_template("qwen3"), tokenizers["qwen3"]
    made = [render(example, template, tokenizer) for example in real[:2]]
    collator = trl.DataCollatorForLanguageModeling(pad_token_id=0, padding_free=True)
    batch = collator(list(rendered_dataset(made)))
    assert batch["labels"].tolist()[0] == [
        label for one in made for label in (-100, *one.labels[1:])
    ]
    assert batch["position_ids"].tolist()[0] == [n for one in made for n in range(len(one.ids))]
    assert "attention_mask" not in batch
