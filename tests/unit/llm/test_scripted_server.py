"""The scripted endpoint itself, as a process of its own and against requests that are none."""

import asyncio
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import orjson

from agentscaler.llm import EndpointSettings, HttpModel, Script
from agentscaler.llm.scripted_server import ScriptedServer
from tests.unit.llm.conftest import question


def test_it_runs_as_a_program_and_says_where(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text("- say: 'Until ten.'")
    module = "agentscaler.llm.scripted_server"
    command = [sys.executable, "-m", module, str(script), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        url = process.stderr.readline().split()[-1]

        async def play() -> str:
            async with HttpModel(EndpointSettings(base_url=url, model="tiny")) as model:
                return (await model.complete(question())).text

        assert asyncio.run(play()) == "Until ten."
        process.terminate()


def test_what_is_no_request_is_refused_and_the_server_lives() -> None:
    def post(url: str, content: bytes) -> int:
        try:
            with urllib.request.urlopen(url, content, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    async def play() -> list[int]:
        async with ScriptedServer(Script.parse("- say: 'Yes.'")) as server:
            url = f"{server.base_url}/chat/completions"
            good = orjson.dumps({"messages": [{"role": "user", "content": "Open?"}]})
            asked = [
                (url, b"{"),
                (url, b"[]"),
                (url, b'{"messages": []}'),
                (server.base_url, good),
                (url, good),
            ]
            return [await asyncio.to_thread(post, *one) for one in asked]

    assert asyncio.run(play()) == [400, 400, 400, 404, 200]
