"""`Simulation`: the process in which the simulated classes of a user's checkout run.

One process answers one line at a time; it keeps no state, so one that was lost is simply started
again.  Its interpreter sees no keys: of our environment it gets the path of programs alone.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from agentscaler.errors import InputError
from agentscaler.evaluation.acebench.items import AceItem, Language

__all__ = ["Executed", "Simulation", "SimulationFailedError", "SimulationLostError"]

_PROGRAM = Path(__file__).with_name("simulator.py")
_SECONDS = 30.0
_LONGEST_LINE = 1 << 26
_LOSSES_IN_A_ROW = 5


class SimulationFailedError(Exception):
    """The official classes raised an exception over what an agent wrote."""


class SimulationLostError(OSError):
    """The process ended or kept silent: infrastructure, to be tried again."""


@dataclass(frozen=True)
class Executed:
    """What came of a text with calls.

    Attributes:
        reply: what the agent is shown: a list of results, or a sentence.
        state: `[{class: {attribute: value}}, ...]`, [] before any call was executed.
    """

    reply: Any
    state: list[dict[str, Any]]


class Simulation:
    """Executes what agents write; used inside one event loop, and closed there.

    Args:
        home: the user's checkout of ACEBench.
        python: an interpreter; the classes want the standard library alone.
    """

    def __init__(
        self,
        home: Path,
        language: Language,
        python: str = sys.executable,
        seconds: float = _SECONDS,
    ) -> None:
        self._home = home
        self._language = language
        self._python = python
        self._seconds = seconds
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._losses = 0

    async def execute(self, item: AceItem, texts: Sequence[str]) -> Executed:
        """Executes all that an agent wrote since the episode began; tells of the last text.

        Raises:
            SimulationFailedError: the official code raised an exception.
            SimulationLostError: the process ended, or took too long.
            InputError: the checkout or the interpreter cannot be used.
        """
        asked = {
            "form": item.category.removeprefix("agent_"),
            "language": self._language,
            "classes": item.classes,
            "config": item.initial_config,
            "texts": list(texts),
        }
        async with self._turn:
            answer = await self._ask(asked)
        if "error" in answer:
            raise SimulationFailedError(answer["error"])
        return Executed(answer["reply"], answer["state"])

    async def aclose(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()

    async def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        process = self._process or await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(self._seconds):
                process.stdin.write(orjson.dumps(asked) + b"\n")
                await process.stdin.drain()
                answer: dict[str, Any] = orjson.loads(await process.stdout.readline())
        except (OSError, TimeoutError, ValueError) as error:
            await self.aclose()
            self._losses += 1
            what = "took too long" if isinstance(error, TimeoutError) else "ended"
            if self._losses >= _LOSSES_IN_A_ROW:
                raise self._unusable(f"it {what} over and over") from error
            raise SimulationLostError(f"the process of the simulated classes {what}") from error
        except asyncio.CancelledError:
            await self.aclose()  # its answer would be taken for the next question's
            raise
        self._losses = 0
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        if not (self._home / "model_inference" / "multi_turn").is_dir():
            raise InputError(
                f"{self._home} is no checkout of ACEBench: it has no model_inference/multi_turn.",
                "Give --home the folder that the authors' repository was cloned into.",
            )
        try:
            process = await asyncio.create_subprocess_exec(
                *(self._python, "-I", str(_PROGRAM), str(self._home)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"PATH": os.environ.get("PATH", os.defpath)},
                limit=_LONGEST_LINE,
                start_new_session=True,
            )
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error
        assert process.stdout is not None
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                if await process.stdout.readline():
                    self._process = process
                    return process
        self._process = process
        await self.aclose()
        raise self._unusable("its modules could not be imported")

    def _unusable(self, what: str) -> InputError:
        return InputError(
            f"The simulated classes of {self._home} cannot be used with {self._python}: {what}.",
            "Give --home a whole checkout, and --python an interpreter of Python 3.10 to 3.13.",
        )
