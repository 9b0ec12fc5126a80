"""Trials out of files laid out as BFCL's package lays them out, about a bakery of our own."""

import json
from pathlib import Path
from typing import Any

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation import TrialState
from agentscaler.evaluation.bfcl import read_trials, set_failures_aside

LOST = (
    "Traceback (most recent call last):\n  File x\nhttpcore.ConnectError: refused\n\nThe above"
    " exception\n\nopenai.APIConnectionError: Connection error.\nand a page of HTML"
)
REFUSED = "Traceback:\nopenai.BadRequestError: Error code: 400 - too long"
BROKEN = "Traceback:\njson.decoder.JSONDecodeError: Expecting value"
GROUPS = {f"simple_python_{number}": "simple_python" for number in range(4)}


def answer(number: int, result: Any = None, **more: Any) -> dict[str, Any]:
    made = [{"bake": '{"loaves": 2}'}] if result is None else result
    tokens = {"input_token_count": 30, "output_token_count": 4, "latency": 0.25}
    return {"id": f"simple_python_{number}", "result": made, **tokens, **more}


def error(number: int, traceback: str) -> dict[str, Any]:
    told = f"Error during inference: {traceback.rpartition(': ')[2].splitlines()[0]}"
    return {"id": f"simple_python_{number}", "result": told, "traceback": traceback}


def write(root: Path, kind: str, lines: list[Any], category: str = "simple_python") -> Path:
    file = root / kind / "contestant" / "non_live" / f"BFCL_v4_{category}_{kind}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def counts(total: int, correct: int) -> dict[str, Any]:
    return {"accuracy": correct / total, "correct_count": correct, "total_count": total}


def test_what_is_not_listed_as_wrong_is_right(tmp_path: Path) -> None:
    write(tmp_path, "result", [answer(0), answer(1)])
    wrong = {
        "id": "simple_python_1",
        "valid": False,
        "error": ["Missing parameter: loaves."],
        "error_type": "simple:missing_required",
    }
    write(tmp_path, "score", [counts(2, 1), wrong])
    right, missed = read_trials(tmp_path, 3, GROUPS)
    assert (right.task, right.trial, right.group) == ("simple_python_0", 3, "simple_python")
    assert right.kind == "non live"
    assert (right.success, right.reward, right.owner, right.reason) == (True, 1, None, "")
    assert (right.prompt_tokens, right.completion_tokens, right.seconds) == (30, 4, 0.25)
    assert (right.turns, right.made_calls) == (1, 1)
    assert (missed.success, missed.owner) == (False, "agent")
    assert missed.reason == "simple:missing_required"
    assert "Missing parameter: loaves." in missed.detail
    assert missed.state is TrialState.DONE


def test_steps_and_tokens_of_several_turns_are_added_up(tmp_path: Path) -> None:
    steps = [[[{"bake": "{}"}, {"cool": "{}"}], "Done."], ["Bye."]]
    tokens = {"input_token_count": [[10, 20], [5]], "output_token_count": [[1, 2], [3]]}
    write(tmp_path, "result", [answer(0, steps, **tokens)])
    write(tmp_path, "score", [counts(1, 1)])
    [one] = read_trials(tmp_path, 0, GROUPS)
    assert (one.turns, one.made_calls) == (3, 2)
    assert (one.prompt_tokens, one.completion_tokens) == (35, 6)


def test_failures_of_the_endpoint_are_set_aside_and_faults_of_the_model_stay(
    tmp_path: Path,
) -> None:
    lines = [answer(0), error(1, LOST), error(2, REFUSED), error(3, BROKEN)]
    file = write(tmp_path, "result", lines)
    with file.open("a") as out:
        out.write('{"id": "simple_python_9", "resu')
    assert set_failures_aside(tmp_path) == {
        "simple_python_1": "openai.APIConnectionError: Connection error."
    }
    kept = [json.loads(line)["id"] for line in file.read_text().splitlines()]
    assert kept == ["simple_python_0", "simple_python_2", "simple_python_3"]
    [aside] = (tmp_path / "failed.jsonl").read_text().splitlines()
    assert json.loads(aside)["id"] == "simple_python_1"
    assert set_failures_aside(tmp_path) == {}, "once"


def test_a_request_that_was_refused_is_told_as_that(tmp_path: Path) -> None:
    write(tmp_path, "result", [error(0, REFUSED)])
    wrong = {"id": "simple_python_0", "valid": False, "error": ["no list"], "error_type": "x"}
    write(tmp_path, "score", [counts(1, 0), wrong])
    [one] = read_trials(tmp_path, 0, GROUPS)
    assert (one.success, one.reason) == (False, "no_answer")
    assert "too long" in one.detail


@pytest.mark.parametrize(
    "scores",
    [
        [],
        [counts(3, 3)],
        [counts(3, 2)],
        [counts(2, 1)],
        [{"id": "simple_python_0", "valid": False}],
    ],
)
def test_scores_of_other_results_are_refused(tmp_path: Path, scores: list[Any]) -> None:
    write(tmp_path, "result", [answer(0), answer(1)])
    write(tmp_path, "score", scores)
    with pytest.raises(InputError, match=r"not those of its results|do not add up"):
        read_trials(tmp_path, 0, GROUPS)


def test_other_categories_need_no_scores(tmp_path: Path) -> None:
    write(tmp_path, "result", [answer(0)])
    write(tmp_path, "score", [counts(1, 1)])
    write(tmp_path, "result", [{"id": "parallel_0", "result": []}], "parallel")
    assert [one.task for one in read_trials(tmp_path, 0, GROUPS)] == ["simple_python_0"]
