"""`RayEngine`: a Ray cluster, or a small one of this machine's own (extra `ray`).

Ray is imported when work is first handed over.  Items go to the cluster as they are taken, no
further ahead than the window.  What a lost node was working on runs again elsewhere; since work
depends on nothing but its item, that gives the same bytes.
"""

import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from types import ModuleType, TracebackType
from typing import Any, Self, TypeVar

from agentscaler.engine.local import THREAD_LIMITS
from agentscaler.errors import AgentScalerError, MissingExtraError, SettingsError

__all__ = ["RayEngine"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_ITEMS_IN_FLIGHT_A_WORKER = 3
_TRIES_AFTER_A_LOST_NODE = 3
_KNOCK_SECONDS = 10


class RayEngine:
    """Runs work on Ray Core; satisfies `Engine`.

    Args:
        workers: how many items are worked on at a time; a cluster started here gets so many cores.
        address: of a running cluster, as `ray.init` takes it ("auto", "10.0.0.5:6379",
            "ray://..."); None joins the one that the process is connected to already, or else
            starts one that ends with `close`.
    """

    def __init__(self, workers: int = 1, address: str | None = None) -> None:
        if workers < 1:
            raise SettingsError(
                f"An engine cannot have {workers} workers.", "Give 1 or more, say --workers 2."
            )
        self.workers = workers
        self.address = address
        self._ray: ModuleType | None = None
        self._apply: Any = None
        self._started = False

    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        *,
        window: int | None = None,
    ) -> Iterator[Result]:
        """The results of `function` in the order of `items`; see `Engine.map`.

        Raises:
            AgentScalerError: a worker process died each time the item was tried, or the cluster
                has another version of the program.
        """
        ray = self._start()
        shared = ray.put(function)
        flight: deque[Any] = deque()
        most = window or _ITEMS_IN_FLIGHT_A_WORKER * self.workers
        try:
            for item in items:
                flight.append(self._apply.remote(shared, item, _version()))
                if len(flight) >= most:
                    yield _result(ray, flight.popleft())
            while flight:
                yield _result(ray, flight.popleft())
        finally:
            for future in flight:
                ray.cancel(future, force=True)

    def close(self, *, abandon: bool = False) -> None:
        """Ends a cluster that was started here; one that was joined goes on."""
        if self._ray is not None and self._started:
            self._ray.shutdown()
        self._ray, self._started = None, False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(abandon=error is not None)

    def _start(self) -> ModuleType:
        if self._ray is not None:
            return self._ray
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
        except ImportError as error:
            raise MissingExtraError(
                "The engine ray needs the package ray, which is not installed.",
                "Run: pip install 'agentscaler[ray]', or take --engine local.",
            ) from error
        if not ray.is_initialized():
            self._connect(ray)
        remote = ray.remote(num_cpus=1, max_retries=_TRIES_AFTER_A_LOST_NODE)
        self._ray, self._apply = ray, remote(_apply)
        return ray

    def _connect(self, ray: ModuleType) -> None:
        limits = dict.fromkeys(THREAD_LIMITS, "1")
        quiet = {
            "include_dashboard": False,
            "log_to_driver": False,
            "logging_level": "ERROR",
            "runtime_env": {"env_vars": limits},
        }
        try:
            if self.address is None:
                ray.init(num_cpus=self.workers, _node_ip_address="127.0.0.1", **quiet)
            else:
                _knock(self.address)
                del quiet["include_dashboard"]
                ray.init(address=self.address, **quiet)
        except Exception as error:
            where = f"the Ray cluster at {self.address}" if self.address else "a Ray of its own"
            raise AgentScalerError(
                f"No connection to {where}: {_first_line(error)}",
                "Check the address and that the cluster runs (`ray status`), or take --engine "
                "local.",
            ) from error
        self._started = True


def _knock(address: str) -> None:
    """Raises OSError where nobody listens; Ray itself would wait long and end the process."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK_SECONDS).close()


def _apply(function: Callable[[Item], Result], item: Item, version: str) -> Result:
    """Runs on a node of the cluster."""
    if _version() != version:
        raise AgentScalerError(
            f"A node of the Ray cluster has agentscaler {_version()}, and this process {version}.",
            "Install the same version on every node; other code could give other bytes.",
        )
    return function(item)


def _version() -> str:
    return metadata.version("agentscaler")


def _result(ray: ModuleType, future: Any) -> Any:
    """A task's result; what the function raised is raised as itself."""
    try:
        return ray.get(future)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None
    except ray.exceptions.RayError as error:
        raise AgentScalerError(
            f"A worker process of Ray died before it finished its work: {_first_line(error)}",
            "Most often memory ran out: run the same command again with fewer --workers.",
        ) from error


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
