"""`run_point`: one agent learns and is tried, from where it was stopped to its result."""

import hashlib
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from agentscaler.domain import load_domain
from agentscaler.engine.local import THREAD_LIMITS
from agentscaler.experiment.dialogue import Dialogue
from agentscaler.experiment.folder import ExperimentFolder, read_lines, write_lines
from agentscaler.experiment.learner import Learner, Lesson, Rehearsal
from agentscaler.experiment.point import PhasePlan, Point, Trial
from agentscaler.experiment.settings import ExperimentSettings
from agentscaler.experiment.small_learner import SmallLearner
from agentscaler.experiment.stream import Share, Stream, draw_stream
from agentscaler.experiment.tokenstore import StoredDialogue, TokenStore
from agentscaler.experiment.trying import Outcome, try_out
from agentscaler.runfolder import write_atomically
from agentscaler.task import Task

__all__ = ["PhaseResult", "PointResult", "learner_of", "progress_of", "run_point"]

_LOSS_DIALOGUES = 200


class PhaseResult(BaseModel):
    """What a phase of training saw.

    Attributes:
        tokens: seen, repetitions counted; `learned` of them the loss was taken on.
        dialogues: seen, repetitions counted; `distinct` without.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    tokens: int
    learned: int
    dialogues: int
    distinct: int
    domains: int
    seconds: float


class PointResult(BaseModel):
    """What came of one agent; its episodes lie beside it in `outcomes.jsonl`.

    Attributes:
        success: by trial, the share of its tasks.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    label: str
    size: int
    seed: int
    learner: str
    phases: tuple[PhaseResult, ...]
    episodes: dict[str, int]
    success: dict[str, float]
    seconds: float


def learner_of(settings: ExperimentSettings) -> Learner:
    """Who learns."""
    return (
        Rehearsal()
        if settings.learner == "rehearsal"
        else SmallLearner(settings.small, settings.rules.most_tools)
    )


def run_point(item: tuple[Path, str, int]) -> PointResult:
    """Trains and tries the agent of a point, and writes its result.

    What was done before is kept: a phase that is over, a training's own state, and the episodes of
    whole domains.

    Args:
        item: the experiment's folder, the point's id, and the threads of its linear algebra.
    """
    path, name, threads = item
    folder = ExperimentFolder(path)
    record, trials = folder.read(), folder.trials()
    point = next(one for one in folder.points() if one.id == name)
    place = folder.of_point(point)
    if (place / "result.json").exists():
        return PointResult.model_validate_json((place / "result.json").read_bytes())
    place.mkdir(parents=True, exist_ok=True)
    for variable in THREAD_LIMITS:
        os.environ[variable] = str(threads)
    learner, began = learner_of(record.settings), time.monotonic()
    dialogues = folder.dialogues()
    store = folder.tokens(dialogues)
    phases, checkpoint = [], None
    for number, phase in enumerate(point.phases):
        stream = _stream(phase, point, dialogues)
        checkpoint, result = _learn(
            learner, folder, point, number, phase, stream, store, dialogues, checkpoint, threads
        )
        phases.append(result)
    assert checkpoint is not None
    outcomes = _try(learner, folder, point, checkpoint, trials, record.domains)
    spent = sum(one.seconds for one in phases)
    results = PointResult(
        id=point.id,
        label=point.label,
        size=point.size,
        seed=point.seed,
        learner=learner.name,
        phases=tuple(phases),
        episodes={name: len(of) for name, of in outcomes.items()},
        success={name: sum(o.success for o in of) / len(of) for name, of in outcomes.items()},
        seconds=max(spent, time.monotonic() - began),
    )
    write_atomically(place / "result.json", results.model_dump(mode="json"))
    return results


def progress_of(folder: ExperimentFolder, point: Point) -> str:
    """What a point is at, for people; "" where it has not begun."""
    file = folder.of_point(point) / "progress"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _stream(phase: PhasePlan, point: Point, dialogues: Sequence[Dialogue]) -> Stream:
    shares = []
    for share in phase.shares:
        wanted = set(share.domains)
        groups: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(dialogues):
            if (
                one.role == "train"
                and one.source == share.source
                and one.domain in wanted
                and (not share.kept_by or share.kept_by in one.kept_by)
            ):
                groups[one.domain].append(place)
        shares.append(Share(share.source, groups, share.tokens, share.dialogues))
    return draw_stream(shares, [one.tokens for one in dialogues], f"{point.seed}/stream")


