"""What a world costs beside the usual way: pydantic models, deep-copied and hashed as JSON.

Run `python benchmarks/world.py`.  It prints one table: microseconds for each operation at three
sizes of state, ours and the baseline's, and the ratio; then what is aimed at; then the memory that
many live worlds take.  The baseline keeps the state as pydantic models in dicts, forks by
`copy.deepcopy`, and compares states by a digest of the whole state as sorted JSON, as tool
benchmarks commonly do.  "fork, hash" is what a rollout does: a copy, one write, the digest.
"""

import copy
import gc
import hashlib
import itertools
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from agentscaler.world import (
    JailedToolbox,
    JailedWorld,
    JailError,
    Toolbox,
    ToolDefinition,
    Workers,
    World,
    create_image,
)

NOW = "2026-03-01T09:00:00Z"
SIZES = {"10 KB": 60, "1 MB": 8_000, "10 MB": 80_000}
LIVE_WORLDS = 2_000

SCHEMA = """
CREATE TABLE customers (customer_id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT) STRICT;
CREATE TABLE orders (
    order_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (customer_id),
    status TEXT NOT NULL CHECK (status IN ('pending', 'cancelled')),
    total REAL NOT NULL,
    note TEXT
) STRICT;
"""

SOURCE = """
def get_order(db, order_id):
    order = db.one("SELECT * FROM orders WHERE order_id = ?", order_id)
    if order is None:
        raise ToolError(f"order {order_id} not found")
    return order

def set_note(db, order_id, note):
    get_order(db, order_id)
    db.run("UPDATE orders SET note = ? WHERE order_id = ?", note, order_id)
    return get_order(db, order_id)
"""


class Customer(BaseModel):
    customer_id: str
    name: str
    email: str


class Order(BaseModel):
    order_id: str
    customer_id: str
    status: str
    total: float
    note: str | None


