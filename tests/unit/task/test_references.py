"""Words for rows."""

from agentscaler.domain.domain import Column, Table
from agentscaler.task.references import by_facts, joined, places_of, told_by_name
from agentscaler.task.task import Fragment

MADE = Column(name="made_on", type="date", meaning="moment", noun="made on")
STARTS = Column(name="start_time", type="timestamp", meaning="moment", noun="start time")
PRICE = Column(name="price", type="integer", meaning="money", noun="price")
ORDERS = Table(name="orders", noun="order", key=("order_id",), columns=(MADE, STARTS, PRICE))


def test_what_happened_to_a_row_tells_which_it_is() -> None:
    assert by_facts(ORDERS, (MADE,), ["3 May 2026"]) == "the order made on 3 May 2026"
    assert by_facts(ORDERS, (STARTS, PRICE), ["3 May 2026 at 10:00", "7.00"]) == (
        "the order starting on 3 May 2026 at 10:00 with the price 7.00"
    )


def test_a_place_is_one_that_no_other_row_shares() -> None:
    rows = [{"made_on": day, "price": 5} for day in ("2026-05-01", "2026-05-02", "2026-05-03")]
    assert list(places_of(MADE, rows[2], rows)) == ["the most recent {noun}"]
    assert list(places_of(MADE, rows[0], rows)) == ["the oldest {noun}"]
    assert list(places_of(MADE, rows[1], rows)) == []
    assert list(places_of(PRICE, rows[0], rows)) == []


def test_a_row_whose_neighbours_have_no_value_has_no_place() -> None:
    rows = [{"made_on": "2026-05-01"}, {"made_on": None}]
    assert list(places_of(MADE, rows[0], rows)) == []


def test_an_owner_in_the_name_of_its_row_is_not_said_twice() -> None:
    words = Fragment(text='the variant "Ridge Boot, blue"', facts=("variant",))
    owner = Fragment(text="for the product called Ridge Boot", facts=("product",))
    alone, owners = told_by_name(words, (owner,), "Ridge Boot, blue")
    assert owners == ()
    assert alone.facts == ("variant", "product")
    other = Fragment(text="for the product called Larch Tent", facts=("product",))
    assert told_by_name(words, (other,), "Ridge Boot, blue") == (words, (other,))


def test_two_owners_are_joined_by_and() -> None:
    first = Fragment(text="for the agent A", facts=("a",), vague="for one of the agents")
    second = Fragment(text="for the test B", facts=("b",), vague="for one of the tests")
    [again] = joined([first], [second])
    assert again.text == "and the test B"
    assert again.vague == "and one of the tests"
    place = Fragment(text="in the room C")
    assert joined([first], [place]) == [place]
