"""How many tokens a second our trainer learns from, beside TRL's trainer as one would write it.

Run `python benchmarks/trl_throughput.py --run runs/full`.  Four trainers take the same dialogues,
once each, with the same model, optimizer, threads and tokens of a step, in turns: TRL given
messages with `assistant_only_loss`, in padded batches and packed, and ours, with dialogues grouped
by length and packed.  Tokens are those of the dialogues, padding not counted; seconds are of the
processor, for the steps alone, since a dialogue is rendered once and trained on for epochs.  All
must learn the same number of tokens, or there is no table.
"""

import argparse
import json
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import datasets
import torch
from datasets import Dataset
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, PrinterCallback, Qwen3Config, Qwen3ForCausalLM
from transformers.utils import logging
from trl import SFTConfig, SFTTrainer

from agentscaler.dataset import Example
from agentscaler.engine import LocalEngine
from agentscaler.runfolder import RunFolder
from agentscaler.training import ByteTokenizer, DataSelection, FileTokenizer, load_template, render
from agentscaler.training.batches import plan_rows
from agentscaler.training.encoding import (
    Encoder,
    encode_examples,
    open_rows,
    write_encoded,
    write_rows,
)
from agentscaler.training.trainer import PhaseTrainer, RowCollator

WORDS = r"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
TEMPLATE = load_template("qwen3")
ROW = "{:16} {:>7} {:>12} {:>11} {:>8}"


class Counting(SFTTrainer):
    """TRL's trainer, counting the tokens that it learns."""

    learned = 0

    def get_batch_samples(self, *args: Any) -> Any:
        batches, learned = super().get_batch_samples(*args)
        self.learned += int(learned)
        return batches, learned


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--run", type=Path, required=True, help="a run with a training set")
    options.add_argument("--examples", type=int, default=24)
    options.add_argument("--longest", type=int, default=6000, help="tokens of a dialogue")
    options.add_argument("--row", type=int, default=12000, help="tokens of a row")
    options.add_argument("--vocabulary", type=int, default=4000)
    options.add_argument("--hidden", type=int, default=128)
    options.add_argument("--layers", type=int, default=4)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    datasets.disable_progress_bars()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    warnings.simplefilter("ignore")
    examples, tokenizer = read(chosen)
    with tempfile.TemporaryDirectory() as scratch:
        compare(chosen, examples, tokenizer, Path(scratch))


def read(chosen: argparse.Namespace) -> tuple[list[Example], Any]:
    """Dialogues that are short enough, and a tokenizer trained on some."""
    records = RunFolder.open(chosen.run).read("dataset/train.jsonl", Example)
    first = list(islice(records, 20))
    controls = TEMPLATE.family.controls if TEMPLATE.family else ()
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=chosen.vocabulary,
        special_tokens=list(controls),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [render(one, TEMPLATE, ByteTokenizer(controls)).text for one in first]
    backend.train_from_iterator(texts, trainer)
    ours = FileTokenizer(backend)
    fitting = (
        one
        for one in chain(first, records)
        if len(render(one, TEMPLATE, ours).ids) <= chosen.longest
    )
    short = list(islice(fitting, chosen.examples))
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="<|endoftext|>", eos_token="<|im_end|>"
    )
    tokenizer.chat_template = TEMPLATE.source
    whole = [  # TRL knows no messages of the agent that are context only
        one.model_copy(update={"loss_mask": [m["role"] == "assistant" for m in one.messages]})
        for one in short
    ]
    return whole, tokenizer


