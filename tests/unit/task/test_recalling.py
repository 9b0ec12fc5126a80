"""Rows that are remembered, in whole domains: only one can be meant, and a list shows which."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain import Domain
from agentscaler.domain.values import ValueMaker
from agentscaler.domain.verticals import load_vertical
from agentscaler.filtering import run_funnel
from agentscaler.rollout import RolloutSettings, roll_out
from agentscaler.task import Task, TaskSettings, construct_tasks, request_text
from agentscaler.task.goals import Form, GoalMaker
from agentscaler.task.notebook import Mention, Notebook, WalkStop
from agentscaler.task.recollections import Memory, Recollection
from agentscaler.task.task import Provenance
from agentscaler.task.wishes import Walking
from tests.unit.domain.resources import MOMENT, NUMBER, TEXT, resource, status

MakeDomain = Callable[[list[ToolSpec]], Domain]


@pytest.fixture(scope="module")
def boats(one_domain: MakeDomain) -> Domain:
    color = status("blue", "green", "red", "white", "black", "yellow")
    fields = {"name": TEXT, "color": color, "createTime": MOMENT, "seats": NUMBER}
    tools = [
        *resource("Kayak", fields, takes=["name"], updates=["name", "color"]),
        *resource("Paddle", {"name": TEXT, "kayakId": TEXT}, takes=["name", "kayakId"]),
    ]
    return one_domain(sorted(tools, key=lambda tool: tool.id))


@pytest.fixture(scope="module")
def retail() -> Domain:
    return load_vertical("retail")


def walking(domain: Domain, seed: int = 0, state: str = "medium") -> Walking:
    """A walk whose user remembers whatever can be remembered."""
    memory = Memory(1.0, Random(seed))
    notebook = Notebook(domain, domain.world(state), max_calls=20, memory=memory)
    values = ValueMaker("values", domain.manifest.now)
    return Walking.begin(domain, notebook, Random(seed), values)


def remembered(walk: Walking, table: str, key: str) -> Recollection | None:
    """How a row is spoken of that nobody spoke of before, if it is remembered."""
    try:
        walk.identify.introduce(walk.domain.manifest.table[table], key)
    except WalkStop:
        return None
    mention: Mention | None = walk.notebook.mentioned.get((table, key))
    return mention.recollection if mention is not None else None


def could_be_meant(found: Recollection, row: dict[str, Any]) -> bool:
    """Whether a row is like that and of that time, in some reading."""
    if found.trait is not None:
        held = str(row[found.trait.column.name])
        if not (held.endswith(f", {found.trait.word}") or held == found.trait.value):
            return False
    if found.when is None:
        return True
    held = row[found.when.column.name]
    day = date.fromisoformat(held[:10]) if held else date.min
    return any(first <= day <= last for first, last in found.when.day.perhaps)


@pytest.mark.parametrize("table", ["kayaks", "orders"])
def test_nothing_else_could_be_meant(boats: Domain, retail: Domain, table: str) -> None:
    domain = boats if table == "kayaks" else retail
    with domain.world("medium") as world:
        rows = world.query(f"SELECT * FROM {table}")
    key = domain.manifest.table[table].key[0]
    ways = set()
    for seed, row in enumerate(rows):
        found = remembered(walking(domain, seed), table, row[key])
        if found is None:
            continue
        ways.add((found.trait is not None, found.when is not None))
        group = [one for one in rows if all(one[name] == value for name, value in found.group)]
        assert [one[key] for one in group if could_be_meant(found, one)] == [row[key]]
    assert ways > {(True, True)}


def test_the_list_shows_what_a_row_is_remembered_by(retail: Domain) -> None:
    with retail.world("medium") as world:
        rows = world.query("SELECT * FROM orders")
    narrowed = set()
    for seed, row in enumerate(rows):
        walk = walking(retail, seed)
        found = remembered(walk, "orders", row["order_id"])
        if found is None:
            continue
        origin = walk.notebook.known(row["order_id"])
        assert origin.call is not None
        call = walk.notebook.calls[origin.call]
        shown = call.result[origin.path[0]][origin.path[1]]
        assert {name: shown[name] for name in found.columns} == {
            name: row[name] for name in found.columns
        }
        told = [name for name in call.arguments if name != "customer_id"]
        narrowed |= {*told} or {""}
        for name in told:
            fact = call.provenance[name].fact
            assert walk.notebook.facts[fact or ""].said in found.words()
    assert narrowed == {"", "status"}


def test_a_row_is_found_where_it_is_shown_and_not_where_it_is_only_referred_to(
    retail: Domain,
) -> None:
    manifest = retail.manifest
    with retail.world("medium") as world:
        rows = world.query(
            "SELECT * FROM orders WHERE EXISTS"
            " (SELECT 1 FROM order_items AS i WHERE i.order_id = orders.order_id)"
        )
    found = 0
    for seed, row in enumerate(rows):
        walk = walking(retail, seed)
        for table, tool, column in (
            ("orders", "list_orders", "customer_id"),
            ("order_items", "list_items", "order_id"),
        ):
            given = {column: (row[column], Provenance(origin="default"))}
            walk.notebook.call(manifest.tool[tool], given, "lookup")
            assert walk.notebook.seen(row["order_id"]), table
        met = walk.identify.introduce(manifest.table["orders"], row["order_id"])
        if walk.notebook.recollected("orders", row["order_id"]) and met.origin.call is not None:
            found += 1
            assert walk.notebook.calls[met.origin.call].tool == "list_orders"
    assert found


def test_a_row_that_is_no_longer_as_it_was_is_not_meant(retail: Domain) -> None:
    walk, tried = walking(retail), 0
    for row in walk.identify.rows(retail.manifest.table["orders"]):
        found = remembered(walk, "orders", row["order_id"])
        if found is None:
            continue
        assert walk.identify.recall.singles_out(found, row)
        for part in found.parts:
            value = "cancelled" if row["status"] != "cancelled" else "draft"
            changed = {
                "placed_on": retail.manifest.now[:10],
                "status": value,
                "delivery": "by mule",
            }
            tried += 1
            name = part.column.name
            assert not walk.identify.recall.singles_out(found, row | {name: changed[name]})
    assert tried


def _only_blue(walk: Walking) -> tuple[str, str]:
    """Paints all kayaks green but one; its key, and that of another."""
    first, *rest = (
        row["kayak_id"] for row in walk.identify.rows(walk.domain.manifest.table["kayaks"])
    )
    for key in (first, *rest):
        color = "blue" if key == first else "green"
        walk.notebook.world.call("update_kayak", {"kayak_id": key, "color": color})
    return first, rest[0]


@pytest.mark.parametrize("painted", ["other", "own"])
def test_a_row_is_remembered_so_again_only_while_that_tells_it_from_others(
    boats: Domain, painted: str
) -> None:
    table = boats.manifest.table["kayaks"]
    again = set()
    for seed in range(20):
        walk = walking(boats, seed, "small")
        blue, other = _only_blue(walk)
        found = remembered(walk, "kayaks", blue)
        if found is None or found.trait is None or found.when is not None:
            continue
        words = {walk.identify.introduce(table, blue).words[0].text for _ in range(9)}
        assert words == {"the blue kayak", "that kayak"}
        key, color = (other, "blue") if painted == "other" else (blue, "green")
        assert walk.notebook.world.call("update_kayak", {"kayak_id": key, "color": color}).ok
        again |= {walk.identify.introduce(table, blue).words[0].text for _ in range(9)}
        walk.notebook.grouped.add("kayaks")  # nobody knows any more which one "that" is
        with pytest.raises(WalkStop, match="no longer as it was"):
            walk.identify.introduce(table, blue)
    assert again == {"that kayak", "the kayak I mentioned before"}


def test_a_row_that_was_changed_is_named(boats: Domain) -> None:
    walk = walking(boats, 0, "small")
    blue, _ = _only_blue(walk)
    walk.notebook.touched["kayaks", blue] = {"color"}
    assert remembered(walk, "kayaks", blue) is None


def _made(domain: Domain, share: float, count: int = 40) -> list[Task]:
    settings = TaskSettings(per_domain=count, recall_share=share, special_share=0)
    (outcome,) = construct_tasks([domain], settings)
    assert not [one for one in outcome.rejections if one.reason == "failed"]
    return outcome.tasks


def test_the_expert_finds_them_and_the_funnel_keeps_it(boats: Domain, retail: Domain) -> None:
    for domain, words in ((boats, "the blue kayak"), (retail, "I placed")):
        tasks = _made(domain, 1.0)
        assert all(task.proof.holds for task in tasks)
        assert any(words in task.intent for task in tasks)
        (played,) = roll_out([(domain, tasks)], RolloutSettings(trials=2, mistake_rate=0.3))
        (verdicts,) = run_funnel([(domain, tasks, list(played))])
        assert [(one.trajectory, one.detail) for one in verdicts if not one.kept] == []


def test_a_name_that_only_a_list_has_shown_is_to_be_seen_before_it_is_confirmed(
    boats: Domain,
) -> None:
    named = 0
    for task in _made(boats, 1.0):
        for goal in task.goals:
            told = request_text(goal.request)
            if len(goal.named) == 1:  # a set of rows has more
                [name] = goal.named
                named += 1
                assert name in goal.confirm
                assert name not in told
    assert named


def test_what_a_row_is_remembered_by_is_not_asked_for(retail: Domain) -> None:
    table = retail.manifest.table["orders"]
    with retail.world("medium") as world:
        rows = world.query("SELECT * FROM orders")
    hidden = 0
    for seed, row in enumerate(rows):
        walk = walking(retail, seed)
        before = {one.name for one in walk.choose.askable(table, row, looked_up=False)}
        found = remembered(walk, "orders", row["order_id"])
        if found is not None:
            asked = {one.name for one in walk.choose.askable(table, row, looked_up=False)}
            assert asked.isdisjoint(found.columns)
            hidden += bool(before & found.columns)
    assert hidden


def test_a_condition_is_not_on_what_a_row_is_remembered_by(boats: Domain) -> None:
    asked = 0
    for seed in range(150):
        walk = walking(boats, seed)
        maker = GoalMaker(boats, walk.notebook, Random(seed), walk.values)
        try:
            goal, _ = maker.make(boats.manifest.tool["update_kayak"], None, Form.BRANCH)
        except WalkStop:
            continue
        assert goal.branch is not None
        [known] = [
            mention.recollection.columns
            for (table, _), mention in walk.notebook.mentioned.items()
            if table == "kayaks" and mention.recollection is not None
        ] or [frozenset()]
        asked += bool(known)
        assert goal.branch.path[-1] not in known
    assert asked


def test_where_nothing_can_be_remembered_tasks_stay_as_they_are(one_domain: MakeDomain) -> None:
    tools = [
        *resource("Canoe", {"name": TEXT, "note": TEXT}, takes=["name"], updates=["note"]),
        *resource("Paddle", {"name": TEXT, "canoeId": TEXT}, takes=["name", "canoeId"]),
    ]
    domain = one_domain(sorted(tools, key=lambda tool: tool.id))
    assert _made(domain, 1.0, 12) == _made(domain, 0.0, 12)


def test_the_share_says_how_often(retail: Domain) -> None:
    counts = [
        sum("I placed" in task.intent for task in _made(retail, share)) for share in (0, 0.4, 1)
    ]
    assert counts[0] == 0
    assert counts[0] < counts[1] < counts[2]
