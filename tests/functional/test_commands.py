"""The commands as a person gives them: what they print, and how they refuse."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agentscaler.pipeline import STAGES

Program = Callable[..., "subprocess.CompletedProcess[str]"]


def test_the_help_names_every_stage(program: Program) -> None:
    text = program("--help").stdout
    assert [stage.name for stage in STAGES if f" {stage.name} " not in text] == []


def test_the_status_says_what_the_run_holds(finished: Path, program: Program) -> None:
    text = program("status", finished).stdout
    assert text.count("complete") == len(STAGES)
    assert str(finished / "dataset/train.jsonl") in text


def test_a_domain_is_shown_with_its_parts(finished: Path, program: Program) -> None:
    text = program("show", "domain", "#1", "--run", finished).stdout
    for part in ("Tools", "Policy", "Certificate", "First rows", "list_", "[read, "):
        assert part in text, part


def test_a_task_is_shown_with_gold_diff_and_proof(finished: Path, program: Program) -> None:
    text = program("show", "task", "--run", finished).stdout
    for part in ("What the user knows", "Gold calls", "Database diff", "Proof"):
        assert part in text, part
    assert "gold replays to the same results and state: yes" in text


def test_a_dialogue_is_shown_turn_by_turn(finished: Path, program: Program) -> None:
    text = program("show", "trajectory", "3", "--run", finished).stdout
    for part in ("system:", "user:", "assistant calls:", "tool", "Verdict"):
        assert part in text, part


def test_the_funnel_is_told_and_drawn(tmp_path: Path, finished: Path, program: Program) -> None:
    run = Path(shutil.copytree(finished, tmp_path / "run"))
    text = program("funnel", "--run", run).stdout
    kept, rejected = lines_in(run, "kept.jsonl"), lines_in(run, "rejected.jsonl")
    assert f"{kept:,} of {kept + rejected:,} trajectories are kept" in text
    for part in ("## By number of calls", "## Recoveries that are kept", "## By domain"):
        assert part in text
    assert (run / "reports/funnel.md").read_text() in text
    assert (run / "reports/funnel.svg").read_text().startswith("<svg")


def test_long_texts_are_shown_whole_on_demand(finished: Path, program: Program) -> None:
    short = program("show", "trajectory", "1", "--run", finished).stdout
    full = program("show", "trajectory", "1", "--run", finished, "--full").stdout
    assert "--full prints all" in short
    assert "--full prints all" not in full
    assert len(full) > len(short)


def test_a_limit_caps_the_stage_of_the_command(
    tmp_path: Path, finished: Path, program: Program
) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    for stage, limit in (("rollout", 5), ("filter", 3), ("dataset", 2)):
        program(stage, "--run", run, "--limit", str(limit))
    assert lines_in(run, "trajectories.jsonl", "failures.jsonl") == 5
    assert lines_in(run, "kept.jsonl", "rejected.jsonl") == 3
    assert lines_in(run, "dataset/train.jsonl", "dataset/held_out.jsonl") == 2
    program("domains", "--run", run, "--limit", "2")
    assert len(list((run / "domains").iterdir())) == 2


def lines_in(run: Path, *outputs: str) -> int:
    return sum((run / output).read_bytes().count(b"\n") for output in outputs)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["show", "domain", "no-such-domain", "--run", "{run}"], "There is no domain"),
        (["show", "task", "#0", "--run", "{run}"], "There is no task number 0"),
        (["status", "{tmp}/absent"], "There is no run in"),
        (["graph", "--run", "{tmp}/absent"], "There is no run in"),
        (["filter", "--run", "{begun}"], "First run `agentscaler rollout"),
        (["run", "--run", "{tmp}/r", "--set", "task.per_domian=3"], "Did you mean task.per_domain"),
        (["run", "--run", "{tmp}/r", "--set", "seed"], "key=value"),
        (["run", "--run", "{tmp}/r", "--seed", "many"], "--seed"),
        (["run", "--run", "{tmp}/r", "--workers", "0"], "workers cannot be 0"),
        (["run", "--run", "{tmp}/r", "--config", "{tmp}/bad.yaml"], "bad.yaml is malformed"),
        (["run", "--run", "{tmp}/r", "--config", "{tmp}/no.yaml"], "cannot be read"),
        (["run", "--run", "{tmp}/bad.yaml"], "is a file"),
        (["run", "--run", "{tmp}"], "not a run"),
        (["run", "--run", "{tmp}/r", "--source", "{tmp}/absent.json"], "absent.json"),
        (["run", "--run", "{tmp}/r", "--source", "{tmp}/empty.json"], "is empty"),
        (["run", "--run", "{tmp}/r", "--source", "{tmp}/torn.json"], "is not JSON"),
        (["frobnicate"], "frobnicate"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_ends_with_exit_code_2_and_says_what_to_do(
    tmp_path: Path, finished: Path, program: Program, arguments: list[str], complaint: str
) -> None:
    (tmp_path / "bad.yaml").write_text("a: [1")
    (tmp_path / "empty.json").write_text("")
    (tmp_path / "torn.json").write_text('[{"name": "a", "descr')
    begun = tmp_path / "begun"
    begun.mkdir()
    (begun / "manifest.json").write_text("{}")
    filled = [text.format(run=finished, tmp=tmp_path, begun=begun) for text in arguments]
    done = program(*filled, check=False)
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.split())


def test_a_run_on_a_disk_without_room_ends_with_a_remedy_and_goes_on_later(
    tmp_path: Path, finished: Path, program: Program
) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    (run / "trajectories.jsonl").unlink()
    limited = f"ulimit -f 64; exec {sys.executable} -m agentscaler rollout --run {run}"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no room left. Free some space" in " ".join(done.stderr.split())
    program("run", "--run", run)
    assert (run / "trajectories.jsonl").read_bytes() == (
        finished / "trajectories.jsonl"
    ).read_bytes()
