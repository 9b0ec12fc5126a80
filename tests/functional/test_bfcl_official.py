"""BFCL's own package, played by right and by wrong answers of a scripted endpoint.

    BFCL_PYTHON=... python -m pytest -m official tests/functional/test_bfcl_official.py

The right answers are taken from the package's data while the test runs; none of them stands here.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agentscaler.evaluation import EvaluationFolder
from tests.functional.bfcl_gold import Gold
from tests.functional.serving import Served

pytestmark = pytest.mark.official

Program = Callable[..., "subprocess.CompletedProcess[str]"]
CATEGORIES = ("simple_python", "parallel_multiple", "multi_turn_base", "irrelevance")
LIMIT = 8


@pytest.fixture(scope="module")
def python() -> Path:
    named = os.environ.get("BFCL_PYTHON")
    if not named:
        pytest.fail("BFCL_PYTHON has to name the interpreter in which bfcl-eval is installed")
    return Path(named)


@pytest.fixture(scope="module")
def data(python: Path) -> Path:
    """Where the package keeps its questions and answers."""
    code = "import importlib.util; print(importlib.util.find_spec('bfcl_eval').origin)"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return Path(found.stdout.strip()).parent / "data"


@pytest.fixture
def right(data: Path) -> Iterator[Served]:
    server = Served(Gold(data, CATEGORIES))
    yield server
    server.end()


def play(program: Program, python: Path, served: Served, out: Path, *more: str) -> list[Any]:
    chosen = [word for name in CATEGORIES for word in ("--category", name)]
    program(
        *("evaluate", "bfcl", "--python", python, "--out", out, "--model", "gold"),
        *("--base-url", served.url, "--limit", str(LIMIT), *chosen, *more),
        *("--set", "llm.agent.retries=0", "--concurrency", "4"),
    )
    return EvaluationFolder(out).results()


def test_right_answers_are_all_right_and_wrong_ones_all_wrong(
    tmp_path: Path, python: Path, right: Served, data: Path, program: Program
) -> None:
    results = play(program, python, right, tmp_path / "right")
    assert len(results) == LIMIT
    assert {one.group for one in results} == set(CATEGORIES)
    assert [one.task for one in results if not one.success] == []
    again = program("rescore", tmp_path / "right", "--python", python)
    assert again.returncode == 0, again.stdout
    header = tmp_path / "right" / "episodes" / "trial-0" / "score" / "contestant"
    for file in header.rglob("*_score.json"):
        assert json.loads(file.read_text().splitlines()[0])["accuracy"] == 1.0, file
    served = Served(Gold(data, CATEGORIES, wrong=True))
    try:
        results = play(program, python, served, tmp_path / "wrong")
    finally:
        served.end()
    assert [one.task for one in results if one.success] == []
    assert all(one.reason for one in results)


def test_the_prompting_mode_is_scored_too(
    tmp_path: Path, python: Path, right: Served, program: Program
) -> None:
    more = ("--set", "llm.agent.tools=text")
    results = play(program, python, right, tmp_path / "text", *more)
    assert [one.task for one in results if not one.success] == []
