import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscaler.evaluation.tau.bridge.tracked_tables import (
    SharedTable,
    TrackedTable,
    only_reading,
)

RECORDS = {f"r{n}": {"value": n, "tags": [n]} for n in range(6)}
KEYS = st.sampled_from([*RECORDS, "new"])
Table = dict[str, Any]


def texts(records: Mapping[str, Any]) -> dict[str, str]:
    return {key: json.dumps(value, sort_keys=True) for key, value in records.items()}


def shared() -> SharedTable:
    return SharedTable(copy.deepcopy(RECORDS), texts, json.dumps)


def change_all(table: Table, key: str) -> None:
    for record in table.values():
        record["tags"].append(key)


def change_items(table: Table, key: str) -> None:
    for name, record in table.items():
        record["value"] = name + key


def change_copy(table: Table, key: str) -> None:
    for record in dict(table).values():
        record["tags"].append(key)
    {**table}.get(key, {"value": 0})["value"] = 8


def change_got(table: Table, key: str) -> None:
    if (record := table.get(key)) is not None:
        record["tags"].append(5)


OPERATIONS: list[Callable[[Table, str], Any]] = [
    lambda table, key: table[key]["tags"].append(9) if key in table else None,
    lambda table, key: table.__setitem__(key, {"value": 7, "tags": []}),
    lambda table, key: table.pop(key, None),
    lambda table, key: table.setdefault(key, {"value": 1, "tags": []})["tags"].append(2),
    lambda table, key: table.update({key: {"value": 3, "tags": [4]}}),
    lambda table, key: table.__delitem__(key) if key in table else None,
    lambda table, key: table.clear() if key == "r0" else None,
    lambda table, key: sorted(table),
    lambda table, key: copy.deepcopy(table).get(key, {"tags": []})["tags"].append(3),
    lambda table, key: table.popitem() if table else None,
    change_all,
    change_items,
    change_copy,
    change_got,
]
STEPS = st.lists(st.tuples(st.sampled_from(range(len(OPERATIONS))), KEYS), max_size=8)


@given(steps=STEPS)
@settings(max_examples=300, deadline=None)
def test_a_tracked_table_goes_through_whatever_a_dict_does(steps: list[tuple[int, str]]) -> None:
    source, plain = shared(), copy.deepcopy(RECORDS)
    tracked = TrackedTable(source)
    for number, key in steps:
        OPERATIONS[number](tracked, key)
        OPERATIONS[number](plain, key)
    assert texts(dict(tracked)) == texts(plain)
    assert source.records == RECORDS
    assert source.unchanged()


@given(one=STEPS, other=STEPS)
@settings(max_examples=300, deadline=None)
def test_tables_differ_alike_if_and_only_if_they_are_equal(
    one: list[tuple[int, str]], other: list[tuple[int, str]]
) -> None:
    source = shared()
    tables = []
    for steps in (one, other):
        tracked = TrackedTable(source)
        for number, key in steps:
            OPERATIONS[number](tracked, key)
        tables.append(tracked)
    plain = [texts(dict(table)) for table in tables]
    told = [source.difference(table) for table in tables]
    assert (told[0] == told[1]) == (plain[0] == plain[1])
    assert source.difference(dict(tables[0])) == told[0]
    assert (not told[0]) == (plain[0] == texts(RECORDS))


def test_what_only_reads_copies_nothing() -> None:
    tracked = TrackedTable(shared())
    with only_reading(True):
        assert [one["value"] for one in tracked.values()] == [0, 1, 2, 3, 4, 5]
        assert tracked["r1"]["value"] == 1
    assert not tracked.touched


@pytest.mark.parametrize("place", ["item", "values"])
def test_a_change_by_what_says_that_it_only_reads_is_found_out(place: str) -> None:
    source = shared()
    tracked = TrackedTable(source)
    with only_reading(True):
        record = tracked["r0"] if place == "item" else next(iter(tracked.values()))
        record["tags"].append(1)
    assert not source.unchanged()
