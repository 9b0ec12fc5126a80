"""Initial states: rows that agree with each other and obey the tables."""

import apsw
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscaler.domain.domain import Column, Table
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
