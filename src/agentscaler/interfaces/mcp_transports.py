"""How messages reach an MCP server: over a process's standard streams, or posted to an address.

Specification: https://modelcontextprotocol.io/specification, "Transports"
"""

import http.client
import json
import os
import selectors
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

from agentscaler.errors import InputError

__all__ = ["NO_SUCH_METHOD", "Http", "Message", "Stdio", "Transport", "running"]

Message = dict[str, Any]

NO_SUCH_METHOD = -32601
"""JSON-RPC's code for a method that the other side does not have."""
_MOST_BYTES = 64 * 1024 * 1024
_SECONDS_TO_LEAVE = 2.0


class Transport(Protocol):
    """Carries messages to a server; `name` says in errors which one."""

    name: str
    version: str | None

    def ask(self, request: Message) -> Message:
        """The response to a request; raises `InputError` where none comes in time."""
        ...

    def tell(self, notification: Message) -> None:
        """Sends what is not answered."""
        ...


class Stdio:
    """Newline-delimited messages over a process's standard input and output."""

    def __init__(
        self,
        name: str,
        process: "subprocess.Popen[bytes]",
        complaints: IO[bytes],
        timeout: float,
    ) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.name = f"The MCP server {name}"
        self.version: str | None = None
        self._stdin, self._stdout = process.stdin, process.stdout
        self._complaints = complaints
        self._timeout = timeout
        self._buffer = bytearray()

    def tell(self, notification: Message) -> None:
        try:
            self._stdin.write(json.dumps(notification).encode() + b"\n")
            self._stdin.flush()
        except OSError as error:
            raise self._gone() from error

    def ask(self, request: Message) -> Message:
        self.tell(request)
        deadline = time.monotonic() + self._timeout
        while True:
            message = _parse(self._line(deadline))
            if message is None:
                continue
            if _is_answer(message, request):
                return message
            if "method" in message and "id" in message:  # a question to us
                self._decline(message)

    def _decline(self, question: Message) -> None:
        reply: Message = {"jsonrpc": "2.0", "id": question["id"]}
        if question["method"] == "ping":
            reply["result"] = {}
        else:
            reply["error"] = {"code": NO_SUCH_METHOD, "message": "only tools are listed here"}
        self.tell(reply)

    def _line(self, deadline: float) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise InputError(
                        f"{self.name} did not answer within {self._timeout:g} seconds.",
                        "Check that it speaks MCP over stdio; --mcp-timeout waits longer.",
                    )
                chunk = os.read(self._stdout.fileno(), 65536)
                if not chunk:
                    raise self._gone()
                self._buffer += chunk
                if len(self._buffer) > _MOST_BYTES:
                    raise InputError(f"{self.name} sends too long a line.", "Check the server.")
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer = bytearray(rest)
        return line

    def _gone(self) -> InputError:
        self._complaints.seek(0)
        last = self._complaints.read()[-2000:].decode("utf-8", "replace").strip().splitlines()[-1:]
        said = f": {last[0][:200]}" if last else ""
        return InputError(
            f"{self.name} ended before it listed its tools{said}.",
            "Check the command and what the server needs to start.",
        )