def _learn(
    learner: Learner,
    folder: ExperimentFolder,
    point: Point,
    number: int,
    phase: PhasePlan,
    stream: Stream,
    store: TokenStore,
    dialogues: Sequence[Dialogue],
    start: Path | None,
    threads: int,
) -> tuple[Path, PhaseResult]:
    place = folder.of_point(point)
    settings, began = folder.read().settings, time.monotonic()
    done = place / f"phase-{number}.json"
    held_out = [n for n, one in enumerate(dialogues) if one.role == "held_out"]
    step = max(1, len(held_out) // _LOSS_DIALOGUES)

    def watch(tokens: int) -> None:
        _tell(place, f"{phase.name}: {tokens:,} of {stream.tokens:,} tokens")

    checkpoint = learner.learn(
        Lesson(
            phase=phase.name,
            stream=_Lazy(store, stream.places),
            domains=stream.domains,
            data=hashlib.sha256(repr(stream.places).encode()).hexdigest(),
            seed=point.seed,
            start=start,
            folder=place / f"phase-{number}",
            fitted=folder.data,
            held_out=[store[n] for n in held_out[::step]],
            max_tokens=settings.rules.max_tokens,
            system=settings.rules.system,
            threads=threads,
            watch=watch,
        )
    )
    if done.exists():
        return checkpoint, PhaseResult.model_validate_json(done.read_bytes())
    result = PhaseResult(
        name=phase.name,
        tokens=stream.tokens,
        learned=sum(dialogues[one].learned for one in stream.places),
        dialogues=len(stream.places),
        distinct=stream.distinct,
        domains=stream.domains,
        seconds=time.monotonic() - began,
    )
    write_atomically(done, result.model_dump(mode="json"))
    return checkpoint, result


class _Lazy(Iterable[StoredDialogue]):
    """Dialogues of a store, read when they are asked for."""

    def __init__(self, store: TokenStore, places: Sequence[int]) -> None:
        self._store, self._places = store, places

    def __iter__(self) -> Iterator[StoredDialogue]:
        return (self._store[place] for place in self._places)


def _try(
    learner: Learner,
    folder: ExperimentFolder,
    point: Point,
    checkpoint: Path,
    trials: dict[str, Trial],
    domains: dict[str, str],
) -> dict[str, list[Outcome]]:
    """The episodes of all trials of a point; those of whole domains are written at once."""
    place = folder.of_point(point)
    file = place / "outcomes.jsonl"
    tasks = {one.id: one for one in read_lines(folder.data / "tasks.jsonl", Task)}
    outcomes = _so_far(file, trials, tasks)
    for name in point.trials:
        if name not in trials:
            continue
        trial, done = trials[name], {one.domain for one in outcomes[name]}
        todo: dict[str, list[Task]] = defaultdict(list)
        for task in trial.tasks:
            todo[tasks[task].domain].append(tasks[task])
        work = [
            (load_domain(Path(domains[domain])), group)
            for domain, group in todo.items()
            if domain not in done
        ]
        if not work:
            continue
        played = try_out(work, learner.player(checkpoint), trial.rollout, trial.seed, name)
        with file.open("ab") as out, (place / "episodes.jsonl").open("ab") as episodes:
            for group in played:
                outcomes[name] += [outcome for outcome, _ in group]
                episodes.write(b"".join(_line(episode) for _, episode in group))
                out.write(b"".join(_line(outcome) for outcome, _ in group))
                out.flush()
                _tell(place, f"{name}: {len(outcomes[name]):,} of {len(trial.tasks):,} episodes")
    return outcomes


def _so_far(
    file: Path, trials: dict[str, Trial], tasks: dict[str, Task]
) -> dict[str, list[Outcome]]:
    """The outcomes written before, of domains that were played to their end; others are dropped."""
    found = list(read_lines(file, Outcome)) if file.exists() else []
    wanted = Counter(
        (name, tasks[task].domain) for name, trial in trials.items() for task in trial.tasks
    )
    written = Counter((one.trial, one.domain) for one in found)
    whole = [
        one for one in found if written[one.trial, one.domain] == wanted[one.trial, one.domain]
    ]
    write_lines(file, whole)
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    for one in whole:
        outcomes[one.trial].append(one)
    return outcomes


def _line(record: BaseModel) -> bytes:
    return record.model_dump_json().encode() + b"\n"


def _tell(place: Path, line: str) -> None:
    (place / "progress").write_text(line, encoding="utf-8")
