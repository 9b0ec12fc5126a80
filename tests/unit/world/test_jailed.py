"""A jailed world behaves as a world in this process does, and believes its worker nothing."""

import inspect
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from agentscaler.errors import GuardError, InputError, WorldError
from agentscaler.world.database import create_image
from agentscaler.world.jail import REQUIRED, JailLimits
from agentscaler.world.jailed import JailedToolbox, JailedWorld
from agentscaler.world.toolbox import Toolbox, ToolDefinition
from agentscaler.world.workers import Workers, probe
from agentscaler.world.world import Breach, ContractError, World

sys.path.append(str(Path(__file__).parent))
import test_world

HERE = str(Path(__file__).parent)

pytestmark = pytest.mark.skipif(
    not probe().holding >= REQUIRED, reason="this machine offers no jail"
)

NOW = "2026-03-01T09:00:00Z"
JailedOf = Callable[..., JailedWorld]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, limits=JailLimits(seconds=0.5, grace=0.5)) as workers:
        yield workers


@pytest.fixture
def world(
    image: bytes,
    workers: Workers,
    shop_source: str,
    shop_definitions: Sequence[ToolDefinition],
) -> Iterator[JailedWorld]:
    with JailedWorld(image, JailedToolbox(shop_source, shop_definitions, workers), now=NOW) as one:
        yield one


@pytest.fixture
def world_of(image: bytes, workers: Workers, world_of: Callable[..., World]) -> JailedOf:
    """As in this process: `world_of(body)` is a world with one tool."""

    def make(body: str, *writes: str, **more: Any) -> JailedWorld:
        toolbox = world_of(body, *writes, **more)._toolbox
        definitions = list(toolbox.definitions.values())
        return JailedWorld(image, JailedToolbox(toolbox.source, definitions, workers), now=NOW)

    return make


# Every test of a world in this process that takes the world from these fixtures holds here too.
INSIDE = {"test_tables_of_the_machinery_do_not_count"}
FIXTURES = {"world", "world_of", "sql", "value", "body"}
for name, test in inspect.getmembers(test_world, inspect.isfunction):
    taken = set(inspect.signature(test).parameters)
    if name.startswith("test_") and name not in INSIDE and taken <= FIXTURES:
        globals()[name] = test


def test_the_tests_of_a_world_in_this_process_are_among_these() -> None:
    assert "test_a_fork_can_undo_what_its_parent_did" in globals()


def test_a_jailed_world_gives_what_a_world_in_this_process_gives(
    image: bytes, toolbox: Toolbox, world: JailedWorld
) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("create_order", {"customer_id": "customer-1", "note": "ünïcode \U0001f600"}),
        ("create_order", {"customer_id": "nobody"}),
        ("send_parcels", {"order_id": "order-2", "count": 3.0}),
        ("add_product", {"product_id": "p", "price": 5.0, "stock": 2**62}),
        ("add_product", {"product_id": "p", "price": 5, "stock": 1}),
        ("add_product", {"product_id": "q", "price": float("nan"), "stock": 1}),
        ("delete_order", {"order_id": "order-4"}),
        ("list_orders", {"customer_id": "customer-1", "status": "open"}),
        ("list_orders", {"customer_id": "customer-1"}),
    ]
    with World(image, toolbox, now=NOW) as here:
        for name, arguments in calls:
            assert repr(world.call(name, arguments)) == repr(here.call(name, arguments))
        assert world.changeset() == here.changeset()
        assert world.diff() == here.diff()
        assert world.minted == here.minted
        assert world.state_hash() == here.state_hash()


def test_source_that_the_guard_refuses_is_refused_each_time(
    image: bytes, workers: Workers, shop_definitions: Sequence[ToolDefinition]
) -> None:
    refused = JailedToolbox("import os", [], workers)
    for _ in range(2):
        with pytest.raises(GuardError, match="Line 1: import is refused"):
            JailedWorld(image, refused, now=NOW)
    lacking = JailedToolbox("", shop_definitions, workers)
    with pytest.raises(GuardError, match="has no function"):
        JailedWorld(image, lacking, now=NOW)


@pytest.mark.parametrize("image", [b"nothing", b""])
def test_bytes_that_are_no_image_are_refused(workers: Workers, image: bytes) -> None:
    with pytest.raises(InputError):
        JailedWorld(image, JailedToolbox("", [], workers), now=NOW)


