"""`StageWriter`: how a stage writes its outputs so that it can be killed at any moment."""

import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from agentscaler.runfolder.manifest import OutputRecord

__all__ = ["StageWriter"]

_BUFFER_BYTES = 4 * 1024 * 1024


class _Commit(BaseModel):
    """One line of a progress file: how things stood when the unit was done."""

    model_config = ConfigDict(frozen=True)

    unit: int = 0
    offsets: dict[str, int] = {}
    counters: dict[str, int] = {}
    seconds: float = 0.0


class StageWriter:
    """Writes the outputs of one stage, unit by unit.

    Between two commits everything written belongs to one unit of work, which counts as a whole or
    not at all.  Made by `RunFolder.stage`.

    Args:
        root: the run folder.
        name: of the stage.
        fingerprint: digest of what the stage is made from; progress under another is void.
        outputs: files that the stage writes, relative to `root`.
        directories: folders that the stage fills by itself, relative to `root`.

    Attributes:
        counters: cumulative, from the beginning of the stage.
    """

    def __init__(
        self,
        root: Path,
        name: str,
        fingerprint: str,
        outputs: Sequence[str],
        directories: Sequence[str] = (),
    ) -> None:
        self._root = root
        self._outputs = tuple(outputs)
        self._directories = tuple(directories)
        self._progress_path = progress_path(root, name)
        last = self._recover(fingerprint)
        self.done_units = last.unit
        self.counters = dict(last.counters)
        self._seconds_before = last.seconds
        self._started = time.monotonic()
        self._files = {output: self._open(output, last) for output in outputs}
        self._pending = {output: bytearray() for output in outputs}
        self._progress = self._progress_path.open("ab", buffering=0)
        if not last.unit:
            _write_all(self._progress, _line({"fingerprint": fingerprint}))

    @property
    def seconds(self) -> float:
        """Seconds of work, those before a resumption included."""
        return self._seconds_before + time.monotonic() - self._started

    def write(self, output: str, records: Iterable[BaseModel]) -> None:
        """Adds records to an output, one JSON line each."""
        pending = self._pending[output]
        for record in records:
            pending += record.model_dump_json().encode()
            pending += b"\n"
            if len(pending) > _BUFFER_BYTES:
                self._flush(output)

    def write_bytes(self, output: str, data: bytes) -> None:
        """Adds raw bytes to an output."""
        self._pending[output] += data

    def directory(self, name: str) -> Path:
        """The path of one of the stage's folders, for files that the stage writes by itself.

        What a unit puts there before its commit must be found and replaced when the unit is done
        again.
        """
        return self._root / self._directories[self._directories.index(name)]

    def count(self, key: str, n: int = 1) -> None:
        """Adds to a counter; it counts from the next commit on."""
        self.counters[key] = self.counters.get(key, 0) + n

    def commit(self) -> None:
        """Ends a unit: its data goes to the files, then its line to the progress file."""
        for output in self._outputs:
            self._flush(output)
        self.done_units += 1
        commit = _Commit(
            unit=self.done_units,
            offsets={output: self._files[output].tell() for output in self._outputs},
            counters=self.counters,
            seconds=round(self.seconds, 3),
        )
        _write_all(self._progress, _line(commit.model_dump()))

    def close(self) -> None:
        for file in (*self._files.values(), self._progress):
            file.close()

    def finish(self) -> dict[str, OutputRecord]:
        """Makes the outputs durable and says what they hold.  The stage's work must be over."""
        for file in self._files.values():
            os.fsync(file.fileno())
        self.close()
        return {
            output: measure(self._root / output) for output in (*self._outputs, *self._directories)
        }

    def _recover(self, fingerprint: str) -> _Commit:
        """The last commit whose data is all there; clears the outputs where there is none."""
        last, end = _Commit(), 0
        for commit, commit_end in _read_progress(self._progress_path, fingerprint):
            if any(_size(self._root / path) < size for path, size in commit.offsets.items()):
                break
            last, end = commit, commit_end
        if last.unit:
            os.truncate(self._progress_path, end)
            return last
        self._progress_path.unlink(missing_ok=True)
        for output in self._outputs:
            (self._root / output).unlink(missing_ok=True)
        for directory in self._directories:
            if (self._root / directory).is_dir():
                shutil.rmtree(self._root / directory)
            (self._root / directory).mkdir(parents=True)
        return last

    def _open(self, output: str, last: _Commit) -> BinaryIO:
        path = self._root / output
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("r+b" if path.exists() else "x+b", buffering=0)
        size = last.offsets.get(output, 0)
        file.truncate(size)
        file.seek(size)
        return file

    def _flush(self, output: str) -> None:
        pending = self._pending[output]
        if pending:
            _write_all(self._files[output], bytes(pending))
            pending.clear()


def progress_path(root: Path, name: str) -> Path:
    """Where a stage keeps its progress while it is not complete."""
    return root / f"{name}.progress"


def read_progress(root: Path, name: str, fingerprint: str) -> tuple[int, dict[str, int], float]:
    """Units done, counters and seconds of a stage that is under way."""
    last = _Commit()
    for commit, _ in _read_progress(progress_path(root, name), fingerprint):
        last = commit
    return last.unit, last.counters, last.seconds


def measure(path: Path) -> OutputRecord:
    """Size and SHA-256 of a file, or of all files of a folder with their names."""
    if path.is_file():
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return OutputRecord(bytes=path.stat().st_size, sha256=digest)
    total, combined = 0, hashlib.sha256()
    for file_path in sorted(entry for entry in path.rglob("*") if entry.is_file()):
        part = measure(file_path)
        total += part.bytes
        combined.update(f"{file_path.relative_to(path).as_posix()}\0{part.sha256}\n".encode())
    return OutputRecord(bytes=total, sha256=combined.hexdigest())


def _read_progress(path: Path, fingerprint: str) -> Iterator[tuple[_Commit, int]]:
    """The commits of a progress file with the byte at which each ends; stops at a torn line."""
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return
    if not lines or lines[0] != _line({"fingerprint": fingerprint}):
        return
    end = len(lines[0])
    for number, line in enumerate(lines[1:], 1):
        try:
            commit = _Commit.model_validate_json(line)
        except ValidationError:
            return
        if commit.unit != number or not line.endswith(b"\n"):
            return
        end += len(line)
        yield commit, end


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _line(content: dict[str, object]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def _write_all(file: BinaryIO, data: bytes) -> None:
    """Writes everything; an unbuffered file may take less than it is given."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
