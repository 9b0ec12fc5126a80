import json
from pathlib import Path

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, TrialResult
from agentscaler.evaluation.tau.results import ResultsFile
from agentscaler.pipeline.rescoring_tau import rescore_results, rescore_tau, useful_processes
from tests.unit.evaluation.tau.saved import (
    buying,
    episode,
    scoring_home,
    simulation,
    sold,
    tau2_file,
)


def played(folder: Path) -> EvaluationFolder:
    """An evaluation of two trials, the second of which is kept with a wrong reward."""
    evaluation = EvaluationFolder(folder)
    record = EvaluationRecord(
        suite="tau2", contestant="clerk", tasks=("stall/a",), trials=2, code="1"
    )
    evaluation.begin(record)
    common = {"task": "stall/a", "group": "stall", "kind": "write", "calls": 1}
    right = TrialResult(trial=0, reward=1.0, success=True, scores={"db": 1.0}, **common)
    wrong = TrialResult(trial=1, reward=1.0, success=True, scores={"db": 1.0}, turns=3, **common)
    evaluation.append([right, wrong])
    simulations = [simulation("a", sold(3)), simulation("a", sold(4), trial=1)]
    tau2_file(folder / "results-stall.json", [buying("a", "w3")], simulations, num_trials=2)
    return evaluation


def test_trials_of_an_evaluation_get_the_rewards_that_the_evaluator_gives(tmp_path: Path) -> None:
    home = scoring_home(tmp_path / "home")
    evaluation = played(tmp_path / "evaluation")
    before = evaluation.results()
    (results,) = rescore_tau(evaluation, home.path, home.python, 1)
    assert results[0] == before[0]
    assert (results[1].reward, results[1].success, results[1].reason) == (0.0, False, "db")
    assert results[1].scores == {"db": 0.0, "communicate": 1.0, "gold_actions": 0.0}
    assert (results[1].turns, results[1].kind) == (3, "write")
    assert evaluation.results() == before


def test_an_evaluation_without_results_files_or_a_package_is_refused(tmp_path: Path) -> None:
    home = scoring_home(tmp_path / "home")
    evaluation = played(tmp_path / "evaluation")
    with pytest.raises(InputError, match="official package"):
        list(rescore_tau(evaluation, None, None, 1))
    (evaluation.path / "results-stall.json").unlink()
    with pytest.raises(InputError, match="no results files"):
        list(rescore_tau(evaluation, home.path, home.python, 1))


def test_files_of_both_packages_are_not_scored_at_once(tmp_path: Path) -> None:
    one = tau2_file(tmp_path / "one.json", [buying("a", "w3")], [simulation("a", sold(3))])
    other = tmp_path / "other.json"
    other.write_text("[" + json.dumps(episode(0, 0, 1.0)) + "]")
    files = [ResultsFile.open(one), ResultsFile.open(other)]
    with pytest.raises(InputError, match="tau-bench and tau2"):
        rescore_results(files, tmp_path, "python3", 1)


def test_no_more_processes_are_started_than_pay_for_themselves() -> None:
    assert useful_processes(0, 8) == 1
    assert useful_processes(400, 8) == 1
    assert useful_processes(401, 8) == 2
    assert useful_processes(10_000, 8) == 8