def test_a_hung_call_is_exhausted_and_every_other_world_is_as_it_was(
    world_of: JailedOf, world: JailedWorld
) -> None:
    """Also the order of rows, which no changeset holds."""
    keys = ["z", "a", "m"]
    for key in keys:
        world.call("add_product", {"product_id": key, "price": 1, "stock": 1})
    listing = "SELECT product_id FROM products WHERE price = 1 AND stock = 1"
    assert [row["product_id"] for row in world.query(listing)] == keys
    before = world.changeset()
    hung = world_of(
        "one, other = [], []\n"
        "for _ in range(60):\n    one, other = [one, one], [other, other]\n"
        "return one == other"
    )
    with pytest.raises(ContractError, match="did not answer in time") as caught:
        hung.call("tool", {})
    assert caught.value.breach is Breach.EXHAUSTED
    assert [row["product_id"] for row in world.query(listing)] == keys
    world._changed = None  # ask the new worker
    assert world.changeset() == before
    assert hung.changeset() == ()


def test_a_loop_is_stopped_from_within_and_the_worker_lives(
    world_of: JailedOf, world: JailedWorld
) -> None:
    life = world._seat.generation
    endless = world_of("while True:\n    pass")
    with pytest.raises(ContractError, match="too many steps"):
        endless.call("tool", {})
    assert world._seat.generation == life


def test_a_large_sort_needs_no_file(workers: Workers, world_of: JailedOf) -> None:
    sql = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 60000)"
        " SELECT x, ? AS pad FROM n ORDER BY pad, -x LIMIT 1"
    )
    world = world_of(f"return db.one({sql!r}, 'x' * 300)['x']", arguments={})
    assert world.call("tool", {}).value == 60_000


def test_a_closed_world_cannot_be_used(world: JailedWorld) -> None:
    world.close()
    world.close()
    for use in (world.fork, world.changeset, lambda: world.call("get_order", {"order_id": "x"})):
        with pytest.raises(WorldError, match="the world is closed"):
            use()


def test_a_host_query_that_is_wrong_says_so_and_the_worker_lives(world: JailedWorld) -> None:
    life = world._seat.generation
    with pytest.raises(WorldError, match="no such table: things"):
        world.query("SELECT * FROM things")
    with pytest.raises(WorldError, match="bindings"):
        world.query("SELECT ?")
    assert world._seat.generation == life


def test_a_toolbox_travels_to_another_process_as_its_source(
    shop_source: str, shop_definitions: Sequence[ToolDefinition], workers: Workers
) -> None:
    toolbox = JailedToolbox(shop_source, shop_definitions, workers)
    assert pickle.loads(pickle.dumps(toolbox)).key == toolbox.key


def test_more_worlds_than_the_memory_holds_are_refused_and_the_others_live(
    shop_source: str, shop_definitions: Sequence[ToolDefinition]
) -> None:
    rows = [{"note_id": n, "text": "x" * 900} for n in range(20_000)]
    schema = "CREATE TABLE notes (note_id INTEGER PRIMARY KEY, text TEXT) STRICT;"
    image = create_image(schema, {"notes": rows})
    with Workers(1, limits=JailLimits(memory_mb=200)) as workers:
        toolbox = JailedToolbox("", [], workers)
        opened = [JailedWorld(image, toolbox, now=NOW)]
        with pytest.raises(Exception, match="200 MB hold no more worlds"):
            opened.extend(JailedWorld(image, toolbox, now=NOW) for _ in range(50))
        assert opened[0].query("SELECT count(*) AS n FROM notes") == [{"n": 20_000}]


# A worker that lies

LIES = {
    "no JSON": "what",
    "no list": "{}",
    "no such answer": '["granted", 1]',
    "no value": '["done"]',
    "minted ids that are no list": '["done", {"a": 1}, "order-1"]',
    "minted ids that are no text": '["done", {"a": 1}, [1]]',
    "a huge id": '["done", {"a": 1}, ["' + "x" * 1_000 + '"]]',
    "an unknown breach": '["breach", "other", "cause"]',
    "a refusal that is no text": '["refused", 1]',
    "a value off its schema": '["done", {"b": 1}, []]',
    "a value too large": '["done", {"a": [' + "0," * 30_000 + "0]}, []]",
    "an integer too large": '["done", {"a": 18446744073709551615}, []]',
    "too deep a value": '["done", {"a": ' + "[" * 300 + "]" * 300 + "}, []]",
}


