"""BFCL through a package of its shape: played, stopped, gone on with, scored again."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agentscaler.evaluation import EvaluationFolder, TrialState
from agentscaler.llm import Script
from tests.functional.bakery import install
from tests.functional.serving import Served

Program = Callable[..., "subprocess.CompletedProcess[str]"]

ANSWERS = """
- when: {says: "Bake 3 loaves"}
  say: "I would rather not."
- when: {says: "Bake 0"}
  say: "0 loaves baked."
- when: {says: "Bake 1"}
  say: "1 loaves baked."
- when: {says: "Bake 2"}
  say: "2 loaves baked."
"""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    return install(tmp_path / "bakery")


@pytest.fixture
def served() -> Iterator[Served]:
    server = Served(Script.parse(ANSWERS))
    yield server
    server.end()


def command(python: Path, served: Served, out: Path, *more: str) -> list[str | Path]:
    return [
        *("evaluate", "bfcl", "--python", python, "--out", out, "--model", "baker_1/b"),
        *("--base-url", served.url, "--category", "all", *more),
    ]


def test_right_and_wrong_answers_are_told_apart_by_the_package(
    tmp_path: Path, python: Path, served: Served, program: Program
) -> None:
    out = tmp_path / "out"
    program(*command(python, served, out, "--trials", "2"))
    folder = EvaluationFolder(out)
    record, results = folder.read(), folder.results()
    assert (record.suite, record.contestant) == ("bfcl", "baker_1/b")
    assert record.data["bfcl-eval"] == "1.2.3"
    assert len(results) == len(record.slots) == 12, "what has no score is not played"
    wrong = {one.slot for one in results if not one.success}
    assert wrong == {("simple_python_3", 0), ("simple_python_3", 1)}
    assert {one.group for one in results} == {"simple_python", "multi_turn_base"}
    assert served.asked == 12
    assert "simple_python" in (out / "report.md").read_text()


def test_an_evaluation_goes_on_where_the_endpoint_failed(
    tmp_path: Path, python: Path, served: Served, program: Program
) -> None:
    out = tmp_path / "out"
    served.down()
    lost = program(*command(python, served, out), check=False)
    assert lost.returncode == 2
    assert "gave no answer to any of 2 entries" in " ".join(lost.stderr.split())
    served.up()
    program(*command(python, served, out))
    results = EvaluationFolder(out).results()
    assert [one.state for one in results] == [TrialState.DONE] * 6
    assert sum(one.success for one in results) == 5
    before = served.asked
    program(*command(python, served, out))
    assert served.asked == before, "nothing is asked twice"


def test_it_is_scored_again_without_a_model(
    tmp_path: Path, python: Path, served: Served, program: Program
) -> None:
    out = tmp_path / "out"
    program(*command(python, served, out, "--limit", "3"))
    served.down()
    done = program("rescore", out, "--python", python)
    assert "3" in done.stdout
    assert [one.task for one in EvaluationFolder(out).results()] == [
        "multi_turn_base_0",
        "multi_turn_base_1",
        "simple_python_0",
    ]


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (["--category", "pastry"], "BFCL has no such category"),
        (["--python", "/no/python"], "cannot be run"),
        (["--model", ""], "Nobody is named"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(
    tmp_path: Path, python: Path, served: Served, program: Program, more: list[str], complaint: str
) -> None:
    done = program(*command(python, served, tmp_path / "out", *more), check=False)
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.split())
