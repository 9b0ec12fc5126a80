"""`ask`: answers as records, with one chance of repair."""

import asyncio
import json

import pytest
from pydantic import BaseModel, ConfigDict

from agentscaler.errors import EndpointError
from agentscaler.llm import HttpModel, Script, ScriptedModel, UnusableAnswerError, ask
from agentscaler.llm.scripted_server import ScriptedServer
from agentscaler.llm.structured import Asked
from tests.unit.llm.conftest import Asking, question


class Hours(BaseModel):
    model_config = ConfigDict(extra="forbid")

    opens: int
    closes: int


async def hours(model: HttpModel, server: ScriptedServer) -> tuple[Hours, ScriptedServer]:
    return (await ask(model, question(), Hours)).answer, server


GOOD = "- json: {opens: 9, closes: 22}"


def test_the_form_is_sent_along_and_the_answer_comes_back_as_a_record(asking: Asking) -> None:
    found, server = asking(GOOD, hours)
    assert found == Hours(opens=9, closes=22)
    form = server.bodies[0]["response_format"]["json_schema"]
    assert (form["name"], form["schema"]) == ("Hours", Hours.model_json_schema())


@pytest.mark.parametrize(
    "text",
    [
        '{"opens": 9, "closes": 22}',
        '```json\n{"opens": 9, "closes": 22}\n```',
        '<think>\nNine, I guess: {"opens": 1}\n</think>\n{"opens": 9, "closes": 22}',
    ],
)
def test_a_fence_or_a_thought_around_the_answer_does_no_harm(asking: Asking, text: str) -> None:
    assert asking(json.dumps([{"say": text}]), hours)[0] == Hours(opens=9, closes=22)


def test_an_answer_that_does_not_fit_is_shown_with_all_that_is_wrong_and_repaired(
    asking: Asking,
) -> None:
    script = f"- {{json: {{opens: nine, lunch: 12}}, times: 1}}\n{GOOD}"
    found, server = asking(script, hours)
    assert found == Hours(opens=9, closes=22)
    first, bad, repair = server.bodies[1]["messages"]
    assert first == server.bodies[0]["messages"][0]
    assert bad == {"role": "assistant", "content": '{"opens":"nine","lunch":12}'}
    assert repair["role"] == "user"
    for part in ("opens: Input should be a valid integer", "closes: Field required", "lunch:"):
        assert part in repair["content"]


def test_there_is_one_repair_and_no_second(asking: Asking) -> None:
    async def play(model: HttpModel, server: ScriptedServer) -> int:
        with pytest.raises(UnusableAnswerError, match="closes: Field required"):
            await ask(model, question(), Hours)
        return server.asked

    assert asking("- json: {opens: 9}", play) == 2


def test_an_answer_that_is_cut_off_is_said_to_be_that(asking: Asking) -> None:
    script = f"- {{say: '{{\"opens\": 9, ', finish: length, times: 1}}\n{GOOD}"
    _, server = asking(script, hours)
    assert "cut off" in server.bodies[1]["messages"][-1]["content"]


def test_an_answer_without_words_is_repaired_too(asking: Asking) -> None:
    script = f"- {{call: [{{name: f}}], times: 1}}\n{GOOD}"
    assert asking(script, hours)[0] == Hours(opens=9, closes=22)


def within_a_day(hours: Hours) -> dict[str, list[str]]:
    return {"closes": ["is later than midnight"] if hours.closes > 24 else []}


def test_what_a_check_finds_is_quoted_and_repaired(asking: Asking) -> None:
    async def play(model: HttpModel, server: ScriptedServer) -> tuple[Asked[Hours], ScriptedServer]:
        return await ask(model, question(), Hours, within_a_day), server

    asked, server = asking(f"- {{json: {{opens: 9, closes: 26}}, times: 1}}\n{GOOD}", play)
    assert (asked.answer.closes, asked.rounds, asked.faults) == (22, 2, {})
    assert "- closes: is later than midnight" in server.bodies[1]["messages"][-1]["content"]


def test_what_the_repair_leaves_wrong_is_told(asking: Asking) -> None:
    async def check(hours: Hours) -> dict[str, list[str]]:
        await asyncio.sleep(0)
        return within_a_day(hours)

    async def play(model: HttpModel, server: ScriptedServer) -> Asked[Hours]:
        return await ask(model, question(), Hours, check)

    asked = asking("- json: {opens: 9, closes: 26}", play)
    assert (asked.rounds, asked.faults) == (2, {"closes": ["is later than midnight"]})


def test_what_stops_the_asking_is_passed_on() -> None:
    model = ScriptedModel(Script.parse("- fault: {drop: true}"))
    with pytest.raises(EndpointError):
        asyncio.run(ask(model, question(), Hours))
