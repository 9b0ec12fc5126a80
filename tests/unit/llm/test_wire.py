"""Answers as endpoints really write them."""

from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscaler.llm import Usage
from agentscaler.llm.wire import UnreadableAnswerError, read_completion


def body(message: Any, finish: Any = "stop", **more: Any) -> bytes:
    return orjson.dumps({"choices": [{"message": message, "finish_reason": finish}], **more})


def test_an_answer_without_usage_or_finish_is_an_answer() -> None:
    answer = read_completion(orjson.dumps({"choices": [{"message": {"content": "Yes."}}]}))
    assert (answer.text, answer.finish, answer.usage.prompt_tokens) == ("Yes.", "stop", 0)


def test_cached_tokens_are_read() -> None:
    usage = {"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 4}}
    assert read_completion(body({"content": "Yes."}, usage=usage)).usage.cached_tokens == 4


def test_odd_counts_of_tokens_are_none() -> None:
    for count in ("many", -3, 2**63, 1.5, None):
        usage = {"prompt_tokens": count, "completion_tokens": count, "prompt_tokens_details": None}
        assert read_completion(body({"content": "x"}, usage=usage)).usage == Usage()


def test_arguments_that_come_as_an_object_and_calls_without_ids_are_taken() -> None:
    calls = [{"function": {"name": "f", "arguments": {"a": 1}}}, {"function": {"name": "g"}}]
    answer = read_completion(body({"content": None, "tool_calls": calls}, "function_call"))
    assert answer.calls == (("call_0", "f", '{"a":1}'), ("call_1", "g", "{}"))
    assert answer.finish == "tool_calls"


def test_a_refusal_in_words_is_what_the_model_says() -> None:
    assert read_completion(body({"content": None, "refusal": "I will not."})).text == "I will not."


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>busy</html>",
        b'{"choices": [{"mess',
        b"[]",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [null]}',
        b'{"choices": [{}]}',
        b'{"choices": [{"message": {"content": [1]}}]}',
        b'{"choices": [{"message": {"content": "", "tool_calls": [{}]}}]}',
        b'{"choices": [{"message": {"content": "", "tool_calls": [7]}}]}',
        b'{"error": {"message": "overloaded"}}',
        b'{"choices": [{"message": {"content": "\\ud800"}}]}',
    ],
)
def test_what_is_no_answer_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(UnreadableAnswerError):
        read_completion(content)


@pytest.mark.parametrize("arguments", ["", "{}", '{"a": {"b": [1]}}'])
def test_arguments_that_are_an_object_are_one(arguments: str) -> None:
    calls = [{"id": "c", "function": {"name": "f", "arguments": arguments}}]
    (call,) = read_completion(body({"tool_calls": calls})).message().tool_calls
    assert call.arguments == orjson.loads(arguments or "{}")
    assert not call.malformed


@pytest.mark.parametrize(
    "arguments", ["[1]", "7", "null", "{a: 1}", '{"a": 1', "NaN", '{"a": NaN}']
)
def test_arguments_that_are_no_object_are_kept_as_they_were_written(arguments: str) -> None:
    calls = [{"id": "c", "function": {"name": "f", "arguments": arguments}}]
    (call,) = read_completion(body({"tool_calls": calls})).message().tool_calls
    assert (call.arguments, call.malformed) == ({}, arguments)


KEYS = ("choices", "message", "content", "tool_calls", "function", "name", "arguments", "usage")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES, VALUES, VALUES)
def test_whatever_a_server_sends_is_an_answer_or_is_said_to_be_none(
    message: Any, calls: Any, usage: Any
) -> None:
    fuller = {**message, "tool_calls": calls} if isinstance(message, dict) else message
    for content in (orjson.dumps(message), body(message, usage=usage), body(fuller, message)):
        with suppress(UnreadableAnswerError):
            answer = read_completion(content)
            assert answer.message().role == "assistant"
