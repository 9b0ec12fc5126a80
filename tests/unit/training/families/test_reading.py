"""What a model writes comes back as words and calls, whatever it writes."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscaler.llm import Completion
from agentscaler.training.families import FAMILIES, Family, ReadTurn

BY_NAME = {family.name: family for family in FAMILIES}
ONE = '{"name": "f", "KEY": {"a": "x; {y}, </s"}}'
OTHER = '{"name": "g", "KEY": {}}'
A, G = ("f", '{"a": "x; {y}, </s"}'), ("g", "{}")


@pytest.mark.parametrize(
    ("family", "text", "turn"),
    [
        ("chatml", "Hi.<|im_end|>", ReadTurn(words="Hi.")),
        ("chatml", "<think>\nSo.\n</think>\n\n\nHi.", ReadTurn("So.", "Hi.")),
        ("chatml", "<think>\nand so on", ReadTurn("and so on")),
        (
            "chatml",
            f"One.\n<tool_call>\n{ONE}\n</tool_call>\n<tool_call>{OTHER}</tool_call><|im_end|>",
            ReadTurn(words="One.", calls=(A, G)),
        ),
        ("chatml", f"<tool_call>{ONE}<tool_call>{OTHER}", ReadTurn(calls=(A, G))),
        ("llama3", f"One.<|python_tag|>{ONE}; {OTHER}<|eot_id|>", ReadTurn("", "One.", (A, G))),
        ("llama3", f"<|python_tag|>{ONE}\n{OTHER}<|eom_id|>", ReadTurn(calls=(A, G))),
        ("mistral", f"[THINK]So.[/THINK]One.[TOOL_CALLS][{ONE}, {OTHER}]</s>", None),
        ("mistral", '[TOOL_CALLS]g[ARGS]{}[TOOL_CALLS]f[CALL_ID]7[ARGS]{"a": "x; {y}, </s"}', None),
        ("compact", '<|say|>One.<|call|>f {"a": "x; {y}, </s"}<|call|>g {}<|end|>', None),
        ("compact", 'One.<|call|>f{"a": "x; {y}, </s"}<|call|>g {}', None),
        ("compact", "<|think|>So.<|say|>Hi.<|end|>", ReadTurn("So.", "Hi.")),
    ],
)
def test_a_turn_is_read(family: str, text: str, turn: ReadTurn | None) -> None:
    key = "parameters" if family == "llama3" else "arguments"
    read = BY_NAME[family].read_turn(text.replace("KEY", key))
    if turn is not None:
        assert read == turn
    else:
        assert sorted(read.calls) == [A, G]
        assert read.words == ("One." if "One." in text else "")


@pytest.mark.parametrize(
    ("family", "text", "name"),
    [
        ("chatml", '<tool_call>\n{"name": "f", "arguments": {"a": 1\n</tool_call>', "f"),
        ("chatml", '<tool_call>{"name": "f", "arguments": {"a": 1, "a": }}</tool_call>', "f"),
        ("chatml", '<tool_call>{"name": "f", "arguments": {"a": 1}} and so on</tool_call>', "f"),
        ("chatml", "<tool_call>f(a=1)</tool_call>", ""),
        ("chatml", '<tool_call>{"name": 7, "arguments": [1]}</tool_call>', ""),
        ("chatml", '<tool_call>{"name": "f", "arguments": [1]}</tool_call>', "f"),
        ("chatml", '<tool_call>{"name": "f", "arguments": "a"}</tool_call>', "f"),
        ("chatml", f'<tool_call>{{"name": "f", "arguments": {"[" * 20_000}</tool_call>', "f"),
        ("llama3", '<|python_tag|>{"name": "f", "parameters": {"a": 1<|eot_id|>', "f"),
        ("mistral", '[TOOL_CALLS][{"name": "f", "arguments": {"a": 1</s>', "f"),
        ("mistral", "[TOOL_CALLS]f[ARGS]{1}</s>", "f"),
        ("compact", "<|call|>f {a}<|end|>", "f"),
        ("compact", "<|call|>f [1]<|end|>", "f"),
        ("compact", '<|call|>f {"a": 1}<|user|>Hi<|end|>', "f"),
    ],
)
def test_a_call_that_is_no_call_stays_one_that_is_malformed(
    family: str, text: str, name: str
) -> None:
    (call,) = BY_NAME[family].read_turn(text).calls
    (made,) = Completion(calls=(("1", *call),)).message().tool_calls
    assert made.name == name
    assert made.malformed


def test_what_can_be_read_before_a_malformed_call_is_kept() -> None:
    for family, text in [
        ("llama3", '<|python_tag|>{"name": "g", "parameters": {}}; {"name": "f", "par'),
        ("mistral", '[TOOL_CALLS][{"name": "g", "arguments": {}}, {"name": "f", "arg'),
    ]:
        good, bad = BY_NAME[family].read_turn(text).calls
        assert good == G
        assert bad[0] == "f"
        assert bad[1]


def test_arguments_that_are_an_object_within_a_string_are_that_object() -> None:
    text = '<tool_call>{"name": "f", "arguments": "{\\"a\\": \\"x\\"}"}</tool_call>'
    assert BY_NAME["chatml"].read_turn(text).calls == (("f", '{"a": "x"}'),)
    half = '<tool_call>{"name": "\\ud800", "arguments": "{\\"a\\": \\"\\ud800\\"}"}</tool_call>'
    (call,) = BY_NAME["chatml"].read_turn(half).calls
    assert orjson.loads(orjson.dumps(call))


PIECES = [
    *(control for family in FAMILIES for control in family.controls),
    *("{", "}", "[", "]", '"', ": ", ", ", ";", "\\", "\n", " ", "f", '"name"', '"arguments"', "1"),
    *('{"name": "f", "arguments": {', "}}", "\\ud800", "null", "é", "🌲", "\0", "{}", "[ARGS]"),
]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=25))
def test_anything_at_all_can_be_read_and_written_down(family: Family, pieces: list[str]) -> None:
    turn = family.read_turn("".join(pieces))
    calls = tuple((str(number), *call) for number, call in enumerate(turn.calls))
    message: Any = Completion(text=turn.words, calls=calls).message()
    assert orjson.loads(message.model_dump_json())["content"] == turn.words
    assert orjson.dumps(turn.thinking)
    assert len(message.tool_calls) == len(turn.calls)