def compare(
    chosen: argparse.Namespace, examples: Sequence[Example], tokenizer: Any, scratch: Path
) -> None:
    """Trains in turns, and prints the table."""
    contenders: dict[str, Callable[[], Any]] = {
        "TRL, padded": lambda: plain(chosen, examples, tokenizer, scratch, packing=False),
        "TRL, packed": lambda: plain(chosen, examples, tokenizer, scratch, packing=True),
        "ours, grouped": lambda: ours(chosen, examples, tokenizer, scratch, packing=False),
        "ours, packed": lambda: ours(chosen, examples, tokenizer, scratch, packing=True),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    learned: dict[str, int] = {}
    steps: dict[str, int] = {}
    for _ in range(chosen.rounds):
        for name, make in contenders.items():
            trainer = make()
            trainer.remove_callback(PrinterCallback)
            began = time.process_time()
            trainer.train()
            seconds[name].append(time.process_time() - began)
            learned[name], steps[name] = trainer.learned, trainer.state.global_step
    if len(set(learned.values())) > 1:
        raise SystemExit(f"not the same tokens are learned: {learned}")
    reader = FileTokenizer(tokenizer.backend_tokenizer)
    tokens = sum(len(render(one, TEMPLATE, reader).ids) for one in examples)
    print(f"{len(examples)} dialogues, {tokens:,} tokens, {learned['ours, packed']:,} learned")
    print(ROW.format("trainer", "steps", "processor s", "tokens/s", "ratio"))
    best = min(statistics.median(seconds[name]) for name in ("TRL, padded", "TRL, packed"))
    for name in contenders:
        middle = statistics.median(seconds[name])
        speed, ratio = f"{tokens / middle:,.0f}", f"{best / middle:.2f}"
        print(ROW.format(name, steps[name], f"{middle:.2f}", speed, ratio))
    print("ratio: tokens a second over those of the quicker of TRL's two")


def model(chosen: argparse.Namespace, tokenizer: Any) -> Any:
    torch.manual_seed(0)
    return Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=len(tokenizer),
            hidden_size=chosen.hidden,
            intermediate_size=3 * chosen.hidden,
            num_hidden_layers=chosen.layers,
            num_attention_heads=chosen.hidden // 32,
            num_key_value_heads=1,
            head_dim=32,
            tie_word_embeddings=True,
        )
    )


def settings(scratch: Path, **options: Any) -> Any:
    return SFTConfig(
        output_dir=str(scratch / "out"),
        num_train_epochs=1,
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        report_to=[],
        logging_steps=1,
        save_strategy="no",
        disable_tqdm=True,
        **options,
    )


def plain(
    chosen: argparse.Namespace,
    examples: Sequence[Example],
    tokenizer: Any,
    scratch: Path,
    *,
    packing: bool,
) -> Any:
    """As one would write it: rows of messages, and what the documentation says to set."""
    arguments = settings(
        scratch,
        per_device_train_batch_size=1 if packing else max(1, chosen.row // chosen.longest),
        assistant_only_loss=True,
        packing=packing,
        max_length=chosen.row if packing else None,
    )
    rows = [{"messages": spoken(one), "tools": json.dumps(one.tools)} for one in examples]
    return Counting(
        model=model(chosen, tokenizer),
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
    )


def spoken(example: Example) -> list[dict[str, Any]]:
    """Messages with arguments as text, since Arrow would fill them up."""
    messages = []
    for message in example.messages:
        calls = [
            {
                "type": "function",
                "function": {
                    "name": call["function"]["name"],
                    "arguments": json.dumps(call["function"]["arguments"], ensure_ascii=False),
                },
            }
            for call in message.get("tool_calls") or ()
        ]
        told = {"role": message["role"], "content": message.get("content") or ""}
        messages.append({**told, "tool_calls": calls or None})
    return messages


def ours(
    chosen: argparse.Namespace,
    examples: Sequence[Example],
    tokenizer: Any,
    scratch: Path,
    *,
    packing: bool,
) -> Any:
    encoder = Encoder(TEMPLATE, FileTokenizer(tokenizer.backend_tokenizer), DataSelection())
    file = scratch / f"examples-{packing}.arrow"
    with LocalEngine(1) as engine:
        found = write_encoded(encode_examples(examples, encoder, engine), file)
    plan = plan_rows([one.tokens for one in found], chosen.row, packing=packing)
    rows = scratch / f"rows-{packing}.arrow"
    write_rows(file, range(len(found)), plan, rows)
    return PhaseTrainer(
        model=model(chosen, tokenizer),
        args=settings(
            scratch,
            per_device_train_batch_size=1,
            max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True},
        ),
        train_dataset=open_rows(rows).with_format("torch"),
        processing_class=tokenizer,
        data_collator=RowCollator(tokenizer.pad_token_id, packing),
    )


if __name__ == "__main__":
    main()
