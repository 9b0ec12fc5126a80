"""Initial states: rows that agree with each other and obey the tables."""

import re

import apsw
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscaler.domain.domain import Column, ColumnValues, Table
from agentscaler.domain.populate import populate

NOW = "2026-03-02T10:00:00"
USERS = Table(
    name="users",
    noun="user",
    key=("user_id",),
    label="full_name",
    columns=(
        Column(name="user_id", type="text", nullable=False),
        Column(name="full_name", type="text", meaning="person_name", nullable=False),
        Column(name="email", type="text", meaning="email", unique=True),
        Column(name="username", type="text", meaning="username", unique=True),
        Column(name="created_at", type="timestamp", meaning="moment"),
        Column(name="deleted_at", type="timestamp", meaning="moment"),
    ),
)
POSTS = Table(
    name="posts",
    noun="post",
    key=("post_id",),
    status="status",
    columns=(
        Column(name="post_id", type="text", nullable=False),
        Column(name="user_id", type="text", nullable=False, references="users"),
        Column(name="status", type="text", enum=("draft", "published"), nullable=False),
        Column(name="created_at", type="timestamp", meaning="moment"),
        Column(name="updated_at", type="timestamp", meaning="moment"),
    ),
)


def rows(image: bytes, sql: str) -> list[tuple[object, ...]]:
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", image)
    return connection.execute(sql).fetchall()


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=12))
def test_equal_names_get_different_addresses(seed: str) -> None:
    image = populate([USERS], 150, seed, NOW)
    for column in ("email", "username"):
        doubled = f"SELECT {column} FROM users GROUP BY {column} HAVING COUNT(*) > 1"
        assert rows(image, f"{doubled} AND {column} IS NOT NULL") == []


def test_rows_are_made_after_their_owners_and_changed_after_they_are_made() -> None:
    image = populate([POSTS, USERS], 40, "seed", NOW)
    joined = "FROM posts AS p JOIN users AS u USING (user_id)"
    assert rows(image, f"SELECT COUNT(*) {joined}")[0][0]
    assert rows(image, f"SELECT 1 {joined} WHERE p.created_at < u.created_at") == []
    assert rows(image, "SELECT 1 FROM posts WHERE updated_at < created_at") == []
    assert rows(image, "SELECT 1 FROM posts WHERE created_at IS NULL") == []


def test_statuses_are_spread_and_some_owners_have_nothing() -> None:
    image = populate([POSTS, USERS], 10, "seed", NOW)
    (one, other) = rows(image, "SELECT COUNT(*) FROM posts GROUP BY status")
    assert abs(int(str(one[0])) - int(str(other[0]))) <= 1
    idle = "SELECT 1 FROM users WHERE user_id NOT IN (SELECT user_id FROM posts)"
    assert rows(image, idle)


def test_what_is_there_has_not_been_deleted() -> None:
    image = populate([USERS], 40, "seed", NOW)
    assert rows(image, "SELECT 1 FROM users WHERE deleted_at IS NOT NULL") == []


VENUES = Table(
    name="venues",
    noun="venue",
    key=("venue_id",),
    label="name",
    columns=(
        Column(name="venue_id", type="text", nullable=False),
        Column(name="name", type="text", meaning="title", nullable=False, unique=True),
        Column(name="floor", type="integer", meaning="number", minimum=-2, maximum=4),
        Column(name="share", type="real", meaning="percent", minimum=0.5, maximum=0.6),
    ),
)


def test_rows_hold_what_is_listed_and_number_it_where_the_list_is_short() -> None:
    listed = ColumnValues(table="venues", column="name", values=("Old Mill", "Attic", "Cellar"))
    image = populate([VENUES], 10, "seed", NOW, values=[listed])
    names = {str(name) for (name,) in rows(image, "SELECT name FROM venues")}
    assert len(names) == rows(image, "SELECT COUNT(*) FROM venues")[0][0]
    assert all(re.fullmatch(r"Old Mill( \d)?|(Attic|Cellar)(-\d)?", name) for name in names)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=12))
def test_numbers_lie_between_the_bounds_of_their_columns(seed: str) -> None:
    image = populate([VENUES], 30, seed, NOW)
    assert rows(image, "SELECT 1 FROM venues WHERE floor NOT BETWEEN -2 AND 4") == []
    assert rows(image, "SELECT 1 FROM venues WHERE share NOT BETWEEN 0.5 AND 0.6") == []


OWNERS = Table(
    name="owners",
    noun="owner",
    key=("owner_id",),
    columns=(
        Column(name="owner_id", type="text", nullable=False),
        Column(name="venue_id", type="text", meaning="text"),
    ),
)
LEASES = Table(
    name="leases",
    noun="lease",
    key=("lease_id",),
    columns=(
        Column(name="lease_id", type="text", nullable=False),
        Column(name="owner_id", type="text", references="owners"),
        Column(name="venue_id", type="text", references="venues"),
    ),
)


def test_a_column_that_only_has_the_name_of_a_reference_shares_nothing() -> None:
    image = populate([VENUES, OWNERS, LEASES], 10, "seed", NOW)
    joined = "FROM leases JOIN venues USING (venue_id)"
    assert rows(image, f"SELECT COUNT(*) {joined}")[0][0]
