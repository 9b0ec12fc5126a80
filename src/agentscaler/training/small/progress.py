"""`Progress`: where a training stands, on disk, so that it goes on after it was killed.

A folder of a training holds

    plan.json       the digest of all that decides the training
    log.jsonl       a line every few steps
    state.pt        weights, optimizers and position; written whole or not at all
    checkpoint/     at the end, and then state.pt is gone
    result.json     the same time

`state.pt` knows how long the log was, so that a training that goes on cuts off what it does again.
"""

import os
from pathlib import Path
from typing import Any

import orjson

from agentscaler.errors import InputError
from agentscaler.runfolder import write_atomically

__all__ = ["Progress"]


class Progress:
    """The files of a training.

    Args:
        folder: is made if it is not there.
        plan: digest of all that decides the training.

    Raises:
        InputError: the folder holds another training.
    """

    def __init__(self, folder: Path, plan: str) -> None:
        self.checkpoint = folder / "checkpoint"
        self.result = folder / "result.json"
        self._state = folder / "state.pt"
        self._log = folder / "log.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        known = folder / "plan.json"
        if known.exists():
            if orjson.loads(known.read_bytes()).get("plan") != plan:
                raise InputError(
                    f"{folder} holds another training, with other data or settings.",
                    "Give another folder, or remove this one.",
                )
        else:
            write_atomically(known, {"plan": plan})

    def load(self) -> dict[str, Any] | None:
        """The state written last; None where there is none, and then the log is emptied.

        The log is cut to where it was.
        """
        import torch

        state: dict[str, Any] | None = None
        if self._state.exists():
            state = torch.load(self._state, map_location="cpu", weights_only=True)
        with self._log.open("ab") as file:
            file.truncate(state["log_bytes"] if state is not None else 0)
        return state

    def save(self, state: dict[str, Any]) -> None:
        """Writes a state; a crash leaves the one before."""
        import torch

        part = self._state.with_name(f".{self._state.name}.part")
        with part.open("wb") as file:
            torch.save({**state, "log_bytes": self._log.stat().st_size}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._state)

    def log(self, line: dict[str, Any]) -> None:
        """Adds a line to the log."""
        with self._log.open("ab") as file:
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def drop_state(self) -> None:
        """Removes what is of no more use once there is a checkpoint."""
        self._state.unlink(missing_ok=True)
