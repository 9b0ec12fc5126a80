"""The MCP client against servers of ours: a scripted one over stdio, one on the loopback device."""

import json
import shlex
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from agentscaler.errors import InputError
from agentscaler.interfaces.mcp_client import list_over_http, list_over_stdio, save_listing

SERVER = Path(__file__).with_name("mcp_server.py")
NAMES = [f"note_{number}" for number in range(5)]


def command(character: str) -> str:
    return shlex.join([sys.executable, str(SERVER), character])


def names(listing: dict[str, Any]) -> list[str]:
    return [tool["name"] for tool in listing["tools"]]


@pytest.mark.parametrize("character", ["plain", "chatty", "stateless"])
def test_all_pages_are_listed_over_stdio(character: str) -> None:
    listing = list_over_stdio(command(character))
    assert names(listing) == NAMES
    known = {} if character == "stateless" else {"name": "Note Keeper", "version": "1"}
    assert listing["serverInfo"] == known


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (command("ending"), "ended before it listed its tools: the key file is missing"),
        (command("refusing"), "answered with an error: no key was given"),
        (command("silent"), r"did not answer within 0\.5 seconds"),
        (command("odd"), "without a list of tools"),
        (command("bare"), "lists no tools"),
        (command("endless"), "without end"),
        ("no-such-program-anywhere", "cannot be started: No such file"),
        ("", "is empty"),
    ],
    ids=lambda value: value.split()[-1] if value else "nothing",
)
def test_what_goes_wrong_over_stdio_is_an_error_with_a_remedy(line: str, what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        list_over_stdio(line, timeout=0.5 if "silent" in line else 20)
    assert caught.value.remedy


def test_a_server_that_does_not_leave_is_ended() -> None:
    begun = time.monotonic()
    assert names(list_over_stdio(command("stubborn"))) == NAMES
    assert time.monotonic() - begun < 20


class Handler(BaseHTTPRequestHandler):
    """Speaks streamable HTTP as the server's `character` says."""

    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Handler.seen.append((message["method"], {k.lower(): v for k, v in self.headers.items()}))
        character = self.path.strip("/")
        if character == "locked" and self.headers.get("Authorization") != "Bearer key":
            self.answer(401, "text/plain", b"")
        elif character == "slow":
            time.sleep(1)
        elif "id" not in message:
            self.answer(202, "text/plain", b"")
        elif character == "page":
            self.answer(200, "text/html", b"<html>hello</html>")
        elif character == "stateless" and message["method"] == "initialize":
            error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32601, "message": "gone"}}
            self.answer(400, "application/json", json.dumps(error).encode())
        else:
            self.result(message, character)

    def do_DELETE(self) -> None:
        Handler.seen.append(("DELETE", {k.lower(): v for k, v in self.headers.items()}))
        self.answer(405, "text/plain", b"")

    def result(self, message: dict[str, Any], character: str) -> None:
        result: dict[str, Any] = {"protocolVersion": "2025-06-18", "serverInfo": {"name": "Web"}}
        if message["method"] == "tools/list":
            is_last = message["params"].get("cursor") == "next"
            part = NAMES[3:] if is_last else NAMES[:3]
            result = {"tools": [{"name": name, "inputSchema": {}} for name in part]}
            result |= {} if is_last else {"nextCursor": "next"}
        text = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result})
        if character == "events":
            half = text.index(", ") + 1  # events may be cut into several lines
            note = 'data: {"jsonrpc": "2.0", "method": "notifications/message"}'
            events = f": hello\r\n\r\n{note}\r\n\r\nevent: message\r\ndata: {text[:half]}\r\n"
            events += f"data: {text[half:]}\r\n\r\n"
            self.answer(200, "text/event-stream", events.encode())
        else:
            self.answer(200, "application/json", text.encode())

    def answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Mcp-Session-Id", "session-1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("character", ["json", "events", "stateless"])
def test_all_pages_are_listed_over_http(address: str, character: str) -> None:
    Handler.seen.clear()
    listing = list_over_http(f"{address}/{character}")
    assert names(listing) == NAMES
    asked = [headers for method, headers in Handler.seen if method == "tools/list"]
    version = "2026-07-28" if character == "stateless" else "2025-06-18"
    assert {headers["mcp-protocol-version"] for headers in asked} == {version}
    assert {headers["accept"] for headers in asked} == {"application/json, text/event-stream"}


def test_a_session_is_kept_and_ended(address: str) -> None:
    Handler.seen.clear()
    list_over_http(f"{address}/json")
    sessions = [headers.get("mcp-session-id") for _, headers in Handler.seen]
    assert sessions == [None, *["session-1"] * 4]
    assert [method for method, _ in Handler.seen][-1] == "DELETE"


def test_headers_open_a_locked_server(address: str) -> None:
    with pytest.raises(InputError, match="HTTP 401") as caught:
        list_over_http(f"{address}/locked")
    assert "--mcp-header" in caught.value.remedy
    assert names(list_over_http(f"{address}/locked", {"Authorization": "Bearer key"})) == NAMES


@pytest.mark.parametrize(
    ("path", "what"),
    [("slow", r"did not answer within 0\.3 seconds"), ("page", "cannot be asked")],
)
def test_what_goes_wrong_over_http_is_an_error_with_a_remedy(
    address: str, path: str, what: str
) -> None:
    with pytest.raises(InputError, match=what) as caught:
        list_over_http(f"{address}/{path}", timeout=0.3 if path == "slow" else 20)
    assert caught.value.remedy


@pytest.mark.parametrize("url", ["file:///etc/hosts", "127.0.0.1:80", "http://127.0.0.1:1/mcp"])
def test_an_address_without_a_server_is_an_error(url: str) -> None:
    with pytest.raises(InputError):
        list_over_http(url)


def test_a_listing_is_saved_under_its_servers_name_without_the_secrets_of_its_origin(
    tmp_path: Path,
) -> None:
    listing = {"serverInfo": {"name": "Note Keeper"}, "tools": [{"name": "\ud800"}]}
    first = save_listing(listing, tmp_path / "sources", "serve --key secret-7")
    other = save_listing(listing, tmp_path / "sources", "serve --key secret-8")
    assert first != other
    assert save_listing(listing, tmp_path / "sources", "serve --key secret-7") == first
    assert first.name.startswith("note-keeper-")
    assert "secret" not in first.read_text() + first.name
    assert json.loads(first.read_text()) == listing
