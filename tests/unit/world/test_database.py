"""Images: made the same each time, refused with the row that is at fault."""

from collections.abc import Callable
from typing import Any

import apsw
import pytest

from agentscaler.errors import InputError, WorldError
from agentscaler.world.database import Database, create_image
from agentscaler.world.world import World

Rows = dict[str, list[dict[str, Any]]]

PAIR = """
CREATE TABLE people (person_id TEXT PRIMARY KEY, age INTEGER CHECK (age > 0)) STRICT;
CREATE TABLE pets (
    pet_id TEXT PRIMARY KEY, owner TEXT NOT NULL REFERENCES people (person_id)
) STRICT;
"""


def test_the_same_input_gives_the_same_bytes(shop_schema: str, shop_rows: Rows) -> None:
    assert create_image(shop_schema, shop_rows) == create_image(shop_schema, shop_rows)


def test_an_image_is_a_database_file_with_the_rows(shop_schema: str, shop_rows: Rows) -> None:
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", create_image(shop_schema, shop_rows))
    count = connection.execute("SELECT count(*) FROM orders").fetchone()
    assert count == (len(shop_rows["orders"]),)
    assert connection.execute("PRAGMA page_size").fetchone() == (4096,)
    connection.close()


def test_tables_may_come_before_what_they_refer_to() -> None:
    rows = {"pets": [{"pet_id": "p", "owner": "a"}], "people": [{"person_id": "a"}]}
    assert create_image(PAIR, rows)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ({"people": [{"person_id": "a"}, {"person_id": "a"}]}, "Row 1 of table people .*UNIQUE"),
        ({"people": [{"person_id": "a", "age": 0}]}, "Row 0 of table people .*CHECK"),
        ({"people": [{"person_id": "a", "age": "old"}]}, "Row 0 of table people .*TEXT"),
        ({"people": [{"person_id": "a", "size": 1}]}, "Row 0 of table people .*size"),
        ({"people": [{"person_id": "a", "age": 2**70}]}, "Row 0 of table people .*too big"),
        ({"people": [{"person_id": "a", "age": [1]}]}, "Row 0 of table people .*list"),
        ({"people": [{}]}, "Row 0 of table people .*NOT NULL"),
        ({"cars": [{"car_id": "a"}]}, "Row 0 of table cars .*no such table"),
        (
            {"pets": [{"pet_id": "p", "owner": "b"}]},
            r"Row \('p', 'b'\) of pets refers to a row of people",
        ),
    ],
)
def test_a_row_that_does_not_fit_is_named(rows: Rows, text: str) -> None:
    with pytest.raises(InputError, match=text):
        create_image(PAIR, rows)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("CREATE TABLE a (x TEXT PRIMARY KEY)", "Table a is not STRICT"),
        ("CREATE TABLE a (x TEXT) STRICT", "Table a has no primary key"),
        ("CREATE TABEL a", "The schema does not run: .*syntax error"),
        ("ATTACH 'file.db' AS f", "The schema does not run: .*not authorized"),
        ("PRAGMA writable_schema = 1", "The schema does not run: .*not authorized"),
    ],
)
def test_a_schema_that_worlds_cannot_stand_on_is_refused(schema: str, text: str) -> None:
    with pytest.raises(InputError, match=text):
        create_image(schema, {})


def test_the_machinery_may_have_tables_of_any_form() -> None:
    assert create_image("CREATE TABLE _notes (x); " + PAIR, {})


@pytest.mark.parametrize("image", [b"", b"not a database", b"SQLite format 3\0" + b"x" * 5000])
def test_bytes_that_are_no_database_are_refused(image: bytes) -> None:
    with pytest.raises(InputError, match="not an SQLite database"):
        Database(image)


def test_a_truncated_image_is_refused(image: bytes) -> None:
    with pytest.raises(InputError):
        Database(image[:4096])


def test_worlds_on_one_image_do_not_share_writes(image: bytes) -> None:
    one, other = Database(image), Database(image)
    one.enter(frozenset({"orders"}))
    one.run("UPDATE orders SET note = 'x'", ())
    one.leave(keep=True)
    assert one.changeset()
    assert not other.changeset()
    assert other.serialize() == image
    one.close()
    other.close()


def test_a_statement_prepared_for_one_tool_is_still_refused_to_another(image: bytes) -> None:
    database = Database(image)
    sql = "UPDATE orders SET note = 'x'"
    database.enter(frozenset({"orders"}))
    database.run(sql, ())
    database.leave(keep=False)
    database.enter(frozenset({"products"}))
    with pytest.raises(Exception, match="writes orders, which it does not declare"):
        database.run(sql, ())
    database.leave(keep=False)
    assert not database.changeset()
    database.close()


