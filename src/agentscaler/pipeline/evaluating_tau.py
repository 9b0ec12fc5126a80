"""Evaluations on tau2-bench and tau-bench, from their settings to their report."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from agentscaler import __version__
from agentscaler.errors import InputError
from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, TrialResult
from agentscaler.evaluation.tau.answering import Cast, Part
from agentscaler.evaluation.tau.benchmark import Benchmark
from agentscaler.evaluation.tau.home import Home
from agentscaler.evaluation.tau.settings import HomeSettings, Tau2Evaluation, TauBenchEvaluation
from agentscaler.evaluation.tau.simulations import Simulations
from agentscaler.evaluation.tau.suite import Agenda, Player, play, read_agenda
from agentscaler.evaluation.tau.tau2 import Tau2Benchmark
from agentscaler.evaluation.tau.tau_bench import TauBenchBenchmark
from agentscaler.llm import ChatModel, EndpointSettings
from agentscaler.pipeline.evaluating import Contestant, open_contestant

__all__ = ["Begun", "evaluate_tau"]

Begun = Callable[[Agenda, int], None]
"""Told once what there is to play, and how many trials are done already."""


def evaluate_tau(
    settings: Tau2Evaluation | TauBenchEvaluation, out: Path, begun: Begun
) -> Iterator[TrialResult]:
    """Plays what is missing of an evaluation, and writes the package's results files.

    Args:
        out: the evaluation's folder; one that was stopped goes on.

    Yields:
        each result when it is there and kept.

    Raises:
        AgentScalerError: something that the user can mend; what was played is kept.
    """
    benchmark, own = _benchmark(settings)
    home = Home.find(benchmark.package, own.home, own.python)
    out.mkdir(parents=True, exist_ok=True)
    with open_contestant(out, settings, benchmark.package) as contestant:
        cast = _cast(contestant, settings, judge=False)
        agenda = asyncio.run(
            read_agenda(
                home,
                benchmark,
                cast,
                settings.trials,
                settings.seed,
                task_ids=own.task_ids,
                limit=settings.limit,
            )
        )
        if not agenda.tasks:
            raise InputError("There is no task to play.", "Choose another split or other domains.")
        if agenda.judged:
            cast = _cast(contestant, settings, judge=True)
        folder = EvaluationFolder(out)
        folder.begin(_record(settings, benchmark, contestant, agenda))
        begun(agenda, len(folder.read().slots) - len(folder.missing()))
        player = Player(benchmark, own, cast, home, settings.workers, settings.trials)
        results = play(folder, agenda, player, settings.concurrency, contestant.aclose)
        with closing(results):
            yield from results
    Simulations(folder).write_results(benchmark, agenda.tasks)


def _benchmark(
    settings: Tau2Evaluation | TauBenchEvaluation,
) -> tuple[Benchmark, HomeSettings]:
    if isinstance(settings, Tau2Evaluation):
        return Tau2Benchmark(settings.tau2, settings.seed), settings.tau2
    return TauBenchBenchmark(settings.tau_bench), settings.tau_bench


def _cast(
    contestant: Contestant, settings: Tau2Evaluation | TauBenchEvaluation, *, judge: bool
) -> Cast:
    models: dict[Part, ChatModel] = {
        "agent": contestant.model(),
        "user": contestant.other("user"),
    }
    if judge:
        models["judge"] = contestant.other("judge")
    return Cast(models, _endpoints(settings, models))


def _endpoints(
    settings: Tau2Evaluation | TauBenchEvaluation, models: Mapping[Part, ChatModel]
) -> dict[Part, EndpointSettings]:
    """The endpoints of those who have one: a checkpoint that plays here has none."""
    local = settings.contestant.checkpoint is not None
    return {part: settings.llm.endpoint(part) for part in models if not (part == "agent" and local)}


def _record(
    settings: Tau2Evaluation | TauBenchEvaluation,
    benchmark: Benchmark,
    contestant: Contestant,
    agenda: Agenda,
) -> EvaluationRecord:
    others: dict[str, Any] = {"user": settings.llm.endpoint("user").identity()}
    if agenda.judged:
        others["judge"] = settings.llm.endpoint("judge").identity()
    return EvaluationRecord(
        suite=benchmark.package,
        contestant=contestant.name,
        identity=contestant.identity,
        settings={**settings.scoring(), **others},
        data=agenda.data,
        tasks=tuple(task.key for task in agenda.tasks),
        trials=settings.trials,
        code=__version__,
    )
