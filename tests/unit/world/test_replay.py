"""What was called is called again in two worker processes, and must come out the same."""

import sys
from pathlib import Path
from typing import Any

import pytest

from agentscaler.world.jail import REQUIRED
from agentscaler.world.jailed import JailedToolbox
from agentscaler.world.replay import HASH_SEEDS, Replay
from agentscaler.world.toolbox import Toolbox
from agentscaler.world.workers import Workers, probe
from agentscaler.world.world import Outcome, World, outcome_of

sys.path.append(str(Path(__file__).parents[1]))
import bank

IMAGE = bank.image()
TOOLS = Toolbox.compile(bank.SOURCE, bank.TOOLS)
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("get_account", {"account_id": "account-00000001"}),
    ("get_account", {"account_id": "nobody"}),
    (
        "move_money",
        {"payer_id": "account-00000002", "payee_id": "account-00000001", "amount": 7},
    ),
    ("list_accounts", {}),
    ("no_such_tool", {}),
]


def played() -> tuple[list[Outcome], Any]:
    with World(IMAGE, TOOLS, now=bank.NOW) as world:
        return [outcome_of(world, *call)[0] for call in CALLS], world.changeset()


def jailed() -> JailedToolbox:
    return JailedToolbox.of(TOOLS)


@pytest.mark.parametrize(
    "tools",
    [
        TOOLS,
        pytest.param(
            jailed(),
            marks=pytest.mark.skipif(
                not probe().holding >= REQUIRED, reason="this machine offers no jail"
            ),
        ),
    ],
)
def test_the_same_calls_give_the_same_bytes(tools: Toolbox | JailedToolbox) -> None:
    outcomes, changes = played()
    assert [kind for kind, _ in outcomes] == ["done", "refused", "done", "done", "refused"]
    replay = Replay(tools, bank.NOW)
    assert replay.difference(IMAGE, CALLS, outcomes, changes) is None
    assert replay.difference(IMAGE, CALLS[:1], outcomes[:1], []) is None


def test_the_first_other_outcome_is_told() -> None:
    outcomes, changes = played()
    outcomes[3] = ("done", {"accounts": []})
    found = Replay(TOOLS, bank.NOW).difference(IMAGE, CALLS, outcomes, changes)
    assert found is not None
    assert found.call == 3
    assert found.detail.endswith('not ["done",{"accounts":[]}]')


def test_another_state_is_told_where_all_outcomes_are_alike() -> None:
    outcomes, changes = played()
    found = Replay(TOOLS, bank.NOW).difference(IMAGE, CALLS, outcomes, changes[:-1])
    assert found is not None
    assert found.call is None


def test_the_clock_is_that_of_the_domain() -> None:
    outcomes, changes = played()
    found = Replay(TOOLS, "2027-01-01T00:00:00").difference(IMAGE, CALLS, outcomes, changes)
    assert found is not None
    assert found.call == 2


def test_the_two_workers_hash_differently() -> None:
    entry = "import sys; sys.stderr.write(str(hash('a'))); sys.exit(1)"
    seen = set()
    for seed in HASH_SEEDS:
        with Workers(1, entry=entry, required=(), hash_seed=seed) as workers:
            with pytest.raises(Exception, match="does not start") as told:
                workers.report()
            seen.add(str(told.value))
    assert len(seen) == 2


def test_source_that_a_worker_refuses_is_a_difference() -> None:
    outcomes, changes = played()
    broken = Toolbox("import os", list(TOOLS.definitions.values()), _functions(), TOOLS.budget)
    found = Replay(broken, bank.NOW).difference(IMAGE, CALLS, outcomes, changes)
    assert found is not None
    assert "import" in found.detail


def _functions() -> dict[str, Any]:
    return {name: tool.function for name, tool in TOOLS.tools.items()}


@pytest.mark.parametrize("lie", ["not JSON", "[]", '["done"]', '["done", [1, 2], []]', '["full"]'])
def test_a_lie_is_a_difference_and_nothing_more(lie: str) -> None:
    entry = (
        f"import sys; sys.path.append({str(Path(__file__).parent)!r});"
        " import lying_worker; from functools import partial;"
        f" main = partial(lying_worker.main, lies={{'play': {lie!r}}})"
    )
    outcomes, changes = played()
    with Workers(1, required=(), entry=entry) as workers:
        found = Replay(TOOLS, bank.NOW, (workers,)).difference(IMAGE, CALLS, outcomes, changes)
    assert found is not None
