"""The own suite on disk: from a run to an evaluation's folder, and back to be judged again.

The folder holds all that the suite adds to what every evaluation has: `tasks.jsonl` and `domains/`,
copied from the run, so that it can be judged again without the run; `choice.json`, what was chosen
and what left out; and `episodes/episodes.jsonl`, one trajectory a line, of which the last of an id
counts.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from itertools import groupby
from typing import Any

import orjson
from pydantic import ValidationError

from agentscaler import __version__
from agentscaler.engine import LocalEngine
from agentscaler.errors import InputError
from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, TrialResult
from agentscaler.evaluation.lines import append_lines, read_lines, write_lines
from agentscaler.evaluation.own import Cast, OwnEvaluation, choose_tasks, judge_again, play
from agentscaler.evaluation.own.metering import MeteredMaker
from agentscaler.evaluation.own.playing import Work
from agentscaler.evaluation.own.report import choice_section
from agentscaler.evaluation.own.selection import Choice
from agentscaler.evaluation.report_page import ReportSection
from agentscaler.pipeline.evaluating import Contestant
from agentscaler.pipeline.run_tasks import (
    digest_domains,
    held_out_of,
    lines_of,
    locate_tasks,
    sketches_of,
)
from agentscaler.rollout import ModelUserMaker, Trajectory
from agentscaler.runfolder import RunFolder, write_atomically
from agentscaler.task import Task

__all__ = ["SUITE", "begin_own", "own_sections", "play_own", "rescore_own"]

SUITE = "own"
_CHOICE = "choice.json"
_EPISODES = "episodes.jsonl"
_TASKS = "tasks.jsonl"


def begin_own(
    out: EvaluationFolder, run: RunFolder, settings: OwnEvaluation, contestant: Contestant
) -> EvaluationRecord:
    """Chooses tasks of a run and makes the evaluation's folder, or finds it made.

    Raises:
        RunFolderError: the run has no tasks, or no training set that says what is held out; or
            the folder cannot be written.
        InputError: nothing is left to play, or something else lies in the folder.
    """
    tasks = {one.sketch.id: one for one in locate_tasks(run)}
    choice = choose_tasks(
        sketches_of(run),
        (one.sketch for one in tasks.values()),
        held_out_of(run) if settings.own.split != "all" else lambda domain: False,
        settings.own,
        seed=settings.seed,
        limit=settings.limit,
    )
    lines = lines_of(run, (tasks[name] for name in choice.tasks))
    played = list(dict.fromkeys(tasks[name].sketch.domain for name in choice.tasks))
    record = EvaluationRecord(
        suite=SUITE,
        contestant=contestant.name,
        identity=contestant.identity,
        settings=settings.scoring() | _user(settings),
        data={
            "run": run.path.resolve().name,
            "domains": len(played),
            "tasks": len(choice.tasks),
            "digest of the domains": digest_domains(run, played),
            "digest of the tasks": hashlib.sha256(b"\n".join(lines)).hexdigest(),
        },
        tasks=choice.tasks,
        trials=settings.trials,
        code=__version__,
    )
    out.begin(record)
    with out.locked():
        _keep(out, run, choice, played, lines)
    return record


def play_own(
    out: EvaluationFolder, settings: OwnEvaluation, contestant: Contestant
) -> Iterator[list[TrialResult]]:
    """Plays what is owed, and keeps episodes and results as they come.

    Yields:
        the results of some trials, once they are kept.

    Raises:
        AgentScalerError: an endpoint answers nobody, the budget is spent, or the disk is full.
    """
    done = {f"{one.task}/{one.trial}" for one in out.results() if one.done}
    cast = _cast(settings, contestant)
    work = _work(out, settings)
    with out.locked(), LocalEngine(settings.workers) as engine:
        for played in play(work, cast, settings, engine, done):
            append_lines(out.episodes / _EPISODES, (_line(one.episode) for one in played))
            results = [one.result for one in played]
            out.append(results)
            yield results


def rescore_own(out: EvaluationFolder, workers: int) -> Iterator[list[TrialResult]]:
    """Judges every episode of an evaluation again; what tokens it took stays as it was told.

    Raises:
        InputError: there is no evaluation, or its episodes cannot be read.
    """
    settings = _settings(out)
    stored = {(one.task, one.trial): one for one in out.results()}
    episodes = _episodes(out)
    work = _work(out, settings)
    units = [
        (one, [played for task in one.tasks for played in episodes.get(task.id, ())])
        for one in work
    ]
    with LocalEngine(workers) as engine:
        for results in engine.map(partial(_judge, settings=settings), units):
            yield [
                one.model_copy(
                    update={
                        "prompt_tokens": before.prompt_tokens,
                        "completion_tokens": before.completion_tokens,
                        "seconds": before.seconds,
                    }
                )
                if (before := stored.get((one.task, one.trial))) is not None
                else one
                for one in results
            ]


def _judge(unit: tuple[Work, list[Trajectory]], *, settings: OwnEvaluation) -> list[TrialResult]:
    return judge_again(*unit, settings)


def _cast(settings: OwnEvaluation, contestant: Contestant) -> Cast:
    user = None
    if settings.own.user == "model":
        user = ModelUserMaker(contestant.other("user"), settings.own.withhold_rate)
    if contestant.rules is not None and user is None:
        return Cast(contestant.rules)
    agent = contestant.rules or MeteredMaker(
        contestant.raw_model(), contestant.tools, settings.own.most_tools
    )
    return Cast(agent, user, waits=True, at_end=contestant.aclose)


def _user(settings: OwnEvaluation) -> dict[str, Any]:
    """What decides the words of the users, where a model plays them."""
    if settings.own.user != "model":
        return {}
    return {"user": settings.llm.endpoint("user").identity()}


def _settings(out: EvaluationFolder) -> OwnEvaluation:
    """The settings that an evaluation was played with, as far as they bear on scores."""
    record = out.read()
    known = {name: record.settings.get(name) for name in ("own", "seed")}
    try:
        return OwnEvaluation.model_validate({**known, "trials": record.trials})
    except ValidationError as error:
        raise InputError(
            f"The settings in {out.path / 'evaluation.json'} are not those of the suite {SUITE}.",
            "Score it with the version of the program that played it.",
        ) from error


def _keep(
    out: EvaluationFolder, run: RunFolder, choice: Choice, domains: list[str], lines: list[bytes]
) -> None:
    """Copies what is played into the evaluation's folder; what is there is left alone."""
    (out.path / "domains").mkdir(exist_ok=True)
    for name in domains:
        target = out.path / "domains" / name
        if not target.exists():
            part = target.with_name(f".{name}.part")
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(run.path / "domains" / name, part)
            part.rename(target)
    write_lines(out.path / _TASKS, lines)
    told = asdict(choice)
    write_atomically(out.path / _CHOICE, told | {"tasks": len(choice.tasks)})


