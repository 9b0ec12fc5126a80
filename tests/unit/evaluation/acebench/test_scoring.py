"""What the official scorer says, and what is right, answer by answer."""

import copy
from typing import Any

import pytest

from agentscaler.evaluation.acebench.items import AceItem
from agentscaler.evaluation.acebench.parity import SCORER_ERROR
from agentscaler.evaluation.acebench.score import score_answer
from tests.unit.evaluation.acebench.small import BOOK, GOLD, STONES, item

SINGLE = "normal_single_turn_single_function_0"


def verdicts(name: str, answer: Any, **changes: Any) -> tuple[bool, bool]:
    """Whether the official scorer and the fixed one take an answer for right."""
    scores = score_answer(item(name, **changes), answer)
    return scores.parity.right, scores.fixed.right


def with_truth(arguments: dict[str, Any], **schema: Any) -> dict[str, Any]:
    """Changes that make an item want one call of `book_table`."""
    function = copy.deepcopy(BOOK)
    function["parameters"]["properties"] |= schema
    function["parameters"]["required"] = []
    return {"truth": {"book_table": arguments}, "functions": (function,)}


@pytest.mark.parametrize("name", sorted(GOLD))
def test_what_a_good_model_writes_is_right(name: str) -> None:
    assert score_answer(item(name), GOLD[name]).fixed.right


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("[book_table(place='Old Mill', guests=5)]", "wrong_value"),
        ("[book_table(place='Old Mill', guests='four')]", "wrong_type"),
        ("[book_table(place='Old Mill')]", "missing_argument"),
        ("[book_table(place='Old Mill', guests=4, quiet=True)]", "extra_argument"),
        ("[book_table('Old Mill', guests=4, place='Old Mill')]", "nameless_argument"),
        ("[list_tables()]", "wrong_function"),
        ("[]", "wrong_number_of_calls"),
        ("book it", "wrong_output_format"),
        (None, "wrong_output_format"),
    ],
)
def test_a_wrong_answer_is_wrong_with_its_reason(answer: Any, reason: str) -> None:
    assert score_answer(item(SINGLE), answer).fixed.reason == reason


@pytest.mark.parametrize(
    ("answer", "official", "fixed"),
    [
        ("[book_table(place='the old mill.', guests=4)]", True, True),
        ("[book_table(guests=4, place='Old Mill')]", True, True),
        ("[book_table(place='Mill', guests=4)]", False, False),
        ("[book_table(place='Old Mill', guests=5)]", True, False),
        ("[book_table(place='Old Mill')]", True, False),
        ("[book_table('x', place='Old Mill', guests=4)]", True, False),
        ("[book_table(place='Old Mill', guests=+4)]", True, True),
        ("[book_table(place='Old Mill', guests='4')]", False, False),
    ],
)
def test_both_scorers_on_plain_values(answer: str, official: bool, fixed: bool) -> None:
    assert verdicts(SINGLE, answer) == (official, fixed)


def test_a_call_without_arguments_is_wrong_for_the_official_scorer_alone() -> None:
    name = "normal_single_turn_single_function_1"
    assert verdicts(name, "[list_tables()]") == (False, True)
    without = {**item(name).functions[1], "parameters": {}}
    assert verdicts(name, "[list_tables()]", functions=(without,)) == (True, True)


def test_blanks_within_lists_of_objects_cost_the_official_scorer_its_own_truth() -> None:
    name = "normal_multi_turn_user_adjust_0_1"
    assert verdicts(name, GOLD[name]) == (False, True)
    assert verdicts(name, GOLD[name].replace("old friend", "new friend")) == (False, False)


@pytest.mark.parametrize(
    ("truth", "schema", "value", "official", "fixed"),
    [
        ([], {"type": "array", "items": {"type": "string"}}, "[]", False, True),
        ({}, {"type": "object"}, "{}", False, True),
        ("true", {"type": "string"}, "'true'", False, True),
        ({"n": 10}, {"type": "object"}, "{'n': 100}", True, False),
        ({"n": "true"}, {"type": "object"}, "{'n': 'true'}", False, True),
        ({"n": True}, {"type": "object"}, "{'n': 'true'}", True, True),
        ({"n": None}, {"type": "object"}, "{'n': None}", True, True),
        ("5", {"type": "integer"}, "5", True, True),
        ("5", {"type": "integer"}, "6", True, False),
        (5, {"type": "string"}, "'5'", True, True),
        (2.5, {"type": "number"}, "2.5", True, True),
        (2.5, {"type": "number"}, "3.5", True, False),
        (3.0, {"type": "float"}, "3", True, True),
        ("red", {"type": "enum"}, "'blue'", True, False),
        (["a", "b"], {"type": "array", "items": {"type": "string"}}, "['b', 'a']", False, False),
        (["A b"], {"type": "array", "items": {"type": "string"}}, "['a-b']", True, True),
        ([{"k": 1}], {"type": "array", "items": {"type": "object"}}, "[{'k': 1}]", True, True),
        ([{"k": 1}], {"type": "array", "items": {"type": "object"}}, "[{'k': 21}]", True, False),
        (True, {"type": "boolean"}, "False", True, False),
        (True, {"type": "boolean"}, "'true'", True, True),
        ("", {"type": "string"}, "'anything'", True, False),
        ("a. b", {"type": "string"}, "'x A-B y'", True, True),
    ],
)
def test_both_scorers_on_values_of_all_kinds(
    truth: Any, schema: dict[str, Any], value: str, official: bool, fixed: bool
) -> None:
    changes = with_truth({"place": "x", "v": truth}, v=schema)
    answer = f"[book_table(place='x', v={value})]"
    assert verdicts(SINGLE, answer, **changes) == (official, fixed)


