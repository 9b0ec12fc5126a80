"""A world runs tools: results, refusals, broken contracts, forks and what changed."""

import gc
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from agentscaler.errors import InputError, WorldError
from agentscaler.world.toolbox import Toolbox
from agentscaler.world.world import Breach, ContractError, World

NOW = "2026-03-01T09:00:00Z"
WorldOf = Callable[..., World]


def ok(world: World, tool: str, **arguments: Any) -> Any:
    result = world.call(tool, arguments)
    assert result.error is None
    return result.value


def error(world: World, tool: str, **arguments: Any) -> str:
    result = world.call(tool, arguments)
    assert result.error is not None
    return result.error


# Calls and refusals


def test_a_read_returns_rows_as_json_and_changes_nothing(world: World) -> None:
    order = ok(world, "get_order", order_id="order-2")
    assert order["items"] == [{"product_id": "product-2", "quantity": 3}]
    assert world.changeset() == ()


def test_a_write_shows_in_the_changeset(world: World) -> None:
    ok(world, "cancel_order", order_id="order-0")
    assert world.changeset() == (
        {
            "table": "orders",
            "op": "update",
            "key": ["order-0"],
            "before": {"status": "pending"},
            "after": {"status": "cancelled"},
        },
    )
    assert world.diff() == "~ orders order-0: status 'pending' -> 'cancelled'"


def test_a_tool_sees_the_fixed_clock(world: World) -> None:
    assert ok(world, "create_order", customer_id="customer-1")["placed_at"] == NOW


def test_an_unknown_tool_is_refused_with_the_nearest_name(world: World) -> None:
    assert error(world, "get_orders") == (
        "there is no tool 'get_orders'; did you mean get_order or list_orders?"
    )


def test_arguments_are_checked_before_the_tool_runs(world: World) -> None:
    assert error(world, "get_order") == "argument order_id is required"
    assert error(world, "list_orders", customer_id="customer-1", status="open") == (
        "argument status must be one of: pending, shipped, cancelled; got 'open'"
    )


def test_a_tool_error_is_a_refusal_that_leaves_no_trace(world_of: WorldOf) -> None:
    world = world_of("db.run(\"UPDATE orders SET note = 'x'\")\nraise ToolError('no')", "orders")
    assert error(world, "tool") == "no"
    assert world.changeset() == ()


CONSTRAINTS = {
    "INSERT INTO orders VALUES ('order-1', 'customer-1', 'pending', NULL, 'x')": (
        "a record with the same order_id already exists in orders"
    ),
    "INSERT INTO order_items VALUES ('order-1', 'product-1', 1)": (
        "a record with the same order_id, product_id already exists in order_items"
    ),
    "INSERT INTO orders VALUES ('o', 'nobody', 'pending', NULL, 'x')": (
        "it would refer to a record that does not exist"
    ),
    "DELETE FROM customers WHERE customer_id = 'customer-1'": (
        "it cannot be deleted while other records refer to it"
    ),
    "INSERT INTO orders VALUES ('o', 'customer-1', 'pending', NULL, NULL)": (
        "placed_at of orders must have a value"
    ),
    "UPDATE products SET stock = -1": "a value breaks the rule stock >= 0",
    "UPDATE products SET stock = 'many'": (
        "cannot store TEXT value in INTEGER column products.stock"
    ),
    "INSERT INTO parcels VALUES ('p', 'order-1', 'nothing')": (
        "it would refer to a record that does not exist"
    ),
}


@pytest.mark.parametrize("sql", CONSTRAINTS)
def test_a_constraint_becomes_a_readable_refusal(world_of: WorldOf, sql: str) -> None:
    world = world_of(
        f"db.run({sql!r})\nreturn {{}}",
        *("orders", "order_items", "customers", "products", "parcels"),
    )
    assert error(world, "tool") == CONSTRAINTS[sql]
    assert world.changeset() == ()
    assert ok(world_of("return {}"), "tool") == {}


@pytest.mark.parametrize("value", ["2 ** 62 * 4", "float('nan')", "float('inf')", "chr(55296)"])
def test_values_that_cannot_be_stored_are_refused(world_of: WorldOf, value: str) -> None:
    stored = world_of(f"return db.one('SELECT ? AS x', {value})")
    returned = world_of(f"return {value}")
    assert error(stored, "tool")
    assert error(returned, "tool").startswith("the result would hold")


def test_the_text_of_a_refusal_can_always_be_stored(world_of: WorldOf) -> None:
    assert error(world_of("raise ToolError('a' + chr(55296))"), "tool").encode()
    assert len(error(world_of("raise ToolError('a' * 99999)"), "tool")) == 2_000