def _work(out: EvaluationFolder, settings: OwnEvaluation) -> list[Work]:
    """What an evaluation plays, domain by domain.

    Raises:
        InputError: a file of it is missing or damaged.
    """
    family = read_choice(out)["family"]
    try:
        tasks = [Task.model_validate_json(line) for line in read_lines(out.path / _TASKS)]
    except ValidationError as error:
        raise _damaged(out, _TASKS) from error
    if [task.id for task in tasks] != list(out.read().tasks):
        raise _damaged(out, _TASKS)
    return [
        Work(out.path / "domains" / name, family[name], tuple(of))
        for name, of in groupby(tasks, key=lambda task: task.domain)
    ]


def _episodes(out: EvaluationFolder) -> dict[str, list[Trajectory]]:
    """The last episode of each trial, by task, in the order of the trials."""
    newest: dict[tuple[str, int], Trajectory] = {}
    for line in read_lines(out.episodes / _EPISODES):
        try:
            one = Trajectory.model_validate_json(line)
        except ValidationError as error:
            raise _damaged(out, f"episodes/{_EPISODES}") from error
        newest[one.task, one.trial] = one
    episodes: dict[str, list[Trajectory]] = {}
    for task, trial in sorted(newest):
        episodes.setdefault(task, []).append(newest[task, trial])
    return episodes


def read_choice(out: EvaluationFolder) -> dict[str, Any]:
    """What was chosen of the run and what left out, as `choice.json` has it.

    Raises:
        InputError: it is missing or damaged.
    """
    try:
        choice: dict[str, Any] = orjson.loads((out.path / _CHOICE).read_bytes())
    except (OSError, ValueError) as error:
        raise _damaged(out, _CHOICE) from error
    return choice


def own_sections(out: EvaluationFolder) -> list[ReportSection]:
    """What the suite adds to its report."""
    return [choice_section(read_choice(out))]


def _damaged(out: EvaluationFolder, name: str) -> InputError:
    return InputError(
        f"{out.path / name} is missing or damaged.",
        "Give the command that began the evaluation again; it puts everything back but episodes.",
    )


def _line(record: Trajectory) -> bytes:
    return record.model_dump_json().encode()
