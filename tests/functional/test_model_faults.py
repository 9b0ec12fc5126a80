"""Runs in which an endpoint or a model misbehaves in every way: no work is lost by it.

Whatever passes leaves no trace in what is played; what does not pass costs the one episode that it
befell, and is put down to the one whose fault it was.
"""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from agentscaler.domain import load_domain
from agentscaler.llm.script import Fault, Reply, Rule
from agentscaler.pipeline import Settings, measure_run, run_stage
from agentscaler.pipeline.costs import costs_of
from agentscaler.rollout import FailureOwner, StopReason, Trajectory
from agentscaler.runfolder import RunFolder
from agentscaler.task import Task
from tests.functional.players import Players
from tests.functional.serving import Served

Program = Callable[..., Any]
Bytes = dict[str, bytes]
Episodes = dict[str, Trajectory]

OUTPUTS = ("trajectories.jsonl", "failures.jsonl")
TURNS = 30


class Failing(Players):
    """Plays well, but each thirteenth request meets a fault of the endpoint."""

    def __init__(self, run: Path, fault: Rule) -> None:
        folder = RunFolder.open(run)
        super().__init__(
            load_domain(run / "domains" / "clinic"), list(folder.read("tasks.jsonl", Task))
        )
        self._fault = fault
        self._number = 0
        self.failed = 0

    def choose(self, body: dict[str, Any]) -> Rule | None:
        self._number += 1
        if self._number % 13 == 3:
            self.failed += 1
            return self._fault
        return super().choose(body)


class Calm(Failing):
    """Plays well, and nothing fails."""

    def __init__(self, run: Path) -> None:
        super().__init__(run, Rule(say="-"))

    def choose(self, body: dict[str, Any]) -> Rule | None:
        return Players.choose(self, body)


class Unruly(Failing):
    """Plays well, except in the part of one side of one episode.

    Args:
        opening: what its user begins with.
        model: whose part it is, "agent" or "person".
    """

    def __init__(self, run: Path, opening: str, model: str, rule: Rule) -> None:
        super().__init__(run, rule)
        self._opening = opening
        self._model = model

    def choose(self, body: dict[str, Any]) -> Rule | None:
        begun = len(body["messages"]) > 2 or self._model == "agent"
        is_it = body["model"] == self._model and any(
            message["content"] == self._opening for message in body["messages"]
        )
        if begun and is_it:
            self.failed += 1
            return self._fault
        if len(body["messages"]) == 1:
            return Rule(say="Yes.")  # a sign of life is asked for
        return Players.choose(self, body)


