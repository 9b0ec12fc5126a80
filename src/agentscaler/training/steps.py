"""The steps of a training on disk: its log, and the states that it can go on from.

<out>/log.jsonl                 a line a logged step, or an evaluation
<out>/steps/checkpoint-<n>/     weights, optimizer, random numbers, place in the data
<out>/steps/checkpoint-<n>/whole   written last, so that a torn state is never gone on from
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

__all__ = [
    "LOG",
    "STEPS",
    "LogLine",
    "append_line",
    "last_whole",
    "mark_whole",
    "read_log",
    "rewind",
]

LOG = "log.jsonl"
STEPS = "steps"
_STATE = "checkpoint-"
_WHOLE = "whole"


class LogLine(BaseModel):
    """One line of the log.

    Attributes:
        step: of the optimizer, how many are done.
        tokens, learned_tokens: seen so far, over all GPUs.
        loss: mean a learned token since the line before; None for an evaluation.
        lr: the learning rate of the step.
        grad_norm: before it is clipped.
        eval_loss: mean a learned token of the evaluation; None for a step.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: int
    tokens: int
    learned_tokens: int
    loss: float | None = None
    lr: float | None = None
    grad_norm: float | None = None
    eval_loss: float | None = None

    @classmethod
    def of(cls, step: int, logs: Mapping[str, Any]) -> Self:
        """What a trainer of transformers logs at a step."""
        known = {name: logs[name] for name in cls.model_fields if name in logs}
        return cls(step=step, lr=logs.get("learning_rate"), **known)


def append_line(log: Path, line: LogLine) -> None:
    """Writes one line at the end of the log."""
    with log.open("ab") as file:
        file.write(line.model_dump_json(exclude_none=True).encode() + b"\n")


def read_log(log: Path) -> Iterator[LogLine]:
    """The lines of a log; what a torn line at its end holds is passed over."""
    if not log.exists():
        return
    for line in log.read_bytes().splitlines(keepends=True):
        try:
            yield LogLine.model_validate_json(line)
        except ValidationError:
            return


def mark_whole(folder: Path, step: int) -> None:
    """Says that the state after a step lies on the disk."""
    (folder / f"{_STATE}{step}" / _WHOLE).touch()


def last_whole(folder: Path, before: int | None = None) -> tuple[int, Path] | None:
    """The last step whose state is whole, and its folder; None if there is none.

    Args:
        before: only earlier steps count.
    """
    numbers = [
        int(state.name.removeprefix(_STATE))
        for state in folder.glob(f"{_STATE}*")
        if (state / _WHOLE).exists()
    ]
    numbers = [number for number in numbers if before is None or number < before]
    if not numbers:
        return None
    return max(numbers), folder / f"{_STATE}{max(numbers)}"


def rewind(out: Path, steps: int) -> tuple[int, Path] | None:
    """Goes back to the last whole state that has steps ahead; forgets states and log lines behind.

    A training that stopped after its last step, with the checkpoint not written, does the last
    steps again: it would otherwise have nothing to train and no model at hand.

    Args:
        steps: of the whole training.

    Returns:
        the step and its folder; None if the training has to begin.
    """
    found = last_whole(out / STEPS, steps)
    step = found[0] if found else 0
    for state in (out / STEPS).glob(f"{_STATE}*"):
        if int(state.name.removeprefix(_STATE)) > step or not (state / _WHOLE).exists():
            shutil.rmtree(state)
    if (out / LOG).exists():
        lines = [line for line in read_log(out / LOG) if line.step <= step]
        part = out / f".{LOG}.part"
        part.write_bytes(b"")
        for line in lines:
            append_line(part, line)
        part.replace(out / LOG)
    return found
