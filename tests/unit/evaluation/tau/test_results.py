import json
from pathlib import Path

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation.tau.results import (
    ResultsFile,
    SavedSimulation,
    UnreadableSimulation,
    find_results,
)
from tests.unit.evaluation.tau.saved import buying, episode, simulation, tau2_file


def good(file: ResultsFile) -> list[SavedSimulation]:
    return [one for one in file.simulations() if isinstance(one, SavedSimulation)]


def bad(file: ResultsFile) -> list[UnreadableSimulation]:
    return [one for one in file.simulations() if isinstance(one, UnreadableSimulation)]


def test_a_results_file_of_tau2_tells_its_domain_tasks_and_simulations(tmp_path: Path) -> None:
    simulations = [simulation("a", reward=0.5), simulation("a", trial=1, reward=1.0)]
    file = ResultsFile.open(tau2_file(tmp_path / "f.json", [buying("a", "w1")], simulations))
    assert (file.package, file.domain, file.trials, len(file)) == ("tau2", "stall", 1, 2)
    assert list(file.tasks) == ["a"]
    assert [(one.task, one.trial, one.reward) for one in good(file)] == [("a", 0, 0.5), ("a", 1, 1)]
    assert file.read(good(file)[1].span) == simulations[1]


def test_an_old_file_without_trials_rewards_or_a_domain_is_read(tmp_path: Path) -> None:
    old = simulation("7")
    for name in ("trial", "reward_info", "duration", "id"):
        del old[name]
    old["task_id"] = 7
    path = tmp_path / "f.json"
    path.write_text(json.dumps({"simulations": [old, old], "tasks": [], "info": None}))
    file = ResultsFile.open(path)
    assert (file.domain, file.trials) == ("", None)
    assert [(one.task, one.trial, one.reward) for one in good(file)] == [
        ("7", 0, None),
        ("7", 1, None),
    ]


def test_bad_simulations_are_counted_with_their_reasons_and_the_rest_is_read(
    tmp_path: Path,
) -> None:
    whole = json.dumps(simulation("a"))
    parts = [whole, '{"task_id": }', "null", '{"messages": []}', '{"task_id": "a"}', whole[:-40]]
    path = tmp_path / "f.json"
    path.write_text('{"info": {}, "tasks": [], "simulations": [' + ", ".join(parts))
    file = ResultsFile.open(path)
    assert [one.number for one in good(file)] == [1]
    reasons = {one.number: one.reason for one in bad(file)}
    assert sorted(reasons) == [2, 3, 4, 5, 6]
    assert "JSON" in reasons[2]
    assert "object" in reasons[3]
    assert "task" in reasons[4]
    assert "messages" in reasons[5]
    assert "ends" in reasons[6]


def test_a_folder_of_simulations_is_read_and_one_that_is_missing_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    (folder / "simulations").mkdir(parents=True)
    for name in ("s1", "s2"):
        (folder / "simulations" / f"{name}.json").write_text(json.dumps(simulation("a", id=name)))
    told = {
        "info": {"environment_info": {"domain_name": "stall"}},
        "tasks": [buying("a", "w1")],
        "simulation_index": [{"id": "s1"}, {"id": "s2"}, {"id": "s3"}],
    }
    (folder / "results.json").write_text(json.dumps(told))
    file = ResultsFile.open(folder)
    assert len(good(file)) == 2
    assert [(one.number, "s3" in one.reason) for one in bad(file)] == [(3, True)]
    assert find_results(folder) == [folder]


def test_what_the_infrastructure_failed_is_known_as_such(tmp_path: Path) -> None:
    failed = simulation("a", termination_reason="infrastructure_error", messages=[])
    file = ResultsFile.open(tau2_file(tmp_path / "f.json", [], [failed]))
    assert good(file)[0].infrastructure


def test_episodes_of_tau_bench_tell_their_domain_by_the_tools_of_their_tasks(
    tmp_path: Path,
) -> None:
    path = tmp_path / "f.json"
    died = {"task_id": 1, "trial": 0, "reward": 0.0, "traj": [], "info": {"error": "timeout"}}
    path.write_text(json.dumps([episode(0, 0, 1.0), episode(0, 1, 0.0), died]))
    file = ResultsFile.open(path)
    assert (file.package, file.domain, file.trials) == ("tau-bench", "retail", 2)
    assert [one.infrastructure for one in good(file)] == [False, False, True]


@pytest.mark.parametrize("text", ["", "{}", "[1, 2]", "no", '[{"a": 1}]', '{"simulation": []}'])
def test_what_holds_no_results_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "f.json"
    path.write_text(text)
    with pytest.raises(InputError):
        ResultsFile.open(path)


def test_results_are_found_among_other_files(tmp_path: Path) -> None:
    tau2_file(tmp_path / "b.json", [], [simulation("a")])
    (tmp_path / "deep").mkdir()
    tau2_file(tmp_path / "deep" / "a.json", [], [simulation("a")])
    (tmp_path / "package.json").write_text('{"name": "x"}')
    assert find_results(tmp_path) == [tmp_path / "b.json", tmp_path / "deep" / "a.json"]
    with pytest.raises(InputError):
        find_results(tmp_path / "nothing")
