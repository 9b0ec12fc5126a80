"""Changesets as records: equality up to the names of minted ids, and a diff for people."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscaler.world.changeset import Change, describe, state_hash


def insert(table: str, key: str, **row: Any) -> Change:
    return {
        "table": table,
        "op": "insert",
        "key": [key],
        "before": None,
        "after": {"id": key, **row},
    }


def update(table: str, key: str, before: dict[str, Any], after: dict[str, Any]) -> Change:
    return {"table": table, "op": "update", "key": [key], "before": before, "after": after}


def delete(table: str, key: str, **row: Any) -> Change:
    return {
        "table": table,
        "op": "delete",
        "key": [key],
        "before": {"id": key, **row},
        "after": None,
    }


def ring(names: Sequence[str]) -> list[Change]:
    """Rows that refer to each other in a ring."""
    following = [*names[1:], names[0]]
    return [insert("nodes", one, next=other) for one, other in zip(names, following, strict=True)]


def test_numbers_are_equal_however_they_are_spelled() -> None:
    one, other = update("t", "a", {"n": 1}, {"n": 5}), update("t", "a", {"n": 1.0}, {"n": 5.0})
    assert state_hash([one], set()) == state_hash([other], set())


def test_text_and_numbers_differ() -> None:
    one, other = insert("t", "a", n=5), insert("t", "a", n="5")
    assert state_hash([one], set()) != state_hash([other], set())


@pytest.mark.parametrize(
    "other",
    [
        insert("u", "a", n=1),
        insert("t", "b", n=1),
        insert("t", "a", n=2),
        insert("t", "a", m=1),
        delete("t", "a", n=1),
        update("t", "a", {"n": 1}, {"n": 2}),
    ],
)
def test_any_difference_in_a_row_shows(other: Change) -> None:
    assert state_hash([insert("t", "a", n=1)], set()) != state_hash([other], set())


def test_two_equal_rows_differ_from_one() -> None:
    minted = {"m1", "m2"}
    twice = [insert("t", "m1", n=1), insert("t", "m2", n=1)]
    assert state_hash(twice, minted) != state_hash(twice[:1], minted)


def test_only_minted_ids_may_be_renamed() -> None:
    assert state_hash([insert("t", "x")], {"x"}) == state_hash([insert("t", "y")], {"y"})
    assert state_hash([insert("t", "x")], set()) != state_hash([insert("t", "y")], set())
    assert state_hash([insert("t", "x")], {"x"}) != state_hash([insert("t", "x")], set())


def test_renaming_keeps_who_refers_to_whom() -> None:
    def state(owner_of_car: str, owner_of_boat: str) -> list[Change]:
        return [
            insert("people", "m1", name="Ada"),
            insert("people", "m2", name="Ben"),
            insert("cars", "car-1", owner=owner_of_car),
            insert("boats", "boat-1", owner=owner_of_boat),
        ]

    minted = {"m1", "m2"}
    hashes = {state_hash(state(a, b), minted) for a in minted for b in minted}
    assert len(hashes) == 4


def test_an_id_inside_a_key_is_renamed_with_its_row() -> None:
    def made(app: str, branch: str = "main") -> list[Change]:
        return [insert("apps", app), insert("branches", f"{app}/{branch}", app=app, name=branch)]

    assert state_hash(made("app-1"), {"app-1"}) == state_hash(made("app-2"), {"app-2"})
    assert state_hash(made("app-1"), {"app-1"}) != state_hash(made("app-1", "dev"), {"app-1"})
    astray = [insert("apps", "app-1"), insert("branches", "app-3/main", app="app-1", name="main")]
    assert state_hash(made("app-1"), {"app-1"}) != state_hash(astray, {"app-1"})


def test_rows_alike_are_told_apart_by_what_refers_to_them() -> None:
    rows = [insert("orders", "m1"), insert("orders", "m2"), insert("items", "i1", order="m1")]
    same = [*rows, insert("items", "i2", order="m1")]
    split = [*rows, insert("items", "i2", order="m2")]
    assert state_hash(same, {"m1", "m2"}) != state_hash(split, {"m1", "m2"})


def test_a_long_chain_is_told_from_two_short_ones() -> None:
    def chain(names: Sequence[str]) -> list[Change]:
        return [insert("n", a, follows=b) for a, b in zip(names, [None, *names], strict=False)]

    minted = {f"m{n}" for n in range(6)}
    names = sorted(minted)
    assert state_hash(chain(names), minted) != state_hash(
        chain(names[:3]) + chain(names[3:]), minted
    )


def test_the_documented_limit_holds() -> None:
    names = [f"m{n}" for n in range(6)]
    two_rings = ring(names[:3]) + ring(names[3:])
    assert state_hash(two_rings, set(names)) == state_hash(ring(names), set(names))


ids = [f"m{n}" for n in range(5)]
rows_of_ids = st.lists(
    st.tuples(st.sampled_from(ids), st.sampled_from([*ids, "fixed", None]), st.integers(0, 2)),
    max_size=8,
)


@given(rows_of_ids, st.permutations(ids), st.randoms(use_true_random=False))
def test_renaming_and_reordering_never_change_the_hash(
    rows: list[tuple[str, str | None, int]], names: list[str], rng: random.Random
) -> None:
    renamed = dict(zip(ids, (f"other-{name}" for name in names), strict=True))
    one = [insert("t", a, refers=b, n=n) for a, b, n in rows]
    other = [
        insert("t", renamed[a], refers=renamed.get(b or "", b), n=float(n)) for a, b, n in rows
    ]
    rng.shuffle(other)
    assert state_hash(one, set(ids)) == state_hash(other, set(renamed.values()))


@given(rows_of_ids, st.data())
def test_a_changed_value_always_changes_the_hash(
    rows: list[tuple[str, str | None, int]], data: st.DataObject
) -> None:
    changes = [insert("t", a, refers=b, n=n) for a, b, n in [*rows, ("m0", None, 0)]]
    chosen = data.draw(st.integers(0, len(changes) - 1))
    before = state_hash(changes, set(ids))
    changes[chosen]["after"]["n"] += 10
    assert state_hash(changes, set(ids)) != before


def test_a_diff_has_one_line_a_change() -> None:
    changes = [
        insert("orders", "o1", note="two\nlines", total=2.5, paid=None),
        update("orders", "o2", {"status": "pending", "n": 1}, {"status": "shipped", "n": 2}),
        delete("orders", "o3", note=None),
    ]
    assert describe(changes).splitlines() == [
        "+ orders o1: id='o1', note='two\\nlines', total=2.5, paid=null",
        "~ orders o2: status 'pending' -> 'shipped', n 1 -> 2",
        "- orders o3: id='o3', note=null",
    ]


def test_no_changes_are_said_so() -> None:
    assert describe([]) == "no changes"
