"""`ExperimentFolder`: an experiment on disk, made once and then worked off point by point.

experiment.json     arm, settings, and what they were applied to
data/               dialogues.jsonl with their tokens, tasks.jsonl, the learner's tokenizer
plan.jsonl          the points; trials.jsonl, what they are tried on
points/ID/          what a point has done so far; result.json once it is complete
results.jsonl       the results of all complete points
report/             table.md, plot.svg, figures.json
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from agentscaler.errors import InputError
from agentscaler.experiment.dialogue import Dialogue
from agentscaler.experiment.point import Point, Trial
from agentscaler.experiment.settings import ExperimentSettings
from agentscaler.experiment.tokenstore import TokenStore
from agentscaler.runfolder import write_atomically

__all__ = ["ExperimentFolder", "ExperimentRecord", "read_lines", "write_lines"]

Record = TypeVar("Record", bound=BaseModel)


class ExperimentRecord(BaseModel):
    """What an experiment is.

    Attributes:
        runs: folders of the runs by source, as they were given.
        domains: the folder of every domain that is played in.
        fingerprint: of the runs' kept dialogues.
        facts: counts of what was gathered, for the report.
        code: version of the program.
    """

    model_config = ConfigDict(frozen=True)

    arm: str
    settings: ExperimentSettings
    runs: dict[str, str]
    vertical: str = ""
    domains: dict[str, str]
    fingerprint: str
    facts: dict[str, Any]
    code: str


class ExperimentFolder:
    """An experiment's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def exists(self) -> bool:
        return (self.path / "experiment.json").exists()

    def read(self) -> ExperimentRecord:
        """What the experiment is.

        Raises:
            InputError: there is none, or its record cannot be read.
        """
        file = self.path / "experiment.json"
        try:
            return ExperimentRecord.model_validate_json(file.read_bytes())
        except FileNotFoundError as error:
            raise InputError(
                f"There is no experiment in {self.path}.",
                "Begin one, say with `agentscaler experiment scaling`.",
            ) from error
        except ValidationError as error:
            raise InputError(
                f"{file} cannot be read.", "Begin the experiment again in another folder."
            ) from error

    def write(
        self,
        record: ExperimentRecord,
        points: Iterable[Point],
        trials: Iterable[Trial],
    ) -> None:
        """Puts the plan down; `experiment.json`, which says that all is there, at the end."""
        write_lines(self.path / "plan.jsonl", points)
        write_lines(self.path / "trials.jsonl", trials)
        write_atomically(self.path / "experiment.json", record.model_dump(mode="json"))

    def points(self) -> list[Point]:
        return list(read_lines(self.path / "plan.jsonl", Point))

    def trials(self) -> dict[str, Trial]:
        return {one.name: one for one in read_lines(self.path / "trials.jsonl", Trial)}

    def dialogues(self) -> list[Dialogue]:
        return list(read_lines(self.data / "dialogues.jsonl", Dialogue))

    def tokens(self, dialogues: Iterable[Dialogue]) -> TokenStore:
        return TokenStore([one.id for one in dialogues], self.data)

    def of_point(self, point: Point) -> Path:
        return self.path / "points" / point.id


def write_lines(path: Path, records: Iterable[BaseModel]) -> None:
    """Writes records, one a line, all or none."""
    part = path.with_name(f".{path.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("wb") as file:
        file.writelines(record.model_dump_json().encode() + b"\n" for record in records)
    part.replace(path)


def read_lines(path: Path, model: type[Record]) -> Iterator[Record]:
    """Records, one a line; a torn last line is passed over.

    Raises:
        InputError: the file is missing, or a line is not a record of `model`.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise InputError(f"{path} cannot be read.", "Begin the experiment again.") from error
    for number, line in enumerate(lines, 1):
        if number == len(lines):
            return
        try:
            yield model.model_validate(orjson.loads(line))
        except ValueError as error:
            raise InputError(
                f"Line {number} of {path} cannot be read.", "Delete the file, and go on."
            ) from error
