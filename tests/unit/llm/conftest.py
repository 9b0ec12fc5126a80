"""An endpoint that answers from a script, and a model that asks it without long waits."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from agentscaler.chat import Message
from agentscaler.llm import EndpointSettings, HttpModel, Request, Script
from agentscaler.llm.patience import Patience
from agentscaler.llm.scripted_server import ScriptedServer

Outcome = TypeVar("Outcome")
Asking = Callable[..., Any]

QUICK = Patience(first_seconds=0.001, longest_seconds=0.002)


def question(text: str = "Is it open?", **more: Any) -> Request:
    return Request(messages=(Message(role="user", content=text),), **more)


def settings_of(server: ScriptedServer, **more: Any) -> EndpointSettings:
    given: dict[str, Any] = {"base_url": server.base_url, "model": "tiny", "retries": 3}
    return EndpointSettings.model_validate(given | more)


@pytest.fixture
def asking() -> Asking:
    """`asking(script, play, key=..., **settings)`: runs `play(model, server)` in an event loop,
    against a server with that script; other arguments are settings of the endpoint."""

    def run(
        script: str,
        play: Callable[[HttpModel, ScriptedServer], Awaitable[Outcome]],
        *,
        key: str = "",
        **settings: Any,
    ) -> Outcome:
        async def inside() -> Outcome:
            async with (
                ScriptedServer(Script.parse(script), remember=True, key=key) as server,
                HttpModel(settings_of(server, **settings), patience=QUICK) as model,
            ):
                return await play(model, server)

        return asyncio.run(inside())

    return run
