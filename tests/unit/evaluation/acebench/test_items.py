import json
from pathlib import Path

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation.acebench.categories import CATEGORIES, category_of
from agentscaler.evaluation.acebench.items import read_data
from tests.unit.evaluation.acebench.small import write_data

SINGLE = "data_normal_single_turn_single_function.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_data(tmp_path)


def test_items_are_read_with_their_answers_in_the_order_of_the_categories(folder: Path) -> None:
    data = read_data(folder, "en")
    assert [item.id for item in data.items][:3] == [
        "normal_single_turn_single_function_0",
        "normal_single_turn_single_function_1",
        "normal_single_turn_parallel_function_0",
    ]
    step = data.by_id()["agent_multi_step_0"]
    assert (len(step.milestones), step.alternatives, step.classes) == (
        2,
        True,
        ("BaseApi", "LampApi"),
    )
    assert data.by_id()["agent_multi_turn_0"].alternatives is False
    assert data.bad == ()


@pytest.mark.parametrize("below", ["", "data_all", "data_all/data_en"])
def test_the_folder_may_be_the_checkout_or_what_lies_in_it(folder: Path, below: str) -> None:
    assert len(read_data(folder.parent / below, "en").items) == 11


def test_turns_of_a_dialogue_belong_together(folder: Path) -> None:
    items = read_data(folder, "en", ["normal_multi_turn_user_adjust"]).items
    assert {item.dialogue for item in items} == {"normal_multi_turn_user_adjust_0"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "the line"),
        ('{"id": "normal_single_turn_single_function_9"}', "question"),
        ('{"id": "special_irrelevant_0", "question": "", "function": []}', "another category"),
        (
            '{"id": "normal_single_turn_single_function_0", "question": "", "function": []}',
            "there already",
        ),
        (
            '{"id": "normal_single_turn_single_function_7", "question": "", "function": []}',
            "no answer",
        ),
    ],
)
def test_a_bad_line_is_left_out_with_its_reason(folder: Path, line: str, reason: str) -> None:
    with (folder / "data_en" / SINGLE).open("a") as file:
        file.write(line + "\n\n")
    data = read_data(folder, "en")
    (bad,) = data.bad
    assert len(data.items) == 11
    assert (bad.file, bad.line) == (SINGLE, 3)
    assert reason in bad.reason


@pytest.mark.parametrize("truth", ["text", [], {"f": 1}, [{"f": {}}, 3]])
def test_an_answer_of_another_form_is_left_out(folder: Path, truth: object) -> None:
    file = folder / "data_en" / "possible_answer" / SINGLE
    lines = file.read_text().splitlines()
    record = json.loads(lines[0]) | {"ground_truth": truth}
    file.write_text("\n".join([json.dumps(record), *lines[1:]]))
    data = read_data(folder, "en")
    assert len(data.items) == 10
    assert "ground_truth" in data.bad[0].reason


def test_a_folder_without_the_language_is_refused(folder: Path) -> None:
    for place in (folder, folder / "data_en", folder / "nowhere"):
        with pytest.raises(InputError, match="language zh"):
            read_data(place, "zh")


def test_a_category_without_its_file_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_data(folder, "en", ["normal_similar_api"])
    with pytest.raises(InputError, match="no category nonsense"):
        read_data(folder, "en", ["nonsense"])


def test_data_without_a_usable_line_are_refused(folder: Path) -> None:
    (folder / "data_en" / SINGLE).write_text("{\n")
    with pytest.raises(InputError, match="No line"):
        read_data(folder, "en", ["normal_single_turn_single_function"])


def test_categories_are_told_by_ids() -> None:
    for category in CATEGORIES:
        ending = "_3_1" if category.startswith("normal_multi_turn") else "_31"
        assert category_of(category + ending) == category
    assert category_of("normal_multi_turn_0") is None
    assert category_of("nonsense_3") is None
