"""`BridgeProcess`: one process of the bridge, seen from our side.

It is lost when it ends, when it writes what is no line of ours, or when it keeps silent over a call
while it waits for no model: then it is killed, and the calls that it carries out fail.
"""

import asyncio
import os
import re
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from agentscaler.errors import InputError
from agentscaler.evaluation.tau.home import Home

__all__ = [
    "AgentFaultError",
    "Answer",
    "BridgeLostError",
    "BridgeProcess",
    "CallFailedError",
    "unusable",
]

Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
"""Answers what the package asks a language model; see `bridge.completion`."""

_PROGRAM = Path(__file__).with_name("bridge")
_START_SECONDS = 600.0
_END_SECONDS = 5.0
_LONGEST_LINE = 1 << 28
_KEPT_LINES = 40
_QUOTED = 600
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)


class CallFailedError(Exception):
    """The official package raised an exception.

    Attributes:
        kind: name of the exception's class.
        text: what it says.
        trace: where it was raised, cut to the end.
    """

    def __init__(self, kind: str, text: str, trace: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text
        self.trace = trace


class AgentFaultError(Exception):
    """There is no answer of the agent, and that is its own fault: its episode ends as lost.

    What `Answer` raises for the bridge to know; whoever made the call gets its result.
    """


class BridgeLostError(OSError):
    """A bridge ended, or was killed because it hung: infrastructure, to be tried again."""


@dataclass
class _Call:
    """A call that is being carried out."""

    answer: Answer
    result: asyncio.Future[Any]
    heard: float = field(default_factory=time.monotonic)
    asking: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    failure: BaseException | None = None


class BridgeProcess:
    """One process.

    Attributes:
        lost: nothing can be done with it any more.
        assigned: how many calls whoever shares it out means it to carry out.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._calls: dict[int, _Call] = {}
        self._number = 0
        self._said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._overhear())]
        self._ready: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.lost = False
        self.assigned = 0

    @classmethod
    async def start(cls, home: Home) -> "BridgeProcess":
        """Starts a process.

        Raises:
            InputError: the interpreter does not run, or has not the package.
        """
        program = (str(home.python), "-u", str(_PROGRAM), home.package, "--home", str(home.path))
        try:
            process = await asyncio.create_subprocess_exec(
                *program,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=_environment(),
                limit=_LONGEST_LINE,
                start_new_session=True,
            )
        except OSError as error:
            raise InputError(
                f"{home.python} does not run: {error.strerror or error}.",
                "Give --python the interpreter that the package is installed in.",
            ) from error
        return cls(process)

    async def found(self, home: Home) -> dict[str, Any]:
        """What the package is.

        Raises:
            InputError: it is not there, or cannot be imported.
        """
        try:
            async with asyncio.timeout(_START_SECONDS):
                return await asyncio.shield(self._ready)
        except TimeoutError as error:
            what = f"it said nothing for {_START_SECONDS:.0f} s"
            raise unusable(home, what) from error
        except CallFailedError as error:
            raise unusable(home, str(error)) from error
        except BridgeLostError as error:
            raise unusable(home, str(error)) from error

    async def call(self, do: str, given: dict[str, Any], answer: Answer, silent: float) -> Any:
        """Has something done; see `BridgePool.call`."""
        if self.lost:
            raise BridgeLostError(f"it had ended before it was asked{self._last_words()}")
        self._number += 1
        number = self._number
        call = _Call(answer, asyncio.get_running_loop().create_future())
        self._calls[number] = call
        try:
            self._send({"call": number, "do": do, "with": given})
            while not call.result.done():
                await asyncio.wait({call.result}, timeout=silent / 4)
                if not call.asking and time.monotonic() - call.heard > silent:
                    await self._lose(f"it kept silent for {silent:.0f} s")
            return self._outcome(call)
        finally:
            del self._calls[number]
            for ask, task in call.asking.items():
                task.cancel()
                self._send({"answer": ask, "failure": "the call was given up"})

    async def close(self) -> None:
        """Ends the process."""
        self.lost = True
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._kill()
            await self._process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._ready.done() and not self._ready.cancelled():
            self._ready.exception()  # looked at, so that nobody is warned of it

    @staticmethod
    def _outcome(call: _Call) -> Any:
        if call.failure is not None:
            raise call.failure
        return call.result.result()

    def _send(self, line: dict[str, Any]) -> None:
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(orjson.dumps(line) + b"\n")

    async def _listen(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        try:
            while text := await stdout.readline():
                self._hear(orjson.loads(text))
        except (ValueError, KeyError) as error:
            await self._lose(f"it wrote what is no line of ours: {error}")
        await self._lose("it ended")

    def _hear(self, line: dict[str, Any]) -> None:
        if "ready" in line:
            self._ready.set_result(line["ready"])
        elif "unready" in line:
            self._ready.set_exception(_failed(line["unready"]))
        elif "ask" in line:
            call = self._calls.get(line["call"])
            if call is None:
                self._send({"answer": line["ask"], "failure": "the call was given up"})
                return
            asked = self._reply(call, line["ask"], line["request"])
            call.asking[line["ask"]] = asyncio.create_task(asked)
        else:
            call = self._calls.get(line["return"])
            if call is None or call.result.done():
                return
            if "error" in line:
                call.result.set_exception(_failed(line["error"]))
                call.result.exception()
            else:
                call.result.set_result(line["value"])

    async def _reply(self, call: _Call, ask: int, request: dict[str, Any]) -> None:
        """Answers a question, or says that there is no answer and remembers why."""
        try:
            line = {"answer": ask, "value": await call.answer(request)}
        except AgentFaultError as error:
            line = {"answer": ask, "failure": str(error), "fault": "agent"}
        except Exception as error:  # handed to whoever made the call
            call.failure = call.failure or error
            line = {"answer": ask, "failure": str(error)}
        call.heard = time.monotonic()
        del call.asking[ask]
        self._send(line)

    async def _overhear(self) -> None:
        """Keeps the last lines that the package prints."""
        stderr = self._process.stderr
        assert stderr is not None
        with suppress(ValueError):
            while text := await stderr.readline():
                self._said.append(text.decode(errors="replace").rstrip()[:_QUOTED])

    async def _lose(self, what: str) -> None:
        """Kills the process, and fails what waits for it."""
        if self.lost:
            return
        self.lost = True
        self._kill()
        code = await self._process.wait()
        await asyncio.sleep(0)
        error = BridgeLostError(f"{what} (exit code {code}){self._last_words()}")
        if not self._ready.done():
            self._ready.set_exception(error)
        for call in self._calls.values():
            if not call.result.done():
                call.result.set_exception(error)
                call.result.exception()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _last_words(self) -> str:
        words = " | ".join(line for line in list(self._said)[-5:] if line)
        return f"; it said last: {words[-_QUOTED:]}" if words else ""


def unusable(home: Home, what: str) -> InputError:
    """The error of a package that cannot be used, and why."""
    return InputError(
        f"{home.package} in {home.path} cannot be used with {home.python}: {what}.",
        "Install the package into that interpreter as its README says, or name another one with "
        "--python.",
    )


def _environment() -> dict[str, str]:
    """Ours, without what may be a secret: models are asked by us, so the package needs no key."""
    kept = {name: value for name, value in os.environ.items() if not _SECRET.search(name)}
    kept.pop("PYTHONPATH", None)
    kept.pop("PYTHONHOME", None)
    return kept | {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "PYTHONDONTWRITEBYTECODE": "1"}


def _failed(error: dict[str, str]) -> CallFailedError:
    return CallFailedError(error["type"], error["text"], error["trace"])