class Shop(BaseModel):
    """The baseline's state."""

    customers: dict[str, Customer]
    orders: dict[str, Order]

    def get_order(self, order_id: str) -> dict[str, Any]:
        if order_id not in self.orders:
            raise KeyError(order_id)
        return self.orders[order_id].model_dump()

    def set_note(self, order_id: str, note: str) -> dict[str, Any]:
        self.get_order(order_id)
        self.orders[order_id].note = note
        return self.get_order(order_id)

    def digest(self) -> str:
        text = json.dumps(self.model_dump(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def difference(self, start: "Shop") -> list[tuple[str, Any, Any]]:
        before, after = start.model_dump(), self.model_dump()
        return [
            (key, before[table].get(key), after[table].get(key))
            for table in before
            for key in sorted(before[table].keys() | after[table].keys())
            if before[table].get(key) != after[table].get(key)
        ]


def rows(orders: int) -> dict[str, list[dict[str, Any]]]:
    customers = max(orders // 4, 1)
    return {
        "customers": [
            {"customer_id": f"c-{n:06d}", "name": f"Name {n}", "email": f"name.{n}@shop.test"}
            for n in range(customers)
        ],
        "orders": [
            {
                "order_id": f"order-{n:06d}",
                "customer_id": f"c-{n % customers:06d}",
                "status": "pending",
                "total": n / 4,
                "note": "Leave it at the door, please.",
            }
            for n in range(orders)
        ],
    }


def tools() -> Toolbox:
    text = {"type": "string"}

    def definition(name: str, *parameters: str, writes: tuple[str, ...] = ()) -> ToolDefinition:
        return ToolDefinition(
            name=name,
            description=name,
            parameters={
                "type": "object",
                "properties": dict.fromkeys(parameters, text),
                "required": list(parameters),
                "additionalProperties": False,
            },
            returns={"type": "object"},
            effect="write" if writes else "read",
            writes=writes,
        )

    definitions = [
        definition("get_order", "order_id"),
        definition("set_note", "order_id", "note", writes=("orders",)),
    ]
    return Toolbox.compile(SOURCE, definitions)


def microseconds(run: Callable[[], object], budget: float = 0.5) -> float:
    """The best of many runs within `budget` seconds."""
    best = float("inf")
    end = time.perf_counter() + budget
    while time.perf_counter() < end or best == float("inf"):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best * 1e6


def compare(label: str, orders: int, toolbox: Toolbox) -> dict[str, tuple[float, float]]:
    """Microseconds by operation, ours and the baseline's."""
    state = rows(orders)
    image = create_image(SCHEMA, state)
    world = World(image, toolbox, now=NOW)
    start = Shop(
        customers={row["customer_id"]: Customer(**row) for row in state["customers"]},
        orders={row["order_id"]: Order(**row) for row in state["orders"]},
    )
    shop = copy.deepcopy(start)
    key = f"order-{orders // 2:06d}"
    arguments = {"order_id": key, "note": "x"}
    notes = itertools.cycle(("x", "y", "z"))

    def forked_and_hashed() -> None:
        with world.fork() as twin:
            twin.call("set_note", changing())
            twin.state_hash()

    def copied_and_hashed() -> None:
        twin = copy.deepcopy(start)
        twin.set_note(**changing())
        twin.digest()

    def changing() -> dict[str, str]:
        return {"order_id": key, "note": next(notes)}

    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "fork": (lambda: world.fork().close(), lambda: copy.deepcopy(start)),
        "read call": (
            lambda: world.call("get_order", {"order_id": key}),
            lambda: shop.get_order(key),
        ),
        "write call": (
            lambda: world.call("set_note", arguments),
            lambda: shop.set_note(key, "x"),
        ),
        "fork, changed": (lambda: world.fork().close(), lambda: copy.deepcopy(shop)),
        "write, diff": (
            lambda: (world.call("set_note", changing()), world.changeset()),
            lambda: (shop.set_note(**changing()), shop.difference(start)),
        ),
        "write, hash": (
            lambda: (world.call("set_note", changing()), world.state_hash()),
            lambda: (shop.set_note(**changing()), shop.digest()),
        ),
        "fork, hash": (forked_and_hashed, copied_and_hashed),
        "reset": (world.reset, lambda: copy.deepcopy(start)),
    }
    measured = {}
    for operation, (ours, theirs) in pairs.items():
        us, baseline = microseconds(ours), microseconds(theirs)
        measured[operation] = us, baseline
        size = f"{label} ({len(image) / 1e6:.2f} MB)"
        print(f"{size:18} {operation:14} {us:11.1f} {baseline:13.1f} {baseline / us:11.1f}x")
    world.close()
    return measured


def resident() -> float:
    """Memory of this process in MB, now where the system tells, else at its peak."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def free_memory() -> float:
    """MB that this machine could give, where the system tells; else a cautious guess."""
    told = Path("/proc/meminfo")
    if not told.exists():
        return 2_000.0
    fields = dict(line.split(":") for line in told.read_text().splitlines())
    return int(fields["MemAvailable"].split()[0]) / 1e3


def memory(toolbox: Toolbox, label: str, orders: int) -> None:
    """What live worlds take: each opened, changed by one call, and hashed.

    The resident memory of this process before and after, divided by the worlds; in a process of its
    own, since memory that was freed once would be used again unseen.
    """
    image = create_image(SCHEMA, rows(orders))
    room = int(free_memory() * 0.8 / (len(image) * 1.05e-6 + 0.2))
    count = min(LIVE_WORLDS, room)
    gc.collect()
    before = resident()
    start = time.perf_counter()
    worlds = [World(image, toolbox, now=NOW) for _ in range(count)]
    for world in worlds:
        world.call("set_note", {"order_id": "order-000001", "note": "x"})
        world.state_hash()
    took = time.perf_counter() - start
    each = (resident() - before) / count * 1e3
    few = "" if count == LIVE_WORLDS else f" (room for no more than {count:,})"
    print(
        f"{label:6} {count:6,} live worlds of {len(image) / 1e3:8,.0f} KB: {each:8,.0f} KB a world,"
        f" {each * count / 1e3:7,.0f} MB in all, {took:.2f} s{few}"
    )
    for world in worlds:
        world.close()


def jailed_call(toolbox: Toolbox, orders: int) -> float | None:
    """The median microseconds of a reading call in a jailed worker; None where there is no jail."""
    image = create_image(SCHEMA, rows(orders))
    arguments = {"order_id": f"order-{orders // 2:06d}"}
    taken = []
    with Workers(1) as workers:
        try:
            world = JailedWorld(image, JailedToolbox.of(toolbox, workers), now=NOW)
        except JailError as error:
            print(error)
            return None
        for _ in range(5_000):
            start = time.perf_counter()
            world.call("get_order", arguments)
            taken.append(time.perf_counter() - start)
        world.close()
    return statistics.median(taken) * 1e6


def bars(figures: dict[tuple[str, str], tuple[float, float]], jailed: float | None) -> None:
    """What is aimed at, and what was measured."""
    ours, theirs = figures["1 MB", "fork, hash"]
    fork = figures["1 MB", "fork"][0]
    print("\nbars, at 1 MB of state")
    print(f"  fork {fork:.0f} us, aimed at under 250: {'met' if fork < 250 else 'MISSED'}")
    ratio = theirs / ours
    print(
        f"  fork and hash {ours:.0f} us, {ratio:.0f} times the baseline's speed,"
        f" aimed at 100: {'met' if ratio >= 100 else 'MISSED'}"
    )
    if jailed is not None:
        kept = "met" if jailed < 200 else "MISSED"
        print(f"  jailed tool call {jailed:.0f} us, aimed at under 200: {kept}")


def main() -> None:
    toolbox = tools()
    print(f"{'state':18} {'operation':14} {'ours us':>11} {'baseline us':>13} {'ratio':>12}")
    figures: dict[tuple[str, str], tuple[float, float]] = {}
    for label, orders in SIZES.items():
        for operation, measured in compare(label, orders, toolbox).items():
            figures[label, operation] = measured
    bars(figures, jailed_call(toolbox, SIZES["1 MB"]))
    print(flush=True)
    for label in SIZES:
        subprocess.run([sys.executable, __file__, label], check=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        memory(tools(), sys.argv[1], SIZES[sys.argv[1]])
    else:
        main()