# Broken contracts

BREACHES = {
    "return {}['a']": (Breach.RAISED, "KeyError at line 4"),
    "db.run('UPDATE orders SET nope = 1')": (Breach.RAISED, "no such column: nope"),
    "db.one('SELECT ?')": (Breach.RAISED, "Incorrect number of bindings"),
    "db.one('SELECT ?', [1])": (Breach.RAISED, "Bad binding argument"),
    "db.new_id('things')": (Breach.RAISED, "not a table"),
    "return {1, 2}": (Breach.RESULT, "OrderedSet, which is not JSON"),
    "return [0] * 99999": (Breach.RESULT, "more than 20,000 values"),
    "a = []\na.append(a)\nreturn a": (Breach.RESULT, "nested deeper"),
    "db.run('UPDATE products SET stock = 1')": (Breach.OVERSTEPPED, "writes products"),
    "try:\n    db.run('UPDATE orders SET nope = 1')\nexcept Exception:\n    return {}": (
        Breach.SWALLOWED,
        "no such column: nope",
    ),
    "try:\n    db.run('UPDATE orders SET status = 1')\nexcept ToolError:\n    return {}": (
        Breach.SWALLOWED,
        "went on after the database refused",
    ),
}


@pytest.mark.parametrize("body", BREACHES)
def test_a_broken_contract_names_tool_and_cause_and_leaves_no_trace(
    world_of: WorldOf, body: str
) -> None:
    breach, text = BREACHES[body]
    world = world_of(f"db.run(\"UPDATE orders SET note = 'x'\")\n{body}", "orders")
    with pytest.raises(ContractError, match=text) as caught:
        world.call("tool", {})
    assert caught.value.breach is breach
    assert caught.value.tool == "tool"
    assert isinstance(caught.value, WorldError)
    assert world.changeset() == ()


def test_a_read_tool_cannot_write(world_of: WorldOf) -> None:
    world = world_of("db.run(\"UPDATE orders SET note = 'x'\")\nreturn {}")
    with pytest.raises(ContractError, match="writes orders, which it does not declare"):
        world.call("tool", {})


def test_a_result_must_fit_its_schema(world_of: WorldOf) -> None:
    world = world_of("return {'a': 1}", returns={"type": "object", "required": ["b"]})
    with pytest.raises(ContractError, match="the result lacks b") as caught:
        world.call("tool", {})
    assert caught.value.breach is Breach.RESULT


def test_a_world_goes_on_after_a_broken_contract(world_of: WorldOf) -> None:
    body = "if db.one('SELECT count(*) AS n FROM orders WHERE note IS NULL')['n']:\n"
    world = world_of(
        body + "    db.run(\"UPDATE orders SET note = 'x'\")\n    return 1 / 0", "orders"
    )
    for _ in range(3):
        with pytest.raises(ContractError, match="ZeroDivisionError"):
            world.call("tool", {})
    assert len(world.query("SELECT * FROM orders")) == 8


# Ids and equality


def test_creates_in_either_order_give_the_same_ids_and_state(
    image: bytes, toolbox: Toolbox
) -> None:
    calls = [{"customer_id": f"customer-{n}", "note": f"n{n}"} for n in range(3)]
    with World(image, toolbox, now=NOW) as one, World(image, toolbox, now=NOW) as other:
        ids = [ok(one, "create_order", **call)["order_id"] for call in calls]
        back = [ok(other, "create_order", **call)["order_id"] for call in reversed(calls)]
        assert ids == back[::-1]
        assert one.changeset() == other.changeset()
        assert one.minted == other.minted == frozenset(ids)


def test_a_failed_call_does_not_shift_later_ids(image: bytes, toolbox: Toolbox) -> None:
    with World(image, toolbox, now=NOW) as one, World(image, toolbox, now=NOW) as other:
        error(one, "create_order", customer_id="nobody")
        first = ok(one, "create_order", customer_id="customer-1")
        assert first == ok(other, "create_order", customer_id="customer-1")
        assert one.minted == {first["order_id"]}


def test_equal_creates_get_ids_of_their_own(world: World) -> None:
    made = [ok(world, "create_order", customer_id="customer-1")["order_id"] for _ in range(3)]
    assert len(set(made)) == 3
    assert all(order_id.startswith("order-") for order_id in made)


def test_ids_of_one_call_differ(world: World) -> None:
    ok(world, "send_parcels", order_id="order-1", count=5)
    assert len(world.minted) == 5
    assert len(world.changeset()) == 5


