"""An endpoint of a pretended model, for runs in this process or another."""

import asyncio
import threading
from typing import TYPE_CHECKING

from agentscaler.llm import Script
from agentscaler.llm.scripted_server import ScriptedServer

if TYPE_CHECKING:
    from tests.functional.players import Players

__all__ = ["Served"]


class Served:
    """Answers behind an endpoint in a thread of its own, which can go down and come back."""

    def __init__(self, answers: "Script | Players") -> None:
        self._answers = answers
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._port = 0
        self._server: ScriptedServer | None = None
        self._asked_before = 0
        self.up()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def asked(self) -> int:
        return self._asked_before + (self._server.asked if self._server else 0)

    def up(self) -> None:
        async def begin() -> int:
            self._server = ScriptedServer(self._answers, port=self._port)
            await self._server.__aenter__()
            return int(self._server.base_url.split(":")[2].split("/")[0])

        self._port = asyncio.run_coroutine_threadsafe(begin(), self._loop).result(10)

    def down(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            self._asked_before += server.asked
            asyncio.run_coroutine_threadsafe(server.__aexit__(), self._loop).result(10)

    def end(self) -> None:
        self.down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def wait_for(self, asked: int) -> None:
        while self.asked < asked:
            threading.Event().wait(0.002)