@pytest.fixture(scope="module")
def ready(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with the clinic and a few tasks."""
    run = tmp_path_factory.mktemp("faults") / "run"
    quick = ("--set", "domain.trials=8", "--workers", "1")
    program("domains", "--run", run, "--vertical", "clinic", *quick)
    program("tasks", "--run", run, "--set", "task.per_domain=5", "--workers", "1")
    return run


@pytest.fixture
def run(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "run"))


def settings(run: Path, url: str, **endpoint: Any) -> Settings:
    known = RunFolder.open(run).settings
    default = {"base_url": url, "model": "agent", "retries": 4, **endpoint}
    playing = {"agent": "model", "user": "model", "trials": 1, "withhold_rate": 0}
    playing |= {"max_turns": TURNS, "retries": 1, "retry_seconds": 0.01}
    models = {"default": default, "user": {**default, "model": "person"}}
    return Settings.model_validate(
        known | {"workers": 1, "llm": models, "rollout": known["rollout"] | playing}
    )


def play(run: Path, answers: Players, **endpoint: Any) -> Bytes:
    served = Served(answers)
    try:
        run_stage(RunFolder.open(run), "rollout", settings(run, served.url, **endpoint))
    finally:
        served.end()
    return {name: (run / name).read_bytes() for name in OUTPUTS}


def episodes_of(run: Path) -> Episodes:
    folder = RunFolder.open(run)
    return {one.id: one for name in OUTPUTS for one in folder.read(name, Trajectory)}


@pytest.fixture(scope="module")
def undisturbed(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Bytes, Episodes]:
    """What is played where nothing fails."""
    run = Path(shutil.copytree(ready, tmp_path_factory.mktemp("undisturbed") / "run"))
    return play(run, Calm(run)), episodes_of(run)


@pytest.mark.parametrize(
    "fault",
    [
        Rule(fault=Fault(status=429)),
        Rule(fault=Fault(status=429, retry_after=0.05)),
        Rule(fault=Fault(status=500)),
        Rule(fault=Fault(status=503)),
        Rule(fault=Fault(cut=40)),
        Rule(fault=Fault(drop=True)),
        Rule(fault=Fault(no_choices=True)),
        Rule(say="Too late.", delay=30),
    ],
    ids=("429", "429-retry-after", "500", "503", "cut", "drop", "no-choices", "slow"),
)
def test_a_fault_that_passes_leaves_no_trace_in_what_is_played(
    run: Path, undisturbed: tuple[Bytes, Episodes], fault: Rule
) -> None:
    answers = Failing(run, fault)
    assert play(run, answers, request_seconds=0.5) == undisturbed[0]
    assert answers.failed > 3


UNANSWERED = [
    Rule(fault=Fault(status=500)),
    Rule(fault=Fault(cut=40)),
    Rule(fault=Fault(drop=True)),
    Rule(fault=Fault(no_choices=True)),
]


@pytest.mark.parametrize("model", ["agent", "person"])
@pytest.mark.parametrize("rule", UNANSWERED, ids=("500", "cut", "drop", "no-choices"))
def test_a_question_that_is_never_answered_costs_its_episode_and_no_reward(
    run: Path, undisturbed: tuple[Bytes, Episodes], model: str, rule: Rule
) -> None:
    calm = undisturbed[1]
    victim = sorted(calm)[-1]  # the last that is left, when nobody else is answered any more
    answers = Unruly(run, calm[victim].messages[1].content, model, rule)
    play(run, answers, retries=1)
    played = episodes_of(run)
    assert played.keys() == calm.keys()
    assert {one: played[one] for one in played if one != victim} == {
        one: calm[one] for one in calm if one != victim
    }
    failed = played[victim]
    assert (failed.stop, failed.failure_owner) == (StopReason.FAILED, FailureOwner.INFRASTRUCTURE)
    assert answers.failed == 4  # two requests for each of two attempts
    counted = Settings.model_validate(
        RunFolder.open(run).settings | {"workers": 1, "difficulty": {"agents": ["run"]}}
    )
    run_stage(RunFolder.open(run), "filter", counted)
    measured = [one for unit in measure_run(RunFolder.open(run), counted) for one in unit]
    assert failed.task not in {one.task for one in measured}
    assert len(measured) == len(calm) - 1
    assert {one.agents["run"].passed for one in measured} == {1}


@pytest.mark.parametrize(
    ("call", "refused"),
    [
        (Reply(name="drop_table", arguments={}), True),
        (Reply(name="list_doctors", arguments="all of them"), True),
        (Reply(name="list_doctors", arguments={}), False),
    ],
    ids=("unknown-tool", "no-json", "never-stops"),
)
def test_a_model_that_misbehaves_without_end_loses_its_own_episode_only(
    run: Path, undisturbed: tuple[Bytes, Episodes], call: Reply, refused: bool
) -> None:
    calm = undisturbed[1]
    victim = min(calm)
    answers = Unruly(run, calm[victim].messages[1].content, "agent", Rule(call=(call,)))
    play(run, answers)
    played = episodes_of(run)
    assert {one: played[one] for one in played if one != victim} == {
        one: calm[one] for one in calm if one != victim
    }
    lost = played[victim]
    assert (lost.stop, lost.failure_owner) == (StopReason.STEP_LIMIT, FailureOwner.AGENT)
    results: Sequence[Any] = [one for one in lost.messages if one.role == "tool"]
    assert len(results) == answers.failed == TURNS
    assert all(one.is_error == refused for one in results)
    assert lost.changeset == ()


def test_requests_that_failed_are_not_on_the_bill(run: Path) -> None:
    answers = Failing(run, Rule(fault=Fault(status=500)))
    play(run, answers)
    calls = sum(line.calls for line in costs_of(RunFolder.open(run)))
    assert calls == answers._number - answers.failed
