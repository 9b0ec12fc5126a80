"""`Manifest`: what a run folder says of its stages; written whole, or not at all."""

import os
import platform
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from agentscaler import __version__
from agentscaler.errors import RunFolderError
from agentscaler.runfolder.fingerprint import Fingerprint

__all__ = ["Manifest", "OutputRecord", "StageRecord", "StageState", "write_atomically"]

FORMAT = 1


class StageState(StrEnum):
    """How far a stage is."""

    ABSENT = "absent"
    """Never begun."""
    PARTIAL = "partial"
    """Begun and not finished; the same command goes on with it."""
    COMPLETE = "complete"
    """Finished, and made from what its upstream holds now."""
    STALE = "stale"
    """Made from an upstream that has been redone since, or is gone."""


class OutputRecord(BaseModel):
    """One output of a complete stage: a file, or a folder with everything in it."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class StageRecord(BaseModel):
    """One stage, as it was begun or finished.

    Attributes:
        complete: whether it was finished.
        fingerprint: what it was made from.
        units: pieces of work that are done.
        counters: what went in, what came out, and "rejected:<reason>" for each reason.
        seconds: of work, over all resumptions.
        outputs: of a complete stage, by path within the run folder.
    """

    model_config = ConfigDict(frozen=True)

    complete: bool
    fingerprint: Fingerprint
    units: int = 0
    counters: dict[str, int] = {}
    seconds: float = 0.0
    outputs: dict[str, OutputRecord] = {}


class Manifest(BaseModel):
    """The content of `manifest.json`."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    versions: dict[str, str] = {}
    stages: dict[str, StageRecord] = {}

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """The manifest at `path`; an empty one where there is none.

        Raises:
            RunFolderError: it is damaged, or of a format this version does not know.
        """
        try:
            manifest = cls.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return cls()
        except ValidationError as error:
            raise RunFolderError(
                f"The manifest {path} is damaged: {error.errors()[0]['msg']}.",
                "Restore it from a copy, or start again in a new folder.",
            ) from error
        if manifest.format != FORMAT:
            raise RunFolderError(
                f"The run at {path.parent} has format {manifest.format}; this version reads "
                f"format {FORMAT}.",
                "Use the version that made it, or start again in a new folder.",
            )
        return manifest

    def write(self, path: Path) -> None:
        """Replaces the file at `path`, with the versions of this process."""
        versions = {"agentscaler": __version__, "python": platform.python_version()}
        manifest = self.model_copy(update={"versions": versions})
        write_atomically(path, manifest.model_dump(mode="json"))

    def with_stage(self, name: str, record: StageRecord) -> "Manifest":
        return self.model_copy(update={"stages": {**self.stages, name: record}})

    def state(self, name: str) -> StageState:
        """How far the stage is, seen together with what it was made from."""
        record = self.stages.get(name)
        if record is None:
            return StageState.ABSENT
        if record.fingerprint.upstream and not self._holds(record.fingerprint.upstream):
            return StageState.STALE
        return StageState.COMPLETE if record.complete else StageState.PARTIAL

    def _holds(self, digest: str) -> bool:
        """Whether some stage that is complete now has this fingerprint."""
        return any(
            record.complete
            and record.fingerprint.digest == digest
            and self.state(name) is StageState.COMPLETE
            for name, record in self.stages.items()
        )


def write_atomically(path: Path, content: dict[str, Any] | list[Any]) -> None:
    """Writes JSON so that a reader, or a crash, finds the old file or the new one, never a part."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
