"""Examples as data sets of the package datasets, and what goes wrong without care."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("jinja2", reason="needs the extra templates")
pytest.importorskip("datasets", reason="needs the extra train")

from datasets import Dataset

from agentscaler.dataset import Example
from agentscaler.training import (
    NOT_LEARNED,
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


def test_a_rendered_data_set_holds_ids_and_labels(
    real: Sequence[Example], tokenizers: dict[str, FileTokenizer]
) -> None:
    template, tokenizer = load_template("qwen3"), tokenizers["qwen3"]
    made = [render(example, template, tokenizer) for example in real[:4]]
    for row, one in zip(rendered_dataset(made), made, strict=True):
        assert row["input_ids"] == list(one.ids)
        assert row["labels"] == one.labels


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


@pytest.mark.parametrize("options", [{}, {"packing": True, "padding_free": True}])
def test_trls_trainer_learns_exactly_what_is_to_be_learned(
    options: dict[str, bool],
    real: Sequence[Example],
    tokenizers: dict[str, FileTokenizer],
    tmp_path: Path,
) -> None:
    """Through its own preparation of the rows, its packing and its batches."""
    trl = pytest.importorskip("trl", reason="needs the extra train")
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

    template, tokenizer = load_template("compact"), tokenizers["compact"]
    made = [render(example, template, tokenizer) for example in real[:5]]
    theirs = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer.backend, pad_token="<|end|>", eos_token="<|end|>"
    )
    size = tokenizer.backend.get_vocab_size()
    tiny = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "head_dim": 4}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    arguments = trl.SFTConfig(
        output_dir=str(tmp_path),
        per_device_train_batch_size=2,
        max_length=max(len(one.ids) for one in made),
        use_cpu=True,
        bf16=False,
        report_to=[],
        **options,
    )
    trainer = trl.SFTTrainer(
        model=Qwen3ForCausalLM(Qwen3Config(vocab_size=size, **tiny, **heads)),
        args=arguments,
        train_dataset=rendered_dataset(made),
        processing_class=theirs,
    )
    learned: Counter[int] = Counter()
    for batch in trainer.get_train_dataloader():
        learned.update(batch["labels"][batch["labels"] != NOT_LEARNED].tolist())
    assert learned == Counter(label for one in made for label in one.labels if label != NOT_LEARNED)