def test_parallel_calls_may_come_in_any_order() -> None:
    name = "normal_single_turn_parallel_function_0"
    right = "[book_table(place='New Mill', wishes=['by the window']), book_table(place='Old Mill')]"
    assert verdicts(name, right)[1]


def test_one_call_does_not_stand_for_two() -> None:
    changes = {"truth": {"book_table_1": {"place": "a"}, "book_table_2": {"place": "b"}}}
    name = "normal_single_turn_parallel_function_0"
    both = "[book_table(place='ab'), book_table(place='c')]"
    assert verdicts(name, both, **changes) == (True, False)
    swapped = "[book_table(place='ab'), book_table(place='a')]"
    assert verdicts(name, swapped, **changes) == (True, True)


def test_a_function_whose_own_name_ends_in_a_number_is_lost_to_the_official_scorer() -> None:
    function = {**BOOK, "name": "book_2"}
    changes = {"truth": {"book_2": {"place": "x"}}, "functions": (function,)}
    assert verdicts(SINGLE, "[book_2(place='x')]", **changes) == (False, True)


def test_a_function_whose_name_is_within_another_is_taken_for_it() -> None:
    short = {**BOOK, "name": "book", "parameters": {**BOOK["parameters"], "required": ["other"]}}
    changes = {"functions": (short, BOOK)}
    answer = "[book_table(place='Old Mill', guests=4)]"
    assert verdicts(SINGLE, answer, **changes) == (False, True)


def test_any_of_several_right_answers_will_do() -> None:
    name = "normal_preference_0"
    assert verdicts(name, "[book_table(place='Mill', quiet=True, guests=2)]") == (True, True)


@pytest.mark.parametrize(
    "schema", [{"description": "no type"}, {"type": "unheard-of"}, {"type": ["string", "null"]}]
)
def test_what_breaks_the_official_scorer_is_told(schema: dict[str, Any]) -> None:
    changes = with_truth({"v": "x"}, v=schema)
    scores = score_answer(item(SINGLE, **changes), "[book_table(v='x')]")
    assert scores.parity.reason == SCORER_ERROR
    assert scores.fixed.right


@pytest.mark.parametrize(
    ("name", "answer", "official", "fixed"),
    [
        ("special_incomplete_0", GOLD["special_incomplete_0"], False, True),
        ("special_incomplete_0", "Missing necessary parameters place  of book_table", True, True),
        (
            "special_incomplete_0",
            "Missing necessary parameters place s of book_tables",
            True,
            False,
        ),
        ("special_incomplete_0", "missing necessary\nparameters: place, book_table", False, True),
        ("special_incomplete_0", "[book_table(place='')]", False, False),
        ("special_error_param_0", "There is incorrect value seven-ish", True, True),
        ("special_error_param_0", "There is incorrect value seven-ishly", True, False),
        ("special_error_param_0", "There is incorrect value 7", False, False),
        ("special_irrelevant_0", "sorry, the limitations of the function", True, True),
        ("special_irrelevant_0", "I cannot", False, False),
        ("special_irrelevant_0", None, False, False),
        ("special_irrelevant_0", " ".join(GOLD[n] for n in sorted(GOLD) if "sp" in n), True, False),
    ],
)
def test_both_scorers_on_statements(name: str, answer: Any, official: bool, fixed: bool) -> None:
    assert verdicts(name, answer) == (official, fixed)


def test_a_value_in_chinese_is_found_within_a_sentence() -> None:
    changes = {"truth": {"guests": ["七个左右"]}}
    answer = "There is incorrect value，参数七个左右不对"
    assert verdicts("special_error_param_0", answer, **changes) == (True, True)


# ---- agents ------------------------------------------------------------------------------------

TURN = "agent_multi_turn_0"
STEP = "agent_multi_step_0"


