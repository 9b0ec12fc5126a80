"""`ChatServer`: an OpenAI-compatible endpoint, on the loopback interface, behind which a
`ChatModel` answers.

    POST /v1/chat/completions      GET /v1/models

Requests are handed on as they come, so that a model which answers many together can.  It knows no
key and no stream; bad requests are answered with 400, other paths with 404, both in the error form
of the OpenAI API.
"""

import os
from typing import Any, Self

import orjson

from agentscaler.errors import (
    AgentScalerError,
    EndpointError,
    MissingExtraError,
    RequestRefusedError,
    SettingsError,
)
from agentscaler.llm.chat_model import ChatModel
from agentscaler.llm.wire_server import BadRequestError, answer_of, read_request

__all__ = ["ChatServer"]

_MOST_BYTES = 64 * 1024 * 1024


class ChatServer:
    """The endpoint; an asynchronous context in which it listens.

    Args:
        port: 0 takes any that is free.
        host: who may ask: on the loopback interface only programs of this machine.

    Raises:
        MissingExtraError: aiohttp is not installed.
    """

    def __init__(self, model: ChatModel, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self._web = _aiohttp_web()
        self._model = model
        self._host, self._port = host, port
        self._runner: Any = None
        self._answered = 0

    @property
    def base_url(self) -> str:
        """What an endpoint's settings need."""
        assert self._runner is not None, "the server is not running"
        host, port = self._runner.addresses[0][:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"

    async def __aenter__(self) -> Self:
        app = self._web.Application(client_max_size=_MOST_BYTES, middlewares=[self._in_our_form])
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/models", self._models)
        self._runner = self._web.AppRunner(app, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        try:
            await self._web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            why = os.strerror(error.errno or 0)
            raise SettingsError(
                f"Port {self._port} of {self._host} cannot be listened at: {why}.",
                "Name another one with --port, or 0 for any that is free.",
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _complete(self, request: Any) -> Any:
        try:
            asked = read_request(await request.read())
            completion = await self._model.complete(asked)
        except (BadRequestError, RequestRefusedError) as error:
            return self._error(400, str(error))
        except EndpointError as error:
            return self._error(503, str(error))
        except AgentScalerError as error:
            return self._error(500, str(error))
        self._answered += 1
        return self._json(200, answer_of(completion, self._answered))

    async def _models(self, _: Any) -> Any:
        model = {"id": self._model.name, "object": "model", "created": 0, "owned_by": "agentscaler"}
        return self._json(200, {"object": "list", "data": [model]})

    @property
    def _in_our_form(self) -> Any:
        """Makes errors of the web server ones of the API."""

        async def answer(request: Any, handler: Any) -> Any:
            try:
                return await handler(request)
            except self._web.HTTPException as error:
                if error.status < 400:
                    raise
                return self._error(error.status, f"{request.method} {request.path}: {error.reason}")

        return self._web.middleware(answer)

    def _error(self, status: int, what: str) -> Any:
        kind = "invalid_request_error" if status < 500 else "server_error"
        return self._json(status, {"error": {"message": what, "type": kind}})

    def _json(self, status: int, body: dict[str, Any]) -> Any:
        content = orjson.dumps(body)
        return self._web.Response(status=status, body=content, content_type="application/json")


def _aiohttp_web() -> Any:
    """The module, imported when it is needed."""
    try:
        from aiohttp import web
    except ImportError as error:
        raise MissingExtraError(
            "An endpoint needs the package aiohttp, which is not installed.",
            "Run: pip install 'agentscaler[llm]'",
        ) from error
    return web
