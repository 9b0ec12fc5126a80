"""`HttpModel`: a model behind an OpenAI-compatible endpoint.

A request goes out when the limiter lets it in, and again after failures that may pass, until there
is an answer, the retries are used up, or the time for the step is over.
"""

import asyncio
import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

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
from agentscaler.llm.patience import RETRIED, Patience, retry_after
from agentscaler.llm.settings import EndpointSettings
from agentscaler.llm.wire import UnreadableAnswerError, read_completion, request_body

if TYPE_CHECKING:
    import aiohttp

__all__ = ["HttpModel"]

_CONNECT_SECONDS = 15.0
_START_CONCURRENCY = 16
_QUOTED = 300
_RETRIES_WHILE_ABSENT = 4
"""Where nothing has ever answered, most often the address is wrong."""
_REFUSED_FOR_GOOD = frozenset({400, 413, 422})
_OVERLOADED = frozenset({429, 503, 529})


@dataclass(frozen=True)
class _Failure:
    """An attempt that may go better next time."""

    what: str
    asked: float | None = None
    overload: bool = False
    absent: bool = False


class HttpModel:
    """Answers over HTTP; satisfies `ChatModel`.  Used inside one event loop, and closed there.

    Args:
        settings: the endpoint; the key is read from the environment here.
        seed: of the jitter between retries.
        patience: how long to wait between them.

    Raises:
        SettingsError: no model is named, or the address or the key is none.
    """

    def __init__(
        self, settings: EndpointSettings, seed: int = 0, patience: Patience | None = None
    ) -> None:
        if not settings.model:
            raise SettingsError(
                "No model is named.", "Name it, say --set llm.default.model=Qwen/Qwen3-8B."
            )
        address = urlsplit(settings.base_url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise SettingsError(
                f"{settings.base_url!r} is no address of an endpoint.",
                "Give the part before /chat/completions, such as http://127.0.0.1:8000/v1.",
            )
        self.settings = settings
        self.limiter = Limiter(settings.concurrency, _START_CONCURRENCY)
        self._url = f"{settings.base_url.rstrip('/')}/chat/completions"
        self._key = _key_in(os.environ, settings.api_key_env)
        self._random = random.Random(seed)
        self._patience = patience or Patience()
        self._session: aiohttp.ClientSession | None = None
        self._was_there = False

    @property
    def name(self) -> str:
        return self.settings.model

    async def complete(self, request: Request) -> Completion:
        """See `ChatModel.complete`."""
        body = orjson.dumps(request_body(self.settings.model, request, self.settings.sampling))
        deadline: float | None = None
        failure = _Failure("")
        for attempt in range(self.settings.retries + 1):
            if failure.absent and attempt > _RETRIES_WHILE_ABSENT and not self._was_there:
                break
            if attempt:
                wait = self._patience.delay(attempt, failure.asked, self._random)
                if deadline is not None and time.monotonic() + wait > deadline:
                    break
                await asyncio.sleep(wait)
            async with self.limiter as epoch:
                deadline = deadline or time.monotonic() + self.settings.step_seconds
                outcome = await self._ask(body, deadline)
                if isinstance(outcome, Completion):
                    self.limiter.answered()
                    return outcome
                if outcome.overload:
                    self.limiter.overloaded(epoch)
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
            return _Failure(f"it took longer than {seconds:.0f} s", overload=True)
        except (aiohttp.ClientError, OSError) as error:
            absent = isinstance(error, aiohttp.ClientConnectorError)
            return _Failure(self._quote(f"{type(error).__name__}: {error}"), absent=absent)
        self._was_there = True
        if status == 200:
            try:
                return read_completion(content)
            except UnreadableAnswerError as error:
                return _Failure(self._quote(str(error)))
        said = f"status {status}: {self._quote(content.decode(errors='replace'))}"
        if status in RETRIED:
            return _Failure(said, retry_after(headers, time.time()), status in _OVERLOADED)
        if status in _REFUSED_FOR_GOOD:
            raise RequestRefusedError(said)
        raise AgentScalerError(
            f"{self._url} answers with {said}",
            f"Check the address, the model's name ({self.settings.model}) and the key in the "
            f"environment variable {self.settings.api_key_env}.",
        )

    def _connected(self) -> "aiohttp.ClientSession":
        if self._session is None:
            aiohttp = _aiohttp()
            headers = {"Content-Type": "application/json"}
            if self._key:
                headers["Authorization"] = f"Bearer {self._key}"
            self._session = aiohttp.ClientSession(
                headers=headers, connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
            )
        return self._session

    def _quote(self, text: str) -> str:
        """What was said, in short, and without the key should it be repeated there."""
        if self._key:
            text = text.replace(self._key, "***")
        return " ".join(text.split())[:_QUOTED] or "nothing"


def _key_in(environment: Mapping[str, str], variable: str) -> str:
    key = environment.get(variable, "").strip()
    if not key.isprintable() or not key.isascii():
        raise SettingsError(
            f"The environment variable {variable} holds characters that no key has.",
            "Set it to the endpoint's key, and to nothing else.",
        )
    return key


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