class Http:
    """Messages posted to one address; each is answered by JSON or by server-sent events."""

    def __init__(self, url: str, headers: dict[str, str], timeout: float) -> None:
        self.name = f"The MCP server at {urlsplit(url).netloc.rpartition('@')[2]}"
        self.version: str | None = None
        self._url = url
        self._headers = headers
        self._timeout = timeout
        self._session: str | None = None

    def tell(self, notification: Message) -> None:
        self._post(notification)

    def ask(self, request: Message) -> Message:
        answer = self._post(request)
        if answer is None:
            raise InputError(
                f"{self.name} did not answer {request['method']}.", "Check that it speaks MCP."
            )
        return answer

    def leave(self) -> None:
        """Ends the session; a server that has none may refuse."""
        if self._session is None:
            return
        with suppress(OSError, ValueError, http.client.HTTPException):
            self._open("DELETE", None).close()

    def _post(self, message: Message) -> Message | None:
        deadline = time.monotonic() + self._timeout
        try:
            with self._open("POST", message) as response:
                self._session = response.headers.get("Mcp-Session-Id") or self._session
                is_stream = response.headers.get_content_type() == "text/event-stream"
                found = _events(response, deadline) if is_stream else _body(response)
                return next((one for one in found if _is_answer(one, message)), None)
        except urllib.error.HTTPError as error:
            return self._refusal(message, error)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise self._failure(error) from error

    def _refusal(self, message: Message, error: urllib.error.HTTPError) -> Message:
        """The JSON-RPC error in the body of an HTTP error; `InputError` where there is none."""
        with error:
            refusal = _parse(error.read(_MOST_BYTES))
        if refusal is not None and "id" in message and "error" in refusal:
            return refusal
        hint = "Check the address."
        if error.code in {401, 403}:
            hint = "Give what it wants with --mcp-header 'Authorization: Bearer ...'."
        raise InputError(f"{self.name} answered with HTTP {error.code}.", hint) from error

    def _failure(self, error: Exception) -> InputError:
        if isinstance(error, TimeoutError) or isinstance(
            getattr(error, "reason", None), TimeoutError
        ):
            return InputError(
                f"{self.name} did not answer within {self._timeout:g} seconds.",
                "Check the address; --mcp-timeout waits longer.",
            )
        return InputError(f"{self.name} cannot be asked: {error}.", "Check the address.")

    def _open(self, method: str, message: Message | None) -> Any:
        headers = {
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
            **({"MCP-Protocol-Version": self.version} if self.version else {}),
            **({"Mcp-Session-Id": self._session} if self._session else {}),
            **({"Mcp-Method": message["method"]} if message else {}),
            **self._headers,
        }
        data = json.dumps(message).encode() if message else None
        request = urllib.request.Request(  # noqa: S310  # http and https only, checked above
            self._url, data, headers, method=method
        )
        return urllib.request.urlopen(request, timeout=self._timeout)  # noqa: S310


@contextmanager
def running(words: list[str], complaints: IO[bytes]) -> Iterator["subprocess.Popen[bytes]"]:
    """A server's process, ended with all that it started."""
    try:
        process = subprocess.Popen(  # noqa: S603  # the user's own command
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,
        )
    except OSError as error:
        raise InputError(
            f"The MCP server {words[0]} cannot be started: {error.strerror}.",
            "Check the command.",
        ) from error
    try:
        yield process
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(OSError):  # it may have gone already
            process.stdin.close()
        for farewell in (None, signal.SIGTERM, signal.SIGKILL):
            if farewell is not None:
                _signal(process, farewell)
            try:
                process.wait(_SECONDS_TO_LEAVE)
                break
            except subprocess.TimeoutExpired:
                continue
        process.stdout.close()


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _parse(text: bytes) -> Message | None:
    """A JSON-RPC message, or None: servers print other things, too."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def _is_answer(message: Message | None, request: Message) -> bool:
    return message is not None and message.get("id") == request["id"] and "method" not in message


def _body(response: IO[bytes]) -> Iterator[Message]:
    """The messages of a JSON body: one, or a batch."""
    try:
        content = json.loads(response.read(_MOST_BYTES) or b"null")
    except RecursionError as error:
        raise ValueError("the answer is nested too deeply") from error
    yield from (one for one in (content if isinstance(content, list) else [content]) if one)


def _events(response: IO[bytes], deadline: float) -> Iterator[Message | None]:
    """The messages of server-sent events, as they come."""
    data: list[bytes] = []
    size = 0
    for line in response:
        size += len(line)
        if time.monotonic() > deadline or size > _MOST_BYTES:
            raise TimeoutError
        field, _, value = line.rstrip(b"\r\n").partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif not field and not value and data:
            yield _parse(b"\n".join(data))
            data = []
    if data:
        yield _parse(b"\n".join(data))
