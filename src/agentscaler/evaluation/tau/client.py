"""`BridgePool`: bridge processes, started when they are needed and again when they were lost.

A call goes to the process that has least to do.  A call whose process is lost raises
`BridgeLostError`, and the next call starts another one.  Used inside one event loop, and closed
there.
"""

import asyncio
from types import TracebackType
from typing import Any, Self

from agentscaler.evaluation.tau.home import Home
from agentscaler.evaluation.tau.process import (
    Answer,
    BridgeLostError,
    BridgeProcess,
    unusable,
)

__all__ = ["BridgePool"]

_SILENT_SECONDS = 600.0
_LOSSES_IN_A_ROW = 5


class BridgePool:
    """Bridge processes over one home; an asynchronous context that ends them.

    Args:
        processes: at most; each may carry out many calls at the same time.
        silent_seconds: how long a call may take with no word of it and no model asked for it.
    """

    def __init__(
        self, home: Home, processes: int = 1, silent_seconds: float = _SILENT_SECONDS
    ) -> None:
        self.home = home
        self._processes = processes
        self._silent = silent_seconds
        self._bridges: list[BridgeProcess] = []
        self._starting: asyncio.Lock | None = None
        self._lost_in_a_row: list[BridgeProcess] = []

    async def found(self) -> dict[str, Any]:
        """What the package is: `package`, `version`, `commit`, `python`, `domains`.

        Raises:
            InputError: it is not there, or cannot be imported.
        """
        bridge = await self._free()
        return await bridge.found(self.home)

    async def call(
        self,
        do: str,
        given: dict[str, Any],
        answer: Answer | None = None,
        *,
        alone: bool = False,
    ) -> Any:
        """Has a bridge do something.

        Args:
            do: a command of the bridge's module about the package.
            given: its arguments.
            answer: answers what the package asks a model meanwhile; None answers nothing.
            alone: in a process of its own, so that it can neither be lost with another call nor
                take one with it.

        Returns:
            what the command gives.

        Raises:
            CallFailedError: the package raised an exception.
            BridgeLostError: the process ended or hung; the call may be made again.
            InputError: there is no such package, or processes are lost over and over.
            Exception: whatever `answer` raised, other than `AgentFaultError`.
        """
        answer = answer or _nobody
        if alone:
            return await self._call_alone(do, given, answer)
        bridge = await self._free()
        bridge.assigned += 1
        try:
            await bridge.found(self.home)
            value = await bridge.call(do, given, answer, self._silent)
        except BridgeLostError as error:
            self._count_loss(bridge, error)
            raise
        finally:
            bridge.assigned -= 1
        self._lost_in_a_row.clear()
        return value

    async def _call_alone(self, do: str, given: dict[str, Any], answer: Answer) -> Any:
        bridge = await BridgeProcess.start(self.home)
        try:
            await bridge.found(self.home)
            return await bridge.call(do, given, answer, self._silent)
        finally:
            await bridge.close()

    def _count_loss(self, bridge: BridgeProcess, error: BridgeLostError) -> None:
        """Gives up where one process after the other is lost, and none did anything."""
        if bridge not in self._lost_in_a_row:  # it fails all the calls that it carries out
            self._lost_in_a_row.append(bridge)
        if len(self._lost_in_a_row) >= _LOSSES_IN_A_ROW:
            raise unusable(self.home, f"it is lost over and over: {error}") from error

    async def aclose(self) -> None:
        """Ends the processes."""
        bridges, self._bridges = self._bridges, []
        await asyncio.gather(*(bridge.close() for bridge in bridges))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _free(self) -> BridgeProcess:
        """The process with least to do; a new one while all have something and more may be."""
        self._starting = self._starting or asyncio.Lock()
        async with self._starting:
            for bridge in [one for one in self._bridges if one.lost]:
                self._bridges.remove(bridge)
                await bridge.close()
            idle = any(not bridge.assigned for bridge in self._bridges)
            if not idle and len(self._bridges) < self._processes:
                bridge = await BridgeProcess.start(self.home)
                self._bridges.append(bridge)
            return min(self._bridges, key=lambda bridge: bridge.assigned)


async def _nobody(request: dict[str, Any]) -> dict[str, Any]:
    raise RuntimeError(f"no model answers as {request.get('role')}")
