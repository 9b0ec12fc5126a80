"""`HttpModel` against a real endpoint that fails in every way a script can tell it to."""

import asyncio
import random
import re
import socket
import time

import pytest

from agentscaler.chat import Message, ToolCall
from agentscaler.errors import (
    AgentScalerError,
    EndpointError,
    RequestRefusedError,
    SettingsError,
)
from agentscaler.llm import Completion, EndpointSettings, HttpModel, Request, Sampling, Script
from agentscaler.llm.chat_model import AnswerSchema
from agentscaler.llm.patience import Patience
from agentscaler.llm.scripted_server import ScriptedServer
from tests.unit.llm.conftest import QUICK, Asking, question

OPEN = "- {say: 'Until ten.', prompt_tokens: 11, completion_tokens: 4}"
TOOL = {"type": "function", "function": {"name": "get_hours", "parameters": {"type": "object"}}}


async def ask(model: HttpModel, server: ScriptedServer) -> Completion:
    return await model.complete(question())


def failing(fault: str, times: str = "2") -> str:
    return f"- {{fault: {fault}, times: {times}}}\n{OPEN}"


def test_an_answer_comes_back_with_its_tokens(asking: Asking) -> None:
    answer = asking(OPEN, ask)
    assert (answer.text, answer.finish, answer.model) == ("Until ten.", "stop", "tiny")
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 4)


def test_what_is_asked_is_sent_as_the_api_has_it(asking: Asking) -> None:
    call = ToolCall(id="c1", name="get_hours", arguments={"day": "Monday"})
    request = Request(
        messages=(
            Message(role="system", content="Be brief."),
            Message(role="user", content="Is it open?"),
            Message(role="assistant", tool_calls=(call,)),
            Message(role="tool", content='{"open": true}', tool_call_id="c1"),
        ),
        tools=(TOOL,),
        answer=AnswerSchema(name="Hours", schema_={"type": "object"}),
        sampling=Sampling(temperature=0, max_tokens=9, stop=("\n",), seed=5, extra={"min_p": 0.1}),
        sample=2,
    )

    async def play(model: HttpModel, server: ScriptedServer) -> dict[str, object]:
        await model.complete(request)
        return server.bodies[0]

    assert asking(OPEN, play) == {
        "model": "tiny",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Is it open?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "get_hours", "arguments": '{"day":"Monday"}'},
                    }
                ],
            },
            {"role": "tool", "content": '{"open": true}', "tool_call_id": "c1"},
        ],
        "tools": [TOOL],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "Hours", "schema": {"type": "object"}},
        },
        "temperature": 0,
        "max_tokens": 9,
        "stop": ["\n"],
        "seed": 7,
        "min_p": 0.1,
    }


def test_the_sampling_of_the_settings_is_sent_and_a_requests_own_goes_before_it(
    asking: Asking,
) -> None:
    async def play(model: HttpModel, server: ScriptedServer) -> list[dict[str, object]]:
        await model.complete(question())
        await model.complete(question(sampling=Sampling(temperature=0), sample=3))
        return server.bodies

    given = Sampling(temperature=0.7, max_tokens=9, seed=5, extra={"min_p": 0.1})
    first, second = asking(OPEN, play, sampling=given)
    sent = ("temperature", "max_tokens", "seed", "min_p")
    assert [first[name] for name in sent] == [0.7, 9, 5, 0.1]
    assert [second[name] for name in sent] == [0, 9, 8, 0.1]


def test_tool_calls_come_back_as_the_model_wrote_them(asking: Asking) -> None:
    script = "- call: [{name: get_hours, arguments: {day: 1}}, {name: odd, arguments: 'day=1'}]"
    message = asking(script, ask).message()
    good, bad = message.tool_calls
    assert (good.name, good.arguments, good.malformed) == ("get_hours", {"day": 1}, "")
    assert (bad.name, bad.arguments, bad.malformed) == ("odd", {}, "day=1")


@pytest.mark.parametrize(
    "fault",
    [
        "{status: 429}",
        "{status: 429, retry_after: 0.01}",
        "{status: 500}",
        "{status: 503}",
        "{cut: 30}",
        "{cut: 0}",
        "{drop: true}",
        "{no_choices: true}",
    ],
)
def test_a_failure_that_passes_costs_another_request_and_nothing_else(
    asking: Asking, fault: str
) -> None:
    async def play(model: HttpModel, server: ScriptedServer) -> tuple[str, int]:
        return (await model.complete(question())).text, server.asked

    assert asking(failing(fault), play) == ("Until ten.", 3)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("{status: 500}", "status 500: .*scripted"),
        ("{status: 429}", "status 429"),
        ("{cut: 30}", "no JSON"),
        ("{no_choices: true}", "no choice"),
        ("{drop: true}", "Disconnected"),
    ],
)
def test_a_failure_that_does_not_pass_is_the_machinerys(
    asking: Asking, fault: str, said: str
) -> None:
    with pytest.raises(EndpointError, match=f"gave no answer: .*{said}"):
        asking(failing(fault, "null"), ask, retries=2)


def test_an_endpoint_that_was_never_there_is_given_up_soon_and_is_the_machinerys_failure() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    waits: list[int] = []

    class Counting(Patience):
        def delay(self, attempt: int, asked: float | None, rng: random.Random) -> float:
            waits.append(attempt)
            return 0.001

    async def play() -> None:
        given = EndpointSettings(base_url=url, model="tiny", retries=100)
        async with HttpModel(given, patience=Counting()) as model:
            await model.complete(question())

    with pytest.raises(EndpointError, match="ClientConnectorError"):
        asyncio.run(play())
    assert waits == [1, 2, 3, 4]


