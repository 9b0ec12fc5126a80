"""Live runs on tau2 and tau-bench through the program, on stand-ins for the official packages."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agentscaler.evaluation.tau.home import Home
from agentscaler.llm import Script
from tests.functional.conftest import Program
from tests.functional.serving import Served
from tests.unit.evaluation.tau.homes import fake_home

SCRIPT = Script.parse(
    """
    - {when: {model: customer, turn: 0, anywhere: "add 0"}, say: "Please add 0.", delay: 0.02}
    - {when: {model: customer, turn: 0, anywhere: "add 1"}, say: "Please add 1.", delay: 0.02}
    - {when: {model: customer, turn: 0, anywhere: "add 2"}, say: "Please add 2.", delay: 0.02}
    - {when: {model: customer, turn: 0, anywhere: "add 3"}, say: "Please add 3.", delay: 0.02}
    - {when: {model: customer}, say: "###STOP###", delay: 0.02}
    - {when: {model: clerk, role: tool}, say: "I added it.", delay: 0.02}
    - {when: {model: clerk, says: "add 1"}, call: [{name: add, arguments: {number: 1}}]}
    - {when: {model: clerk, says: "add 2"}, call: [{name: add, arguments: {number: 2}}]}
    - {when: {model: clerk, says: "add 3"}, call: [{name: add, arguments: {number: 4}}]}
    - {when: {model: clerk}, say: "There is nothing to add."}
    """
)


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served(SCRIPT)
    yield served
    served.end()


def arguments(suite: str, home: Home, served: Served, out: Path, *more: str) -> list[str | Path]:
    models = ["--model", "clerk", "--user-model", "customer", "--base-url", served.url]
    where: list[str | Path] = ["--home", home.path, "--python", home.python, "--out", out]
    return ["evaluate", suite, *where, *models, *more]


def report(out: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads((out / "report.json").read_bytes())
    return told


def trials(out: Path) -> list[dict[str, object]]:
    """The results in the order of the slots, without the time they took."""
    lines = [json.loads(line) for line in (out / "trials.jsonl").read_text().splitlines()]
    newest = {(one["task"], one["trial"]): one for one in lines}
    return [{**newest[slot], "seconds": None} for slot in sorted(newest)]


def test_an_evaluation_that_is_killed_and_goes_on_has_the_report_of_one_undisturbed(
    program: Program,
    started: "Callable[..., subprocess.Popen[str]]",
    served: Served,
    tmp_path: Path,
) -> None:
    home = fake_home(tmp_path / "home")
    shop = ("--domain", "shop", "--trials", "3", "--concurrency", "2", "--workers", "2")
    program(*arguments("tau2", home, served, tmp_path / "whole", *shop))
    asked = served.asked
    (home.path / "processes.txt").unlink()

    out = tmp_path / "killed"
    process = started(*arguments("tau2", home, served, out, *shop))
    served.wait_for(asked + asked // 2)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    bridges = [int(line) for line in (home.path / "processes.txt").read_text().split()]
    until = time.monotonic() + 60
    while any(_lives(bridge) for bridge in bridges) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(_lives(bridge) for bridge in bridges)
    done = len(trials(out)) if (out / "trials.jsonl").exists() else 0
    assert done < 12

    program(*arguments("tau2", home, served, out, *shop))
    assert report(out) == report(tmp_path / "whole")
    assert (out / "report.md").read_bytes() == (tmp_path / "whole" / "report.md").read_bytes()
    assert trials(out) == trials(tmp_path / "whole")
    # What was answered before it was killed is not asked again.
    assert served.asked <= 2 * asked + 4


def test_the_results_file_is_the_packages_own(
    program: Program, served: Served, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    home = fake_home(tmp_path / "home")
    said = program(*arguments("tau2", home, served, out, "--domain", "shop", "--seed", "300"))
    assert "pass^1" in said.stdout
    results = json.loads((out / "results-shop.json").read_bytes())
    assert [one["reward_info"]["reward"] for one in results["simulations"]] == [1, 1, 1, 0]
    assert {one["seed"] for one in results["simulations"]} == {626729}
    assert results["info"]["agent"] == "clerk"


def test_tau_bench_through_the_program(program: Program, served: Served, tmp_path: Path) -> None:
    out = tmp_path / "out"
    home = fake_home(tmp_path / "home", "tau-bench")
    program(*arguments("tau-bench", home, served, out, "--trials", "2"))
    results = json.loads((out / "results-retail.json").read_bytes())
    assert [(one["task_id"], one["trial"], one["reward"]) for one in results] == [
        (0, 0, 1.0),
        (0, 1, 1.0),
        (1, 0, 1.0),
        (1, 1, 1.0),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--home", "nowhere"], "is no checkout of tau2"),
        (["--python", "no-such-python"], "There is no program"),
        (["--domain", "hotel"], "has no domain hotel"),
        (["--task-ids", "one,five"], "There is no task five"),
        (["--split", "judged"], "needs a model in the role judge"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    program: Program, served: Served, tmp_path: Path, wrong: list[str], said: str
) -> None:
    home = fake_home(tmp_path / "home")
    given = arguments("tau2", home, served, tmp_path / "out", "--domain", "shop")
    done = program(*given, *wrong, check=False)
    assert done.returncode == 2
    assert said in done.stderr


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
