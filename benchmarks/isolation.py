"""What a jail costs: a tool call in a worker process beside the same call in this process.

Run `python benchmarks/isolation.py`.  It prints one table: microseconds for each operation on a
state of typical size, in this process and jailed, and the ratio; then how long workers take to
start, and to be killed and have their worlds again; then what many worlds in one worker take.
"""

import importlib.util
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agentscaler.world import (
    ContractError,
    JailedToolbox,
    JailedWorld,
    JailLimits,
    ToolDefinition,
    Workers,
    World,
    create_image,
    probe,
)

_SPEC = importlib.util.spec_from_file_location("world", Path(__file__).with_name("world.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
shop = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(shop)

ORDERS = 500
LIVE_WORLDS = 1_000
CALLS_BEFORE_THE_KILL = 5
BOMB = """
def hang(db):
    one, other = [], []
    for _ in range(60):
        one, other = [one, one], [other, other]
    return one == other
"""


def microseconds(run: Callable[[], object], budget: float = 1.0) -> float:
    """The median of many runs within `budget` seconds."""
    taken = []
    end = time.perf_counter() + budget
    while time.perf_counter() < end:
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1e6


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def operations(world: World) -> dict[str, Callable[[], object]]:
    key = f"order-{ORDERS // 2:06d}"
    note = {"order_id": key, "note": "Ring twice."}
    return {
        "read call": lambda: world.call("get_order", {"order_id": key}),
        "write call": lambda: world.call("set_note", note),
        "refused call": lambda: world.call("get_order", {"order_id": "none"}),
        "write, hash": lambda: (world.call("set_note", note), world.state_hash()),
        "fork": lambda: world.fork().close(),
        "reset": world.reset,
    }


def compare(image: bytes, toolbox: Any, jailed: JailedToolbox) -> None:
    print(f"state of {len(image) / 1e3:.0f} KB: median microseconds")
    print(f"{'operation':16} {'in process':>12} {'jailed':>12} {'ratio':>8} {'difference':>12}")
    with (
        World(image, toolbox, now=shop.NOW) as here,
        JailedWorld(image, jailed, now=shop.NOW) as there,
    ):
        for (name, ours), theirs in zip(
            operations(here).items(), operations(there).values(), strict=True
        ):
            near, far = microseconds(ours), microseconds(theirs)
            print(f"{name:16} {near:12.1f} {far:12.1f} {far / near:7.1f}x {far - near:12.1f}")
            here.reset()
            there.reset()


def hang(workers: Workers, image: bytes) -> float:
    """How long a call takes that only killing ends."""
    definition = ToolDefinition(
        name="hang",
        description="",
        parameters={"type": "object", "properties": {}, "additionalProperties": False},
        returns={},
        effect="read",
    )
    with JailedWorld(image, JailedToolbox(BOMB, [definition], workers), now=shop.NOW) as world:
        try:
            return seconds(lambda: world.call("hang", {}))
        except ContractError:
            return 0.0


def lives(image: bytes, jailed: JailedToolbox, workers: Workers) -> None:
    first: list[JailedWorld] = []
    start = seconds(lambda: first.append(JailedWorld(image, jailed, now=shop.NOW)))
    print(f"start of a worker, with its first world: {start * 1e3:.0f} ms")
    opening = seconds(
        lambda: first.extend(
            JailedWorld(image, jailed, now=shop.NOW) for _ in range(LIVE_WORLDS - 1)
        )
    )
    for world in first:
        for number in range(CALLS_BEFORE_THE_KILL):
            world.call("set_note", {"order_id": f"order-{number:06d}", "note": "x"})
    hashes = [world.state_hash() for world in first]
    print(f"{LIVE_WORLDS:,} worlds in it: opened in {opening:.2f} s, {memory(workers)}")
    whole = seconds(lambda: hang(workers, image))
    print(f"a call that hangs, ended by a kill after {allowed(workers):.1f} s: {whole:.2f} s")
    one = seconds(lambda: first[0].query("SELECT 1"))
    print(f"new worker and first world again: {one * 1e3:.0f} ms")
    rest = seconds(lambda: [world.query("SELECT 1") for world in first])
    each = rest / LIVE_WORLDS * 1e3
    print(f"the others, {CALLS_BEFORE_THE_KILL} calls each: {rest:.2f} s, {each:.2f} ms a world")
    assert [world.state_hash() for world in first] == hashes
    for world in first:
        world.close()


def allowed(workers: Workers) -> float:
    return workers.limits.seconds + workers.limits.grace


def memory(workers: Workers) -> str:
    """The resident memory of the only worker."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    pages = [int(Path(f"/proc/{child}/statm").read_text().split()[1]) for child in children]
    size = max(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return f"{size:.0f} MB resident, {size / LIVE_WORLDS * 1e3:.0f} KB a world"


def main() -> None:
    print(probe())
    toolbox = shop.tools()
    image = create_image(shop.SCHEMA, shop.rows(ORDERS))
    with Workers(1, limits=JailLimits(seconds=0.3, grace=0.2)) as workers:
        jailed = JailedToolbox(shop.SOURCE, list(toolbox.definitions.values()), workers)
        compare(image, toolbox, jailed)
    with Workers(1, limits=JailLimits(seconds=0.3, grace=0.2)) as workers:
        jailed = JailedToolbox(shop.SOURCE, list(toolbox.definitions.values()), workers)
        lives(image, jailed, workers)


if __name__ == "__main__":
    main()
