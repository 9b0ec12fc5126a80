"""Results files of tau2 and tau-bench scored again through the program, on stand-ins."""

import json
from pathlib import Path

import pytest

from agentscaler.evaluation.tau.home import Home
from tests.functional.conftest import Program
from tests.unit.evaluation.tau.saved import buying, scoring_home, simulation, sold, tau2_file


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return scoring_home(tmp_path / "home")


def judge(home: Home) -> list[str | Path]:
    return ["--home", home.path, "--python", home.python]


def test_a_file_whose_rewards_are_right_is_said_to_be_so(
    tmp_path: Path, home: Home, program: Program
) -> None:
    played = [simulation("a", sold(3)), simulation("a", sold(4), trial=1, reward=0.0)]
    file = tau2_file(tmp_path / "f.json", [buying("a", "w3")], played, num_trials=2)
    done = program("rescore", file, *judge(home))
    assert done.returncode == 0, done.stderr
    assert "2 same" in done.stdout
    assert "mean 0.5000, pass^1 0.5000, pass^2 0.0000" in done.stdout


def test_rewards_that_differ_are_told_and_written_and_end_with_1(
    tmp_path: Path, home: Home, program: Program
) -> None:
    (tmp_path / "files").mkdir()
    played = [simulation("a", sold(4), reward_info={"reward": 1.0, "db_check": {"db_match": True}})]
    tau2_file(tmp_path / "files" / "one.json", [buying("a", "w3")], played)
    tau2_file(tmp_path / "files" / "two.json", [buying("a", "w3")], [simulation("a", sold(3))])
    out = tmp_path / "out"
    done = program("rescore", tmp_path / "files", *judge(home), "--out", out, check=False)
    assert done.returncode == 1, done.stderr
    assert "#1 task a, trial 0: differs, stored 1, now 0: the end state" in done.stdout
    told = json.loads((out / "rescoring.json").read_bytes())
    assert [one["counts"] for one in told] == [{"differs": 1}, {"same": 1}]
    page = (out / "rescoring.md").read_text()
    assert "## one.json" in page
    assert "## two.json" in page


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.json", None, "There is no"),
        ("empty.json", "", "empty"),
        ("other.json", '{"a": 1}', "no results"),
        ("nameless.json", '{"simulations": [], "tasks": [], "info": {}}', "--domain"),
    ],
)
def test_what_is_no_results_file_is_refused_without_a_traceback(
    tmp_path: Path, home: Home, program: Program, name: str, content: str | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    done = program("rescore", tmp_path / name, *judge(home), check=False)
    assert done.returncode == 2
    assert says in done.stderr


def test_an_official_package_has_to_be_named(tmp_path: Path, program: Program) -> None:
    file = tau2_file(tmp_path / "f.json", [buying("a", "w3")], [simulation("a", sold(3))])
    done = program("rescore", file, check=False)
    assert done.returncode == 2
    assert "--home" in done.stderr
