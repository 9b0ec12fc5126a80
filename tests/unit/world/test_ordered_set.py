"""Ordered sets behave as Python's sets and keep the order of their members."""

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscaler.world.ordered_set import FrozenOrderedSet, OrderedSet

members = st.lists(st.integers(0, 9))


@given(members)
def test_members_come_in_the_order_in_which_they_were_added(values: list[int]) -> None:
    assert list(OrderedSet(values)) == list(dict.fromkeys(values))


@given(members, members)
@pytest.mark.parametrize("operation", [operator.and_, operator.or_, operator.sub, operator.xor])
def test_operators_agree_with_sets(
    operation: Callable[[Any, Any], Any], one: list[int], two: list[int]
) -> None:
    assert set(operation(OrderedSet(one), OrderedSet(two))) == operation(set(one), set(two))


@given(members, members)
@pytest.mark.parametrize(
    "method",
    [
        *("union", "intersection", "difference", "symmetric_difference"),
        *("issubset", "issuperset", "isdisjoint"),
    ],
)
def test_methods_agree_with_sets(method: str, one: list[int], two: list[int]) -> None:
    ours = getattr(OrderedSet(one), method)(OrderedSet(two))
    theirs = getattr(set(one), method)(two)
    assert (set(ours) if isinstance(theirs, set) else ours) == theirs


def test_a_set_changes_in_place_and_its_copy_does_not() -> None:
    values = OrderedSet([3, 1])
    copied = values.copy()
    values.add(2)
    values.discard(3)
    values.update([9], [8])
    assert list(values) == [1, 2, 9, 8]
    assert list(copied) == [3, 1]


def test_only_a_frozen_set_has_a_hash() -> None:
    assert hash(FrozenOrderedSet([1, 2])) == hash(FrozenOrderedSet([2, 1]))
    with pytest.raises(TypeError):
        hash(OrderedSet())
