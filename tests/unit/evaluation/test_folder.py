"""An evaluation on disk: what is owed, what is done, and what a killed process leaves behind."""

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, Slot, TrialResult, TrialState


@pytest.fixture
def folder(tmp_path):
    made = EvaluationFolder(tmp_path / "eval")
    made.begin(_record())
    return made


def _record(**changes):
    given = {"suite": "own", "contestant": "m", "tasks": ("a", "b"), "trials": 2, "code": "1"}
    return EvaluationRecord(**{**given, **changes})


def _result(task, trial, **changes):
    return TrialResult(task=task, trial=trial, group="g", **changes)


def test_every_trial_is_owed_until_it_is_done(folder):
    folder.append([_result("a", 0), _result("b", 1, state=TrialState.INFRASTRUCTURE)])
    assert folder.missing() == [Slot("a", 1), Slot("b", 0), Slot("b", 1)]


def test_the_last_result_of_a_slot_counts(folder):
    folder.append([_result("b", 1, state=TrialState.INFRASTRUCTURE)])
    folder.append([_result("b", 1, success=True, reward=1.0), _result("a", 0)])
    assert [(one.slot, one.success) for one in folder.results()] == [
        (Slot("a", 0), False),
        (Slot("b", 1), True),
    ]


def test_a_torn_line_is_cut_off_and_its_trial_owed_again(folder):
    folder.append([_result("a", 0)])
    file = folder.path / "trials.jsonl"
    file.write_bytes(file.read_bytes() + b'{"task":"a","tri')
    assert len(folder.missing()) == 3
    folder.append([_result("a", 1)])
    assert [one.slot for one in folder.results()] == [Slot("a", 0), Slot("a", 1)]


def test_a_broken_line_is_named(folder):
    (folder.path / "trials.jsonl").write_bytes(b"{}\n")
    with pytest.raises(InputError, match="Line 1 of"):
        folder.results()


def test_another_evaluation_is_refused_with_what_differs(folder):
    folder.begin(_record(code="2"))
    with pytest.raises(InputError, match="contestant, trials differ"):
        folder.begin(_record(contestant="other", trials=3))


def test_no_evaluation_is_said_so(tmp_path):
    with pytest.raises(InputError, match="There is no evaluation"):
        EvaluationFolder(tmp_path).read()
