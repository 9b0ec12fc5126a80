"""ACEBench on the command line: played, killed and resumed, scored from files, scored again."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agentscaler.interfaces.cli.main import app
from agentscaler.llm.script import Fault, Rule, Script
from tests.functional.conftest import command
from tests.functional.serving import Served
from tests.unit.evaluation.acebench.small import GOLD, STONES, write_checkout, write_data

REPORTS = ("report.md", "report.json", "calls.svg")
ITEMS, TRIALS = 11, 6


class Answers(Script):
    """What a good model would say, by what it is shown; broken over what it is told."""

    def __init__(self, *, delay: float = 0.0, broken: str = "") -> None:
        super().__init__([])
        self._delay = delay
        self._broken = broken

    def choose(self, body: dict[str, Any]) -> Rule:
        shown = body["messages"][-1]["content"]
        if self._broken and self._broken in shown:
            return Rule(fault=Fault(status=500))
        return Rule(say=self._answer(body["model"], shown), delay=self._delay)

    def _answer(self, model: str, shown: str) -> str:
        if model == "person":
            return "The hall, please."
        for name, text in GOLD.items():
            if f"user: do {name}\n" in shown:
                return text
        stones = shown.count("\nexecution")
        return STONES[stones] if stones < len(STONES) else "finish conversation"


def program(*words: str | Path, code: int = 0) -> Result:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == code, done.output
    return done


@contextmanager
def served(answers: Answers) -> Iterator[Served]:
    endpoint = Served(answers)
    try:
        yield endpoint
    finally:
        endpoint.end()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = write_checkout(tmp_path_factory.mktemp("acebench"))
    write_data(home)
    return home


def asking(home: Path, out: Path, endpoint: Served, *more: str | Path) -> list[str | Path]:
    return [
        *("evaluate", "acebench", "--data", home / "data_all", "--out", out),
        *("--model", "good", "--base-url", endpoint.url, "--user-model", "person"),
        *("--trials", str(TRIALS), "--concurrency", "3", "--set", "llm.agent.retries=0", *more),
    ]


def reports(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in REPORTS}


def results_of(out: Path) -> dict[str, bytes]:
    files = sorted((out / "episodes").rglob("data_*_result.json"))
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in files}


def section(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "report.json").read_bytes())["acebench"]
    return found


@pytest.fixture(scope="module")
def undisturbed(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """An evaluation that went through in one go, and how many questions that took."""
    out = tmp_path_factory.mktemp("undisturbed") / "evaluation"
    with served(Answers()) as endpoint:
        program(*asking(home, out, endpoint))
        return out, endpoint.asked


def test_a_model_is_played_and_scored_by_both(undisturbed: tuple[Path, int]) -> None:
    out, _ = undisturbed
    counts = json.loads((out / "report.json").read_bytes())["counts"]
    assert (counts["expected"], counts["done"]) == (ITEMS * TRIALS, ITEMS * TRIALS)
    found = section(out)
    assert found["kinds"]["normal"] == {"parity": 0.625, "fixed": 1.0}
    assert found["categories"]["agent_multi_turn"]["accuracy"] == {"parity": 1.0, "fixed": 1.0}
    assert found["overall"] is None
    assert len(results_of(out)) == 9 * TRIALS
    page = (out / "report.md").read_text()
    assert "## Accuracy as ACEBench defines it" in page
    assert "| normal_multi_turn_user_adjust | 1 | 0.000 | 1.000 | 0.500, 1.000 |" in page


def test_one_that_is_killed_goes_on_and_ends_as_an_undisturbed_one(
    home: Path, undisturbed: tuple[Path, int], tmp_path: Path
) -> None:
    whole, asked = undisturbed
    out = tmp_path / "evaluation"
    with served(Answers(delay=0.02)) as endpoint:
        words = command(*asking(home, out, endpoint))
        for share in (0.3, 0.7):
            process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            endpoint.wait_for(int(asked * share))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert not (out / "report.md").exists()
    with served(Answers()) as endpoint:
        program(*asking(home, out, endpoint))
        assert endpoint.asked < asked * 0.6
    assert reports(out) == reports(whole)
    assert results_of(out) == results_of(whole)


def test_what_the_endpoint_failed_is_counted_and_played_later(
    home: Path, undisturbed: tuple[Path, int], tmp_path: Path
) -> None:
    out = tmp_path / "evaluation"
    with served(Answers(broken="do special_irrelevant_0")) as endpoint:
        told = program(*asking(home, out, endpoint), code=2).output
    assert "6 of 66 trials were failed by the infrastructure" in " ".join(told.split())
    assert section(out)["categories"].keys().isdisjoint({"special_irrelevant"})
    with served(Answers()) as endpoint:
        program(*asking(home, out, endpoint))
    assert reports(out) == reports(undisturbed[0])


def test_it_is_scored_again_without_a_model(undisturbed: tuple[Path, int]) -> None:
    told = program("rescore", undisturbed[0]).output
    assert "66 trials are scored again; 0 differ" in " ".join(told.split())


def test_its_result_files_are_scored_as_it_was(
    home: Path, undisturbed: tuple[Path, int], tmp_path: Path
) -> None:
    out = tmp_path / "scored"
    results = undisturbed[0] / "episodes" / "trial_0"
    program(
        *("evaluate", "acebench", "--data", home, "--results", results, "--out", out),
        *("--scorer", "fixed"),
    )
    assert section(out)["categories"] == section(undisturbed[0])["categories"]
    record = json.loads((out / "evaluation.json").read_bytes())
    assert (record["contestant"], record["trials"]) == ("trial_0", 1)
    assert json.loads((out / "report.json").read_bytes())["whole"]["reward"]["mean"] == 1.0


def test_results_that_are_not_whole_are_said_to_be_missing(
    home: Path, undisturbed: tuple[Path, int], tmp_path: Path
) -> None:
    results = tmp_path / "results"
    results.mkdir()
    name = "data_normal_single_turn_single_function_result.json"
    lines = (undisturbed[0] / "episodes" / "trial_0" / name).read_text().splitlines()
    (results / name).write_text(lines[0] + "\nnot json\n")
    out = tmp_path / "scored"
    words = ("evaluate", "acebench", "--data", home, "--results", results, "--out", out)
    told = program(*words, code=2).output
    assert "1 of 2 items have no result" in " ".join(told.split())
    assert f"left out of {name}, line 2: it is not JSON" in (out / "report.md").read_text()


def test_what_is_wrongly_asked_for_is_refused_in_words(home: Path, tmp_path: Path) -> None:
    alone = write_data(tmp_path / "alone")
    base: list[str | Path] = ["evaluate", "acebench", "--out", tmp_path / "out"]
    model: list[str | Path] = ["--model", "good", "--base-url", "http://127.0.0.1:9/v1"]
    here: list[str | Path] = ["--data", home / "data_all"]
    refused: list[tuple[list[str | Path], str]] = [
        ([*base, "--data", alone, *model], "--home"),
        ([*base, "--data", tmp_path / "nowhere", *model], "no data of ACEBench"),
        ([*base, *here, *model, "--category", "nonsense"], "nonsense"),
        ([*base, *here, *model, "--language", "zh"], "language zh"),
        ([*base, *here, *model], 'role "user"'),
        ([*base, *here], "Nobody is named"),
        ([*base, *here, "--results", tmp_path], "no files"),
    ]
    for words, told in refused:
        assert told in " ".join(program(*words, code=2).output.split())
        assert not (tmp_path / "out").exists()


def test_a_kind_stands_for_its_categories(home: Path, tmp_path: Path) -> None:
    with served(Answers()) as endpoint:
        words = asking(home, tmp_path / "out", endpoint, "--category", "special")
        program(*words, "--scorer", "fixed")
    assert section(tmp_path / "out")["kinds"] == {"special": {"parity": 0.667, "fixed": 1.0}}
