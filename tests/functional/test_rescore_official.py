"""Scoring again with the official packages themselves; see docs/tau.md for what has to be there.

    TAU2_HOME=... TAU2_PYTHON=... \
        python -m pytest -m official tests/functional/test_rescore_official.py

`TAU2_RESULTS` and `TAU_BENCH_RESULTS` may name results files that others made, separated by colons.
"""

import os
import subprocess
from pathlib import Path

import pytest

from agentscaler.evaluation.tau.home import Home, Package
from agentscaler.evaluation.tau.results import ResultsFile
from agentscaler.evaluation.tau.verdicts import Verdict
from agentscaler.pipeline.rescoring_tau import rescore_results

pytestmark = pytest.mark.official

SAVING = Path(__file__).with_name("tau_saved_official.py")


def home_of(package: Package) -> Home:
    name = package.upper().replace("-", "_")
    place, python = os.environ.get(f"{name}_HOME"), os.environ.get(f"{name}_PYTHON")
    if not place or not python:
        pytest.fail(f"{name}_HOME and {name}_PYTHON have to name the official package")
    return Home.find(package, Path(place), python)


@pytest.mark.parametrize(
    ("domain", "tasks"), [("mock", 2), ("retail", 5), ("airline", 4), ("telecom", 5)]
)
def test_rewards_are_those_of_the_official_evaluator(
    tmp_path: Path, domain: str, tasks: int
) -> None:
    home, file = home_of("tau2"), tmp_path / "results.json"
    subprocess.run(
        [home.python, SAVING, home.path, domain, str(tasks), file],
        check=True,
        capture_output=True,
    )
    (found,) = rescore_results([ResultsFile.open(file)], home.path, str(home.python), 1)
    assert len(found.simulations) == 4 * tasks
    assert [one for one in found.simulations if one.verdict is not Verdict.SAME] == []
    assert {one.reward for one in found.simulations} == {0.0, 1.0}
    assert found.drift == ()
    assert (found.unreadable, found.stored) == ((), found.recomputed)


@pytest.mark.parametrize("package", ["tau2", "tau-bench"])
def test_files_that_others_made_hold_the_rewards_that_are_found(package: Package) -> None:
    name = package.upper().replace("-", "_") + "_RESULTS"
    files = [Path(one) for one in os.environ.get(name, "").split(":") if one]
    if not files:
        pytest.skip(f"{name} names no results file")
    home = home_of(package)
    opened = [ResultsFile.open(file) for file in files]
    for found in rescore_results(opened, home.path, str(home.python), os.cpu_count() or 1):
        differing = [one for one in found.simulations if one.verdict is not Verdict.SAME]
        assert differing == [], found.file.path