def test_an_endpoint_that_comes_back_is_asked_on() -> None:
    script = Script.parse(OPEN)

    async def play() -> str:
        async with ScriptedServer(script) as server:
            port = int(server.base_url.split(":")[2].split("/")[0])
            settings = EndpointSettings(base_url=server.base_url, model="tiny", retries=500)
            model = HttpModel(settings, patience=QUICK)
            await model.complete(question())
        asked = asyncio.create_task(model.complete(question()))
        await asyncio.sleep(0.05)
        assert not asked.done()
        async with ScriptedServer(script, port=port):
            answer = (await asked).text
            await model.aclose()
            return answer

    assert asyncio.run(play()) == "Until ten."


def test_a_request_that_takes_too_long_is_sent_again(asking: Asking) -> None:
    script = f"- {{say: 'Late.', delay: 5, times: 1}}\n{OPEN}"
    assert asking(script, ask, request_seconds=0.1).text == "Until ten."


def test_a_slow_endpoint_is_left_when_the_step_is_over(asking: Asking) -> None:
    started = time.monotonic()
    with pytest.raises(EndpointError, match="longer than"):
        asking("- {say: 'Late.', delay: 5}", ask, step_seconds=0.1, retries=100)
    assert time.monotonic() - started < 1


def test_the_endpoints_wish_to_wait_is_kept(asking: Asking) -> None:
    started = time.monotonic()
    asking(failing("{status: 429, retry_after: 0.2}", "1"), ask)
    assert 0.2 <= time.monotonic() - started < 1


def test_no_wait_goes_beyond_the_step(asking: Asking) -> None:
    started = time.monotonic()
    with pytest.raises(EndpointError, match="429"):
        asking(failing("{status: 429, retry_after: 60}"), ask, step_seconds=5)
    assert time.monotonic() - started < 1


def test_a_storm_of_refusals_halves_what_is_on_the_way_and_loses_nothing(asking: Asking) -> None:
    script = f"- {{fault: {{status: 429}}, times: 16, delay: 0.01}}\n{OPEN}"

    async def play(model: HttpModel, server: ScriptedServer) -> tuple[set[str], int]:
        answers = asyncio.gather(*(model.complete(question()) for _ in range(64)))
        least = model.limiter.limit
        while not answers.done():
            await asyncio.sleep(0.001)
            least = min(least, model.limiter.limit)
        return {answer.text for answer in await answers}, least

    assert asking(script, play) == ({"Until ten."}, 8)


def test_more_and_more_are_on_the_way_while_the_endpoint_answers(asking: Asking) -> None:
    async def play(model: HttpModel, server: ScriptedServer) -> int:
        await asyncio.gather(*(model.complete(question()) for _ in range(400)))
        return server.most_at_once

    assert 20 < asking("- {say: 'Yes.', delay: 0.005}", play, concurrency=30) <= 30


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_key_or_address_is_for_the_user_to_mend(asking: Asking, status: int) -> None:
    with pytest.raises(AgentScalerError, match=f"{status}.*OPENAI_API_KEY"):
        asking(failing(f"{{status: {status}}}"), ask)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_request_that_is_refused_for_good_is_not_sent_again(asking: Asking, status: int) -> None:
    async def play(model: HttpModel, server: ScriptedServer) -> int:
        with pytest.raises(RequestRefusedError, match=str(status)):
            await model.complete(question())
        return server.asked

    assert asking(failing(f"{{status: {status}}}"), play) == 1


def test_the_key_comes_from_the_environment(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINY_KEY", "s3cret-1\n")
    assert asking(OPEN, ask, key="s3cret-1", api_key_env="TINY_KEY").text == "Until ten."
    with pytest.raises(AgentScalerError, match=r"401.*TINY_KEY"):
        asking(OPEN, ask, key="another", api_key_env="TINY_KEY")


def test_a_key_that_the_endpoint_repeats_is_not_shown(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "scripted")  # the word that the server's errors hold
    with pytest.raises(EndpointError) as failed:
        asking(failing("{status: 500}", "null"), ask, retries=0)
    with pytest.raises(RequestRefusedError) as refused:
        asking(failing("{status: 400}", "null"), ask)
    assert "scripted" not in str(failed.value) + str(refused.value)
    assert "***" in str(failed.value)


def test_a_key_that_cannot_be_one_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "s3cret\nX-Other: 1")
    with pytest.raises(SettingsError, match="OPENAI_API_KEY") as refused:
        HttpModel(EndpointSettings(model="tiny"))
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["", "tcp://x/v1", "http://", "localhost:8000/v1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(repr(url))):
        HttpModel(EndpointSettings(base_url=url, model="tiny"))


@pytest.mark.parametrize("url", ["http://me:s3cret@host/v1", "http://host/v1?key=s3cret"])
def test_an_address_with_a_secret_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(SettingsError, match="api_key_env") as refused:
        EndpointSettings(base_url=url, model="tiny")
    assert "s3cret" not in str(refused.value)


def test_a_model_without_a_name_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"llm\.default\.model"):
        HttpModel(EndpointSettings())


def test_a_request_that_is_given_up_leaves_its_place_to_others(asking: Asking) -> None:
    script = f"- {{when: {{says: slow}}, say: 'Late.', delay: 30}}\n{OPEN}"

    async def play(model: HttpModel, server: ScriptedServer) -> str:
        slow = asyncio.create_task(model.complete(question("slow")))
        while not server.asked:
            await asyncio.sleep(0.001)
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        return (await model.complete(question())).text

    assert asking(script, play, concurrency=1) == "Until ten."
