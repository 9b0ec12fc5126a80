"""What a row's status allows, and what it does not."""

from collections.abc import Callable

import pytest

from agentscaler.domain import Domain
from agentscaler.world import World

from ..resources import NUMBER, TEXT, resource, status


@pytest.fixture(scope="module")
def plant(build: Callable[..., Domain]) -> Domain:
    return build(
        resource(
            "Machine",
            {
                "name": TEXT,
                "zone": TEXT,
                "status": status("RUNNING", "STOPPED", "DELETING", "DELETED"),
            },
            takes=["name", "zone"],
            updates=["zone"],
            actions=["Stop", "Start"],
        ),
        resource(
            "Disk", {"machineId": TEXT, "size": NUMBER, "label": TEXT}, takes=["machineId", "size"]
        ),
    )


def machine(world: World, state: str) -> str:
    rows = world.query("SELECT machine_id FROM machines WHERE status = ? LIMIT 1", state)
    return str(rows[0]["machine_id"])


def free_machine(world: World, state: str) -> str:
    """One that no disk refers to."""
    rows = world.query(
        "SELECT machine_id FROM machines AS m WHERE status = ? AND NOT EXISTS"
        " (SELECT 1 FROM disks AS d WHERE d.machine_id = m.machine_id) LIMIT 1",
        state,
    )
    return str(rows[0]["machine_id"])


def test_an_action_starts_only_where_it_leads_somewhere(plant: Domain) -> None:
    with plant.world("large") as world:
        key = machine(world, "STOPPED")
        refused = world.call("stop_machine", {"machine_id": key})
        assert refused.error == f"machine {key} is STOPPED, it must be RUNNING"
        assert world.call("start_machine", {"machine_id": key}).value["status"] == "RUNNING"


def test_what_runs_is_stopped_before_it_is_deleted(plant: Domain) -> None:
    with plant.world("large") as world:
        key = free_machine(world, "RUNNING")
        refused = world.call("delete_machine", {"machine_id": key})
        assert refused.error == (
            f"machine {key} is RUNNING, it must be stopped with stop_machine"
            " before it can be deleted"
        )
        assert world.call("stop_machine", {"machine_id": key}).ok
        assert world.call("delete_machine", {"machine_id": key}).ok


def test_what_is_on_its_way_is_left_alone(plant: Domain) -> None:
    with plant.world("large") as world:
        key = machine(world, "DELETING")
        for tool, more in (("update_machine", {"zone": "north"}), ("delete_machine", {})):
            refused = world.call(tool, {"machine_id": key, **more})
            assert "it cannot be touched until that is over" in str(refused.error)


def test_what_is_over_changes_no_more_and_takes_nothing_new(plant: Domain) -> None:
    with plant.world("large") as world:
        key = machine(world, "DELETED")
        changed = world.call("update_machine", {"machine_id": key, "zone": "north"})
        assert changed.error == f"machine {key} is DELETED, it cannot be changed any more"
        added = world.call("create_disk", {"machine_id": key, "size": 10})
        assert added.error == f"machine {key} is DELETED, it takes no new disk"


def test_the_policy_says_all_of_it(plant: Domain) -> None:
    for sentence in (
        "A machine can be stopped with stop_machine only while it is running.",
        "A machine that is deleting cannot be changed or deleted meanwhile.",
        "A machine that is running must be stopped with stop_machine before it can be deleted.",
        "A machine that is deleted cannot be changed any more.",
        "A machine that is deleted takes no new disk.",
    ):
        assert sentence in plant.policy
