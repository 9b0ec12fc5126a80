"""Minted ids derive from the call that makes them."""

from collections import Counter

import pytest

from agentscaler.world.identifiers import Minter, canonical, prefix


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("contact_flows", "contact-flow"),
        ("policies", "policy"),
        ("addresses", "address"),
        ("boxes", "box"),
        ("branches", "branch"),
        ("warehouses", "warehouse"),
        ("caches", "cache"),
        ("statuses", "status"),
        ("status", "status"),
        ("series", "series"),
        ("staff", "staff"),
        ("Orders", "order"),
    ],
)
def test_the_prefix_is_the_table_in_the_singular(table: str, expected: str) -> None:
    assert prefix(table) == expected


def minted(tool: str = "t", value: object = 1, before: int = 0, ids: int = 1) -> list[str]:
    counts = Counter({canonical([tool, {"a": value}]): before})
    minter = Minter(tool, {"a": value}, counts)
    return [minter.new_id("orders") for _ in range(ids)]


def test_an_id_is_eight_unambiguous_characters_after_the_prefix() -> None:
    (made,) = minted()
    letters = made.removeprefix("order-")
    assert len(letters) == 8
    assert set(letters) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_equal_calls_give_equal_ids() -> None:
    assert minted() == minted()
    assert minted(value=5) == minted(value=5.0)


def test_the_order_of_an_array_does_not_count_nor_what_is_in_it_twice() -> None:
    assert minted(value=["a", "b"]) == minted(value=["b", "a", "b"])
    assert minted(value=["a", "b"]) != minted(value=["a"])


def test_ids_differ_by_tool_arguments_and_equal_calls_before() -> None:
    made = {*minted(), *minted(tool="u"), *minted(value=2), *minted(before=1), *minted(ids=3)}
    assert len(made) == 6


def test_canonical_json_has_one_spelling() -> None:
    assert canonical({"b": 5.0, "a": [1.5, -0.0]}) == canonical({"a": [1.5, 0], "b": 5})
