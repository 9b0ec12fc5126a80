"""Our loop for the small model against a plain one, on the same model and the same dialogues.

    python benchmarks/small_training.py --run RUN

The plain one is transformers' `Trainer` as it comes: AdamW, 32 bits, the loss of the model over all
positions with masked labels, batches of random dialogues.  Ours has Muon, bfloat16, attention in
blocks, batches of like length, and the output matrix for learned tokens alone.  Both train the same
small LFM2 with one thread for the same tokens (padding not counted); reported are tokens a second
of processor time, and the loss on held-out dialogues that each has reached by then.  Then batches
are made larger and dialogues longer, and the two optimizers are timed alone.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from torch.nn import functional

from agentscaler.dataset import Example
from agentscaler.runfolder import RunFolder
from agentscaler.training import (
    ByteTokenizer,
    CheckpointRecord,
    FileTokenizer,
    Rendered,
    load_template,
    render,
)
from agentscaler.training.selection import DataSelection, show
from agentscaler.training.small import (
    SmallTrainingSettings,
    save_tokenizer,
    train_small,
    train_tokenizer,
)
from agentscaler.training.small.model import make_model
from agentscaler.training.small.muon import Muon
from agentscaler.training.small.tokenizer import compact_controls

LONGEST = 1_024
SHOWN = DataSelection(system=False, most_tools=8)
"""As in the recipe `small`."""
COMPACT = load_template("compact")


def dialogues(run: Path, count: int) -> tuple[FileTokenizer, list[Rendered], list[Rendered]]:
    """A tokenizer, and dialogues of either split, as the recipe shows them."""
    folder = RunFolder.open(run)

    def some(split: str, most: int) -> list[Example]:
        found = [
            show(one, SHOWN)
            for _, one in zip(
                range(20 * most), folder.read(f"dataset/{split}.jsonl", Example), strict=False
            )
        ]
        return random.Random(0).sample(found, min(most, len(found)))

    train, held_out = some("train", count), some("held_out", count // 8)
    controls = ByteTokenizer(compact_controls())
    tokenizer = train_tokenizer(render(one, COMPACT, controls).text for one in train)
    made = [
        [one for one in (render(e, COMPACT, tokenizer) for e in part) if len(one.ids) <= LONGEST]
        for part in (train, held_out)
    ]
    return tokenizer, made[0], made[1]


def ours(
    examples: list[Rendered],
    held_out: list[Rendered],
    tokenizer: FileTokenizer,
    **changes: Any,
) -> tuple[float, float]:
    """Tokens a processor second, and the held-out loss."""
    settings = SmallTrainingSettings.model_validate(
        {"evaluations": 1, "save_seconds": 1e6, "device": "cpu", **changes}
    )
    with tempfile.TemporaryDirectory() as folder:
        save_tokenizer(tokenizer, Path(folder) / "tokenizer")
        result = train_small(
            examples,
            settings,
            folder=Path(folder) / "training",
            tokenizer=Path(folder) / "tokenizer",
            record=CheckpointRecord(
                template="compact", system=False, thinking=False, max_length=4096, trainer="small"
            ),
            phase="general",
            data_fingerprint="benchmark",
            domains=1,
            seed=0,
            held_out=held_out,
        )
    return result.phase.tokens / result.processor_seconds, result.phase.eval_loss or float("nan")


class Rows(torch.utils.data.Dataset):  # type: ignore[type-arg]  # of what, torch does not ask
    """Dialogues as the plain trainer takes them."""

    def __init__(self, examples: list[Rendered]) -> None:
        self.examples = examples

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, place: int) -> dict[str, list[int]]:
        one = self.examples[place]
        return {"input_ids": list(one.ids), "labels": one.labels}


def collate(rows: list[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
    """Padded to the longest, with an attention mask, as transformers' collators do."""
    longest = max(len(row["input_ids"]) for row in rows)
    fill = {"input_ids": 0, "labels": -100, "attention_mask": 0}
    rows = [{**row, "attention_mask": [1] * len(row["input_ids"])} for row in rows]
    return {
        name: torch.tensor([row[name] + [value] * (longest - len(row[name])) for row in rows])
        for name, value in fill.items()
    }


