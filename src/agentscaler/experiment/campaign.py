"""`run_points`: works off the points of an experiment, several at the same time."""

from collections.abc import Iterator

from agentscaler.engine import LocalEngine
from agentscaler.experiment.folder import ExperimentFolder, write_lines
from agentscaler.experiment.point import Point
from agentscaler.experiment.running import PointResult, run_point

__all__ = ["results_of", "run_points", "todo_of"]


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


def results_of(folder: ExperimentFolder) -> list[PointResult]:
    """The results so far, in the order of the plan."""
    files = [folder.of_point(point) / "result.json" for point in folder.points()]
    return [PointResult.model_validate_json(file.read_bytes()) for file in files if file.exists()]
