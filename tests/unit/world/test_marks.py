"""Marks: a world goes back to how it was when one was made."""

from typing import Any

import pytest

from agentscaler.errors import WorldError
from agentscaler.world.world import World


def ok(world: World, tool: str, **arguments: Any) -> Any:
    result = world.call(tool, arguments)
    assert result.error is None
    return result.value


def test_a_return_to_a_mark_undoes_what_was_called_since(world: World) -> None:
    ok(world, "create_order", customer_id="customer-1")
    before = world.rows("orders"), world.changeset(), world.state_hash(), world.minted
    mark = world.mark()
    first = ok(world, "create_order", customer_id="customer-1")
    ok(world, "delete_order", order_id=first["order_id"])
    ok(world, "cancel_order", order_id="order-0")
    written = world.written
    world.return_to(mark)
    assert (world.rows("orders"), world.changeset(), world.state_hash(), world.minted) == before
    assert world.written != written
    assert ok(world, "create_order", customer_id="customer-1") == first


def test_a_return_uses_up_the_mark_and_those_made_after_it(world: World) -> None:
    outer = world.mark()
    ok(world, "cancel_order", order_id="order-0")
    inner = world.mark()
    world.return_to(outer)
    for mark in (inner, outer):
        with pytest.raises(WorldError, match="used up"):
            world.return_to(mark)
    assert world.changeset() == ()
    assert not world.minted


def test_marks_nest_and_refusals_between_them_leave_nothing(world: World) -> None:
    ends = []
    marks = []
    for order in ("order-0", "order-9", "order-2"):
        ends.append(world.changeset())
        marks.append(world.mark())
        world.call("set_note", {"order_id": order, "note": "later"})
    for mark, end in zip(reversed(marks), reversed(ends), strict=True):
        world.return_to(mark)
        assert world.changeset() == end


def test_what_is_called_to_be_undone_is_undone_also_where_it_fails(world: World) -> None:
    def cancel(then: int) -> float:
        with world.undone():
            ok(world, "cancel_order", order_id="order-0")
            return 1 / then

    with pytest.raises(ZeroDivisionError):
        cancel(0)
    assert cancel(1)
    assert world.changeset() == ()


def test_a_world_with_marks_is_reset_and_not_forked(world: World) -> None:
    world.mark()
    ok(world, "cancel_order", order_id="order-0")
    with pytest.raises(WorldError, match="marks"):
        world.fork()
    world.reset()
    assert world.is_new
    world.fork().close()


def test_a_fork_and_what_comes_of_it_can_be_marked_too(world: World) -> None:
    """Neither is rewound by its database: both have images made of them."""
    ok(world, "cancel_order", order_id="order-0")
    with world.fork() as twin:
        for one in (world, twin):
            before = one.changeset()
            mark = one.mark()
            ok(one, "set_note", order_id="order-0", note="late")
            one.return_to(mark)
            assert one.changeset() == before
