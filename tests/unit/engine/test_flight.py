"""Many items at the same time, their results in order."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest

from agentscaler.engine import Flight
from agentscaler.errors import BudgetSpentError


class Plane:
    """Plays numbers: waits as many thousandths of a second, gives the square."""

    def __init__(self) -> None:
        self.aloft = self.most = self.ended = 0
        self.loop: asyncio.AbstractEventLoop | None = None

    async def play(self, number: int) -> int:
        self.loop = asyncio.get_running_loop()
        self.aloft += 1
        self.most = max(self.most, self.aloft)
        try:
            await asyncio.sleep(number / 1000)
        finally:
            self.aloft -= 1
        if number == 13:
            raise ValueError("thirteen")
        self.ended += 1
        return number * number


def test_results_come_unit_by_unit_in_order_whatever_ends_first() -> None:
    units = [[30, 1], [], [2], [20, 3, 0]]
    flight = Flight(Plane().play, units, 3)
    assert list(flight.results()) == [[900, 1], [], [4], [400, 9, 0]]


def test_as_many_are_in_flight_as_asked_and_no_more() -> None:
    plane = Plane()
    assert sum(map(len, Flight(plane.play, [[5] * 7] * 30, 50).results())) == 210
    assert plane.most == 50


def test_units_are_taken_lazily() -> None:
    taken = []

    def units() -> Iterator[list[int]]:
        for number in range(1000):
            taken.append(number)
            yield [0]

    results = Flight(Plane().play, units(), 4).results()
    next(results)
    assert len(taken) <= 8


def test_one_slow_item_does_not_pile_up_results_behind_it() -> None:
    taken = []

    def units() -> Iterator[list[int]]:
        yield [300]
        for number in range(1000):
            taken.append(number)
            yield [0]

    results = Flight(Plane().play, units(), 5).results()
    next(results)
    assert 10 <= len(taken) <= 5 * 4 + 5


def test_a_unit_larger_than_all_that_may_be_held_still_ends() -> None:
    assert list(Flight(Plane().play, [[1] * 500, [2]], 2).results()) == [[1] * 500, [4]]


def test_what_an_item_raises_ends_the_flight_and_nothing_is_left_running() -> None:
    plane = Plane()
    with pytest.raises(ValueError, match="thirteen"):
        list(Flight(plane.play, [[13], [50_000] * 10], 8).results())
    assert plane.aloft == 0


def test_a_flight_that_nobody_watches_any_more_is_ended_at_once() -> None:
    plane = Plane()
    results = Flight(plane.play, [[1], [60_000] * 20], 8).results()
    assert next(results) == [1]
    results.close()
    assert plane.aloft == 0
    assert plane.ended == 1


def test_a_flight_may_be_watched_from_inside_an_event_loop() -> None:
    async def watch() -> list[list[int]]:
        return list(Flight(Plane().play, [[2, 1]], 2).results())

    assert asyncio.run(watch()) == [[4, 1]]


@pytest.mark.parametrize("how", ["to its end", "by an error", "unwatched"])
def test_what_was_opened_in_the_loop_is_closed_there_when_nothing_is_left_running(
    how: str,
) -> None:
    plane, seen = Plane(), []

    async def at_end() -> None:
        seen.append((plane.aloft, asyncio.get_running_loop() is plane.loop))

    numbers = {"to its end": [[1, 2]], "by an error": [[13, 900]], "unwatched": [[1], [900] * 5]}
    results = Flight(plane.play, numbers[how], 4, at_end).results()
    with suppress(ValueError):
        if how == "unwatched":
            next(results)
            results.close()
        list(results)
    assert seen == [(0, True)]


def test_answers_that_are_paid_for_are_waited_for_when_the_money_is_spent() -> None:
    ended = []

    async def play(number: int) -> int:
        if number == 13:
            raise BudgetSpentError("Nothing is left.")
        await asyncio.sleep(0.001 * number)
        ended.append(number)
        return number

    with pytest.raises(BudgetSpentError):
        list(Flight(play, [[5, 13, 20, 40]], 3).results())
    assert ended == [5, 20]  # and the one that had not begun never does
