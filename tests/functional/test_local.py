"""Rollouts that a checkpoint of ours plays, through the command line."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agentscaler.rollout import FailureOwner, Trajectory
from agentscaler.runfolder import RunFolder

pytest.importorskip("transformers", reason="needs the extra train")
pytest.importorskip("aiohttp", reason="needs the extra llm")

from tests.unit.training.checkpoints import save_checkpoint

Program = Callable[..., "subprocess.CompletedProcess[str]"]

OUTPUTS = ("trajectories.jsonl", "failures.jsonl")


@pytest.fixture(scope="module")
def ready(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with two small domains and their tasks."""
    run = tmp_path_factory.mktemp("local") / "run"
    quick = ("--set", "domain.trials=8", "--workers", "1")
    program("domains", "--run", run, "--vertical", "hotel", "--vertical", "clinic", *quick)
    program("tasks", "--run", run, "--set", "task.per_domain=4", "--workers", "1")
    return run


def playing(checkpoint: Path) -> tuple[str, ...]:
    settings = {"agent": "local", "checkpoint": checkpoint, "max_new_tokens": 30, "max_turns": 4}
    return tuple(
        one for name, value in settings.items() for one in ("--set", f"rollout.{name}={value}")
    )


def outputs(run: Path) -> list[bytes]:
    return [(run / name).read_bytes() for name in OUTPUTS]


def test_a_checkpoint_that_learned_nothing_fails_by_itself_and_the_same_each_time(
    program: Program, ready: Path, tmp_path: Path
) -> None:
    checkpoint = save_checkpoint(tmp_path / "checkpoint")
    runs = [Path(shutil.copytree(ready, tmp_path / name)) for name in ("whole", "parts")]
    whole, parts = runs
    program("rollout", "--run", whole, *playing(checkpoint))
    episodes = [one for name in OUTPUTS for one in RunFolder.open(whole).read(name, Trajectory)]
    assert len(episodes) == 8
    failed = [one for one in episodes if one.failure_owner is not None]
    assert failed
    assert {one.failure_owner for one in failed} == {FailureOwner.AGENT}
    assert {one.agent.split("-")[0] for one in episodes} == {"checkpoint"}
    # One episode at a time, so in other batches, and in two goes.
    alone = (*playing(checkpoint), "--set", "rollout.in_flight=1")
    stopped = subprocess.run(
        [sys.executable, "-c", _KILLED, "rollout", "--run", str(parts), *alone],
        capture_output=True,
        text=True,
        check=False,
    )
    assert stopped.returncode == 9, stopped.stderr
    assert "going on after 1 of 2" in program("rollout", "--run", parts, *alone).stderr
    assert outputs(parts) == outputs(whole)
    kept = program("rollout", "--run", parts, *alone).stderr
    assert "up to date" in kept
    other = save_checkpoint(tmp_path / "other", "qwen3", "qwen3")
    again = program("rollout", "--run", parts, *playing(other)).stderr
    assert "input checkpoint changed" in again


_KILLED = """
import os, sys
from agentscaler.interfaces.cli.main import main
from agentscaler.runfolder import StageWriter

commit = StageWriter.commit

def once(self):
    commit(self)
    os._exit(9)

StageWriter.commit = once
main()
"""


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (("rollout.agent=local",), "needs a checkpoint"),
        (("rollout.agent=local", "rollout.checkpoint=nowhere"), "no checkpoint nowhere"),
    ],
)
def test_a_wrong_checkpoint_ends_with_a_line(
    program: Program, ready: Path, settings: tuple[str, ...], why: str
) -> None:
    options = [one for setting in settings for one in ("--set", setting)]
    done = program("rollout", "--run", ready, *options, check=False)
    assert done.returncode == 2
    assert why in done.stderr


def test_a_served_checkpoint_plays_as_a_model(
    program: Program,
    started: Callable[..., "subprocess.Popen[str]"],
    ready: Path,
    tmp_path: Path,
) -> None:
    checkpoint = save_checkpoint(tmp_path / "checkpoint")
    run = Path(shutil.copytree(ready, tmp_path / "run"))
    server = started("serve", checkpoint, "--port", "0", "--max-new-tokens", "30")
    try:
        assert server.stderr is not None
        name, address = server.stderr.readline().strip().split(" at ")
        models = {"base_url": address, "model": name, "retries": 0}
        options = [f"llm.default.{key}={value}" for key, value in models.items()]
        options += ["rollout.agent=model", "rollout.max_turns=4"]
        program("rollout", "--run", run, *(one for text in options for one in ("--set", text)))
    finally:
        server.terminate()
        server.communicate(timeout=30)
    episodes = [one for file in OUTPUTS for one in RunFolder.open(run).read(file, Trajectory)]
    assert len(episodes) == 8
    assert {one.agent for one in episodes} == {name}


def test_a_checkpoint_is_evaluated_and_the_same_each_time(
    program: Program, ready: Path, tmp_path: Path
) -> None:
    checkpoint = save_checkpoint(tmp_path / "checkpoint")
    reports = []
    for name, concurrency in (("one", "16"), ("other", "1")):
        out = tmp_path / name
        program(
            *("evaluate", "own", "--run", ready, "--split", "all", "--checkpoint", checkpoint),
            *("--set", "contestant.max_new_tokens=30", "--set", "own.max_turns=4"),
            *("--concurrency", concurrency, "--trials", "1", "--out", out),
        )
        reports.append([(out / file).read_bytes() for file in ("report.md", "report.json")])
    assert reports[0] == reports[1]
    assert b'"infrastructure"' not in reports[0][1]
    assert reports[0][0].startswith(b"# own: checkpoint-")
