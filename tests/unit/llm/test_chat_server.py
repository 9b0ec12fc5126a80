"""The endpoint in front of a model: what it answers, and what it refuses."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import orjson
import pytest

aiohttp = pytest.importorskip("aiohttp", reason="needs the extra llm")

from agentscaler.chat import Message, ToolCall  # noqa: E402 - the rest needs aiohttp
from agentscaler.errors import SettingsError  # noqa: E402
from agentscaler.llm import (  # noqa: E402
    Completion,
    EndpointSettings,
    HttpModel,
    Request,
    Sampling,
    Usage,
)
from agentscaler.llm.chat_server import ChatServer  # noqa: E402

Answer = TypeVar("Answer")
ASKED = {"messages": [{"role": "user", "content": "Hello"}]}


class Parrot:
    """Says what it was asked last, and calls the first tool it was given."""

    name = "parrot"

    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        names = [tool["function"]["name"] for tool in request.tools[:1]]
        return Completion(
            text=request.messages[-1].content,
            calls=tuple(("x", name, '{"a":1}') for name in names),
            finish="tool_calls" if names else "stop",
            usage=Usage(prompt_tokens=7, completion_tokens=3),
            model=self.name,
        )


def served(talk: Callable[[ChatServer], Awaitable[Answer]], parrot: Parrot | None = None) -> Answer:
    async def serve() -> Answer:
        async with ChatServer(parrot or Parrot()) as server:
            return await talk(server)

    return asyncio.run(serve())


def sent(method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
    async def send(server: ChatServer) -> tuple[int, Any]:
        root = server.base_url.removesuffix("/v1")
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, root + path, data=body) as response,
        ):
            return response.status, orjson.loads(await response.read())

    return served(send)


def test_our_own_client_gets_through_it_what_the_model_says() -> None:
    tool = {"type": "function", "function": {"name": "look", "parameters": {}}}
    request = Request(
        messages=(
            Message(role="system", content="Be kind."),
            Message(role="user", content="Where?"),
            Message(
                role="assistant",
                tool_calls=(ToolCall(id="c1", name="look", arguments={"b": [1, None]}),),
            ),
            Message(role="tool", content="there", tool_call_id="c1"),
        ),
        tools=(tool,),
        sampling=Sampling(temperature=0.5, top_p=0.9, max_tokens=9, seed=3, stop=("x",)),
    )

    async def ask(server: ChatServer) -> Completion:
        async with HttpModel(EndpointSettings(model="any", base_url=server.base_url)) as model:
            return await model.complete(request)

    parrot = Parrot()
    answer = served(ask, parrot)
    assert parrot.asked == [request]
    assert answer.text == "there"
    assert [call[1:] for call in answer.calls] == [("look", '{"a":1}')]
    assert (answer.finish, answer.model) == ("tool_calls", "parrot")
    assert answer.usage == Usage(prompt_tokens=7, completion_tokens=3)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "no JSON"),
        (b"[]", "no JSON object"),
        (orjson.dumps({"messages": []}), "messages"),
        (orjson.dumps({"messages": [{"role": "king"}]}), "message 1 has no role"),
        (orjson.dumps({"messages": [{"role": "user", "content": 3}]}), "content of message 1"),
        (orjson.dumps(ASKED | {"stream": True}), "stream cannot be True"),
        (orjson.dumps(ASKED | {"n": 2}), "n cannot be 2"),
        (orjson.dumps(ASKED | {"tools": [{"type": "function"}]}), "tool 1"),
        (orjson.dumps(ASKED | {"tools": "all"}), "tools is no list"),
        (orjson.dumps(ASKED | {"tool_choice": "required"}), "tool_choice"),
        (orjson.dumps(ASKED | {"response_format": {"type": "json_object"}}), "response_format"),
        (orjson.dumps(ASKED | {"temperature": "hot"}), "temperature"),
        (orjson.dumps(ASKED | {"temperature": -1}), "temperature"),
        (orjson.dumps(ASKED | {"max_tokens": 0}), "max_tokens"),
    ],
)
def test_what_is_no_request_is_told_so(body: bytes, why: str) -> None:
    status, answer = sent("POST", "/v1/chat/completions", body)
    assert status == 400
    assert why in answer["error"]["message"]
    assert answer["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/completions", 404),
        ("GET", "/", 404),
        ("GET", "/v1/chat/completions", 405),
    ],
)
def test_other_paths_are_answered_in_the_same_form(method: str, path: str, status: int) -> None:
    told, answer = sent(method, path)
    assert told == status
    assert path in answer["error"]["message"]


def test_it_tells_its_models_name() -> None:
    status, answer = sent("GET", "/v1/models")
    assert status == 200
    assert [model["id"] for model in answer["data"]] == ["parrot"]


def test_words_in_parts_are_one_text() -> None:
    parts = [{"type": "text", "text": "Good "}, {"type": "text", "text": "day"}]
    body = orjson.dumps({"messages": [{"role": "user", "content": parts}]})
    _, answer = sent("POST", "/v1/chat/completions", body)
    assert answer["choices"][0]["message"]["content"] == "Good day"


def test_a_port_that_is_taken_is_told_so() -> None:
    async def again(server: ChatServer) -> None:
        port = int(server.base_url.split(":")[2].removesuffix("/v1"))
        with pytest.raises(SettingsError, match=f"Port {port} .* cannot be listened at"):
            await ChatServer(Parrot(), port=port).__aenter__()

    served(again)
