"""An MCP server over stdio that plays one of several characters, for the tests of the client.

Usage: python mcp_server.py CHARACTER
"""

import json
import os
import sys
import time

TOOLS = [
    {"name": f"note_{number}", "description": "Reads a note.", "inputSchema": {"type": "object"}}
    for number in range(5)
]
PAGES = {None: (0, "a"), "a": (2, "b"), "b": (4, None)}


def say(message):
    print(json.dumps(message), flush=True)


def reply(request, **content):
    say({"jsonrpc": "2.0", "id": request["id"], **content})


def greet(request, character):
    if character == "stateless":
        reply(request, error={"code": -32601, "message": "Method not found"})
    elif character == "refusing":
        reply(request, error={"code": -32000, "message": "no key was given"})
    else:
        info = {"name": "Note Keeper", "version": "1"}
        reply(request, result={"protocolVersion": "2025-06-18", "serverInfo": info})


def list_tools(request, character):
    parameters = request["params"]
    if character == "stateless":
        meta = parameters["_meta"]
        assert meta["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"
        assert meta["io.modelcontextprotocol/clientCapabilities"] == {}
    if character == "endless":
        reply(request, result={"tools": TOOLS, "nextCursor": "again"})
    elif character == "odd":
        reply(request, result={"tools": "many"})
    elif character == "bare":
        reply(request, result={"tools": []})
    else:
        start, cursor = PAGES[parameters.get("cursor")]
        result = {"tools": TOOLS[start : start + 2]}
        reply(request, result={**result, **({"nextCursor": cursor} if cursor else {})})


def main(character):
    if character == "ending":
        print("the key file is missing", file=sys.stderr)
        sys.exit(3)
    for line in sys.stdin:
        request = json.loads(line)
        if character == "silent":
            time.sleep(60)
        if character == "chatty":
            print("Server is ready.", flush=True)
            say({"jsonrpc": "2.0", "method": "notifications/message", "params": {}})
            say({"jsonrpc": "2.0", "id": "p1", "method": "ping"})
            assert json.loads(sys.stdin.readline()) == {"jsonrpc": "2.0", "id": "p1", "result": {}}
            say({"jsonrpc": "2.0", "id": 0, "method": "roots/list"})
            assert json.loads(sys.stdin.readline())["error"]["code"] == -32601
            character = "plain"
        if request["method"] == "initialize":
            greet(request, character)
        elif request["method"] == "tools/list":
            list_tools(request, character)
    if character == "stubborn":
        os.closerange(0, 3)
        time.sleep(60)


main(sys.argv[1])
