"""`open_model`: the model that a phase begins with, from a folder or from the hub.

A folder may hold a model as transformers writes it, or a checkpoint of ours, which knows what it
was trained on and with which template.  A name without a folder is looked for on the Hugging Face
hub, and is downloaded once.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentscaler.errors import InputError, MissingExtraError
from agentscaler.runfolder import measure
from agentscaler.training.checkpoint import (
    RECORD,
    CheckpointRecord,
    digest_checkpoint,
    load_record,
    template_of,
)
from agentscaler.training.recipe import Phase, Recipe
from agentscaler.training.template import ChatTemplate, load_template, template_names

__all__ = ["StartingModel", "new_record", "open_model", "template_for"]

_TOKENIZER = ("*.json", "*.jinja", "*.txt", "*.model")
_WEIGHTS = ("*.safetensors",)


@dataclass(frozen=True)
class StartingModel:
    """A model to begin with.

    Attributes:
        name: as it was asked for.
        folder: where it lies.
        record: of a checkpoint of ours; None for any other model.
        digest: of what decides how it works; of large weights outside our checkpoints only names
            and sizes count.
    """

    name: str
    folder: Path
    record: CheckpointRecord | None
    digest: str


def open_model(name: str, *, weights: bool = True, ours: bool = False) -> StartingModel:
    """The model in a folder, or of a name on the hub.

    Args:
        weights: False asks for configuration and tokenizer only, enough to count tokens.
        ours: only a checkpoint that `agentscaler train` wrote will do.

    Raises:
        InputError: there is no such model, or it is no checkpoint of ours where one is asked for.
        MissingExtraError: a name of the hub, and no client for it.
    """
    folder = Path(name)
    if ours:
        return StartingModel(name, folder, load_record(folder), digest_checkpoint(folder))
    if not folder.is_dir():
        folder = _download(name, weights=weights)
    if not (folder / "config.json").is_file():
        raise InputError(
            f"{folder} holds no model: there is no config.json.",
            "Give the folder of a model as transformers writes it, or a name on the hub.",
        )
    if (folder / RECORD).is_file():
        return StartingModel(name, folder, load_record(folder), digest_checkpoint(folder))
    return StartingModel(name, folder, None, _digest(folder))


def template_for(base: StartingModel, wanted: str) -> ChatTemplate:
    """The template to train with: a checkpoint's own, which must be the one that is wanted.

    Raises:
        InputError: the checkpoint was trained with another template.
    """
    template = load_template(wanted)
    if base.record is None:
        return template
    own = template_of(base.folder, base.record)
    if own.source != template.source:
        raise InputError(
            f"The checkpoint {base.name} was trained with the chat template "
            f"{base.record.template}, and the recipe has {wanted}.",
            f"Train it on with --set template={base.record.template}, or begin with another model.",
        )
    return template


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.json")):
        digest.update(f"{file.name}\0{measure(file).sha256}\n".encode())
    for file in sorted(folder.glob("*.safetensors")):
        digest.update(f"{file.name}\0{file.stat().st_size}\n".encode())
    return digest.hexdigest()


def _download(name: str, *, weights: bool) -> Path:
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError
    except ImportError as error:
        raise MissingExtraError(
            f"There is no folder {name}, and a model of the hub needs the package huggingface_hub.",
            "Give a folder, or run: pip install 'agentscaler[train]'",
        ) from error
    patterns = [*_TOKENIZER, *(_WEIGHTS if weights else ())]
    try:
        found: Any = snapshot_download(name, allow_patterns=patterns)
    except (HFValidationError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"There is no folder {name}, and the hub does not give such a model: {reason}.",
            "Give --model the folder of a model, or a name that can be downloaded.",
        ) from error
    return Path(found)


def new_record(
    recipe: Recipe, phase: Phase, base: StartingModel, template: ChatTemplate
) -> CheckpointRecord:
    """What a checkpoint that a phase of a recipe makes says of itself, without that phase."""
    settings, before = recipe.phase(phase), base.record
    own = template.name in template_names()
    return CheckpointRecord(
        template=template.name if own else "chat_template.jinja",
        system=settings.data.system,
        thinking=recipe.thinking,
        max_length=max(settings.max_length, before.max_length if before else 0),
        trainer=recipe.trainer,
        recipe=recipe.name,
        phases=before.phases if before else (),
    )
