"""Which calls may change places, by provenance and by what they touch."""

from typing import Any

from agentscaler.domain import Domain
from agentscaler.task import Task
from agentscaler.task.histories import Footprint, Histories
from agentscaler.task.order import reorderings
from agentscaler.task.origins import feeders, needs
from agentscaler.task.task import GoldCall, Provenance

Given = tuple[str, dict[str, Any]]


def gold_of(domain: Domain, *given: Given) -> list[GoldCall]:
    """Calls run one after the other, all with arguments that the user knows."""
    with domain.world("main") as world:
        return [
            GoldCall(
                tool=tool,
                arguments=arguments,
                provenance={name: Provenance(origin="user", fact=name) for name in arguments},
                result=world.call(tool, arguments).value,
                purpose="goal",
                effect=domain.manifest.tool[tool].effect,
            )
            for tool, arguments in given
        ]


def prints_of(histories: Histories, gold: list[GoldCall]) -> tuple[Footprint, ...]:
    return histories.play([call.made for call in gold]).prints


def drawn(domain: Domain, gold: list[GoldCall], most: int) -> list[list[int]]:
    with domain.world("main") as world:
        histories = Histories(domain, world)
        return list(reorderings(histories, gold, prints_of(histories, gold), most))


def orders(domain: Domain, gold: list[GoldCall]) -> set[tuple[int, ...]]:
    return {tuple(order) for order in drawn(domain, gold, 30)}


def books(domain: Domain) -> list[str]:
    with domain.world("main") as world:
        return [row["book_id"] for row in world.query("SELECT book_id FROM books ORDER BY 1")]


def test_a_call_that_takes_a_value_stays_behind_the_one_that_gives_it(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    task = library_tasks["two goals"]
    assert [feeders(call) for call in task.gold] == [set(), {0}, {1}, set(), {3}]
    assert needs(task.gold)[2] == {0, 1}
    found = orders(library, list(task.gold))
    assert found
    for order in found:
        assert order.index(0) < order.index(1) < order.index(2)
        assert order.index(3) < order.index(4)
    assert any(order.index(4) < order.index(0) for order in found)


def test_writes_of_different_rows_of_a_table_change_places_and_of_one_row_do_not(
    library: Domain,
) -> None:
    one, other = books(library)[:2]
    apart = gold_of(
        library,
        ("update_book", {"book_id": one, "shelf": "Z1"}),
        ("update_book", {"book_id": other, "shelf": "Z2"}),
    )
    together = gold_of(
        library,
        ("update_book", {"book_id": one, "shelf": "Z1"}),
        ("update_book", {"book_id": one, "genre": "HISTORY"}),
    )
    assert orders(library, apart) == {(1, 0)}
    assert orders(library, together) == set()


def test_a_read_stays_where_a_write_would_change_what_it_shows(library: Domain) -> None:
    one, other = books(library)[:2]
    shown = gold_of(
        library, ("get_book", {"book_id": one}), ("update_book", {"book_id": one, "shelf": "Z1"})
    )
    untouched = gold_of(
        library, ("get_book", {"book_id": other}), ("update_book", {"book_id": one, "shelf": "Z1"})
    )
    elsewhere = gold_of(
        library, ("list_members", {}), ("update_book", {"book_id": one, "shelf": "Z1"})
    )
    assert orders(library, shown) == set()
    assert orders(library, untouched) == {(1, 0)}
    assert orders(library, elsewhere) == {(1, 0)}


def test_a_row_is_deleted_before_another_call_refers_to_it_or_not_at_all(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    """Nothing but the database's own look at references ties the two calls together."""
    member = library_tasks["delete"].gold[1].arguments["member_id"]
    with library.world("main") as world:
        played = Histories(library, world).play([("delete_member", {"member_id": member})])
    assert played.prints[0].read is not None
    assert "loans" in played.prints[0].read
    assert played.prints[0].tables_written == {"members"}


def test_the_same_orders_are_drawn_every_time(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    gold = list(library_tasks["two goals"].gold)
    first = drawn(library, gold, 4)
    assert first == drawn(library, gold, 4)
    assert len(first) == 4