def state(wifi: Any = True, on: Any = "yes", lamp: str = "LampApi") -> list[dict[str, Any]]:
    return [{"BaseApi": {"wifi": wifi}}, {lamp: {"lamps": {"1": {"room": "hall", "on": on}}}}]


def agent(one: AceItem, result: Any, process: Any = None) -> tuple[bool, bool, Any, Any]:
    scores = score_answer(one, result, STONES if process is None else process)
    return (
        scores.parity.right,
        scores.fixed.right,
        scores.parity_process,
        scores.fixed_process,
    )


def test_the_right_final_state_passes_every_milestone() -> None:
    assert agent(item(TURN), state(), []) == (True, True, 1.0, 1.0)
    assert agent(item(TURN), state()[::-1], []) == (True, True, 1.0, 1.0)


def test_small_differences_of_texts_count_for_the_official_scorer_alone() -> None:
    assert agent(item(TURN), state(on="Yes"))[:2] == (False, True)


def test_a_wrong_state_fails_both() -> None:
    assert agent(item(TURN), state(on="no"))[:2] == (False, False)
    assert agent(item(TURN), state(wifi=False))[:2] == (False, False)
    assert agent(item(TURN), state()[:1])[:2] == (False, False)
    assert agent(item(TURN), state(wifi=1))[:2] == (True, False)


def test_a_class_that_the_truth_misspells_is_not_compared_by_the_official_scorer() -> None:
    assert agent(item(STEP), state(on="no"))[:2] == (True, False)
    assert agent(item(STEP), state())[:2] == (True, True)
    odd = [{"BaseApi": {"wifi": True}}, {"Lmp": {"lamps": {"1": {"room": "hall", "on": "yes"}}}}]
    assert agent(item(STEP, truth=odd), state())[:2] == (True, True)
    assert agent(item(STEP, truth=odd), odd)[:2] == (True, True)
    assert agent(item(STEP, truth=odd), state(lamp="Lump"))[:2] == (True, False)


def test_what_the_result_lacks_or_has_too_much_is_seen_by_the_fixed_scorer() -> None:
    lacking = [{"BaseApi": {}}, {"LampApi": {}}]
    assert agent(item(TURN), lacking)[:2] == (True, False)
    more = state()
    more[1]["LampApi"]["lamps"]["2"] = {"room": "attic"}
    assert agent(item(TURN), more)[:2] == (True, False)
    assert agent(item(TURN), [*state(), state()[0]])[:2] == (False, False)
    other = [*state()[:1], {"Other": {}}]
    assert agent(item(TURN), other)[:2] == (True, False)
    unknown = [{"BaseApi": {"wifi": True, "more": 1}}, state()[1]]
    assert agent(item(TURN), unknown)[:2] == (False, False)


@pytest.mark.parametrize("result", [None, "text", 5, [1, 2], {"BaseApi": {}, "LampApi": {}}])
def test_a_result_of_another_form_is_wrong(result: Any) -> None:
    official, fixed, *_ = agent(item(TURN), result)
    assert (official, fixed) == (False, False)


def test_milestones_after_one_that_was_missed_count_for_the_fixed_scorer() -> None:
    assert agent(item(TURN), state(on="no"), STONES[1:])[2:] == (0.0, 0.5)
    assert agent(item(TURN), state(on="no"), STONES[:1])[2:] == (0.5, 0.5)
    assert agent(item(TURN), state(on="no"), STONES[::-1])[2:] == (0.5, 0.5)


def test_milestones_are_compared_as_calls_by_the_fixed_scorer() -> None:
    written = ["[turn_on_wifi( )]", '[switch_lamp(on = "yes", number = 1)]']
    assert agent(item(TURN), state(on="no"), written)[2:] == (0.0, 1.0)


def test_a_milestone_that_does_not_parse_can_be_passed() -> None:
    one = item(TURN, milestones=(("[say(text='it's late')]",),))
    assert agent(one, state(on="no"), ['[say(text="it\'s late")]'])[2:] == (0.0, 1.0)
    assert agent(one, state(on="no"), ['[say(text="it is late")]'])[2:] == (0.0, 0.0)


def test_of_several_ways_the_best_one_counts() -> None:
    one = item(STEP, milestones=(("[a()]", "[b()]", "[c()]"), ("[d()]",)), alternatives=True)
    wrong = state(wifi=False)
    assert agent(one, wrong, ["[a()]"])[2:] == (0.333, pytest.approx(1 / 3))
    assert agent(one, wrong, ["[d()]"])[2:] == (1.0, 1.0)


def test_an_item_without_milestones_breaks_the_official_scorer() -> None:
    assert agent(item(TURN, milestones=((),)), state(on="no"))[2:] == (None, 0.0)
    empty = item(STEP, milestones=((), ("[a()]",)), alternatives=True)
    assert agent(empty, state(wifi=False), [])[2:] == (1.0, 0.0)
