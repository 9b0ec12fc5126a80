"""TRL's trainer on rows of ours: batches, losses, and what stays at home."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from agentscaler.training.batches import plan_rows
from agentscaler.training.encoding import Encoded, open_rows, write_encoded, write_rows
from agentscaler.training.selection import Candidate

pytestmark = pytest.mark.filterwarnings("default")  # torch and its friends warn of their own

LENGTHS = (9, 3, 7, 12, 4)


@pytest.fixture(scope="module")
def trainer() -> ModuleType:
    pytest.importorskip("trl", reason="needs the extra train")
    from agentscaler.training import trainer as module

    return module


def rows_file(folder: Path, *, packing: bool) -> Path:
    rng = np.random.default_rng(3)
    encoded = []
    for number, length in enumerate(LENGTHS):
        ids = rng.integers(4, 60, length).astype(np.int32)
        labels = np.where(rng.random(length) < 0.4, ids, np.int32(-100)).astype(np.int32)
        labels[0] = -100
        labels[-1] = ids[-1]
        learned = int((labels != -100).sum())
        one = Candidate(f"e{number}", f"t{number}", "d", length, learned, "x")
        encoded.append(Encoded(one, ids, labels))
    candidates = write_encoded(encoded, folder / "encoded.arrow")
    plan = plan_rows([one.tokens for one in candidates], 18, packing=packing)
    file = folder / f"rows-{packing}.arrow"
    write_rows(folder / "encoded.arrow", range(len(LENGTHS)), plan, file)
    return file


def made_trainer(module: ModuleType, folder: Path, *, packing: bool) -> Any:
    import torch
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM
    from trl import SFTConfig

    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=64,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
    )
    vocabulary = {"<end>": 0, "<x>": 1}
    backend = Tokenizer(models.WordLevel(vocabulary, unk_token="<x>"))
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="<end>", eos_token="<end>"
    )
    rows = open_rows(rows_file(folder, packing=packing)).with_format("torch")
    arguments = SFTConfig(
        output_dir=str(folder / "out"),
        per_device_train_batch_size=1,
        per_device_eval_batch_size=1,
        gradient_accumulation_steps=len(rows),
        max_steps=1,
        learning_rate=0.0,
        save_strategy="no",
        logging_steps=1,
        report_to=[],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        disable_tqdm=True,
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
    )
    return module.PhaseTrainer(
        model=Qwen3ForCausalLM(config),
        args=arguments,
        data_collator=module.RowCollator(0, packing),
        train_dataset=rows,
        eval_dataset=rows,
        processing_class=tokenizer,
    )


def loss_by_hand(trainer: Any) -> float:
    """The mean over the learned tokens of dialogues that are shown one at a time."""
    import torch

    total, count = 0.0, 0
    for row in trainer.train_dataset:
        sizes = row["seq_lengths"].tolist()
        parts = zip(row["input_ids"].split(sizes), row["labels"].split(sizes), strict=True)
        for ids, labels in parts:
            with torch.no_grad():
                logits = trainer.model(input_ids=ids[None].long()).logits[0, :-1]
            chances = torch.log_softmax(logits.float(), -1)
            for place, label in enumerate(labels[1:].tolist()):
                if label != -100:
                    total -= float(chances[place, label])
                    count += 1
    return total / count


@pytest.mark.parametrize("packing", [True, False])
@pytest.mark.parametrize("plain_head", [True, False])
def test_losses_are_means_over_learned_tokens_and_no_dialogue_sees_another(
    trainer: ModuleType, tmp_path: Path, packing: bool, plain_head: bool
) -> None:
    made = made_trainer(trainer, tmp_path, packing=packing)
    assert made._plain_head, "on a CPU"
    made._plain_head = plain_head
    wanted = loss_by_hand(made)
    assert made.evaluate()["eval_loss"] == pytest.approx(wanted, abs=1e-5)
    made.train()
    (logged,) = [line for line in made.state.log_history if "loss" in line]
    assert logged["loss"] == pytest.approx(wanted, abs=1e-5)
    assert made.tokens == sum(LENGTHS)
    assert not (tmp_path / "out" / "README.md").exists()


def test_a_packed_batch_begins_anew_in_each_dialogue(trainer: ModuleType, tmp_path: Path) -> None:
    rows = open_rows(rows_file(tmp_path, packing=True)).with_format("torch")
    row = next(one for one in rows if len(one["seq_lengths"]) > 1)
    sizes = row["seq_lengths"].tolist()
    batch = trainer.RowCollator(0, True)([row])
    positions = batch["position_ids"][0].tolist()
    assert positions == [place for size in sizes for place in range(size)]
    assert batch["cu_seq_lens_q"].tolist() == [sum(sizes[:n]) for n in range(len(sizes) + 1)]
    assert "attention_mask" not in batch


def test_padding_is_not_learned_and_stands_on_the_right(
    trainer: ModuleType, tmp_path: Path
) -> None:
    rows = open_rows(rows_file(tmp_path, packing=False)).with_format("torch")
    row = next(one for one in rows if len(set(one["seq_lengths"].tolist())) > 1)
    batch = trainer.RowCollator(0, False)([row])
    sizes = row["seq_lengths"].tolist()
    assert batch["input_ids"].shape == (len(sizes), max(sizes))
    for line, size in enumerate(sizes):
        assert (batch["input_ids"][line, :size] != 0).all()
        assert (batch["input_ids"][line, size:] == 0).all()
        assert (batch["labels"][line, size:] == -100).all()
    assert batch["row_tokens"] == sum(sizes)


def test_a_loss_that_is_no_number_stops_the_training(trainer: ModuleType, tmp_path: Path) -> None:
    from agentscaler.errors import InputError

    made = made_trainer(trainer, tmp_path, packing=True)
    watch = trainer.StepWatch(made, None, lambda steps: None)
    with pytest.raises(InputError, match="The loss is nan at step 0"):
        watch.on_log(made.args, made.state, made.control, logs={"loss": float("nan")})
