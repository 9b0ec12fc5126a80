"""The whole pipeline on a small pool: what comes out, and that nothing disturbs it."""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from agentscaler.dataset import Example
from agentscaler.domain import load_domain
from agentscaler.filtering import Verdict
from agentscaler.pipeline import STAGES, DomainEntry, Stage
from agentscaler.rollout import Trajectory
from agentscaler.runfolder import RunFolder, StageState
from agentscaler.task import Task

Program = Callable[..., "subprocess.CompletedProcess[str]"]
Started = Callable[..., "subprocess.Popen[str]"]

ATTEMPTS = 6
"""How often a kill is tried, as a stage may be over before it is hit."""


def data_of(folder: Path) -> dict[str, bytes]:
    """All that a run made, by path; the manifest holds times and is left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"manifest.json", ".lock"}
    }


def figures_of(folder: Path) -> dict[str, tuple[int, dict[str, int]]]:
    """Units and counters of every stage."""
    records = {stage.name: RunFolder.open(folder).record(stage.name) for stage in STAGES}
    return {name: (record.units, record.counters) for name, record in records.items() if record}


def test_every_stage_gives_something(finished: Path) -> None:
    out = {name: counters["out"] for name, (_, counters) in figures_of(finished).items()}
    assert list(out) == [stage.name for stage in STAGES]
    assert out["domains"] >= 4
    assert out["tasks"] >= 20
    assert out["rollout"] == 3 * out["tasks"]
    assert out["filter"] >= 0.8 * out["rollout"]
    assert out["dataset"] == out["filter"]


def test_nothing_is_lost_on_the_way(finished: Path) -> None:
    for name in ("pool", "rollout", "filter"):
        _, counters = figures_of(finished)[name]
        rejected = sum(n for key, n in counters.items() if key.startswith("rejected:"))
        assert counters["in"] == counters["out"] + rejected, name


def test_what_a_run_holds_fits_together(finished: Path) -> None:
    folder = RunFolder.open(finished)
    domains = [entry.id for entry in folder.read("domains.jsonl", DomainEntry) if entry.id]
    tasks = {task.id: task for task in folder.read("tasks.jsonl", Task)}
    played = {one.id: one for one in folder.read("trajectories.jsonl", Trajectory)}
    kept = [verdict.trajectory for verdict in folder.read("kept.jsonl", Verdict)]
    splits = {
        split: list(folder.read(f"dataset/{split}.jsonl", Example))
        for split in ("train", "held_out")
    }
    examples = [example for part in splits.values() for example in part]

    assert sorted(path.name for path in (finished / "domains").iterdir()) == sorted(domains)
    assert {task.domain for task in tasks.values()} <= set(domains)
    assert all(task.proof.holds for task in tasks.values())
    assert {one.task for one in played.values()} <= set(tasks)
    assert sorted(example.trajectory for example in examples) == sorted(kept)
    assert not {one.domain for one in splits["train"]} & {one.domain for one in splits["held_out"]}
    for example in examples:
        assert len(example.loss_mask) == len(example.messages)


def test_every_kept_dialogue_replays_to_the_gold_state(finished: Path) -> None:
    folder = RunFolder.open(finished)
    tasks = {task.id: task for task in folder.read("tasks.jsonl", Task)}
    kept = {verdict.trajectory for verdict in folder.read("kept.jsonl", Verdict)}
    for trajectory in folder.read("trajectories.jsonl", Trajectory):
        if trajectory.id not in kept:
            continue
        domain = load_domain(finished / "domains" / trajectory.domain)
        with domain.world(trajectory.state) as world:
            for message in trajectory.messages:
                for call in message.tool_calls:
                    world.call(call.name, call.arguments)
            assert world.state_hash() == tasks[trajectory.task].state_hash


def test_two_processes_give_the_same_bytes_as_one(
    tmp_path: Path, finished: Path, program: Program, source: Path, quick: Sequence[str]
) -> None:
    program("run", "--run", tmp_path, "--source", source, "--workers", "2", *quick)
    assert data_of(tmp_path) == data_of(finished)
    assert figures_of(tmp_path) == figures_of(finished)


def test_ray_gives_the_same_bytes(
    tmp_path: Path, finished: Path, program: Program, source: Path, quick: Sequence[str]
) -> None:
    pytest.importorskip("ray")
    options = ("--engine", "ray", "--workers", "2", *quick)
    program("run", "--run", tmp_path, "--source", source, *options)
    assert data_of(tmp_path) == data_of(finished)
    assert figures_of(tmp_path) == figures_of(finished)


def test_another_seed_gives_other_tasks(tmp_path: Path, finished: Path, program: Program) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    done = program("tasks", "--run", run, "--seed", "9")
    assert "tasks: again, because the seed was 0, is 9" in done.stderr
    assert data_of(run)["tasks.jsonl"] != data_of(finished)["tasks.jsonl"]


def test_a_finished_run_is_left_as_it_is(tmp_path: Path, finished: Path, program: Program) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*.jsonl")}
    done = program("run", "--run", run)
    assert done.stderr.count("up to date") == len(STAGES)
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*.jsonl")} == before


def test_a_changed_setting_redoes_its_stage_and_those_after_it(
    tmp_path: Path, finished: Path, program: Program
) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    done = program("run", "--run", run, "--set", "rollout.mistake_rate=0.9")
    assert done.stderr.count("up to date") == 4
    assert "rollout: again, because rollout setting mistake_rate was 0.15, is 0.9" in done.stderr
    assert "filter: again, because the stage before it was redone" in done.stderr


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_killed_in_the_middle_ends_in_the_same_bytes(
    tmp_path: Path, finished: Path, program: Program, started: Started, stage: Stage
) -> None:
    for attempt in range(ATTEMPTS):
        run = shutil.copytree(finished, tmp_path / str(attempt))
        (run / stage.outputs[0]).unlink()
        with started(stage.name, "--run", run) as process:
            _await_work(run, stage, process)
            process.send_signal(signal.SIGKILL)
        if RunFolder.open(run).state(stage.name) is StageState.PARTIAL:
            break
    assert RunFolder.open(run).state(stage.name) is StageState.PARTIAL
    program("run", "--run", run, "--workers", "2")
    assert data_of(run) == data_of(finished)
    assert figures_of(run) == figures_of(finished)


def test_ctrl_c_leaves_a_run_that_goes_on(
    tmp_path: Path, finished: Path, program: Program, started: Started
) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    (run / "domains.jsonl").unlink()
    domains = next(stage for stage in STAGES if stage.name == "domains")
    with started("domains", "--run", run, "--workers", "2") as process:
        _await_work(run, domains, process)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        complaint = process.stderr.read()
    assert process.returncode == 130
    assert "Traceback" not in complaint
    assert "give the same command again to go on" in complaint
    program("run", "--run", run)
    assert data_of(run) == data_of(finished)


def _await_work(run: Path, stage: Stage, process: "subprocess.Popen[str]") -> None:
    """Returns when the stage has committed a unit, or has begun if it has only one."""
    progress = run / f"{stage.name}.progress"
    lines = 2 if stage.units(RunFolder.open(run)) > 1 else 1
    while process.poll() is None:
        if progress.exists() and progress.read_bytes().count(b"\n") >= lines:
            return
        time.sleep(0.001)


def test_the_train_file_holds_plain_chat_messages(finished: Path) -> None:
    lines = (finished / "dataset" / "train.jsonl").read_text().splitlines()
    first = json.loads(lines[0])
    assert [message["role"] for message in first["messages"][:2]] == ["system", "user"]
    calls = [call for message in first["messages"] for call in message.get("tool_calls", ())]
    assert all(isinstance(call["function"]["arguments"], dict) for call in calls)
    assert {tool["type"] for tool in first["tools"]} == {"function"}
