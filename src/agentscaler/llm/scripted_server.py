"""A small OpenAI-compatible endpoint that answers from a script, for tests and examples.

    python -m agentscaler.llm.scripted_server SCRIPT [--port 8000] [--delay 0.0]

It speaks just enough of HTTP/1.1: requests with a length, answers with one, connections kept open.
It listens on the loopback interface only.
"""

import argparse
import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from agentscaler.llm.script import Fault, Script, answer_body

__all__ = ["ScriptedServer"]

_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}
_MOST_BYTES = 64 * 1024 * 1024


class ScriptedServer:
    """The endpoint; an asynchronous context in which it listens.

    Args:
        port: 0 takes any that is free.
        delay: seconds before each answer.
        remember: keeps what was asked.
        key: what a request must carry, or be answered with 401; "" takes any.

    Attributes:
        asked: requests so far; `bodies` and `headers` hold them where `remember` is set.
        most_at_once: how many were on the way at the same time.
    """

    def __init__(
        self,
        script: Script,
        *,
        port: int = 0,
        delay: float = 0,
        remember: bool = False,
        key: str = "",
    ) -> None:
        self._script = script
        self._port = port
        self._delay = delay
        self._remember = remember
        self._key = key
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.asked = 0
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.at_once = self.most_at_once = 0

    @property
    def base_url(self) -> str:
        """What an endpoint's settings need."""
        assert self._server is not None, "the server is not running"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def __aenter__(self) -> "ScriptedServer":
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, limit=1024 * 1024, backlog=4096
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._answer_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers the next request of a connection; False to close it."""
        head = await reader.readuntil(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (field.partition(":") for field in fields if field)
        }
        length = int(headers.get("content-length", "0"))
        if length > _MOST_BYTES:
            return False
        content = await reader.readexactly(length)
        if not line.startswith("POST ") or "/chat/completions" not in line:
            await _send(writer, 404, _error("no such page"))
            return True
        self.asked += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self._key and headers.get("authorization") != f"Bearer {self._key}":
                await _send(writer, 401, _error("wrong key"))
                return True
            return await self._reply(writer, content, headers)
        finally:
            self.at_once -= 1

    async def _reply(
        self, writer: asyncio.StreamWriter, content: bytes, headers: dict[str, str]
    ) -> bool:
        body = _body(content)
        if body is None:
            await _send(writer, 400, _error("no chat completion is asked for"))
            return True
        if self._remember:
            self.bodies.append(body)
            self.headers.append(headers)
        rule = self._script.choose(body)
        if rule is None:
            await _send(writer, 400, _error("no rule of the script fits"))
            return True
        if wait := self._delay + rule.delay:
            await asyncio.sleep(wait)
        fault = rule.fault or Fault()
        if fault.drop:
            return False
        if fault.status is not None:
            extra = f"Retry-After: {fault.retry_after:g}\r\n" if fault.retry_after else ""
            await _send(writer, fault.status, _error("scripted"), extra)
            return True
        answer = {"choices": []} if fault.no_choices else answer_body(rule, body, self.asked)
        await _send(writer, 200, orjson.dumps(answer)[: fault.cut])
        return True


def _body(content: bytes) -> dict[str, Any] | None:
    """A request's body, or None where it is none."""
    try:
        body = orjson.loads(content)
    except ValueError:
        return None
    fits = isinstance(body, dict) and isinstance(body.get("messages"), list) and body["messages"]
    return body if fits else None


def _error(message: str) -> bytes:
    return orjson.dumps({"error": {"message": message}})


async def _send(writer: asyncio.StreamWriter, status: int, content: bytes, extra: str = "") -> None:
    head = (
        f"HTTP/1.1 {status} {_REASONS.get(status, 'Failed')}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n{extra}\r\n"
    )
    writer.write(head.encode() + content)
    await writer.drain()


async def _serve_forever(server: ScriptedServer) -> None:
    async with server:
        sys.stderr.write(f"listening at {server.base_url}\n")
        sys.stderr.flush()
        await asyncio.Event().wait()


def _main() -> None:
    parser = argparse.ArgumentParser(description="An endpoint that answers from a script.")
    parser.add_argument("script", type=Path)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    given = parser.parse_args()
    server = ScriptedServer(Script.read(given.script), port=given.port, delay=given.delay)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve_forever(server))


if __name__ == "__main__":
    _main()
