"""What a world costs beside the usual way: pydantic models, deep-copied and hashed as JSON.

Run `python benchmarks/world.py`.  It prints one table: microseconds for each operation at three
sizes of state, ours and the baseline's, and the ratio; then the memory that many live worlds take.
The baseline keeps the state as pydantic models in dicts, forks by `copy.deepcopy`, and compares
states by a digest of the whole state as sorted JSON, as tool benchmarks commonly do.
"""

import copy
import gc
import hashlib
import itertools
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from agentscaler.world import Toolbox, ToolDefinition, World, create_image

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


def compare(label: str, orders: int, toolbox: Toolbox) -> None:
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
        "reset": (world.reset, lambda: copy.deepcopy(start)),
    }
    for operation, (ours, theirs) in pairs.items():
        us, baseline = microseconds(ours), microseconds(theirs)
        size = f"{label} ({len(image) / 1e6:.2f} MB)"
        print(f"{size:18} {operation:14} {us:11.1f} {baseline:13.1f} {baseline / us:11.1f}x")
    world.close()


def resident() -> float:
    """Memory of this process in MB, now where the system tells, else at its peak."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def memory(toolbox: Toolbox, orders: int) -> None:
    image = create_image(SCHEMA, rows(orders))
    gc.collect()
    before = resident()
    worlds = [World(image, toolbox, now=NOW) for _ in range(LIVE_WORLDS)]
    for world in worlds:
        world.call("set_note", {"order_id": "order-000001", "note": "x"})
        world.state_hash()
    each = (resident() - before) / LIVE_WORLDS * 1e3
    print(
        f"{LIVE_WORLDS} live worlds of {len(image) / 1e3:.0f} KB, each changed and hashed once:"
        f" {each:.0f} KB a world, {each * LIVE_WORLDS / 1e3:.0f} MB in all"
    )
    for world in worlds:
        world.close()


def main() -> None:
    toolbox = tools()
    print(f"{'state':18} {'operation':14} {'ours us':>11} {'baseline us':>13} {'ratio':>12}")
    for label, orders in SIZES.items():
        compare(label, orders, toolbox)
    for orders in (60, 1_000):
        memory(toolbox, orders)


if __name__ == "__main__":
    main()
