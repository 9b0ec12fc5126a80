"""The folder of a checkpoint that is being made: whose it is, how far, and that one writes there.

`training.json` says what the training was made from.  Plan and rows (`data/`) go last, when the
card is written, so a folder without them and with a record is finished.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

from agentscaler.errors import RunFolderError
from agentscaler.pipeline.training_data import DATA
from agentscaler.runfolder import Fingerprint, write_atomically
from agentscaler.training.checkpoint import RECORD
from agentscaler.training.small.phase import STATE as SMALL
from agentscaler.training.steps import STEPS, last_whole

__all__ = ["STATE", "begin_training", "is_trained", "locked"]

STATE = "training.json"
_LOCK = ".lock"


class _State(BaseModel):
    """What `training.json` holds."""

    fingerprint: Fingerprint


def begin_training(out: Path, fingerprint: Fingerprint, *, restart: bool) -> bool:
    """Makes the folder ready; says whether the training is finished already.

    Raises:
        RunFolderError: another training, or something else, lies there.
    """
    known = _state(out)
    others = [entry for entry in out.iterdir() if entry.name != _LOCK]
    if known is None and others:
        raise RunFolderError(
            f"{out} holds files that are no training.", "Give --out a new or empty folder."
        )
    if known is not None and known.fingerprint != fingerprint:
        if not restart and _holds_work(out):
            changes = "; ".join(fingerprint.changes_since(known.fingerprint))
            raise RunFolderError(
                f"{out} holds another training: {changes}.",
                "Give --out another folder, or --restart to throw that training away.",
            )
        for entry in sorted(others, key=lambda entry: entry.name == STATE):  # the last to go
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        known = None
    if known is None:
        write_atomically(out / STATE, _State(fingerprint=fingerprint).model_dump(mode="json"))
    return (out / RECORD).is_file() and not (out / DATA).exists()


def _holds_work(out: Path) -> bool:
    """Whether anything would be lost with the folder."""
    return (out / RECORD).is_file() or last_whole(out / STEPS) is not None or (out / SMALL).exists()


def is_trained(out: Path) -> bool:
    """Whether only the card is missing: the record is written, and the states are gone."""
    return (out / RECORD).is_file() and not any((out / name).exists() for name in (STEPS, SMALL))


def _state(out: Path) -> _State | None:
    try:
        return _State.model_validate_json((out / STATE).read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise RunFolderError(
            f"{out / STATE} is damaged.", "Give --out another folder, or delete this one."
        ) from error


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keeps a second training out of the folder."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / _LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunFolderError(
                f"Another process trains into {out}.",
                "Wait until it ends, or give --out another folder.",
            ) from error
        yield
