"""A small shop: customers, products, orders with items; its tools and one state."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings

from agentscaler.world.database import create_image
from agentscaler.world.toolbox import Toolbox, ToolDefinition
from agentscaler.world.world import World

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SCHEMA = """
CREATE TABLE customers (
    customer_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE products (
    product_id TEXT PRIMARY KEY,
    price REAL NOT NULL CHECK (price >= 0),
    stock INTEGER NOT NULL CHECK (stock >= 0)
) STRICT;
CREATE TABLE orders (
    order_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (customer_id),
    status TEXT NOT NULL CHECK (status IN ('pending', 'shipped', 'cancelled')),
    note TEXT,
    placed_at TEXT NOT NULL
) STRICT;
CREATE TABLE order_items (
    order_id TEXT NOT NULL REFERENCES orders (order_id) ON DELETE CASCADE,
    product_id TEXT NOT NULL REFERENCES products (product_id),
    quantity INTEGER NOT NULL,
    PRIMARY KEY (order_id, product_id)
) STRICT;
CREATE TABLE parcels (
    parcel_id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    follows TEXT REFERENCES parcels (parcel_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE _audit (entry TEXT PRIMARY KEY) STRICT;
"""

ROWS: dict[str, list[dict[str, Any]]] = {
    "orders": [
        {
            "order_id": f"order-{number}",
            "customer_id": f"customer-{number % 3}",
            "status": ("pending", "shipped", "cancelled", "pending")[number % 4],
            "placed_at": f"2026-01-{number + 1:02d}",
        }
        for number in range(8)
    ],
    "customers": [
        {"customer_id": f"customer-{n}", "name": name, "email": f"{name.lower()}@shop.test"}
        for n, name in enumerate(("Ada", "Ben", "Cleo"))
    ],
    "products": [
        {"product_id": f"product-{n}", "price": 2.5 * n, "stock": 10 * n} for n in range(4)
    ],
    "order_items": [
        {"order_id": f"order-{n}", "product_id": f"product-{n % 4}", "quantity": n + 1}
        for n in range(8)
    ],
}

SOURCE = '''
OPEN = ["pending", "shipped"]

def find_order(db, order_id):
    order = db.one("SELECT * FROM orders WHERE order_id = ?", order_id)
    if order is None:
        raise ToolError(f"order {order_id} not found")
    return order

def get_order(db, order_id: str) -> dict:
    """One order with its items."""
    order = find_order(db, order_id)
    order["items"] = db.all(
        "SELECT product_id, quantity FROM order_items WHERE order_id = ? ORDER BY 1", order_id
    )
    return order

def list_orders(db, customer_id: str, status: str | None = None) -> dict:
    if db.one("SELECT 1 FROM customers WHERE customer_id = ?", customer_id) is None:
        raise ToolError(f"customer {customer_id} not found")
    rows = db.all("SELECT * FROM orders WHERE customer_id = ? ORDER BY order_id", customer_id)
    return {"orders": [row for row in rows if status is None or row["status"] == status]}

def create_order(db, customer_id: str, note: str | None = None) -> dict:
    order_id = db.new_id("orders")
    db.run(
        "INSERT INTO orders VALUES (?, ?, 'pending', ?, ?)", order_id, customer_id, note, db.now()
    )
    return find_order(db, order_id)

def cancel_order(db, order_id: str) -> dict:
    order = find_order(db, order_id)
    if order["status"] != "pending":
        raise ToolError(f"order {order_id} is {order['status']}, only pending ones are cancelled")
    db.run("UPDATE orders SET status = 'cancelled' WHERE order_id = ?", order_id)
    return find_order(db, order_id)

def set_note(db, order_id: str, note: str) -> dict:
    find_order(db, order_id)
    db.run("UPDATE orders SET note = ? WHERE order_id = ?", note, order_id)
    return find_order(db, order_id)

def delete_order(db, order_id: str) -> dict:
    find_order(db, order_id)
    db.run("DELETE FROM orders WHERE order_id = ?", order_id)
    return {"order_id": order_id, "deleted": True}

def add_product(db, product_id: str, price: float, stock: int) -> dict:
    db.run("INSERT INTO products VALUES (?, ?, ?)", product_id, price, stock)
    return db.one("SELECT * FROM products WHERE product_id = ?", product_id)

def send_parcels(db, order_id: str, count: int) -> dict:
    """Parcels of an order, each following the one before."""
    find_order(db, order_id)
    last = None
    for _ in range(count):
        parcel_id = db.new_id("parcels")
        db.run("INSERT INTO parcels VALUES (?, ?, ?)", parcel_id, order_id, last)
        last = parcel_id
    return {"last": last}
'''

TEXT = {"type": "string"}


def parameters(*required: str, **optional: dict[str, Any]) -> dict[str, Any]:
    """A schema with required string parameters and others as given."""
    properties = {**dict.fromkeys(required, TEXT), **optional}
    needed = [name for name, schema in properties.items() if not schema.get("x-optional")]
    return {
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def definition(name: str, schema: dict[str, Any], *writes: str, **more: Any) -> ToolDefinition:
    return ToolDefinition(
        name=name,
        description=f"{name}.",
        parameters=schema,
        returns=more.pop("returns", {"type": "object"}),
        effect=more.pop("effect", "write" if writes else "read"),
        writes=writes,
    )


STATUS = {"type": "string", "enum": ["pending", "shipped", "cancelled"], "x-optional": True}
NOTE = {"type": "string", "maxLength": 200, "x-optional": True}

DEFINITIONS = (
    definition("get_order", parameters("order_id")),
    definition("list_orders", parameters("customer_id", status=STATUS)),
    definition("create_order", parameters("customer_id", note=NOTE), "orders"),
    definition("cancel_order", parameters("order_id"), "orders"),
    definition("set_note", parameters("order_id", "note"), "orders"),
    definition("delete_order", parameters("order_id"), "orders", "order_items"),
    definition(
        "add_product",
        parameters("product_id", price={"type": "number"}, stock={"type": "integer"}),
        "products",
    ),
    definition(
        "send_parcels",
        parameters("order_id", count={"type": "integer", "minimum": 1, "maximum": 9}),
        "parcels",
    ),
)

NOW = "2026-03-01T09:00:00Z"


@pytest.fixture(scope="session")
def shop_schema() -> str:
    return SCHEMA


@pytest.fixture(scope="session")
def shop_rows() -> dict[str, list[dict[str, Any]]]:
    return ROWS


@pytest.fixture(scope="session")
def shop_source() -> str:
    return SOURCE


@pytest.fixture(scope="session")
def shop_definitions() -> tuple[ToolDefinition, ...]:
    return DEFINITIONS


@pytest.fixture(scope="session")
def image() -> bytes:
    return create_image(SCHEMA, ROWS)


@pytest.fixture(scope="session")
def toolbox() -> Toolbox:
    return Toolbox.compile(SOURCE, DEFINITIONS)


@pytest.fixture
def world(image: bytes, toolbox: Toolbox) -> Iterator[World]:
    with World(image, toolbox, now=NOW) as opened:
        yield opened


MakeWorld = Callable[..., World]


@pytest.fixture
def world_of(image: bytes) -> Iterator[MakeWorld]:
    """A world with one tool: `world_of(body)` is `def tool(db): <body>`, called as "tool"."""
    opened: list[World] = []

    def make(body: str, *writes: str, **more: Any) -> World:
        lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
        schema = parameters(**more.pop("arguments", {}))
        names = "".join(f", {name}" for name in schema["properties"])
        source = f"{more.pop('before', '')}\ndef tool(db{names}):\n{lines}"
        returns = more.pop("returns", {})
        tool = definition("tool", schema, *writes, returns=returns, **more)
        opened.append(World(image, Toolbox.compile(source, [tool]), now=NOW))
        return opened[-1]

    yield make
    for world in opened:
        world.close()
