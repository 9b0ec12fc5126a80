"""Whether masks are right, and what they cost: every chat template on many real dialogues.

Run `python benchmarks/masks.py --run runs/full`, or without `--run` on dialogues that it makes.
Half of the replies get thinking, so that it is tried as well.  For each of the program's own
templates a tokenizer is trained on a few of the dialogues, and every dialogue is rendered; its mask
is held against the one derived from the text alone, token by token, and what stands before each
turn of the agent against what inference renders, in text and in tokens.  Seconds are of the
processor; "rendering" is what training needs, without the second half of these checks.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from agentscaler import DomainSettings, TaskSettings
from agentscaler.dataset import Example
from agentscaler.domain.verticals import vertical_names
from agentscaler.pipeline import Settings, run
from agentscaler.runfolder import RunFolder
from agentscaler.training import (
    ByteTokenizer,
    ChatTemplate,
    FileTokenizer,
    check_example,
    derive_mask,
    load_template,
    render,
    template_names,
)

WORDS = r"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
"""Line breaks stay apart from what follows, as with the tokenizers that models have."""

ROW = "{:10} {:>9} {:>12} {:>11} {:>13} {:>10} {:>13} {:>12}"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--run", type=Path, help="a run with a training set")
    options.add_argument("--limit", type=int, default=1000, help="dialogues a template")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = RunFolder.open(chosen.run or made(Path(scratch) / "run", chosen.limit))
        examples = [thinking(one) for one in read(folder, chosen.limit)]
    table(examples)


def made(path: Path, dialogues: int) -> Path:
    """A run of all verticals, of as many tasks as are asked for."""
    names = vertical_names()
    domain = DomainSettings(verticals=names, trials=8)
    task = TaskSettings(per_domain=-(-dialogues * 11 // (10 * len(names))))
    run(RunFolder.open(path, create=True), Settings(sources=(), domain=domain, task=task))
    return path


def read(folder: RunFolder, limit: int) -> list[Example]:
    splits = (folder.read(f"dataset/{split}.jsonl", Example) for split in ("train", "held_out"))
    return list(islice(chain.from_iterable(splits), limit))


def thinking(example: Example) -> Example:
    messages: list[dict[str, Any]] = []
    for number, message in enumerate(example.messages):
        thinks = message["role"] == "assistant" and number % 4 < 2
        thought = (
            {"reasoning_content": f"Step {number}.\n\nIt is {example.task}."} if thinks else {}
        )
        messages.append({**message, **thought})
    return example.model_copy(update={"messages": messages})


def table(examples: Sequence[Example]) -> None:
    replies = [m for one in examples for m in one.messages if m["role"] == "assistant"]
    parallel = sum(len(reply.get("tool_calls", ())) > 1 for reply in replies)
    thoughts = sum("reasoning_content" in reply for reply in replies)
    unlearned = sum(
        not learned
        for one in examples
        for message, learned in zip(one.messages, one.loss_mask, strict=True)
        if message["role"] == "assistant"
    )
    print(
        f"{len(examples):,} dialogues, {len(replies):,} replies: {parallel:,} with parallel calls, "
        f"{thoughts:,} with thinking, {unlearned:,} not learned\n"
    )
    head = (
        "template",
        "dialogues",
        "tokens",
        "learned",
        "equal",
        "inference",
        "rendering",
        "tokens/s",
    )
    print(ROW.format(*head))
    wrong = 0
    for name in template_names():
        template = load_template(name)
        wrong += measure(
            template, trained(template, examples[:: max(1, len(examples) // 20)]), examples
        )
    sys.exit(bool(wrong))


def measure(template: ChatTemplate, tokenizer: FileTokenizer, examples: Sequence[Example]) -> int:
    """Prints a row; returns how many tokens differ."""
    assert template.family is not None
    equal = tokens = learned = checked = 0
    seconds = 0.0
    for example in examples:
        start = time.process_time()
        one = render(example, template, tokenizer)
        seconds += time.process_time() - start
        flags = [example.loss_mask[turn.message] for turn in one.turns]
        derived = derive_mask(one.text, one.spans, template.family, flags)
        equal += sum(a == b for a, b in zip(one.mask, derived, strict=True))
        tokens, learned = tokens + len(one.ids), learned + one.learned
        checked += check_example(example, template, tokenizer) == one
    share = f"{equal / tokens:.4%}"
    costs = (f"{seconds:,.1f} s", f"{tokens / seconds:,.0f}")
    counts = (f"{len(examples):,}", f"{tokens:,}", f"{learned / tokens:.1%}")
    print(ROW.format(template.name, *counts, share, f"{checked:,}", *costs), flush=True)
    return tokens - equal


def trained(template: ChatTemplate, examples: Sequence[Example]) -> FileTokenizer:
    assert template.family is not None
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    controls = template.family.controls
    texts = [render(one, template, ByteTokenizer(controls)).text for one in examples]
    trainer = trainers.BpeTrainer(
        vocab_size=4000,
        special_tokens=list(controls),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(texts, trainer)
    return FileTokenizer(backend)


if __name__ == "__main__":
    main()
