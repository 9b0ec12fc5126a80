"""`CheckpointRecord`: what a checkpoint of ours was trained on, and how it is to be talked to.

A checkpoint is a folder as transformers writes it (`config.json`, `*.safetensors`,
`tokenizer.json`) with one more file, `agentscaler.json`, which holds the record.  Whoever plays or
trains the checkpoint further reads from it with which template, with or without system messages,
and up to which length it has seen dialogues.
"""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agentscaler.errors import InputError
from agentscaler.runfolder import measure
from agentscaler.training.template import ChatTemplate, load_template, template_names

__all__ = [
    "RECORD",
    "CheckpointRecord",
    "PhaseRecord",
    "digest_checkpoint",
    "load_record",
    "save_record",
    "template_of",
]

RECORD = "agentscaler.json"
"""The record's file in a checkpoint's folder."""

_TEMPLATE = "chat_template.jinja"
_PARTS = (
    *("*.safetensors", "model.safetensors.index.json", "config.json", "adapter_config.json"),
    *("tokenizer.json", "tokenizer_config.json", _TEMPLATE, RECORD),
)
"""What decides how a checkpoint plays; a trainer's own state and the card do not."""
_WEIGHTS = "Give the folder of a finished training, which `agentscaler train` writes."


class PhaseRecord(BaseModel):
    """One phase of a training.

    Attributes:
        phase: "general", "vertical", "mixed", or what else its trainer calls it.
        steps: of the optimizer.
        tokens, learned_tokens: seen in all, and those that the loss was taken on.
        loss: the mean a learned token, at the phase's end.
        eval_loss: the same on dialogues that were not trained on; None where none were set aside.
        data_fingerprint: digest of the dialogues.
        domains, examples: how many there were.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    phase: str
    seed: int
    steps: int = Field(ge=0)
    tokens: int = Field(ge=0)
    learned_tokens: int = Field(ge=0)
    loss: float
    eval_loss: float | None = None
    data_fingerprint: str
    domains: int = Field(ge=0)
    examples: int = Field(ge=0)


class CheckpointRecord(BaseModel):
    """What is known of a checkpoint besides its weights.

    Attributes:
        format: of this record.
        template: one of the program's own templates by name, or "chat_template.jinja" for the one
            in the folder.
        system: False where it was trained without system messages, and must be played so.
        thinking: whether it was trained on thinking.
        max_length: tokens of the longest dialogue that it can be shown.
        trainer: which of the program's trainers made it.
        recipe: the recipe's name; "" for none.
        phases: in the order in which they were trained.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    template: str
    system: bool = True
    thinking: bool
    max_length: int = Field(ge=1)
    trainer: Literal["trl", "small"]
    recipe: str = ""
    phases: tuple[PhaseRecord, ...] = ()


def save_record(folder: Path, record: CheckpointRecord) -> None:
    """Writes the record into a checkpoint's folder."""
    text = record.model_dump_json(indent=2)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def load_record(folder: Path) -> CheckpointRecord:
    """The record of a checkpoint.

    Raises:
        InputError: the folder is no checkpoint of ours, or its record cannot be read.
    """
    if not folder.is_dir():
        raise InputError(f"There is no checkpoint {folder}.", _WEIGHTS)
    file = folder / RECORD
    if not file.is_file():
        raise InputError(f"{folder} is no checkpoint: it holds no {RECORD}.", _WEIGHTS)
    try:
        return CheckpointRecord.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise InputError(
            f"{file} is no record of a checkpoint ({place}: {first['msg']}).",
            "Train the checkpoint anew, or use the version of the program that wrote it.",
        ) from error


def template_of(folder: Path, record: CheckpointRecord) -> ChatTemplate:
    """The chat template that a checkpoint was trained with.

    Raises:
        InputError: it is neither one of ours nor in the folder.
    """
    if record.template in template_names():
        return load_template(record.template)
    if record.template == _TEMPLATE and (folder / _TEMPLATE).is_file():
        return load_template(str(folder))
    raise InputError(
        f"The checkpoint {folder} wants the chat template {record.template}, which is not there.",
        f"Put {_TEMPLATE} into the folder, or name one of {', '.join(template_names())} in its "
        f"{RECORD}.",
    )


def digest_checkpoint(folder: Path) -> str:
    """SHA-256, in hexadecimal, over all files that decide how a checkpoint plays.

    Raises:
        InputError: the folder is no checkpoint of ours, or holds no weights.
    """
    load_record(folder)
    files = sorted({file for part in _PARTS for file in folder.glob(part) if file.is_file()})
    if not any(file.suffix == ".safetensors" for file in files):
        raise InputError(f"{folder} is no checkpoint: it holds no weights.", _WEIGHTS)
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{measure(file).sha256}\n".encode())
    return digest.hexdigest()
