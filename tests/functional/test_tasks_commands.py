"""`agentscaler tasks verify`, `instances` and `difficulty` on the run of a small real pool."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

Program = Callable[..., "subprocess.CompletedProcess[str]"]
Tamper = Callable[[Path], None]


@pytest.fixture
def run(tmp_path: Path, finished: Path) -> Path:
    """A copy of the finished run."""
    return shutil.copytree(finished, tmp_path / "run")


def tasks_of(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "tasks.jsonl").read_text().splitlines()]


def short_tasks_of(run: Path) -> list[dict[str, Any]]:
    """Those with few calls of which every wish can be fulfilled."""
    return [task for task in tasks_of(run) if task["special"] is None and len(task["gold"]) < 4]


def write_tasks(run: Path, tasks: list[dict[str, Any]]) -> None:
    lines = "".join(json.dumps(task, separators=(",", ":")) + "\n" for task in tasks)
    (run / "tasks.jsonl").write_text(lines)


def folder_of_a_write(run: Path) -> tuple[Path, dict[str, Any]]:
    task = next(task for task in tasks_of(run) if task["kind"] == "write")
    return run / "domains" / task["domain"], task


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_tasks_of_a_run_are_proven_again(run: Path, program: Program, workers: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*") if path.is_file()}
    text = program("tasks", "verify", "--run", run, "--workers", workers).stdout
    assert "Nothing was found against any task." in text
    count = f"{len(tasks_of(run)):,}"
    (line,) = [line for line in text.splitlines() if "tasks whose proof holds" in line]
    assert line.split()[-3:] == [count, count, "100.00%"]
    after = {path: path.stat().st_mtime_ns for path in run.rglob("*") if path.is_file()}
    assert before == after


def in_gold(run: Path) -> None:
    tasks = tasks_of(run)
    task = next(task for task in tasks if task["kind"] == "write")
    call = next(call for call in task["gold"] if call["effect"] == "write")
    call["arguments"] = dict.fromkeys(call["arguments"], "somebody-else")
    write_tasks(run, tasks)


def in_state_hash(run: Path) -> None:
    tasks = tasks_of(run)
    tasks[-1]["state_hash"] = "0" * 32
    write_tasks(run, tasks)


def in_a_state(run: Path) -> None:
    folder, task = folder_of_a_write(run)
    path = folder / "states" / f"{task['state']}.sqlite"
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA foreign_keys = OFF")
    for (table,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
    ).fetchall():
        connection.execute(f'DELETE FROM "{table}"')
    connection.close()


def in_tools(run: Path) -> None:
    folder, _ = folder_of_a_write(run)
    path = folder / "tools.py"
    path.write_text(path.read_text().replace("db.run(", "str(", 1))


@pytest.mark.parametrize(
    ("tamper", "output"),
    [
        (in_gold, "tasks.jsonl"),
        (in_state_hash, "tasks.jsonl"),
        (in_a_state, "domains"),
        (in_tools, "domains"),
    ],
)
def test_what_was_tampered_with_is_found_twice(
    run: Path, program: Program, tamper: Tamper, output: str
) -> None:
    """By the digest of the file, and by what comes of running it."""
    tamper(run)
    done = program("tasks", "verify", "--run", run, "--workers", "1", check=False)
    assert done.returncode == 1
    assert f"{output} is not what the run wrote" in done.stdout
    assert any(f"{flaw}: " in done.stdout for flaw in ("no_proof", "no_source", "no_domain"))


def test_a_byte_that_no_task_touches_is_found_by_its_digest(run: Path, program: Program) -> None:
    folder, _ = folder_of_a_write(run)
    policy = folder / "policy.md"
    policy.write_text(policy.read_text() + "\n")
    done = program("tasks", "verify", "--run", run, "--workers", "1", check=False)
    assert done.returncode == 1
    assert "domains is not what the run wrote" in done.stdout
    assert "no_proof" not in done.stdout


def test_a_line_that_is_no_task_is_named(run: Path, program: Program) -> None:
    with (run / "tasks.jsonl").open("a") as file:
        file.write('{"id": "torn"}\n')
    done = program("tasks", "verify", "--run", run, "--workers", "1", check=False)
    assert done.returncode != 0
    assert "tasks.jsonl" in done.stderr + done.stdout


def test_options_of_the_stage_stand_behind_the_word_that_means_them(program: Program) -> None:
    done = program("tasks", "--run", "somewhere", "verify", check=False)
    assert done.returncode == 2
    assert "behind the word verify" in done.stderr


def test_instances_are_a_run_that_later_stages_go_on_with(run: Path, program: Program) -> None:
    first, *_, second = short_tasks_of(run)
    wanted = ("--task", first["id"], "--task", second["id"])
    text = program("tasks", "instances", "--run", run, *wanted, "--count", "2").stdout
    assert "4 of 4 instances" in text
    made = tasks_of(run / "instances")
    assert [task["id"] for task in made] == [
        f"{task['id']}-{number}" for task in (first, second) for number in (1, 2)
    ]
    for task in made:
        original = first if task["id"].startswith(first["id"]) else second
        assert [call["tool"] for call in task["gold"]] == [
            call["tool"] for call in original["gold"]
        ]
        states = run / "instances" / "domains" / task["domain"] / "states"
        assert (states / f"{task['state']}.sqlite").is_file()
    assert program("tasks", "verify", "--run", run / "instances").returncode == 0
    for stage in ("rollout", "filter"):
        program(stage, "--run", run / "instances")
    kept = (run / "instances" / "kept.jsonl").read_text().splitlines()
    assert len(kept) == len((run / "instances" / "trajectories.jsonl").read_text().splitlines())


def test_the_same_instances_come_again_and_others_with_another_seed(
    run: Path, tmp_path: Path, program: Program
) -> None:
    name = short_tasks_of(run)[0]["id"]

    def made(folder: str, *options: str) -> bytes:
        out = tmp_path / folder
        program("tasks", "instances", "--run", run, "--task", name, "--out", out, *options)
        return (out / "tasks.jsonl").read_bytes()

    assert made("one") == made("two", "--workers", "2") == made("one")
    assert made("three", "--seed", "5") != made("one")


def test_bands_are_written_and_shown_by_number_of_calls(run: Path, program: Program) -> None:
    text = program("tasks", "difficulty", "--run", run, "--trials", "2", "--workers", "1").stdout
    for word in ("easy", "medium", "hard", "unsolved", "hasty", "slipping:0.3"):
        assert word in text
    bands = [json.loads(line) for line in (run / "bands.jsonl").read_text().splitlines()]
    assert [band["task"] for band in bands] == [task["id"] for task in tasks_of(run)]
    rates = {
        agent: sum(band["agents"][agent]["passed"] for band in bands)
        for agent in ("expert", "slipping:0.3", "hasty")
    }
    assert rates["expert"] >= 0.9 * 2 * len(bands)
    assert rates["hasty"] < rates["slipping:0.3"] < rates["expert"]


def test_the_verdicts_of_the_run_itself_can_be_used(run: Path, program: Program) -> None:
    program("tasks", "difficulty", "--run", run, "--agent", "run", "--workers", "1")
    bands = [json.loads(line) for line in (run / "bands.jsonl").read_text().splitlines()]
    assert {band["agents"]["run"]["episodes"] for band in bands} == {3}


def test_an_agent_that_there_is_not_is_refused(run: Path, program: Program) -> None:
    done = program("tasks", "difficulty", "--run", run, "--agent", "genius", check=False)
    assert done.returncode == 2
    assert "There is no agent genius." in done.stderr
    assert not (run / "bands.jsonl").exists()
