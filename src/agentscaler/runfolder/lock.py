"""`hold_lock`: one process at a time writes a folder; the system frees the lock if it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agentscaler.errors import RunFolderError

__all__ = ["hold_lock"]


@contextmanager
def hold_lock(folder: Path, what: str, option: str) -> Iterator[None]:
    """Keeps other processes from writing into a folder.

    Args:
        what: it is, and `option` how another is given, for the message ("run", "--run").

    Raises:
        RunFolderError: another process holds the lock.
    """
    with (folder / ".lock").open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            owner = file.read().decode(errors="replace").strip()
            raise RunFolderError(
                f"Process {owner} is writing to the {what} {folder}.",
                f"Wait until it ends, or give {option} another folder.",
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n".encode())
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
