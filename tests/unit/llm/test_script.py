"""Scripts, and what they tell a pretended model to do."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from agentscaler.chat import Message
from agentscaler.errors import EndpointError, InputError, RequestRefusedError
from agentscaler.llm import Request, Script, ScriptedModel
from agentscaler.llm.chat_model import AnswerSchema
from tests.unit.llm.conftest import question

TOOL = {"type": "function", "function": {"name": "get_hours"}}


def chosen(when: str, request: Request, model: str = "tiny") -> bool:
    asked = ScriptedModel(Script.parse(f"- {{when: {when}, say: 'Yes.'}}"), model)
    try:
        return asyncio.run(asked.complete(request)).text == "Yes."
    except RequestRefusedError:
        return False


def talk(*words: str) -> Request:
    roles: Any = ("user", "assistant")
    return Request(
        messages=tuple(
            Message(role=roles[number % 2], content=text) for number, text in enumerate(words)
        )
    )


@pytest.mark.parametrize(
    ("when", "fits", "fits_not"),
    [
        ("{says: 'o.en'}", question("Is it OPEN?"), talk("open", "yes", "closed")),
        ("{anywhere: open}", talk("open", "yes", "closed"), question("closed")),
        ("{role: user}", talk("a"), talk("a", "b")),
        ("{turn: 1}", talk("a", "b", "c"), talk("a")),
        ("{tool: get_hours}", question(tools=(TOOL,)), question()),
        (
            "{schema: Hours}",
            question(answer=AnswerSchema(name="Hours", schema_={})),
            question(answer=AnswerSchema(name="Days", schema_={})),
        ),
    ],
)
def test_a_condition_holds_for_what_it_says_and_nothing_else(
    when: str, fits: Request, fits_not: Request
) -> None:
    assert chosen(when, fits)
    assert not chosen(when, fits_not)


def test_a_condition_may_name_the_model() -> None:
    assert chosen("{model: tiny}", question())
    assert not chosen("{model: tiny}", question(), model="large")


def test_the_first_rule_that_fits_and_is_not_used_up_answers() -> None:
    script = Script.parse("- {say: a, times: 2}\n- {say: b, times: 1}\n- {say: c}")
    model = ScriptedModel(script)
    texts = [asyncio.run(model.complete(question())).text for _ in range(5)]
    assert texts == ["a", "a", "b", "c", "c"]
    assert script.used == (2, 1, 2)


def test_a_scripted_model_fails_as_an_endpoint_would() -> None:
    with pytest.raises(EndpointError):
        asyncio.run(ScriptedModel(Script.parse("- fault: {status: 500}")).complete(question()))
    with pytest.raises(RequestRefusedError):
        asyncio.run(ScriptedModel(Script.parse("- fault: {status: 400}")).complete(question()))
    with pytest.raises(RequestRefusedError, match="Is it open"):
        asyncio.run(ScriptedModel(Script.parse("[]")).complete(question()))


def test_tokens_that_a_rule_does_not_give_are_counted() -> None:
    model = ScriptedModel(Script.parse("- say: 'Until ten in the evening.'"))
    short, long = (
        asyncio.run(model.complete(question(text))).usage for text in ("Open?", "Open? " * 100)
    )
    assert long.prompt_tokens > short.prompt_tokens + 100
    assert short.completion_tokens == long.completion_tokens > 5


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- {say: x", "no YAML"),
        ("say: x", "list"),
        ("- {when: {says: x}}", "say, json, call and fault"),
        ("- {say: x, sya: y}", "sya"),
        ("- {when: {says: '('}, say: x}", "regular expression"),
    ],
)
def test_a_script_that_is_none_is_refused_with_the_place(content: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Script.parse(content)


def test_a_script_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "script.yaml").write_text("- say: 'Yes.'")
    assert Script.read(tmp_path / "script.yaml").rules[0].say == "Yes."
    with pytest.raises(InputError, match="absent"):
        Script.read(tmp_path / "absent.yaml")


def test_an_answer_may_hold_only_what_the_question_speaks_of() -> None:
    script = Script.parse(
        "- {only: tool, json: {say: [1], functions: [{tool: a_one, n: 1}, {tool: a, n: 2}]}}"
    )
    asked = talk('[{"name":"a"}]', "no", 'again, "a_one"')
    answer = asyncio.run(ScriptedModel(script, "tiny").complete(asked)).text
    assert answer == '{"say":[1],"functions":[{"tool":"a","n":2}]}'
