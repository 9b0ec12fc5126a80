"""Seats: many episodes over few live worlds."""

from contextlib import closing
from dataclasses import replace

import apsw
import pytest

from agentscaler.domain.domain import Domain
from agentscaler.errors import WorldError
from agentscaler.rollout.seats import Seat, SeatHouse
from agentscaler.task.task import GoldCall, Task

Tasks = dict[str, Task]


def _make(seat: Seat, call: GoldCall) -> object:
    return seat.call(call.tool, call.arguments).value


def _moved(domain: Domain) -> bytes:
    """The state with all books on one shelf."""
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", domain.states["main"])
    connection.execute("UPDATE books SET shelf = 'Z9'")
    image: bytes = connection.serialize("main")
    connection.close()
    return image


def test_no_more_worlds_are_open_than_the_house_has(library: Domain) -> None:
    house = SeatHouse(2)
    seats = [house.seat(library, "main") for _ in range(5)]
    for seat in seats:
        seat.changeset()
        assert house.live <= house.open <= 2
    for seat in seats:
        house.leave(seat)
    assert house.live == 0
    assert house.open == 2
    house.close()
    assert house.open == 0


def test_a_world_that_was_left_is_as_newly_opened_for_the_next(
    library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["update"]
    with closing(SeatHouse(1)) as house:
        for _ in range(2):
            with house.seat(library, task.state) as seat:
                assert seat.changeset() == ()
                for call in task.gold:
                    assert _make(seat, call) == call.result
                assert seat.state_hash() == task.state_hash
            assert house.open == 1


def test_a_world_that_was_left_is_not_given_to_another_domain(library: Domain) -> None:
    namesake = replace(library, states={"main": _moved(library)})
    with closing(SeatHouse(2)) as house:
        for domain in (library, namesake, library):
            with house.seat(domain, "main") as seat:
                [book] = seat.call("list_books", {"title": "Roads of Rome"}).value["books"]
                assert (book["shelf"] == "Z9") == (domain is namesake)


def test_a_seat_that_lost_its_world_goes_on_as_if_it_had_not(
    library: Domain, library_tasks: Tasks
) -> None:
    tasks = [task for task in library_tasks.values() if task.kind == "write"]
    assert tasks
    for task in tasks:
        house = SeatHouse(1)
        seat, other = house.seat(library, task.state), house.seat(library, task.state)
        for call in task.gold:
            assert _make(seat, call) == call.result
            other.changeset()
        assert seat.changeset() == task.changeset
        assert seat.state_hash() == task.state_hash
        assert house.restored > 0


def test_refused_calls_and_reads_are_not_repeated(library: Domain, library_tasks: Tasks) -> None:
    house = SeatHouse(1)
    seat = house.seat(library, "main")
    assert not seat.call("delete_member", {"member_id": "nobody"}).ok
    assert not seat.call("no_such_tool", {}).ok
    for call in library_tasks["read"].gold:
        seat.call(call.tool, call.arguments)
    assert not seat.has_written


def test_a_write_that_cannot_be_repeated_is_the_worlds_failure(
    library: Domain, library_tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    [call] = [one for one in library_tasks["delete"].gold if one.effect == "write"]
    house = SeatHouse(1)
    seat = house.seat(library, library_tasks["delete"].state)
    assert seat.call(call.tool, call.arguments).ok
    seat._writes *= 2
    house.leave(seat)
    with pytest.raises(WorldError, match=call.tool):
        seat.changeset()
