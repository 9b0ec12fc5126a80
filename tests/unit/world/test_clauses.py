"""Statements are taken apart at their own clauses."""

import pytest

from agentscaler.world.clauses import conjuncts, split_clauses, table_of


@pytest.mark.parametrize(
    ("sql", "parts"),
    [
        ("SELECT * FROM t", ("SELECT * FROM t", "", "")),
        ("SELECT * FROM t ORDER BY a, b", ("SELECT * FROM t", "", "ORDER BY a, b")),
        ("DELETE FROM t WHERE a = ?", ("DELETE FROM t", "a = ?", "")),
        (
            "SELECT a FROM t WHERE b IN (SELECT b FROM u WHERE c ORDER BY b) ORDER BY a LIMIT 1",
            (
                "SELECT a FROM t",
                "b IN (SELECT b FROM u WHERE c = 1 ORDER BY b)",
                "ORDER BY a LIMIT 1",
            ),
        ),
        (
            "UPDATE t SET a = (SELECT max(a) FROM t WHERE b = 1), c = 'x WHERE y' WHERE d = ?",
            ("UPDATE t SET a = (SELECT max(a) FROM t WHERE b = 1), c = 'x WHERE y'", "d = ?", ""),
        ),
    ],
)
def test_a_statement_is_cut_at_its_own_where_and_order(
    sql: str, parts: tuple[str, str, str]
) -> None:
    assert split_clauses(sql) == parts


def test_only_the_outermost_and_ties_parts_together() -> None:
    condition = "a = 1 AND (b = 2 AND c = 3) AND d = ' AND '"
    assert conjuncts(condition) == ["a = 1", "(b = 2 AND c = 3)", "d = ' AND '"]
    assert conjuncts("") == []


def test_the_first_table_is_named_as_it_is_written() -> None:
    assert table_of('INSERT INTO "groups" (a) VALUES (?)') == '"groups"'
    assert table_of("UPDATE t SET a = (SELECT b FROM u)") == "t"
    assert table_of("SELECT 1") == ""