def test_rows_read_are_noted_by_column(image: bytes) -> None:
    database = Database(image)
    database.enter(frozenset())
    database.all("SELECT note FROM orders WHERE status = 'pending'", ())
    database.leave(keep=False)
    assert database.gate.reads == {("orders", "note"), ("orders", "status")}
    database.close()


def test_queries_in_many_forms_pass(world_of: Callable[..., World]) -> None:
    queries = [
        "SELECT count(*) AS n FROM ORDERS",
        "WITH a AS (SELECT order_id FROM orders) SELECT count(*) AS n FROM a",
        "SELECT status, max(placed_at) AS last FROM orders GROUP BY status",
        "SELECT row_number() OVER (ORDER BY order_id) AS n FROM orders",
        "SELECT upper(name) AS n FROM customers WHERE name LIKE 'a%'",
        "SELECT json_object('a', 1) AS j",
        "SELECT * FROM orders JOIN customers USING (customer_id) LEFT JOIN parcels AS p ON 0",
        "VALUES (1)",
    ]
    body = "return [len(db.all(q)) for q in (" + ", ".join(map(repr, queries)) + ",)]"
    result = world_of(body).call("tool", {})
    assert result.value == [1, 1, 3, 8, 1, 1, 8, 1]


def _written(database: Database, *statements: str) -> None:
    """Runs statements as one call that keeps its writes."""
    database.enter(frozenset(("people", "pets")))
    for statement in statements:
        database.run(statement, ())
    database.leave(keep=True)


ADD = "INSERT INTO people VALUES ('a', 5)"
TAME = "INSERT INTO pets VALUES ('p', 'a')"


def test_a_rewound_database_is_as_it_was_opened() -> None:
    image = create_image(PAIR, {"people": [{"person_id": "z", "age": 1}, {"person_id": "b"}]})
    database = Database(image, rewinds=True)
    for _ in range(2):
        _written(database, ADD, "DELETE FROM people WHERE person_id = 'z'")
        _written(database, TAME)
        assert database.written == 3
        assert database.changeset()
        assert database.rewind()
        assert (database.written, database.changeset()) == (0, b"")
        again = database.all("SELECT person_id FROM people", ())
        assert again == Database(image).all("SELECT person_id FROM people", ())
    assert database.serialize() == image


def test_a_refused_call_leaves_the_calls_before_it() -> None:
    database = Database(create_image(PAIR, {}), rewinds=True)
    _written(database, ADD)
    database.enter(frozenset(("people",)))
    database.run("INSERT INTO people VALUES ('b', 7)", ())
    with pytest.raises(apsw.ConstraintError):
        database.run("INSERT INTO people VALUES ('a', 7)", ())
    database.leave(keep=False)
    assert database.rows("people") == [("a", 5)]


def test_a_fork_in_between_is_of_what_is_there_and_ends_rewinding() -> None:
    database = Database(create_image(PAIR, {}), rewinds=True)
    _written(database, ADD)
    twin = Database(database.serialize())
    assert twin.rows("people") == [("a", 5)]
    assert not database.rewind()
    _written(database, TAME)
    assert database.rows("pets") == [("p", "a")]


@pytest.mark.parametrize(
    "addition",
    [
        "CREATE TABLE toys (toy_id TEXT PRIMARY KEY, pet TEXT REFERENCES pets (pet_id)"
        " DEFERRABLE INITIALLY DEFERRED) STRICT;",
        "CREATE TRIGGER whole BEFORE DELETE ON pets BEGIN SELECT RAISE(ROLLBACK, 'no'); END;",
    ],
)
def test_where_a_transactions_end_matters_nothing_is_rewound(addition: str) -> None:
    database = Database(create_image(PAIR + addition, {}), rewinds=True)
    _written(database, ADD)
    assert not database.rewind()


def test_sql_that_ends_a_transaction_unannounced_is_stopped() -> None:
    database = Database(create_image(PAIR, {}), rewinds=True)
    database.enter(frozenset(("people",)))
    with pytest.raises(WorldError, match="ends a transaction"):
        database.run("INSERT OR ROLLBACK INTO people VALUES ('a', 5)", ())
    database.leave(keep=False)


def test_a_database_tells_what_statements_read_even_to_keep_references_whole() -> None:
    rows = {"people": [{"person_id": "a"}, {"person_id": "b"}], "pets": []}
    database = Database(create_image(PAIR, rows))
    read = []
    for statement in (
        "SELECT age FROM people",
        "INSERT INTO pets VALUES ('p', 'a')",
        "DELETE FROM people WHERE person_id = 'b'",
        "SELECT age FROM people",
    ):
        database.enter(frozenset({"people", "pets"}))
        database.all(statement, ())
        read.append(set(database.read))
        database.leave(keep=True)
    assert read == [{"people"}, {"people"}, {"people", "pets"}, {"people"}]
    database.close()
