"""Results files of tau2 and tau-bench, of all their versions.

tau2        one JSON object with `info`, `tasks` and `simulations`; or a folder with `results.json`
            (the same without simulations) and `simulations/*.json`
tau-bench   one JSON array of episodes, each with its task, its messages and its reward

Simulations are found by their places in the file and read one at a time.  One that cannot be read
is counted, with its number and the reason; the others are read all the same.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from agentscaler.errors import InputError
from agentscaler.evaluation.tau.home import Package
from agentscaler.evaluation.tau.json_spans import Span, elements_of, fields_of

__all__ = ["ResultsFile", "SavedSimulation", "UnreadableSimulation", "find_results"]

_INFRASTRUCTURE = "infrastructure_error"
_WORDS = {"airline": ("reservation", "flight", "airline"), "retail": ("order", "retail")}


@dataclass(frozen=True)
class SavedSimulation:
    """What a results file says of one simulation, without its messages.

    Attributes:
        span: where it lies.
        number: its place in the file, from 1.
        task: id of its task, as the file has it.
        trial: as the file has it, else how many simulations of the task came before.
        ended: why it ended; "" where the file does not say.
        reward: as stored; None where there is none.
        stored: all that is stored about its reward.
        infrastructure: the endpoint or the machinery failed, so that it says nothing of the agent.
    """

    span: Span
    number: int
    task: str
    trial: int
    ended: str
    reward: float | None
    stored: dict[str, Any] = field(repr=False)
    infrastructure: bool = False


@dataclass(frozen=True)
class UnreadableSimulation:
    """A simulation that cannot be read."""

    number: int
    reason: str


@dataclass(frozen=True)
class ResultsFile:
    """A results file; its simulations are read with `simulations`.

    Attributes:
        domain: "" where the file does not say.
        info: what was run.
        tasks: by id, as the file embeds them.
        task_spans: where they lie; none for tau-bench, whose episodes each hold their task.
        trials: how many each task was meant to have; None where the file does not say.
    """

    path: Path
    package: Package
    domain: str
    info: dict[str, Any]
    tasks: dict[str, dict[str, Any]]
    task_spans: dict[str, Span]
    trials: int | None
    _spans: tuple[Span, ...] = field(repr=False)
    _missing: tuple[str, ...] = ()

    @classmethod
    def open(cls, path: Path) -> "ResultsFile":
        """Finds out what a file or a folder of results holds.

        Raises:
            InputError: it cannot be read, or holds no results.
        """
        file = path / "results.json" if path.is_dir() else path
        try:
            fields = fields_of(file)
            episodes = None if fields else elements_of(file)
        except (OSError, ValueError) as error:
            raise InputError(f"{file} cannot be read: {error}.", "Give another file.") from error
        if episodes is not None:
            return _tau_bench(file, episodes)
        if "simulations" in fields or ("info" in fields and "tasks" in fields):
            return _tau2(file, fields)
        raise InputError(
            f"{file} holds no results of tau2 or tau-bench.",
            "A results file is an object with `info`, `tasks` and `simulations`, or an array of "
            "episodes.",
        )

    def __len__(self) -> int:
        return len(self._spans) + len(self._missing)

    def simulations(self) -> Iterator[SavedSimulation | UnreadableSimulation]:
        """All simulations, in the order of the file."""
        before: Counter[str] = Counter()
        number = 0
        for number, span in enumerate(self._spans, 1):
            try:
                raw = self.read(span)
                saved = _saved(self.package, raw, span, number, before)
            except (ValueError, OSError) as error:
                yield UnreadableSimulation(number, str(error))
                continue
            before[saved.task] += 1
            yield saved
        for count, name in enumerate(self._missing, 1):
            yield UnreadableSimulation(number + count, f"the index names {name}, which is missing")

    @staticmethod
    def read(span: Span) -> dict[str, Any]:
        """A simulation as the file has it.

        Raises:
            ValueError: it cannot be read; the text says why.
        """
        if not span.whole:
            raise ValueError("the file ends within it")
        try:
            raw = orjson.loads(span.read())
        except ValueError as error:
            raise ValueError(f"it is no JSON: {error}") from error
        if not isinstance(raw, dict):
            raise ValueError("it is no object")
        return raw


def find_results(path: Path) -> list[Path]:
    """Results files and folders at or below a path, in order.

    Raises:
        InputError: there is nothing there.
    """
    if path.is_file() or (path / "results.json").is_file():
        return [path]
    if not path.is_dir():
        raise InputError(f"There is no {path}.", "Give a results file, or a folder of them.")
    found: list[Path] = []
    for file in sorted(path.rglob("*.json")):
        in_folder = file.name == "results.json" and (file.parent / "simulations").is_dir()
        if file.parent.name == "simulations" and (file.parent.parent / "results.json").is_file():
            continue
        try:
            ResultsFile.open(file.parent if in_folder else file)
        except InputError:
            continue
        found.append(file.parent if in_folder else file)
    if not found:
        raise InputError(f"{path} holds no results files.", "Give a results file.")
    return found


def _tau2(file: Path, fields: dict[str, Span]) -> ResultsFile:
    spans = fields["simulations"].elements if "simulations" in fields else ()
    missing: list[str] = []
    if not spans and (file.parent / "simulations").is_dir():
        parts = sorted((file.parent / "simulations").glob("*.json"))
        spans = tuple(Span(part, 0, part.stat().st_size) for part in parts)
        index = _read_field(file, fields, "simulation_index") or []
        known = {part.stem for part in parts}
        missing = [str(one["id"]) for one in index if str(one.get("id")) not in known]
    info = _read_field(file, fields, "info") or {}
    task_spans: dict[str, Span] = {}
    tasks: dict[str, dict[str, Any]] = {}
    for span in fields["tasks"].elements if "tasks" in fields else ():
        task = ResultsFile.read(span)
        tasks[str(task["id"])], task_spans[str(task["id"])] = task, span
    domain = (info.get("environment_info") or {}).get("domain_name") or ""
    trials = info.get("num_trials")
    return ResultsFile(file, "tau2", domain, info, tasks, task_spans, trials, spans, tuple(missing))


def _read_field(file: Path, fields: dict[str, Span], name: str) -> Any:
    if name not in fields:
        return None
    try:
        return orjson.loads(fields[name].read())
    except ValueError as error:
        raise InputError(
            f"`{name}` of {file} cannot be read: {error}.", "Mend the file."
        ) from error


def _tau_bench(file: Path, episodes: tuple[Span, ...]) -> ResultsFile:
    tasks: dict[str, dict[str, Any]] = {}
    trials: set[Any] = set()
    for span in episodes:
        try:
            raw = ResultsFile.read(span)
        except ValueError:
            continue
        trials.add(raw.get("trial"))
        task = (raw.get("info") or {}).get("task")
        if isinstance(task, dict) and "task_id" in raw:
            tasks.setdefault(str(raw["task_id"]), task)
    if episodes and not trials - {None}:
        raise InputError(
            f"{file} holds no results of tau2 or tau-bench.",
            "The episodes of a results file each have `task_id`, `reward`, `traj` and `trial`.",
        )
    return ResultsFile(
        file, "tau-bench", _domain_of(tasks), {}, tasks, {}, len(trials - {None}), episodes
    )


def _domain_of(tasks: dict[str, dict[str, Any]]) -> str:
    """The domain of tau-bench's tasks, told by the tools that they name; "" where that fails."""
    named = " ".join(
        str(action.get("name")) for task in tasks.values() for action in task.get("actions") or []
    )
    counts = {domain: sum(map(named.count, words)) for domain, words in _WORDS.items()}
    best = max(counts, key=lambda domain: counts[domain])
    return best if counts[best] else ""


def _saved(
    package: Package, raw: dict[str, Any], span: Span, number: int, before: Counter[str]
) -> SavedSimulation:
    if "task_id" not in raw:
        raise ValueError("it names no task")
    task = str(raw["task_id"])
    trial = raw.get("trial")
    kept = before[task] if not isinstance(trial, int) else trial
    if package == "tau2":
        stored = raw.get("reward_info")
        ended = str(raw.get("termination_reason") or "")
        if not isinstance(raw.get("messages"), list) and not raw.get("ticks"):
            raise ValueError("it holds no messages")
    else:
        info = raw.get("info") or {}
        stored = (info.get("reward_info") or {}) | {"reward": raw.get("reward")}
        ended = _INFRASTRUCTURE if "error" in info and not raw.get("traj") else ""
    stored = stored if isinstance(stored, dict) else {}
    reward = stored.get("reward")
    return SavedSimulation(
        span=span,
        number=number,
        task=task,
        trial=kept,
        ended=ended,
        reward=float(reward) if isinstance(reward, (int, float)) else None,
        stored=stored,
        infrastructure=ended == _INFRASTRUCTURE,
    )