def lying(image: bytes, **lies: str) -> JailedWorld:
    entry = (
        f"sys.path.append({HERE!r}); import functools, lying_worker;"
        f" main = functools.partial(lying_worker.main, lies={lies!r})"
    )
    tool = ToolDefinition(
        name="tool",
        description="",
        parameters={"type": "object", "properties": {}},
        returns={"type": "object", "required": ["a"]},
        effect="read",
    )
    toolbox = JailedToolbox("", [tool], Workers(1, entry=entry, required=()))
    return JailedWorld(image, toolbox, now=NOW)


@pytest.mark.parametrize("lie", LIES)
def test_what_is_not_an_answer_is_a_broken_contract_and_ends_the_worker(
    image: bytes, lie: str
) -> None:
    world = lying(image, call=LIES[lie])
    with pytest.raises(ContractError):
        world.call("tool", {})
    assert not world._seat.running
    assert world.minted == frozenset()


FALSE_CHANGES = [
    '"none"',
    "[1]",
    '[{"table": "orders"}]',
    '[{"table": 1, "op": "insert", "key": ["x"], "before": null, "after": {}}]',
    '[{"table": "orders", "op": "drop", "key": ["x"], "before": null, "after": {}}]',
    '[{"table": "orders", "op": "insert", "key": ["x"], "before": {}, "after": {}}]',
    '[{"table": "orders", "op": "update", "key": [[]], "before": {}, "after": {}}]',
    '[{"table": "orders", "op": "update", "key": ["x"], "before": {}, "after": {"a": []}}]',
]


@pytest.mark.parametrize("changes", FALSE_CHANGES)
def test_what_are_not_changes_is_refused(image: bytes, changes: str) -> None:
    world = lying(image, changeset=f'["done", {changes}]')
    with pytest.raises(WorldError, match="worker process gave"):
        world.changeset()
    assert not world._seat.running


@pytest.mark.parametrize("rows", ["1", "[1]", '[{"a": []}]'])
def test_what_are_not_rows_is_refused(image: bytes, rows: str) -> None:
    world = lying(image, query=f'["done", {rows}]', broken_references=f'["done", {rows}]')
    with pytest.raises(WorldError, match="not an answer"):
        world.query("SELECT 1")
    with pytest.raises(WorldError, match="not an answer"):
        world.broken_references()


@pytest.mark.parametrize("said", ["null", '"x"', "[1]", '[["a", []]]', "[{}]"])
def test_what_are_not_cells_or_counts_is_refused(image: bytes, said: str) -> None:
    world = lying(image, rows=f'["done", {said}]', written=f'["done", {said}]')
    with pytest.raises(WorldError, match="not an answer"):
        world.rows("orders")
    with pytest.raises(WorldError, match="not an answer"):
        _ = world.written


def test_rows_and_what_was_written_are_told_as_a_world_here_tells_them(
    world: JailedWorld, image: bytes, toolbox: Toolbox
) -> None:
    with World(image, toolbox, now=NOW) as here:
        for one in (world, here):
            one.call("cancel_order", {"order_id": "order-0"})
        assert world.rows("orders") == here.rows("orders")
        assert world.written == here.written == 1


def test_a_tool_that_does_not_do_again_what_it_did_is_found_out(image: bytes) -> None:
    entry = (
        f"sys.path.append({HERE!r}); import functools, loose_worker;"
        " main = functools.partial(loose_worker.main, layers=frozenset({'gate'}))"
    )
    source = "import time\ndef tool(db):\n    return {'now': time.time()}"
    tool = ToolDefinition(
        name="tool",
        description="",
        parameters={"type": "object", "properties": {}},
        returns={},
        effect="write",
        writes=("orders",),
    )
    with Workers(1, entry=entry, required=()) as workers:
        world = JailedWorld(image, JailedToolbox(source, [tool], workers), now=NOW)
        assert world.call("tool", {}).ok
        workers.close()
        with pytest.raises(WorldError, match="did not do again"):
            world.changeset()
