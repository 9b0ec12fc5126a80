"""`RunFolder`: opens, locks, reads and writes a run."""

import errno
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from agentscaler.errors import RunFolderError
from agentscaler.runfolder.fingerprint import Fingerprint
from agentscaler.runfolder.lock import hold_lock
from agentscaler.runfolder.manifest import (
    Manifest,
    OutputRecord,
    StageRecord,
    StageState,
    write_atomically,
)
from agentscaler.runfolder.stage import StageWriter, measure, progress_path, read_progress

__all__ = ["RunFolder", "disk_errors"]

Record = TypeVar("Record", bound=BaseModel)

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class RunFolder:
    """A run on disk.  Open it with `RunFolder.open`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._manifest = Manifest.read(path / "manifest.json")
        self._lock_depth = 0

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False) -> "RunFolder":
        """The run at `path`; with `create`, a new one where the folder is missing or empty.

        Raises:
            RunFolderError: there is no run, something else lies there, or it may not be written.
        """
        path = Path(path)
        with disk_errors(path):
            if path.exists() and not path.is_dir():
                raise RunFolderError(f"{path} is a file.", "Give --run the path of a folder.")
            if not (path / "manifest.json").exists():
                if not create:
                    raise RunFolderError(
                        f"There is no run in {path}.",
                        f"Begin one with `agentscaler run --run {path}`.",
                    )
                cls._begin(path)
            return cls(path)

    @classmethod
    def _begin(cls, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        if any(entry.name != ".manifest.json.part" for entry in path.iterdir()):
            raise RunFolderError(
                f"{path} holds files that are not a run.", "Give --run a new or empty folder."
            )
        Manifest().write(path / "manifest.json")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other processes from writing here; the system frees the lock if we die.

        Raises:
            RunFolderError: another process holds the lock.
        """
        if self._lock_depth:
            yield
            return
        with disk_errors(self.path), hold_lock(self.path, "run", "--run"):
            self._manifest = Manifest.read(self.path / "manifest.json")
            self._lock_depth = 1
            try:
                yield
            finally:
                self._lock_depth = 0

    @property
    def settings(self) -> dict[str, Any]:
        """What `save_settings` last kept; empty in a new run.

        Raises:
            RunFolderError: the file is damaged.
        """
        path = self.path / "settings.json"
        try:
            settings: dict[str, Any] = orjson.loads(path.read_bytes())
        except FileNotFoundError:
            return {}
        except orjson.JSONDecodeError as error:
            raise RunFolderError(
                f"{path} is damaged: {error}.", "Delete it and give the settings again."
            ) from error
        return settings

    def save_settings(self, settings: BaseModel, *, exclude: Set[str]) -> None:
        """Keeps the settings of the run for the commands that come after."""
        with self.locked():
            content = settings.model_dump(mode="json", exclude=set(exclude))
            write_atomically(self.path / "settings.json", content)

    def state(self, name: str) -> StageState:
        return self._manifest.state(name)

    def record(self, name: str) -> StageRecord | None:
        """What is known of a stage; of one under way, as of its last commit."""
        record = self._manifest.stages.get(name)
        if record is None or record.complete:
            return record
        units, counters, seconds = read_progress(self.path, name, record.fingerprint.digest)
        return record.model_copy(update={"units": units, "counters": counters, "seconds": seconds})

    def is_current(self, name: str, fingerprint: Fingerprint) -> bool:
        """Whether the stage is complete, made from `fingerprint`, and all there."""
        record = self._manifest.stages.get(name)
        return record is not None and record.complete and not self.changes(name, fingerprint)

    def changes(self, name: str, fingerprint: Fingerprint) -> list[str]:
        """Why what the run holds of a stage cannot be kept, in words; empty if it can."""
        record = self._manifest.stages.get(name)
        if record is None:
            return []
        damage = [
            f"{output} is missing or was changed"
            for output, known in record.outputs.items()
            if not _is_intact(self.path / output, known)
        ]
        return fingerprint.changes_since(record.fingerprint) or damage

    def altered(self, name: str) -> list[str]:
        """The outputs of a complete stage that are not, byte for byte, what it wrote."""
        record = self._manifest.stages.get(name)
        outputs = record.outputs.items() if record is not None else ()
        return [
            output
            for output, known in outputs
            if not (self.path / output).exists() or measure(self.path / output) != known
        ]

    @contextmanager
    def stage(
        self,
        name: str,
        fingerprint: Fingerprint,
        outputs: Sequence[str],
        directories: Sequence[str] = (),
    ) -> Iterator[StageWriter]:
        """Writes a stage, from the beginning or from where it stopped.

        Progress made under the same fingerprint is kept, anything else of the stage is removed.
        When the block ends without an exception the stage is complete.

        Raises:
            RunFolderError: the disk is full, or the folder may not be written.
        """
        with self.locked(), disk_errors(self.path):
            known = self._manifest.stages.get(name)
            if known is None or known.complete or known.fingerprint != fingerprint:
                self._record(name, StageRecord(complete=False, fingerprint=fingerprint))
            writer = StageWriter(self.path, name, fingerprint.digest, outputs, directories)
            try:
                yield writer
                record = StageRecord(
                    complete=True,
                    fingerprint=fingerprint,
                    units=writer.done_units,
                    counters=writer.counters,
                    seconds=round(writer.seconds, 3),
                    outputs=writer.finish(),
                )
            finally:
                writer.close()
            self._record(name, record)
            progress_path(self.path, name).unlink(missing_ok=True)

    def read(self, output: str, model: type[Record]) -> Iterator[Record]:
        """The records of an output, in order; a torn last line is passed over.

        Raises:
            RunFolderError: the file is missing, or a line is not a record of `model`.
        """
        path = self.path / output
        try:
            file = path.open("rb")
        except FileNotFoundError as error:
            raise RunFolderError(
                f"{path} is missing.", "Run the stage that writes it again."
            ) from error
        with file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    return
                try:
                    record = model.model_validate_json(line)
                except ValidationError as error:
                    raise RunFolderError(
                        f"{path}, line {number}, is not a {model.__name__}: "
                        f"{error.errors()[0]['msg']}.",
                        "Delete the file and run the stage that writes it again.",
                    ) from error
                yield record

    def _record(self, name: str, record: StageRecord) -> None:
        self._manifest = self._manifest.with_stage(name, record)
        self._manifest.write(self.path / "manifest.json")


def _is_intact(path: Path, known: OutputRecord) -> bool:
    """A quick look: the folder is there, or the file has its size."""
    return path.is_dir() or (path.is_file() and path.stat().st_size == known.bytes)


@contextmanager
def disk_errors(path: Path, option: str = "--run") -> Iterator[None]:
    """Turns the errors of the disk below `path`, which `option` gives, into `RunFolderError`."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise RunFolderError(
                f"The disk that holds {path} has no room left.",
                "Free some space and give the same command again; it goes on where it stopped.",
            ) from error
        place = Path(error.filename) if isinstance(error.filename, str) else None
        if place and (place.is_relative_to(path) or path.is_relative_to(place)):
            raise RunFolderError(
                f"{place} cannot be used: {error.strerror}.",
                f"Give {option} a folder that you may read and write.",
            ) from error
        raise
