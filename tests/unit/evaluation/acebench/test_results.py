import json
from pathlib import Path

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation.acebench.results import (
    ResultFiles,
    SavedResult,
    categories_in,
    model_of,
    read_results,
)
from tests.unit.evaluation.acebench.small import item

FIRST = item("normal_single_turn_single_function_0")
SECOND = item("normal_single_turn_single_function_1")
ITEMS = {one.id: one for one in (FIRST, SECOND)}
NAME = "data_normal_single_turn_single_function_result.json"


def write(folder: Path, *lines: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(
        one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) + "\n" for one in lines
    )
    (folder / NAME).write_text(text, encoding="utf-8")
    return folder


def test_results_are_kept_in_the_official_form_and_order(tmp_path: Path) -> None:
    files = ResultFiles(tmp_path / "trial_0")
    for one, text in ((SECOND, "b"), (FIRST, "a"), (SECOND, "c")):
        files.append(one, SavedResult(one.id, text))
    files.tidy([FIRST, SECOND])
    lines = (tmp_path / "trial_0" / NAME).read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"id": FIRST.id, "result": "a"},
        {"id": SECOND.id, "result": "c"},
    ]


def test_a_torn_line_is_lost_alone(tmp_path: Path) -> None:
    files = ResultFiles(tmp_path)
    files.append(FIRST, SavedResult(FIRST.id, "a"))
    with (tmp_path / NAME).open("a") as stream:
        stream.write('{"id": "torn')
    files.append(SECOND, SavedResult(SECOND.id, "b"))
    assert {name: one.result for name, one in files.read([FIRST, SECOND]).items()} == {
        FIRST.id: "a",
        SECOND.id: "b",
    }


def test_a_state_whose_keys_are_numbers_is_written_as_json(tmp_path: Path) -> None:
    step = item("agent_multi_step_0")
    ResultFiles(tmp_path).append(step, SavedResult(step.id, [{"A": {1: 2}}], ["[f()]"]))
    found = ResultFiles(tmp_path).read([step])[step.id]
    assert (found.result, found.process) == ([{"A": {"1": 2}}], ["[f()]"])


def test_saved_results_are_read_by_their_ids(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "model",
        {"id": SECOND.id, "result": "错"},
        {"id": FIRST.id, "result": None},
    )
    found, bad, contents = read_results(tmp_path, ITEMS)
    assert (found[FIRST.id].result, found[SECOND.id].result) == (None, "错")
    assert (bad, list(contents)) == ([], [NAME])
    assert (model_of(tmp_path), categories_in(tmp_path)) == (
        folder.name,
        ["normal_single_turn_single_function"],
    )


def test_lines_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    write(
        tmp_path,
        "{\n",
        "\n",
        {"result": "a"},
        {"id": FIRST.id},
        {"id": "special_irrelevant_0", "result": "a"},
        {"id": FIRST.id, "result": "a"},
        {"id": FIRST.id, "result": "b"},
    )
    found, bad, _ = read_results(tmp_path, ITEMS)
    assert found[FIRST.id].result == "b"
    told = [one.reason for one in bad]
    assert len(told) == 5
    for number, words in enumerate(("JSON", "no id", "no result", "no such item", "twice")):
        assert words in told[number]


def test_files_of_other_categories_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"id": FIRST.id, "result": "a"})
    (tmp_path / "data_special_irrelevant_result.json").write_text("{\n")
    _, bad, contents = read_results(tmp_path, ITEMS)
    assert (bad, list(contents)) == ([], [NAME])


def test_a_folder_of_no_or_several_models_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no files"):
        read_results(tmp_path, ITEMS)
    for name in ("one", "two"):
        write(tmp_path / name, {"id": FIRST.id, "result": "a"})
    with pytest.raises(InputError, match="2 models"):
        read_results(tmp_path, ITEMS)
