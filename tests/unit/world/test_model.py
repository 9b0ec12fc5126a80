"""A model tells what a call needs, what it changes, and what it answers, by the contract alone."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentscaler.world.contract import Answer, Contract, Requirement
from agentscaler.world.model import Model, ModelError, requirement_sql, with_names

sys.path.append(str(Path(__file__).parents[1]))
import bank

MOVE = {"payer_id": "account-00000002", "payee_id": "account-00000001", "amount": 200}


@pytest.fixture
def model() -> Iterator[Model]:
    with Model(bank.image(), bank.TOOLS, now=bank.NOW) as opened:
        yield opened


def other(contract: Contract) -> Model:
    """A model of one tool that takes `name`."""
    tools = [bank.tool("t", contract, {"name": bank.TEXT}, optional=("name",))]
    return Model(bank.image(), tools, now=bank.NOW)


@pytest.mark.parametrize(
    ("changed", "unmet"),
    [
        ({}, ()),
        ({"amount": 201}, (4,)),
        ({"payee_id": "account-00000003"}, (3,)),
        ({"payee_id": "account-00000002"}, (5,)),
        ({"payee_id": "nobody"}, (1, 3)),
    ],
)
def test_it_tells_which_requirements_a_call_does_not_meet(
    model: Model, changed: dict[str, Any], unmet: tuple[int, ...]
) -> None:
    assert model.unmet("move_money", MOVE | changed) == unmet


def test_it_makes_the_changes_of_a_call_and_tells_its_answer(model: Model) -> None:
    tables = model.follow("move_money", MOVE, "transfer-x")
    assert tables == {"accounts", "transfers"}
    assert [row[2] for row in model.rows("accounts")] == [0, 300, 0, 300, 400, 500]
    assert model.answer("move_money", MOVE, "transfer-x") == {
        "transfer_id": "transfer-x",
        **MOVE,
        "made_at": bank.NOW,
    }
    assert model.unmet("move_money", MOVE) == (4,)


def test_flags_are_answered_as_booleans_and_many_rows_under_their_field(model: Model) -> None:
    account = {"account_id": "account-00000001"}
    assert model.answer("get_account", account)["is_joint"] is True
    listed = model.answer("list_accounts", {"owner": "Ben"})
    assert [row["balance"] for row in listed["accounts"]] == [100, 400]
    assert len(model.answer("list_accounts", {})["accounts"]) == 6


def test_each_member_of_an_array_must_meet_what_is_required(model: Model) -> None:
    ids = ["account-00000000", "account-00000001"]
    assert model.unmet("close_accounts", {"account_ids": ids}) == ()
    assert model.unmet("close_accounts", {"account_ids": [*ids, "account-00000003"]}) == (1,)
    assert model.unmet("close_accounts", {"account_ids": [*ids, "nobody"]}) == (0, 1)
    model.follow("close_accounts", {"account_ids": ids})
    assert model.unmet("close_accounts", {"account_ids": ids}) == (1,)


def test_a_requirement_on_an_argument_that_was_not_given_is_met() -> None:
    contract = Contract(requirements=(bank.there("name"),))
    with other(contract) as model:
        assert model.unmet("t", {}) == ()
        assert model.unmet("t", {"name": "nobody"}) == (0,)


def test_a_restart_brings_the_image_back_even_in_the_order_of_rows(model: Model) -> None:
    before = model.select("SELECT * FROM transfers")
    undone = {"transfer_id": "transfer-00000001", "payer_id": "account-00000001"}
    model.follow("undo_transfer", undone)
    model.follow("move_money", MOVE, "transfer-00000001")
    assert model.select("SELECT * FROM transfers") != before
    model.restart()
    assert model.select("SELECT * FROM transfers") == before
    assert model.rows("accounts")[2][2] == 200


def test_it_takes_over_rows_that_no_contract_tells(model: Model) -> None:
    accounts = [(*row[:2], 7, *row[3:]) for row in model.rows("accounts")]
    model.adopt({"accounts": accounts})
    assert {row[2] for row in model.rows("accounts")} == {7}


def test_it_names_the_rules_that_rows_break_of_the_tables_asked_for(model: Model) -> None:
    rules = {
        "low": "SELECT account_id FROM accounts WHERE balance < 100",
        "high": "SELECT account_id FROM accounts WHERE balance > 900",
        "self": "SELECT transfer_id FROM transfers WHERE payer_id = payee_id",
    }
    assert model.broken(rules) == ["low"]
    assert model.broken(rules, frozenset(("transfers",))) == []
    model.follow("move_money", {**MOVE, "payee_id": "account-00000002", "amount": 1}, "t")
    assert model.broken(rules, frozenset(("transfers",))) == ["self"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM nothing",
        "SELECT nonsense FROM accounts",
        "ATTACH 'x.db' AS x",
        "PRAGMA user_version",
        "CREATE TABLE t (a)",
        "DROP TABLE transfers",
        "SELECT unixepoch('now')",
        "SELECT load_extension('x')",
        "COMMIT",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        "SELECT length(zeroblob(900000000))",
        "SELECT :unheard",
        "not SQL",
    ],
)
@pytest.mark.parametrize("place", ["requirement", "effect", "answer"])
def test_sql_of_a_contract_can_do_no_harm(sql: str, place: str) -> None:
    contract = {
        "requirement": Contract(requirements=(Requirement(condition=f"({sql})"),)),
        "effect": Contract(effects=(sql,)),
        "answer": Contract(answer=Answer(sql=sql)),
    }[place]
    with other(contract) as model:
        with pytest.raises(ModelError, match="its SQL does not run"):
            {
                "requirement": lambda: model.unmet("t", {}),
                "effect": lambda: model.follow("t", {}),
                "answer": lambda: model.answer("t", {}),
            }[place]()
        assert len(model.rows("transfers")) == 4


def test_effects_that_break_a_foreign_key_do_not_run(model: Model) -> None:
    with pytest.raises(ModelError, match="FOREIGN KEY"):
        model.follow("move_money", {**MOVE, "payee_id": "nobody"}, "transfer-x")


def test_names_in_texts_stay() -> None:
    condition = "note <> ':a' AND a = :a AND ab = :ab"
    assert with_names(condition, {"a": "t.x"}) == "note <> ':a' AND a = t.x AND ab = :ab"


def test_a_requirement_without_a_table_speaks_of_arguments_only() -> None:
    assert requirement_sql(Requirement(condition=":a < :b")) == "(:a < :b) IS TRUE"
