"""Rollouts that language models play, through every stage, disturbed and undisturbed."""

import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agentscaler.domain import load_domain
from agentscaler.errors import AgentScalerError, BudgetSpentError
from agentscaler.filtering import Verdict
from agentscaler.pipeline import Settings, run_stage
from agentscaler.pipeline.costs import costs_of
from agentscaler.rollout import Trajectory
from agentscaler.runfolder import RunFolder
from agentscaler.task import Task
from tests.functional.players import ANSWER_TOKENS, PROMPT_TOKENS, Players
from tests.functional.serving import Served

Program = Callable[..., "subprocess.CompletedProcess[str]"]

ROOT = Path(__file__).parents[2]
A_CALL = PROMPT_TOKENS * 150 + ANSWER_TOKENS * 600  # billionths of a dollar, at the prices below
OUTPUTS = ("trajectories.jsonl", "failures.jsonl")


@pytest.fixture(scope="module")
def ready(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with the clinic and a dozen tasks."""
    run = tmp_path_factory.mktemp("models") / "run"
    quick = ("--set", "domain.trials=8", "--workers", "1")
    program("domains", "--run", run, "--vertical", "clinic", *quick)
    program("tasks", "--run", run, "--set", "task.per_domain=12", "--workers", "1")
    return run


@pytest.fixture
def run(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "run"))


@contextmanager
def served(run: Path, delay: float = 0.0) -> Iterator[Served]:
    folder = RunFolder.open(run)
    tasks = list(folder.read("tasks.jsonl", Task))
    domain = load_domain(run / "domains" / "clinic")
    endpoint = Served(Players(domain, tasks, delay))
    try:
        yield endpoint
    finally:
        endpoint.end()


def settings(run: Path, endpoint: Served, **llm: Any) -> Settings:
    known = RunFolder.open(run).settings
    default = {
        "base_url": endpoint.url,
        "model": "agent",
        "input_usd": 0.15,
        "output_usd": 0.6,
        "retries": llm.pop("retries", 3),
    }
    playing = {"agent": "model", "user": "model", "trials": 2, "withhold_rate": 0}
    models = {"default": default, "user": {**default, "model": "person"}, **llm}
    return Settings.model_validate(
        known | {"workers": 1, "llm": models, "rollout": known["rollout"] | playing}
    )


def play(run: Path, endpoint: Served, **llm: Any) -> dict[str, bytes]:
    run_stage(RunFolder.open(run), "rollout", settings(run, endpoint, **llm))
    return {name: (run / name).read_bytes() for name in OUTPUTS}


@pytest.fixture(scope="module")
def undisturbed(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A run that went through in one go, and how many requests that took."""
    run = Path(shutil.copytree(ready, tmp_path_factory.mktemp("undisturbed") / "run"))
    with served(run) as endpoint:
        play(run, endpoint)
        return run, endpoint.asked


def same(run: Path, undisturbed: tuple[Path, int]) -> bool:
    return all(
        (run / name).read_bytes() == (undisturbed[0] / name).read_bytes() for name in OUTPUTS
    )


def test_what_models_play_is_verified_and_kept_like_anything_else(
    undisturbed: tuple[Path, int],
) -> None:
    run, _ = undisturbed
    folder = RunFolder.open(run)
    episodes = list(folder.read("trajectories.jsonl", Trajectory))
    assert {(one.agent, one.user) for one in episodes} == {("agent", "person")}
    run_stage(folder, "filter", Settings.model_validate(folder.settings | {"workers": 1}))
    kept = list(folder.read("kept.jsonl", Verdict))
    assert len(kept) > len(episodes) / 2 > 0


def test_the_bill_adds_up(undisturbed: tuple[Path, int]) -> None:
    run, asked = undisturbed
    lines = costs_of(RunFolder.open(run))
    assert {(line.stage, line.role, line.model) for line in lines} == {
        ("rollout", "agent", "agent"),
        ("rollout", "user", "person"),
    }
    assert sum(line.calls for line in lines) == asked
    assert sum(line.nano_usd for line in lines) == asked * A_CALL
    assert sum(line.tokens for line in lines) == asked * (PROMPT_TOKENS + ANSWER_TOKENS)


def test_an_endpoint_that_goes_down_and_comes_back_leaves_no_trace(
    run: Path, undisturbed: tuple[Path, int]
) -> None:
    with served(run, delay=0.005) as endpoint:
        player = threading.Thread(target=play, args=(run, endpoint))
        player.start()
        endpoint.wait_for(undisturbed[1] // 2)
        endpoint.down()
        threading.Event().wait(0.1)
        endpoint.up()
        player.join()
    assert same(run, undisturbed)


def test_an_endpoint_that_stays_down_stops_the_run_which_goes_on_later(
    run: Path, undisturbed: tuple[Path, int]
) -> None:
    with served(run, delay=0.005) as endpoint:
        failures: list[BaseException] = []

        def try_it() -> None:
            try:
                play(run, endpoint, retries=0)
            except AgentScalerError as error:
                failures.append(error)

        player = threading.Thread(target=try_it)
        player.start()
        endpoint.wait_for(undisturbed[1] // 2)
        endpoint.down()
        player.join()
        assert "does not answer" in str(failures[0])
        kept = sum(line.calls for line in costs_of(RunFolder.open(run)))
        assert kept > undisturbed[1] // 4
        endpoint.up()
        asked_before = endpoint.asked
        play(run, endpoint, retries=0)
        assert endpoint.asked - asked_before == undisturbed[1] - kept
    assert same(run, undisturbed)


def test_a_run_that_stops_at_its_budget_goes_on_with_more_and_pays_nothing_twice(
    run: Path, undisturbed: tuple[Path, int]
) -> None:
    enough = undisturbed[1] * A_CALL / 1e9
    with served(run, delay=0.002) as endpoint:
        with pytest.raises(BudgetSpentError, match="--budget-usd"):
            play(run, endpoint, budget_usd=enough / 3)
        play(run, endpoint, budget_usd=enough)
        assert endpoint.asked == undisturbed[1]
    assert same(run, undisturbed)
    spent = sum(line.nano_usd for line in costs_of(RunFolder.open(run)))
    assert spent == undisturbed[1] * A_CALL


def test_prices_keys_speed_and_address_redo_nothing_but_another_model_does(
    run: Path, undisturbed: tuple[Path, int]
) -> None:
    folder = RunFolder.open(Path(shutil.copytree(undisturbed[0], run / "again")))
    with served(run) as endpoint:
        first = settings(run, endpoint)
        quick = first.llm.default.model_copy(update={"input_usd": 9.0, "concurrency": 3})
        llm = first.llm.model_copy(update={"default": quick, "budget_tokens": 1})
        before = folder.record("rollout")
        assert run_stage(folder, "rollout", first.model_copy(update={"llm": llm})) == before
        assert endpoint.asked == 0
        other = quick.model_copy(update={"model": "another"})
        llm = llm.model_copy(update={"default": other, "budget_tokens": None})
        redone = run_stage(folder, "rollout", first.model_copy(update={"llm": llm}))
    assert before is not None
    assert redone.fingerprint.changes_since(before.fingerprint) == [
        'rollout setting llm.agent.model was "agent", is "another"'
    ]


def test_the_same_on_the_command_line_with_a_stop_by_hand_and_a_bill(
    run: Path,
    undisturbed: tuple[Path, int],
    program: Program,
    started: Callable[..., "subprocess.Popen[str]"],
) -> None:
    with served(run, delay=0.03) as endpoint:
        given: list[str | Path] = ["--run", run]
        for name, model in (("default", "agent"), ("user", "person")):
            given += ["--set", f"llm.{name}.model={model}"]
            given += ["--set", f"llm.{name}.base_url={endpoint.url}"]
            given += ["--set", f"llm.{name}.input_usd=0.15", "--set", f"llm.{name}.output_usd=0.6"]
        for key, value in (("agent", "model"), ("user", "model"), ("trials", 2)):
            given += ["--set", f"rollout.{key}={value}"]
        given += ["--set", "rollout.withhold_rate=0"]
        assert "unknown" in program("rollout", "--dry-run", *given).stdout
        with started("rollout", *given, "--budget-usd", "5") as process:
            endpoint.wait_for(undisturbed[1] // 2)
            process.send_signal(signal.SIGINT)
            assert "Stopped" in process.communicate()[1]
        program("rollout", *given)
    assert same(run, undisturbed)
    table = program("costs", "--run", run).stdout
    lines = costs_of(RunFolder.open(run))
    total = sum(line.nano_usd for line in lines) / 1e9
    assert f"{total:,.4f}" in table.splitlines()[-2]
    left = program("rollout", "--dry-run", "--run", run, "--set", "rollout.trials=4").stdout
    assert "episodes: 24 done, 24 left." in left
    agent = next(line for line in lines if line.role == "agent")
    assert f"{agent.calls:,}" in left


def test_the_example_of_the_docs_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "models.md").read_text()
    block = next(
        part for part in page.split("```") if "scripted_server" in part and "costs" in part
    )
    serve, *commands = block.removeprefix("bash").strip().splitlines()
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    server = [sys.executable, *shlex.split(serve.removesuffix("&"))[1:-1], "0"]
    with subprocess.Popen(server, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stderr is not None
        url = process.stderr.readline().split()[-1]
        for line in commands:
            words = [sys.executable, "-m", *shlex.split(line)]
            if "llm.default.model" in line:
                words += ["--set", f"llm.default.base_url={url}"]
            if "domains" in words:
                words += ["--set", "domain.trials=8"]
            done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        process.terminate()
    assert "scripted" in done.stdout
    folder = RunFolder.open(tmp_path / "runs" / "models")
    episodes = list(folder.read("trajectories.jsonl", Trajectory))
    assert len(episodes) == 10
    assert episodes[0].messages[2].tool_calls[0].name == "list_doctors"
