"""`Simulations`: what was played of an evaluation, and the results files of the package.

episodes/simulations.jsonl   one episode a line, appended as episodes end; the last of a slot counts
episodes/frames.json         what results files say besides: information, tasks
results-DOMAIN.json          the package's own results file, made of the two
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from agentscaler.errors import InputError
from agentscaler.evaluation.folder import EvaluationFolder
from agentscaler.evaluation.lines import append_lines, read_lines
from agentscaler.evaluation.tau.benchmark import Benchmark, TauTask
from agentscaler.evaluation.trial import Slot
from agentscaler.runfolder import write_atomically

__all__ = ["Simulations"]


class Simulations:
    """The episodes of an evaluation; one process writes them at a time."""

    def __init__(self, folder: EvaluationFolder) -> None:
        self._folder = folder
        self._file = folder.episodes / "simulations.jsonl"
        self._frames = folder.episodes / "frames.json"

    def begin(self, frames: dict[str, Any]) -> None:
        """Keeps the frames."""
        write_atomically(self._frames, frames)

    def append(self, slot: Slot, played: dict[str, Any]) -> None:
        """Adds an episode."""
        line = {"task": slot.task, "trial": slot.trial, "simulation": played}
        append_lines(self._file, [orjson.dumps(line)])

    def read(self) -> Iterator[tuple[Slot, dict[str, Any]]]:
        """The newest episode of each slot that has one, in the order of the slots.

        Raises:
            InputError: a line cannot be read.
        """
        places = self._places()
        if not places:
            return
        with self._file.open("rb") as file:
            for slot in self._folder.read().slots:
                if slot in places:
                    file.seek(places[slot])
                    yield slot, orjson.loads(file.readline())["simulation"]

    def write_results(self, benchmark: Benchmark, tasks: list[TauTask]) -> list[Path]:
        """Writes the package's results files, one a domain."""
        frames = orjson.loads(self._frames.read_bytes())
        domain_of = {task.key: task.domain for task in tasks}
        played: dict[str, list[dict[str, Any]]] = {task.domain: [] for task in tasks}
        for slot, simulation in self.read():
            played[domain_of[slot.task]].append(simulation)
        written = []
        for domain, simulations in played.items():
            of_domain = [task for task in tasks if task.domain == domain]
            file = self._folder.path / f"results-{domain}.json"
            write_atomically(file, benchmark.results(frames[domain], of_domain, simulations))
            written.append(file)
        return written

    def _places(self) -> dict[Slot, int]:
        """Where in the file the newest episode of each slot begins."""
        places: dict[Slot, int] = {}
        begins = 0
        for number, line in enumerate(read_lines(self._file), 1):
            try:
                told = orjson.loads(line)
                places[Slot(told["task"], told["trial"])] = begins
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"Line {number} of {self._file} cannot be read.",
                    "Delete the line; results files then go without its episode.",
                ) from error
            begins += len(line) + 1
        return places
