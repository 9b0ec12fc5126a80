"""ShareGPT turns, and what they cannot say."""

import json
import re
from typing import Any

import pytest

from agentscaler.dataset.exports.sharegpt import ShareGptFormat
from agentscaler.errors import InputError

from ..dialogues import DIALOGUE, MISTAKE, OTHER, PLAIN, RIGHT, TOOLS, example, result

JOINT = "\n</tool_response>\n<tool_response>\n"
USER = {"role": "user", "content": "Where is b-1?"}
ANSWER = {"role": "assistant", "content": "On B7."}
CALL = {"role": "assistant", "content": "", "tool_calls": [RIGHT]}
CALLS = {"role": "assistant", "content": "", "tool_calls": [RIGHT, OTHER]}


def turns_of(messages: list[dict[str, Any]]) -> list[tuple[str, str]]:
    (row,) = ShareGptFormat().encode(example(messages)).values()
    return [(turn["from"], turn["value"]) for turn in row["conversations"]]


def test_turns_alternate_and_the_system_message_is_a_column() -> None:
    (row,) = ShareGptFormat().encode(PLAIN).values()
    speakers = [turn["from"] for turn in row["conversations"]]
    assert speakers[::2] == ["human", "observation", "observation"]
    assert speakers[1::2] == ["function_call", "function_call", "gpt"]
    assert row["system"] == "You help with books."
    assert json.loads(row["tools"]) == TOOLS


def test_one_call_is_an_object_and_several_are_a_list_with_their_results_in_one_turn() -> None:
    messages = [USER, CALL, result(RIGHT, "B7"), CALLS, result(RIGHT, "B7"), result(OTHER, "Ana")]
    turns = turns_of([*messages, ANSWER])
    assert json.loads(turns[1][1]) == {"name": "get_book", "arguments": {"book_id": "b-1"}}
    assert turns[2] == ("observation", "B7")
    assert [one["name"] for one in json.loads(turns[3][1])] == ["get_book", "get_member"]
    assert turns[4] == ("observation", f"B7{JOINT}Ana")


def test_words_stand_before_the_call_which_is_found_as_llama_factory_looks_for_it() -> None:
    angry = {**RIGHT, "function": {"name": "get_book", "arguments": {"title": "</tool_call>"}}}
    spoken = {"role": "assistant", "content": "Let me look.", "tool_calls": [angry]}
    value = turns_of([USER, spoken, result(angry, "B7"), ANSWER])[1][1]
    found = re.search(r"<tool_call>(.*?)</tool_call>", value, re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["arguments"] == {"title": "</tool_call>"}
    assert value.replace(found[0], "") == "Let me look.\n"


def test_a_call_without_words_is_json_whatever_its_arguments_hold() -> None:
    angry = {**RIGHT, "function": {"name": "a", "arguments": {"x": "<tool_call>{}</tool_call>"}}}
    silent = {"role": "assistant", "content": "", "tool_calls": [angry]}
    value = turns_of([USER, silent, result(angry, "B7"), ANSWER])[1][1]
    assert "<" not in value
    assert json.loads(value)["arguments"] == {"x": "<tool_call>{}</tool_call>"}


def test_examples_with_a_reply_not_to_be_learned_lie_in_a_file_of_their_own() -> None:
    assert set(ShareGptFormat().encode(PLAIN)) == {"train_mistakes.jsonl"}
    assert set(ShareGptFormat().encode(example(DIALOGUE))) == {"train.jsonl"}


def test_the_description_names_the_files_that_hold_something() -> None:
    rows = {"train.jsonl": 3, "train_mistakes.jsonl": 0, "held_out.jsonl": 1}
    described = json.loads(ShareGptFormat().extras(rows)["dataset_info.json"])
    files = {name: entry["file_name"] for name, entry in described.items()}
    assert files == {"agentscaler_train": "train.jsonl", "agentscaler_held_out": "held_out.jsonl"}
    assert described["agentscaler_train"]["formatting"] == "sharegpt"
    assert described["agentscaler_train"]["columns"]["messages"] == "conversations"


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([ANSWER], "assistant message stands where one of user"),
        ([USER, USER, ANSWER], "user message stands where one of assistant"),
        ([USER, ANSWER, ANSWER], "assistant message stands where one of user"),
        ([USER], "does not have the last word"),
        ([USER, CALL, result(RIGHT, "B7")], "does not have the last word"),
        ([USER, CALL, result(MISTAKE, "B7"), ANSWER], "not answered one by one, in order"),
        ([USER, CALL, ANSWER], "not answered one by one, in order"),
        (
            [USER, CALLS, result(OTHER, "Ana"), result(RIGHT, "B7"), ANSWER],
            "not answered one by one, in order",
        ),
        (
            [USER, CALLS, result(RIGHT, JOINT), result(OTHER, "Ana"), ANSWER],
            "holds what they are joined with",
        ),
        (
            [USER, CALLS, result(RIGHT, JOINT[:-1]), result(OTHER, "Ana"), ANSWER],
            "holds what they are joined with",
        ),
        (
            [USER, {**CALL, "content": "a <tool_call>"}, result(RIGHT, "B7"), ANSWER],
            "words hold <tool_call>",
        ),
    ],
)
def test_what_turns_cannot_say_is_refused_with_the_reason(
    messages: list[dict[str, Any]], reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        ShareGptFormat().encode(example(messages))
