"""Checkpoints of ours in a run: their part in a stage's fingerprint, and who plays them."""

import hashlib
from importlib import metadata
from pathlib import Path

from agentscaler.errors import InputError, MissingExtraError, SettingsError
from agentscaler.llm import Sampling
from agentscaler.rollout import RolloutSettings
from agentscaler.training import digest_checkpoint, load_record, template_of
from agentscaler.training.local_model import LocalModel, open_checkpoint

__all__ = ["checkpoint_inputs", "open_local"]

_LIBRARIES = ("jinja2", "tokenizers", "torch", "transformers")


def checkpoint_inputs(settings: RolloutSettings) -> dict[str, str]:
    """What decides how the checkpoint of a rollout plays, by name; where it lies does not.

    Raises:
        SettingsError: there is no checkpoint of ours.
        MissingExtraError: what plays it is not installed.
    """
    folder = _folder(settings)
    try:
        template = template_of(folder, load_record(folder))
        found = {"checkpoint": digest_checkpoint(folder)}
    except InputError as error:
        raise _unusable(error) from error
    found["chat template"] = hashlib.sha256(template.source.encode()).hexdigest()
    return found | {f"library {name}": _version(name) for name in _LIBRARIES}


def open_local(settings: RolloutSettings, seed: int) -> LocalModel:
    """The model that plays the checkpoint of a rollout.

    Raises:
        SettingsError: there is no checkpoint of ours, or it cannot be read.
        MissingExtraError: what plays it is not installed.
    """
    try:
        checkpoint = open_checkpoint(_folder(settings))
    except InputError as error:
        raise _unusable(error) from error
    sampling = Sampling(temperature=settings.temperature, seed=seed)
    return LocalModel(checkpoint, sampling, max_new_tokens=settings.max_new_tokens)


def _folder(settings: RolloutSettings) -> Path:
    if settings.checkpoint is None:
        raise SettingsError(
            "No checkpoint is named for the agent to be played with.",
            "Name its folder, say --set rollout.checkpoint=checkpoints/general.",
        )
    return Path(settings.checkpoint)


def _unusable(error: InputError) -> SettingsError:
    return SettingsError(f"rollout.checkpoint cannot be played: {error.what}", error.remedy)


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError as error:
        raise MissingExtraError(
            f"Playing a checkpoint needs the package {library}, which is not installed.",
            "Run: pip install 'agentscaler[train]'",
        ) from error
