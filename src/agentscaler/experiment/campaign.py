"""`run_points`: works off the points of an experiment, several at the same time."""

from collections.abc import Iterator

from agentscaler.engine import LocalEngine
from agentscaler.experiment.folder import ExperimentFolder, write_lines
from agentscaler.experiment.point import Point
from agentscaler.experiment.running import PointResult, run_point

__all__ = ["plan_lines", "results_of", "run_points", "todo_of"]

_TOKENS_A_SECOND = 10_000
"""That the small model of the defaults learns from on one core, its episodes included."""


def todo_of(folder: ExperimentFolder) -> list[Point]:
    """The points without a result, in order."""
    points = folder.points()
    return [one for one in points if not (folder.of_point(one) / "result.json").exists()]


def run_points(folder: ExperimentFolder, workers: int, threads: int) -> Iterator[PointResult]:
    """The results of the points that have none yet, as they come; `results.jsonl` grows with them.

    Args:
        workers: processes, each with one point at a time.
        threads: of the linear algebra of each.
    """
    todo = [(folder.path, point.id, threads) for point in todo_of(folder)]
    with LocalEngine(workers) as engine:
        for result in engine.map(run_point, todo):
            write_lines(folder.path / "results.jsonl", results_of(folder))
            yield result


def plan_lines(folder: ExperimentFolder, workers: int) -> Iterator[str]:
    """What there is to learn from, and how long the points that are left will take, for people.

    The time is a guess until points are done, whose mean it then is.
    """
    record, points, todo = folder.read(), folder.points(), todo_of(folder)
    facts = record.facts
    for name, count in facts["dialogues"].items():
        yield f"{name}: {count:,} dialogues of {facts['domains'][name]:,} domains"
    for name, trial in folder.trials().items():
        yield f"tried on: {len(trial.tasks):,} tasks, {name}"
    done = results_of(folder)
    tokens = record.settings.tokens
    seconds = sum(one.seconds for one in done) / len(done) if done else tokens / _TOKENS_A_SECOND
    rounds = -(-len(todo) // workers)
    yield (
        f"{len(points):,} points of {tokens:,} tokens each, {len(todo):,} to do: about"
        f" {rounds * seconds / 60:,.0f} minutes with {workers} at a time"
    )


def results_of(folder: ExperimentFolder) -> list[PointResult]:
    """The results so far, in the order of the plan."""
    files = [folder.of_point(point) / "result.json" for point in folder.points()]
    return [PointResult.model_validate_json(file.read_bytes()) for file in files if file.exists()]
