"""Worker processes: they start when needed, end when told or left alone, and come back."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from agentscaler.errors import AgentScalerError
from agentscaler.world.jail import REQUIRED
from agentscaler.world.jailed import JailedToolbox, JailedWorld
from agentscaler.world.toolbox import ToolDefinition
from agentscaler.world.workers import Workers, probe

pytestmark = pytest.mark.skipif(
    not probe().holding >= REQUIRED, reason="this machine offers no jail"
)

NOW = "2026-03-01T09:00:00Z"
OpenWorld = Callable[[], JailedWorld]


def children() -> set[int]:
    """The worker processes of this one."""
    tasks = Path("/proc/self/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


def is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def wait_for_the_end_of(pid: int) -> bool:
    end = time.monotonic() + 20
    while is_alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_alive(pid)


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers(2) as workers:
        yield workers


@pytest.fixture
def opened(
    workers: Workers,
    image: bytes,
    shop_source: str,
    shop_definitions: Sequence[ToolDefinition],
) -> OpenWorld:
    toolbox = JailedToolbox(shop_source, shop_definitions, workers)
    return lambda: JailedWorld(image, toolbox, now=NOW)


def test_worlds_of_one_thread_share_one_worker(opened: OpenWorld) -> None:
    before = children()
    worlds = [opened() for _ in range(5)]
    assert len(children() - before) == 1
    assert len({world.call("get_order", {"order_id": "order-1"}).ok for world in worlds}) == 1


def test_a_world_opened_while_all_workers_are_busy_gets_another_one(
    opened: OpenWorld,
) -> None:
    before = children()
    first = opened()
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with first._seat.lock:
            held.set()
            release.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    second = opened()
    release.set()
    thread.join()
    assert len(children() - before) == 2
    assert second._seat is not first._seat


def test_worlds_come_back_when_their_worker_is_killed(opened: OpenWorld) -> None:
    before = children()
    world = opened()
    order = world.call("create_order", {"customer_id": "customer-1"}).value
    twin = world.fork()
    twin.call("cancel_order", {"order_id": order["order_id"]})
    states = world.state_hash(), twin.state_hash()
    changes = world.changeset(), twin.changeset()
    (pid,) = children() - before
    os.kill(pid, signal.SIGKILL)
    assert twin.call("get_order", {"order_id": order["order_id"]}).value["status"] == "cancelled"
    for one, state, change in zip((world, twin), states, changes, strict=True):
        one._changed = None  # ask the new worker
        assert (one.state_hash(), one.changeset()) == (state, change)
    assert world.call("create_order", {"customer_id": "customer-1"}).value != order


def test_closed_workers_start_again_for_worlds_that_are_still_used(
    workers: Workers, opened: OpenWorld
) -> None:
    world = opened()
    world.call("cancel_order", {"order_id": "order-0"})
    workers.close()
    assert world.query("SELECT status FROM orders WHERE order_id = 'order-0'") == [
        {"status": "cancelled"}
    ]


def test_closed_and_dropped_worlds_are_freed_in_the_worker(opened: OpenWorld) -> None:
    before = children()
    world = opened()
    (pid,) = children() - before

    def resident() -> int:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])

    with world.fork() as twin:
        twin.changeset()
    start = resident()
    for _ in range(300):
        world.fork()
        world.fork().close()
    world.query("SELECT 1")
    assert world._seat.worlds == 1
    assert (resident() - start) * 4 < 300 * 20, "KB: each world would take far more than 20"


def test_workers_end_when_their_parent_is_killed() -> None:
    program = (
        "import time; from agentscaler.world.workers import Workers; from pathlib import Path\n"
        "workers = Workers(1); workers.report(); import os\n"
        "print(Path(f'/proc/self/task/{os.getpid()}/children').read_text(), flush=True)\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    assert is_alive(worker)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_for_the_end_of(worker)


def test_a_worker_that_cannot_start_says_why() -> None:
    with (
        Workers(1, entry="import nothing_of_the_kind") as workers,
        pytest.raises(AgentScalerError, match="No module named 'nothing_of_the_kind'"),
    ):
        workers.report()


def test_a_worker_inherits_no_environment_and_a_fixed_hash_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = (
        "import os; assert set(os.environ) <= {'PYTHONHASHSEED', 'LC_CTYPE'}, os.environ;"
        " assert hash('a') == {0}; from agentscaler.world.worker import main"
    )
    monkeypatch.setenv("A_SECRET", "x")
    command = [sys.executable, "-c", "print(hash('a'))"]
    seeded = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "0"}
    )
    with Workers(1, entry=entry.replace("{0}", seeded.stdout.strip())) as workers:
        assert workers.report().holding >= REQUIRED
