"""Evaluations on tau2-bench and tau-bench, from their settings to the package's results files."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from agentscaler import __version__
from agentscaler.errors import InputError, SettingsError
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
from agentscaler.pipeline.evaluating import Contestant
from agentscaler.rollout.text_model import TextToolsModel

__all__ = ["TauEvaluation"]

Settings = Tau2Evaluation | TauBenchEvaluation


@dataclass(frozen=True)
class TauEvaluation:
    """An evaluation that has begun: its folder is made."""

    folder: EvaluationFolder
    settings: Settings
    benchmark: Benchmark
    cast: Cast
    agenda: Agenda
    contestant: Contestant

    @classmethod
    def begin(cls, folder: EvaluationFolder, settings: Settings, contestant: Contestant) -> Self:
        """Asks the package what there is to play, and makes the folder or finds it made.

        Raises:
            InputError: the package cannot be used, there is nothing to play, or something else
                lies in the folder.
            SettingsError: a model that is needed is not set up.
        """
        benchmark, own = _benchmark(settings)
        home = Home.find(benchmark.package, own.home, own.python)
        cast = Cast({"agent": contestant.name, "user": _name(settings, "user")})
        cast = replace(cast, endpoints=_endpoints(settings))
        reading = read_agenda(
            home,
            benchmark,
            cast,
            settings.trials,
            settings.seed,
            task_ids=own.task_ids,
            limit=settings.limit,
        )
        agenda = asyncio.run(reading)
        if not agenda.tasks:
            raise InputError("There is no task to play.", "Choose another split or other domains.")
        parts: list[Part] = ["agent", "user"]
        if agenda.judged:
            cast = replace(cast, names={**cast.names, "judge": _name(settings, "judge")})
            parts.append("judge")
        folder.begin(_record(settings, benchmark, contestant, agenda))
        models = {part: _model(contestant, settings, part) for part in parts}
        return cls(folder, settings, benchmark, replace(cast, models=models), agenda, contestant)

    def play(self) -> Iterator[list[TrialResult]]:
        """Plays what is owed, keeps it, and writes the package's results files, also where
        something stops it on the way.

        Yields:
            the results of some trials, once they are kept.

        Raises:
            AgentScalerError: something that the user can mend.
        """
        settings = self.settings
        _, own = _benchmark(settings)
        player = Player(
            self.benchmark, own, self.cast, self.agenda.home, settings.workers, settings.trials
        )
        with self.folder.locked():
            try:
                yield from play(
                    self.folder, self.agenda, player, settings.concurrency, self.contestant.aclose
                )
            finally:
                Simulations(self.folder).write_results(self.benchmark, self.agenda.tasks)


def _benchmark(settings: Settings) -> tuple[Benchmark, HomeSettings]:
    if isinstance(settings, Tau2Evaluation):
        return Tau2Benchmark(settings.tau2, settings.seed), settings.tau2
    return TauBenchBenchmark(settings.tau_bench), settings.tau_bench


def _name(settings: Settings, part: Literal["user", "judge"]) -> str:
    """The name of the model of a part, which has to be told before anything is played."""
    name = settings.llm.endpoint(part).model
    if not name:
        raise SettingsError(
            f"The evaluation needs a model in the role {part}.",
            f"Name it: --{part}-model NAME --{part}-base-url URL.",
        )
    return name


def _model(contestant: Contestant, settings: Settings, part: Part) -> ChatModel:
    """The model of a part, with tool calls of its own or as if it had them."""
    if part == "agent":
        return contestant.model()
    model = contestant.other(part)
    return TextToolsModel(model) if settings.llm.endpoint(part).tools == "text" else model


def _endpoints(settings: Settings) -> dict[Part, EndpointSettings]:
    """The endpoints by part; a checkpoint that plays in this process has none."""
    parts: tuple[Part, ...] = ("agent", "user", "judge")
    if settings.contestant.checkpoint is not None:
        parts = ("user", "judge")
    return {part: settings.llm.endpoint(part) for part in parts}


def _record(
    settings: Settings, benchmark: Benchmark, contestant: Contestant, agenda: Agenda
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
