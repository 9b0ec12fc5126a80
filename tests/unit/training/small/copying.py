"""A toy: dialogues in which the agent says again what it was told."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agentscaler.training import CheckpointRecord, Rendered
from agentscaler.training.small import (
    SmallModelSettings,
    SmallTrainingSettings,
    TrainingResult,
    save_tokenizer,
    train_small,
    train_tokenizer,
)
from agentscaler.training.tokenizer import FileTokenizer

__all__ = ["RECORD", "SETTINGS", "copies", "fitted", "train"]

SETTINGS = SmallTrainingSettings(
    model=SmallModelSettings(hidden=32, layers=2, head=16, positions=64),
    tokens=6_000,
    batch_tokens=512,
    window=64,
    warmup_steps=4,
    precision="float32",
    device="cpu",
    evaluations=2,
    log_steps=1,
)
RECORD = CheckpointRecord(
    template="compact", system=False, thinking=False, max_length=64, trainer="small"
)


def fitted(folder: Path) -> tuple[Path, FileTokenizer]:
    """A tokenizer of single letters, and its folder."""
    tokenizer = train_tokenizer(["a"], vocabulary=266)
    save_tokenizer(tokenizer, folder)
    return folder, tokenizer


def copies(tokenizer: FileTokenizer, count: int, seed: int = 0) -> list[Rendered]:
    """Words of three to six letters, to be said again."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        word = "".join(rng.choices("abcdefgh", k=rng.randint(3, 6)))
        told, own = f"<|user|>{word}<|end|><|agent|>", f"<|say|>{word}<|end|>"
        ids, spans = tokenizer.encode(told + own)
        begin = len(tokenizer.encode(told).ids)
        mask = tuple(place >= begin for place in range(len(ids)))
        made.append(Rendered(f"copy/{number}", told + own, ids, spans, mask, ()))
    return made


def train(
    examples: Sequence[Rendered], settings: SmallTrainingSettings, **more: Any
) -> TrainingResult:
    """`train_small` with all that a toy does not care for."""
    given: dict[str, Any] = {
        "record": RECORD,
        "phase": "general",
        "data_fingerprint": "toy",
        "domains": 1,
        "seed": 3,
    }
    return train_small(examples, settings, **{**given, **more})
