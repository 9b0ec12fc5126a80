"""Reports: the same bytes whatever the clock and the order say, and all of it readable."""

import json
from pathlib import Path

import pytest

from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, TrialResult, TrialState
from agentscaler.evaluation.report import write_report
from agentscaler.evaluation.report_page import ReportSection
from agentscaler.rollout import FailureOwner

TASKS = tuple(f"t{n}" for n in range(4))


@pytest.fixture
def folder(tmp_path: Path) -> EvaluationFolder:
    made = EvaluationFolder(tmp_path / "evaluation")
    made.begin(
        EvaluationRecord(
            suite="own", contestant="a|b", tasks=TASKS, trials=2, code="1", data={"run": "r"}
        )
    )
    return made


def results(seconds: float = 1.0) -> list[TrialResult]:
    return [
        TrialResult(
            task=task,
            trial=trial,
            group="g",
            band="1 call" if place < 2 else "2-3 calls",
            calls=1 + place // 2,
            success=place != 3,
            reward=float(place != 3),
            owner=FailureOwner.AGENT if place == 3 else None,
            reason="wrong|state" if place == 3 else "",
            detail=f"at {seconds}",
            seconds=seconds,
        )
        for place, task in enumerate(TASKS)
        for trial in range(2)
    ]


def written(folder: EvaluationFolder) -> dict[str, bytes]:
    _, files = write_report(folder)
    return {file.name: file.read_bytes() for file in files}


def test_the_order_of_trials_and_the_clock_decide_no_byte(folder: EvaluationFolder) -> None:
    folder.append(results())
    first = written(folder)
    assert set(first) == {"report.md", "report.json", "calls.svg"}
    folder.replace([])
    folder.append([results()[0].model_copy(update={"state": TrialState.INFRASTRUCTURE})])
    folder.append(reversed(results(seconds=7.5)))
    assert written(folder) == first


def test_the_page_tells_the_figures_and_what_is_missing(folder: EvaluationFolder) -> None:
    folder.append(results()[:-1])
    page = written(folder)["report.md"].decode()
    assert page.startswith("# own: a|b\n")
    assert "| 8 | 7 | 0 | 1 |" in page
    assert "**This is not the whole evaluation:** 1 of 8 trials are missing." in page
    assert "| agent | wrong\\|state | 1 |" in page
    assert "![success by number of calls, with 95% intervals](calls.svg)" in page


def test_what_a_suite_adds_stands_in_both(folder: EvaluationFolder) -> None:
    folder.append(results())
    section = ReportSection("overall", "The official figure", ("It is 0.5.",), {"value": 0.5})
    write_report(folder, [section])
    assert "## The official figure\n\nIt is 0.5.\n" in (folder.path / "report.md").read_text()
    assert json.loads((folder.path / "report.json").read_bytes())["overall"] == {"value": 0.5}


def test_an_evaluation_without_a_trial_has_a_report(folder: EvaluationFolder) -> None:
    content = json.loads(written(folder)["report.json"])
    assert content["counts"] == {
        "expected": 8,
        "done": 0,
        "failed_by_infrastructure": 0,
        "not_played": 8,
    }
    assert content["whole"] is None
