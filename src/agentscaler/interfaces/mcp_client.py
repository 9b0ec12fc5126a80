"""A small client of MCP servers: it asks one for its tools, over stdio or HTTP, and leaves.

Both transports carry JSON-RPC 2.0.  A server is greeted with `initialize`; one that has no such
method speaks the stateless revision of the protocol (2026-07-28), in which every request says which
version it is in.  `tools/list` is then asked page by page.  What comes back is kept as the server
gave it, as `{"serverInfo": {...}, "tools": [...]}`, which the pool reads like any other file.

Specification: https://modelcontextprotocol.io/specification
"""

import hashlib
import json
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agentscaler import __version__
from agentscaler.corpus import slug
from agentscaler.errors import InputError
from agentscaler.interfaces.mcp_transports import (
    NO_SUCH_METHOD,
    Http,
    Message,
    Stdio,
    Transport,
    running,
)

__all__ = ["Listing", "list_over_http", "list_over_stdio", "save_listing"]

Listing = dict[str, Any]

_VERSION = "2025-11-25"
_STATELESS_VERSION = "2026-07-28"
_CLIENT = {"name": "agentscaler", "version": __version__}
_MOST_PAGES = 1000


def list_over_stdio(command: str, timeout: float = 30.0) -> Listing:
    """Starts a server with a command line, asks for its tools, and ends it.

    Args:
        timeout: seconds that one answer may take.

    Raises:
        InputError: it cannot be started, ends, is silent, or answers with an error.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(
            f"The command {command} cannot be taken apart: {error}.", "Close its quotation marks."
        ) from error
    if not words:
        raise InputError("The command of the MCP server is empty.", "Give a program and arguments.")
    with tempfile.TemporaryFile() as complaints, running(words, complaints) as process:
        return _list_tools(Stdio(words[0], process, complaints, timeout))


def list_over_http(
    url: str, headers: Mapping[str, str] | None = None, timeout: float = 30.0
) -> Listing:
    """Asks the server at an address for its tools.

    Args:
        headers: sent along with every request, for servers that want authorisation.
        timeout: seconds that one answer may take.

    Raises:
        InputError: it cannot be reached, is silent, or answers with an error.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise InputError(f"{url} is no address of an MCP server.", "Give an http or https URL.")
    transport = Http(url, dict(headers or {}), timeout)
    try:
        return _list_tools(transport)
    finally:
        transport.leave()


def save_listing(listing: Listing, folder: Path, origin: str) -> Path:
    """Writes a listing into a folder; the same `origin` (command or URL) gives the same file.

    The origin itself, which may hold a secret, is not written.
    """
    info = listing.get("serverInfo")
    name = info.get("name") if isinstance(info, dict) else None
    digest = hashlib.sha256(origin.encode()).hexdigest()[:8]
    path = folder / f"{slug(name if isinstance(name, str) else 'mcp')}-{digest}.json"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(listing, indent=1) + "\n", encoding="utf-8")
    return path


def _list_tools(transport: Transport) -> Listing:
    greeting = {
        "protocolVersion": _VERSION,
        "capabilities": {},
        "clientInfo": _CLIENT,
    }
    answer = transport.ask(_request(0, "initialize", greeting))
    stateless: Message = {}
    if _error_code(answer) == NO_SUCH_METHOD:
        transport.version = _STATELESS_VERSION
        prefix = "io.modelcontextprotocol/"
        stateless = {
            "_meta": {
                f"{prefix}protocolVersion": _STATELESS_VERSION,
                f"{prefix}clientCapabilities": {},
                f"{prefix}clientInfo": _CLIENT,
            }
        }
        info: Any = None
    else:
        result = _result(transport, answer)
        info = result.get("serverInfo")
        transport.version = str(result.get("protocolVersion", _VERSION))
        transport.tell({"jsonrpc": "2.0", "method": "notifications/initialized"})
    tools = list(_pages(transport, stateless))
    if not tools:
        raise InputError(f"{transport.name} lists no tools.", "Ask a server that has some.")
    return {"serverInfo": info if isinstance(info, dict) else {}, "tools": tools}


def _pages(transport: Transport, parameters: Message) -> Iterator[Any]:
    """The tools of all pages."""
    cursors: set[str] = set()
    for number in range(1, _MOST_PAGES + 1):
        answer = transport.ask(_request(number, "tools/list", parameters))
        result = _result(transport, answer)
        tools, cursor = result.get("tools"), result.get("nextCursor")
        if not isinstance(tools, list):
            raise InputError(
                f"{transport.name} answered tools/list without a list of tools.",
                "Check that it is an MCP server.",
            )
        yield from tools
        if not isinstance(cursor, str) or not cursor:
            return
        if cursor in cursors:
            break
        cursors.add(cursor)
        parameters = {**parameters, "cursor": cursor}
    raise InputError(
        f"{transport.name} lists its tools without end.",
        "Save one answer to tools/list as a file and add that.",
    )


def _request(number: int, method: str, parameters: Message) -> Message:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}


def _error_code(answer: Message) -> Any:
    error = answer.get("error")
    return error.get("code") if isinstance(error, dict) else None


def _result(transport: Transport, answer: Message) -> Message:
    result = answer.get("result")
    if isinstance(result, dict):
        return result
    error = answer.get("error")
    said = error.get("message") if isinstance(error, dict) else "no result"
    raise InputError(
        f"{transport.name} answered with an error: {str(said)[:200]}.",
        "Check the server's command or address, and what it needs to start.",
    )
