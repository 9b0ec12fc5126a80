"""Several rows at once: all or nothing."""

from collections.abc import Callable

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain import Domain
from agentscaler.domain.domain import ToolKind

from .resources import NUMBER, TEXT, resource


@pytest.fixture(scope="module")
def stable(build: Callable[..., Domain]) -> Domain:
    riders = resource("Rider", {"name": TEXT, "city": TEXT}, takes=["name"])
    saddles = resource(
        "Saddle", {"riderId": TEXT, "size": NUMBER, "color": TEXT}, takes=["riderId"]
    )
    remarks = resource(
        "Remark", {"riderId": TEXT, "text": TEXT, "city": TEXT}, takes=["riderId"], deletes=False
    )
    return build(riders, saddles, remarks, [_batch(riders, "Get"), _batch(riders, "Delete")])


def _batch(riders: list[ToolSpec], verb: str) -> ToolSpec:
    one = next(tool for tool in riders if tool.name == f"{verb}Rider")
    return one.model_copy(
        update={
            "id": f"test.trade.Batch{verb}Riders",
            "name": f"Batch{verb}Riders",
            "parameters": {
                "type": "object",
                "properties": {"riderIds": {"type": "array", "items": TEXT}},
                "required": ["riderIds"],
            },
        }
    )


def keys(domain: Domain, where: str) -> list[str]:
    with domain.world("large") as world:
        rows = world.query(f"SELECT rider_id FROM riders AS h WHERE {where} ORDER BY 1 LIMIT 2")
        return [row["rider_id"] for row in rows]


FREE = "NOT EXISTS (SELECT 1 FROM saddles AS s WHERE s.rider_id = h.rider_id)"
HELD = "EXISTS (SELECT 1 FROM saddles AS s WHERE s.rider_id = h.rider_id)"


def test_batches_are_tools_with_a_list_of_keys(stable: Domain) -> None:
    get, delete = (stable.manifest.tool[f"batch_{verb}_riders"] for verb in ("get", "delete"))
    assert (get.kind, delete.kind) == (ToolKind.BATCH_GET, ToolKind.BATCH_DELETE)
    assert get.parameters["properties"]["rider_ids"]["items"] == {"type": "string"}


def test_a_batch_reads_in_the_order_of_the_keys(stable: Domain) -> None:
    wanted = keys(stable, "TRUE")
    with stable.world("large") as world:
        read = world.call("batch_get_riders", {"rider_ids": wanted[::-1]})
        assert [row["rider_id"] for row in read.value["riders"]] == sorted(wanted)


def test_a_batch_deletes_all_or_nothing(stable: Domain) -> None:
    free, held = keys(stable, FREE), keys(stable, HELD)
    with stable.world("large") as world:
        refused = world.call("batch_delete_riders", {"rider_ids": [free[0], held[0]]})
        assert "it cannot be deleted" in str(refused.error)
        assert world.changeset() == ()
        assert world.call("batch_delete_riders", {"rider_ids": free}).value == {"deleted": 2}
        deleted = [change for change in world.changeset() if change["table"] == "riders"]
        assert len(deleted) == 2
        kept = "SELECT 1 FROM remarks WHERE rider_id NOT IN (SELECT rider_id FROM riders)"
        assert world.query(kept) == []


def test_a_batch_refuses_what_is_named_twice_or_not_there(stable: Domain) -> None:
    (one, _) = keys(stable, FREE)
    with stable.world("large") as world:
        twice = world.call("batch_get_riders", {"rider_ids": [one, one]})
        assert twice.error == "rider_ids names something twice"
        unknown = world.call("batch_get_riders", {"rider_ids": [one, "rider-nowhere1"]})
        assert unknown.error == "rider rider-nowhere1 not found"
