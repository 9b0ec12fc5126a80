"""`EvaluationFolder`: one evaluation on disk.

evaluation.json     what was evaluated, on what, with which settings, and which trials it owes
trials.jsonl        one `TrialResult` a line, appended as trials end; the last line of a slot counts
episodes/           what was played, in the suite's own form, enough to score it again
report.md, .json    the report, made of the two files above alone
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from agentscaler.errors import InputError
from agentscaler.evaluation.lines import append_lines, read_lines, write_lines
from agentscaler.evaluation.trial import Slot, TrialResult
from agentscaler.runfolder import disk_errors, hold_lock, write_atomically

__all__ = ["EvaluationFolder", "EvaluationRecord"]


class EvaluationRecord(BaseModel):
    """What an evaluation is.

    Attributes:
        suite: "own", "tau2", "tau-bench", "acebench", "bfcl".
        contestant: who is evaluated: a model's name, a checkpoint's, or a scripted agent's.
        identity: what decides the contestant's answers: sampling, a checkpoint's fingerprint.
        settings: of the suite, whatever changes a score.
        data: what was evaluated on: names and fingerprints of files, versions of judges.
        tasks: the task ids, in order; each owes `trials` trials.
        code: version of the program.
    """

    model_config = ConfigDict(frozen=True)

    suite: str
    contestant: str
    identity: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    data: dict[str, Any] = {}
    tasks: tuple[str, ...]
    trials: int
    code: str

    @property
    def slots(self) -> list[Slot]:
        """Every trial that is owed, task by task."""
        return [Slot(task, trial) for task in self.tasks for trial in range(self.trials)]


class EvaluationFolder:
    """An evaluation's folder; one process writes it at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def episodes(self) -> Path:
        return self.path / "episodes"

    @property
    def exists(self) -> bool:
        return (self.path / "evaluation.json").exists()

    def read(self) -> EvaluationRecord:
        """What the evaluation is.

        Raises:
            InputError: there is none, or its record cannot be read.
        """
        file = self.path / "evaluation.json"
        try:
            return EvaluationRecord.model_validate_json(file.read_bytes())
        except OSError as error:
            raise InputError(
                f"There is no evaluation in {self.path}.",
                "Begin one, say with `agentscaler evaluate own`.",
            ) from error
        except ValidationError as error:
            raise InputError(
                f"{file} cannot be read.", "Begin the evaluation again in another folder."
            ) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other processes from writing here, and turns the errors of its disk into ones that
        the user can mend.  The folder must be there.

        Raises:
            RunFolderError: another process writes here, the disk is full, or it may not be written.
        """
        with disk_errors(self.path, "--out"), hold_lock(self.path, "evaluation", "--out"):
            yield

    def begin(self, record: EvaluationRecord) -> None:
        """Makes the folder, or finds it made for the same evaluation.

        Raises:
            InputError: something else lies there; of another evaluation, the message names what
                differs.
            RunFolderError: the folder cannot be written.
        """
        if not self.exists:
            with disk_errors(self.path, "--out"):
                self._make(record)
            return
        found, asked = self.read().model_dump(mode="json"), record.model_dump(mode="json")
        differing = [name for name in asked if found[name] != asked[name] and name != "code"]
        if differing:
            raise InputError(
                f"{self.path} holds another evaluation: {', '.join(differing)} differ.",
                "Give --out another folder, or the command that this one was begun with.",
            )

    def _make(self, record: EvaluationRecord) -> None:
        left = {".lock", ".evaluation.json.part", "episodes"}
        if self.path.is_dir() and any(entry.name not in left for entry in self.path.iterdir()):
            raise InputError(
                f"{self.path} holds files that are not an evaluation.",
                "Give --out a new or empty folder.",
            )
        self.episodes.mkdir(parents=True, exist_ok=True)
        write_atomically(self.path / "evaluation.json", record.model_dump(mode="json"))

    def results(self) -> list[TrialResult]:
        """The newest result of each slot that is owed and has one, in the order of the slots."""
        newest = {one.slot: one for one in self._lines()}
        return [newest[slot] for slot in self.read().slots if slot in newest]

    def missing(self) -> list[Slot]:
        """Slots that are not done: never played, or failed by the infrastructure."""
        done = {one.slot for one in self.results() if one.done}
        return [slot for slot in self.read().slots if slot not in done]

    def append(self, results: Iterable[TrialResult]) -> None:
        """Adds results; a torn line that a killed process left behind is cut off first."""
        lines = (one.model_dump_json().encode() for one in results)
        append_lines(self.path / "trials.jsonl", lines)

    def replace(self, results: Iterable[TrialResult]) -> None:
        """Writes all results anew, all or none, as a new scoring does."""
        lines = (one.model_dump_json().encode() for one in results)
        write_lines(self.path / "trials.jsonl", lines)

    def _lines(self) -> Iterator[TrialResult]:
        file = self.path / "trials.jsonl"
        for number, line in enumerate(read_lines(file), 1):
            try:
                yield TrialResult.model_validate(orjson.loads(line))
            except ValueError as error:
                raise InputError(
                    f"Line {number} of {file} cannot be read.",
                    "Delete the line, and its trial is played again.",
                ) from error