def plain(
    examples: list[Rendered], held_out: list[Rendered], vocabulary: int, tokens: int
) -> tuple[float, float]:
    """The same of transformers' `Trainer`."""
    model = make_model(SmallTrainingSettings().model, vocabulary, 0, padding=0)
    mean = sum(len(one.ids) for one in examples) / len(examples)
    rows = max(1, round(4096 / mean))
    steps = max(1, round(tokens / (rows * mean)))
    with tempfile.TemporaryDirectory() as folder:
        given = transformers.TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=rows,
            max_steps=steps,
            learning_rate=2e-3,
            lr_scheduler_type="linear",
            warmup_steps=min(40, steps // 2),
            use_cpu=True,
            report_to=[],
            logging_steps=10_000,
            save_strategy="no",
            disable_tqdm=True,
            seed=0,
        )
        trainer = transformers.Trainer(
            model=model, args=given, train_dataset=Rows(examples), data_collator=collate
        )
        trainer.remove_callback(transformers.PrinterCallback)
        started = time.process_time()
        trainer.train()
        seconds = time.process_time() - started
    return steps * rows * mean / seconds, loss_of(model, held_out)


def loss_of(model: Any, held_out: list[Rendered]) -> float:
    """Mean loss a learned token, dialogue by dialogue."""
    total, learned = 0.0, 0
    model.eval()
    with torch.no_grad():
        for one in held_out:
            scores = model(input_ids=torch.tensor([one.ids])).logits[0, :-1]
            labels = torch.tensor(one.labels[1:])
            total += float(functional.cross_entropy(scores, labels, reduction="sum"))
            learned += one.learned
    return total / learned


def optimizers(vocabulary: int) -> tuple[float, float, float]:
    """Milliseconds of processor time for a step on the model's matrices: ours in 32 bits and in
    16, and torch's Muon."""
    model = make_model(SmallTrainingSettings().model, vocabulary, 0)
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    for one in matrices:
        one.grad = torch.randn_like(one)
    taken = []
    for optimizer in (
        Muon(matrices, 0.0),
        Muon(matrices, 0.0, precision=torch.bfloat16),
        torch.optim.Muon(matrices, lr=0.0),
    ):
        optimizer.step()
        started = time.process_time()
        for _ in range(20):
            optimizer.step()
        taken.append((time.process_time() - started) / 20 * 1e3)
    return taken[0], taken[1], taken[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", type=Path, required=True, help="a finished run")
    parser.add_argument("--tokens", type=int, default=300_000, help="that each trains on")
    parser.add_argument("--dialogues", type=int, default=600)
    options = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    tokenizer, examples, held_out = dialogues(options.run, options.dialogues)
    vocabulary = tokenizer.backend.get_vocab_size()
    lengths = np.array([len(one.ids) for one in examples])
    print(f"{len(examples)} dialogues, median {np.median(lengths):.0f} tokens")
    print(f"{'':34}{'tokens/s':>10}{'ratio':>8}{'held-out loss':>15}")

    def row(name: str, found: tuple[float, float], base: float) -> None:
        print(f"{name:34}{found[0]:10,.0f}{found[0] / base:8.2f}{found[1]:15.3f}", flush=True)

    base = plain(examples, held_out, vocabulary, options.tokens)
    row("transformers' Trainer", base, base[0])
    for precision in ("float32", "bfloat16"):
        found = ours(examples, held_out, tokenizer, tokens=options.tokens, precision=precision)
        row(f"ours, {precision}", found, base[0])
    short = options.tokens // 4
    for room in (2_048, 8_192, 16_384):
        found = ours(examples, held_out, tokenizer, tokens=short, batch_tokens=room)
        row(f"ours, bfloat16, batches of {room:,}", found, base[0])
    for low, high in ((0.0, 0.25), (0.75, 1.0)):
        edges = np.quantile(lengths, (low, high))
        part = [one for one in examples if edges[0] <= len(one.ids) <= edges[1]]
        found = ours(part, held_out, tokenizer, tokens=short)
        mean = sum(len(one.ids) for one in part) / len(part)
        row(f"ours, bfloat16, {mean:,.0f} tokens each", found, base[0])
    exact, half, theirs = optimizers(vocabulary)
    print(f"a step of Muon: ours {exact:.1f} ms in float32, {half:.1f} in bfloat16", end="")
    print(f"; torch's {theirs:.1f}, {theirs / half:.2f} times ours in bfloat16")


if __name__ == "__main__":
    main()
