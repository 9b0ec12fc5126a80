"""Live runs on the official packages themselves; see docs/tau.md for what has to be there.

    TAU2_HOME=... TAU2_PYTHON=... TAU_BENCH_HOME=... TAU_BENCH_PYTHON=... \
        python -m pytest -m official tests/functional/test_tau_official.py
"""

import asyncio
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, TrialResult
from agentscaler.evaluation.figures import figures_of
from agentscaler.evaluation.tau.answering import Cast
from agentscaler.evaluation.tau.benchmark import Benchmark, TauTask
from agentscaler.evaluation.tau.home import Home, Package
from agentscaler.evaluation.tau.settings import HomeSettings, Tau2Settings, TauBenchSettings
from agentscaler.evaluation.tau.simulations import Simulations
from agentscaler.evaluation.tau.suite import Agenda, Player, read_agenda
from agentscaler.evaluation.tau.tau2 import Tau2Benchmark
from agentscaler.evaluation.tau.tau_bench import TauBenchBenchmark
from agentscaler.evaluation.trial import Slot
from agentscaler.llm.wire import request_body
from tests.functional.tau_gold import Judge, Reader, gold_of_tau2, gold_of_tau_bench

pytestmark = pytest.mark.official

SEED = 300
ALONE = Path(__file__).with_name("tau2_alone.py")
Gold = Callable[[dict[str, Any]], tuple[Reader, Reader]]


def home_of(package: Package) -> Home:
    name = package.upper().replace("-", "_")
    place, python = os.environ.get(f"{name}_HOME"), os.environ.get(f"{name}_PYTHON")
    if not place or not python:
        pytest.fail(f"{name}_HOME and {name}_PYTHON have to name the official package")
    return Home.find(package, Path(place), python)