def test_a_state_reached_with_other_ids_is_equal(image: bytes, toolbox: Toolbox) -> None:
    with World(image, toolbox, now=NOW) as one, World(image, toolbox, now=NOW) as other:
        ok(one, "create_order", customer_id="customer-1")
        wrong = ok(other, "create_order", customer_id="customer-1")["order_id"]
        ok(other, "delete_order", order_id=wrong)
        ok(other, "create_order", customer_id="customer-1")
        assert one.changeset() != other.changeset()
        assert one.state_hash() == other.state_hash()


def test_a_different_state_is_not_equal(image: bytes, toolbox: Toolbox) -> None:
    with World(image, toolbox, now=NOW) as one, World(image, toolbox, now=NOW) as other:
        ok(one, "create_order", customer_id="customer-1")
        ok(other, "create_order", customer_id="customer-2")
        assert one.state_hash() != other.state_hash()


def test_what_is_undone_is_not_in_the_changeset(world: World) -> None:
    untouched = world.state_hash()
    order_id = ok(world, "create_order", customer_id="customer-1")["order_id"]
    ok(world, "set_note", order_id=order_id, note="x")
    ok(world, "delete_order", order_id=order_id)
    assert world.changeset() == ()
    assert world.state_hash() == untouched


def test_tables_of_the_machinery_do_not_count(world_of: WorldOf) -> None:
    world = world_of("return {}")
    world._database._connection.execute("INSERT INTO _audit VALUES ('x')")
    assert world.changeset() == ()


def test_a_cascade_is_in_the_changeset(world: World) -> None:
    ok(world, "delete_order", order_id="order-3")
    assert [(c["table"], c["op"], c["key"]) for c in world.changeset()] == [
        ("order_items", "delete", ["order-3", "product-3"]),
        ("orders", "delete", ["order-3"]),
    ]
    assert world.broken_references() == []


def test_a_changeset_survives_json(world: World) -> None:
    ok(world, "create_order", customer_id="customer-1")
    ok(world, "add_product", product_id="p", price=5, stock=1)
    changes = world.changeset()
    assert tuple(orjson.loads(orjson.dumps(changes))) == changes


# Forks and resets


def test_a_fork_goes_its_own_way(world: World) -> None:
    ok(world, "cancel_order", order_id="order-0")
    with world.fork() as fork:
        ok(fork, "cancel_order", order_id="order-3")
        ok(world, "set_note", order_id="order-1", note="x")
        assert [c["key"] for c in fork.changeset()] == [["order-0"], ["order-3"]]
        assert [c["key"] for c in world.changeset()] == [["order-0"], ["order-1"]]


def test_a_fork_can_undo_what_its_parent_did(world: World) -> None:
    ok(world, "set_note", order_id="order-0", note="x")
    order_id = ok(world, "create_order", customer_id="customer-1")["order_id"]
    with world.fork() as fork, fork.fork() as second:
        ok(second, "delete_order", order_id=order_id)
        assert [c["key"] for c in second.changeset()] == [["order-0"]]


def test_a_fork_knows_the_ids_its_parent_minted(world: World) -> None:
    first = ok(world, "create_order", customer_id="customer-1")["order_id"]
    with world.fork() as fork:
        assert fork.minted == {first}
        assert fork.state_hash() == world.state_hash()
        again = ok(fork, "create_order", customer_id="customer-1")["order_id"]
        assert again == ok(world, "create_order", customer_id="customer-1")["order_id"] != first


def test_a_reset_world_is_as_if_newly_opened(world: World) -> None:
    first = ok(world, "create_order", customer_id="customer-1")
    with world.fork() as fork:
        for one in (world, fork):
            one.reset()
            assert one.changeset() == ()
            assert one.minted == frozenset()
            assert ok(one, "create_order", customer_id="customer-1") == first


def test_query_reads_and_never_writes(world: World) -> None:
    assert world.query("SELECT name FROM customers WHERE customer_id = ?", "customer-1") == [
        {"name": "Ben"}
    ]
    with pytest.raises(Exception, match="not authorized"):
        world.query("DELETE FROM order_items")
    assert world.changeset() == ()


def test_bytes_that_are_no_image_are_refused(toolbox: Toolbox) -> None:
    with pytest.raises(InputError, match="not an SQLite database"):
        World(b"nothing", toolbox, now=NOW)


def test_worlds_that_are_dropped_are_freed(image: bytes, toolbox: Toolbox) -> None:
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(50):
            World(image, toolbox, now=NOW).call("cancel_order", {"order_id": "order-0"})
        assert len(gc.get_objects()) - before < 50
    finally:
        gc.enable()


# Marks
