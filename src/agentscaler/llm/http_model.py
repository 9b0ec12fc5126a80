"""`HttpModel`: a model behind an OpenAI-compatible endpoint.

A request goes out when the limiter lets it in, and again after failures that may pass, until there
is an answer, the retries are used up, or the time for the step is over.
"""

import asyncio
import os
import random
import time
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import orjson

from agentscaler.errors import (
    AgentScalerError,
    EndpointError,
    MissingExtraError,
    RequestRefusedError,
    SettingsError,
)
from agentscaler.llm.chat_model import Completion, Request
from agentscaler.llm.limiter import Limiter
from agentscaler.llm.patience import RETRIED, delay_before, retry_after
from agentscaler.llm.settings import EndpointSettings
from agentscaler.llm.wire import UnreadableAnswerError, read_completion, request_body

if TYPE_CHECKING:
    import aiohttp

__all__ = ["HttpModel"]

_CONNECT_SECONDS = 15.0
_START_CONCURRENCY = 16
_QUOTED = 300
_REFUSED_FOR_GOOD = frozenset({400, 413, 422})
_OVERLOADED = frozenset({429, 503, 529})


@dataclass(frozen=True)
class _Failure:
    """An attempt that may go better next time."""

    what: str
    asked: float | None = None


class HttpModel:
    """Answers over HTTP; satisfies `ChatModel`.  Used inside one event loop, and closed there.

    Args:
        settings: the endpoint; the key is read from the environment here.
        seed: of the jitter between retries.

    Raises:
        SettingsError: no model is named, or the address is none.
    """

    def __init__(self, settings: EndpointSettings, seed: int = 0) -> None:
        if not settings.model:
            raise SettingsError(
                "No model is named.", "Name it, say --set llm.default.model=Qwen/Qwen3-8B."
            )
        if not settings.base_url.startswith(("http://", "https://")):
            raise SettingsError(
                f"{settings.base_url!r} is no address of an endpoint.",
                "Give the part before /chat/completions, such as http://127.0.0.1:8000/v1.",
            )
        self.settings = settings
        self.limiter = Limiter(settings.concurrency, _START_CONCURRENCY)
        self._url = f"{settings.base_url.rstrip('/')}/chat/completions"
        self._random = random.Random(seed)
        self._session: aiohttp.ClientSession | None = None

    @property
    def name(self) -> str:
        return self.settings.model

    async def complete(self, request: Request) -> Completion:
        """See `ChatModel.complete`."""
        body = orjson.dumps(request_body(self.settings.model, request))
        deadline = time.monotonic() + self.settings.step_seconds
        failure = _Failure("")
        for attempt in range(self.settings.retries + 1):
            if attempt:
                wait = delay_before(attempt, failure.asked, self._random)
                if time.monotonic() + wait > deadline:
                    break
                await asyncio.sleep(wait)
            async with self.limiter:
                outcome = await self._ask(body, deadline)
            if isinstance(outcome, Completion):
                self.limiter.answered()
                return outcome
            failure = outcome
        raise EndpointError(f"{self._url} gave no answer: {failure.what}")

    async def aclose(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _ask(self, body: bytes, deadline: float) -> Completion | _Failure:
        """One attempt.

        Raises:
            RequestRefusedError, AgentScalerError: another attempt would end in the same way.
        """
        aiohttp = _aiohttp()
        seconds = min(self.settings.request_seconds, max(0.001, deadline - time.monotonic()))
        limit = aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, _CONNECT_SECONDS))
        try:
            async with self._connected().post(self._url, data=body, timeout=limit) as response:
                content = await response.read()
                status, headers = response.status, response.headers
        except TimeoutError:
            return _Failure(f"it took longer than {seconds:.0f} s")
        except aiohttp.ClientError as error:
            return _Failure(f"{type(error).__name__}: {error}")
        if status == 200:
            try:
                return read_completion(content)
            except UnreadableAnswerError as error:
                return _Failure(str(error))
        said = self._quote(content)
        if status in _OVERLOADED:
            self.limiter.overloaded()
        if status in RETRIED:
            return _Failure(f"status {status}: {said}", retry_after(headers))
        if status in _REFUSED_FOR_GOOD:
            raise RequestRefusedError(f"status {status}: {said}")
        raise AgentScalerError(
            f"{self._url} answers with status {status}: {said}",
            f"Check the address, the model's name ({self.settings.model}) and the key in the "
            f"environment variable {self.settings.api_key_env}.",
        )

    def _connected(self) -> "aiohttp.ClientSession":
        if self._session is None:
            aiohttp = _aiohttp()
            headers = {"Content-Type": "application/json"}
            if key := os.environ.get(self.settings.api_key_env, ""):
                headers["Authorization"] = f"Bearer {key}"
            self._session = aiohttp.ClientSession(
                headers=headers, connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
            )
        return self._session

    def _quote(self, content: bytes) -> str:
        """What the endpoint said, in short, and without the key should it repeat it."""
        text = content[: 4 * _QUOTED].decode(errors="replace")
        if key := os.environ.get(self.settings.api_key_env, ""):
            text = text.replace(key, "***")
        return " ".join(text.split())[:_QUOTED] or "nothing"


def _aiohttp() -> Any:
    """The module, imported when it is needed."""
    try:
        import aiohttp
    except ImportError as error:
        raise MissingExtraError(
            "A language model's endpoint needs the package aiohttp, which is not installed.",
            "Run: pip install 'agentscaler[llm]'",
        ) from error
    return aiohttp