class Stage:
    """A benchmark, and what was played of it."""

    def __init__(self, benchmark: Benchmark, settings: HomeSettings, home: Home) -> None:
        self.benchmark, self.settings, self.home = benchmark, settings, home
        self.cast = Cast({"agent": "agent", "user": "user", "judge": "judge"})
        self.agenda: Agenda = asyncio.run(read_agenda(home, benchmark, self.cast, 2, SEED))

    def some(self, number: int) -> list[TauTask]:
        """So many tasks, spread over the list."""
        step = max(1, len(self.agenda.tasks) // number)
        return self.agenda.tasks[::step][:number]

    def play(
        self, tasks: list[TauTask], models: Gold, trials: int = 1
    ) -> Iterator[tuple[dict[str, Any], TrialResult]]:
        async def everything() -> list[tuple[dict[str, Any], TrialResult]]:
            player = Player(self.benchmark, self.settings, self.cast, self.home, 1, 2)
            played = []
            for task in tasks:
                for trial in range(trials):
                    agent, user = models(task.record)
                    cast = {"agent": agent, "user": user, "judge": Judge()}
                    player.cast = replace(self.cast, models=cast)  # type: ignore[arg-type]
                    episode = self.agenda.episode(Slot(task.key, trial))
                    played.append(await player.play(episode))
            await player.aclose()
            return played

        yield from asyncio.run(everything())


@pytest.fixture(scope="module")
def tau2() -> Callable[[str], Stage]:
    """The stage of a domain."""
    home = home_of("tau2")
    known: dict[str, Stage] = {}

    def stage(domain: str) -> Stage:
        if domain not in known:
            settings = Tau2Settings(home=home.path, domains=(domain,))
            known[domain] = Stage(Tau2Benchmark(settings, SEED), settings, home)
        return known[domain]

    return stage


def alone(home: Home, *arguments: str | Path) -> dict[str, Any]:
    """What the package does by itself."""
    done = subprocess.run(
        [home.python, ALONE, *arguments],
        cwd=home.path,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    )
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def idle(task: dict[str, Any]) -> tuple[Reader, Reader]:
    """The models of `tau2_alone`."""
    return Reader("agent", ["How can I help?"]), Reader("user", ["Hello.", "###STOP###"])


@pytest.mark.parametrize(("domain", "number"), [("retail", 5), ("airline", 5), ("telecom", 6)])
def test_gold_actions_are_worth_a_reward_of_one(
    tau2: Callable[[str], Stage], domain: str, number: int
) -> None:
    stage = tau2(domain)
    tasks = stage.some(number)
    results = [result for _, result in stage.play(tasks, gold_of_tau2)]
    assert [one.reward for one in results] == [1.0] * number, results
    assert all(one.success and one.done for one in results)
    if domain == "telecom":  # whose users have tools of their own
        assert sum(task.user_calls for task in tasks) > 0


@pytest.mark.parametrize("domain", ["retail", "airline", "telecom"])
def test_an_idle_agent_gets_what_the_package_alone_gives_it(
    tau2: Callable[[str], Stage], domain: str
) -> None:
    stage = tau2(domain)
    tasks = stage.some(3)
    seed = stage.agenda.seeds[0]
    theirs = alone(stage.home, "play", domain, str(seed), *(task.id for task in tasks))
    ours = [played for played, _ in stage.play(tasks, idle)]
    for mine, other in zip(ours, theirs["simulations"], strict=True):
        assert mine["reward_info"] == other["reward_info"]
        assert mine["termination_reason"] == other["termination_reason"]
        assert mine["policy"] == other["policy"]
        told = [(one["role"], one["content"], one["tool_calls"]) for one in mine["messages"]]
        assert told == [
            (one["role"], one["content"], one["tool_calls"]) for one in other["messages"]
        ]
        assert mine.keys() == other.keys()


@pytest.mark.parametrize("domain", ["retail", "airline", "telecom"])
def test_models_are_asked_what_the_package_asks_its_own(
    tau2: Callable[[str], Stage], domain: str
) -> None:
    stage = tau2(domain)
    task = stage.some(2)[1]
    models = idle(task.record)
    list(stage.play([task], lambda record: models))
    theirs = alone(stage.home, "play", domain, str(stage.agenda.seeds[0]), task.id)["asked"]
    for model, name in zip(models, ("an agent", "a user"), strict=True):
        asked = [one for one in theirs if one["model"] == name]
        assert len(asked) == len(model.asked) >= 1
        for mine, other in zip(model.asked, asked, strict=True):
            body = request_body(name, mine)
            assert [(one["role"], one["content"]) for one in body["messages"]] == [
                (one["role"], one["content"]) for one in other["messages"]
            ]
            assert body.get("tools") == other["tools"]
            assert body["temperature"] == other["temperature"]
            assert body["seed"] == other["seed"]


def test_the_package_opens_our_results_file_and_finds_the_same_figures(
    tau2: Callable[[str], Stage], tmp_path: Path
) -> None:
    stage = tau2("retail")
    tasks = stage.some(3)
    folder = EvaluationFolder(tmp_path / "out")
    record = EvaluationRecord(
        suite="tau2",
        contestant="agent",
        tasks=tuple(task.key for task in tasks),
        trials=2,
        code="",
    )
    folder.begin(record)
    simulations = Simulations(folder)
    simulations.begin(stage.agenda.frames)
    played = [*stage.play(tasks[:2], gold_of_tau2, 2), *stage.play(tasks[2:], idle, 2)]
    for simulation, result in played:
        simulations.append(result.slot, simulation)
        folder.append([result])
    (file,) = simulations.write_results(stage.benchmark, tasks)
    theirs = alone(stage.home, "load", file)
    whole = figures_of(record, folder.results()).whole
    assert whole is not None
    assert (theirs["tasks"], theirs["simulations"], theirs["rows"]) == (3, 6, 6)
    assert theirs["agent"] == "agent"
    assert theirs["reward"] == whole.reward.mean
    assert theirs["pass_hat"] == {str(k): one.mean for k, one in whole.pass_hat.items()}


@pytest.mark.parametrize("domain", ["retail", "airline"])
def test_gold_actions_of_tau_bench_are_worth_a_reward_of_one(domain: str) -> None:
    home = home_of("tau-bench")
    settings = TauBenchSettings(home=home.path, domains=(domain,))  # type: ignore[arg-type]
    stage = Stage(TauBenchBenchmark(settings), settings, home)
    tasks = stage.some(4)
    played = list(stage.play(tasks, gold_of_tau_bench))
    assert [result.reward for _, result in played] == [1.0] * 4
    for task, (episode, _) in zip(tasks, played, strict=True):
        assert episode["task_id"] == int(task.id)
        assert set(episode) == {"task_id", "reward", "info", "traj", "trial"}
        assert episode["traj"][0]["role"] == "system"
    (idle_one,) = stage.play([tasks[0]], lambda record: idle(record))
    assert idle_one[1].reward == 0.0
