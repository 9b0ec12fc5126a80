"""Trial arguments are drawn from the state as it is, by what the tool's contract requires."""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentscaler.world.contract import Contract, Requirement
from agentscaler.world.drawing import Drawing
from agentscaler.world.model import Model
from agentscaler.world.trials import Draw, Drawn, Manner, ToolTrial, manner_of

sys.path.append(str(Path(__file__).parents[1]))
import bank

ACCOUNT = Draw("reference", "accounts", "account_id")
AMOUNT = Draw("value", pool=(5, 50, 500))
TRIALS = {
    "move_money": ToolTrial(
        "move_money", {"payer_id": ACCOUNT, "payee_id": ACCOUNT, "amount": AMOUNT}
    ),
    "undo_transfer": ToolTrial(
        "undo_transfer",
        {
            "transfer_id": Draw("key", "transfers", "transfer_id"),
            "payer_id": Draw("key", "transfers", "payer_id"),
        },
        table="transfers",
    ),
    "close_accounts": ToolTrial("close_accounts", {"account_ids": ACCOUNT}),
    "list_accounts": ToolTrial(
        "list_accounts",
        {"owner": Draw("filter", "accounts", "owner", pool=("Zoe",))},
        table="accounts",
    ),
}
TOOLS = {tool.name: tool for tool in bank.TOOLS}


@pytest.fixture
def model() -> Iterator[Model]:
    with Model(bank.image(), bank.TOOLS, now=bank.NOW) as opened:
        yield opened


def drawn(model: Model, tool: str, manner: Manner = Manner.PLAIN, count: int = 40) -> list[Drawn]:
    drawing = Drawing(TRIALS[tool], TOOLS[tool])
    rng = random.Random(0)
    return [drawing.draw(model, rng, manner, number) for number in range(0, 10 * count, 10)]


def test_plain_trials_meet_every_requirement_but_for_those_beyond_the_edge(model: Model) -> None:
    calls = drawn(model, "move_money", count=100)
    unmet = [one for one in calls if one.unmet]
    assert all(one.unmet == (4,) for one in unmet)
    assert 2 < len(unmet) < 25


def test_some_trials_stand_exactly_at_the_edge_of_what_is_accepted(model: Model) -> None:
    balances = {row[0]: row[2] for row in model.rows("accounts")}
    left = [
        balances[one.arguments["payer_id"]] - one.arguments["amount"]
        for one in drawn(model, "move_money", count=100)
    ]
    assert Counter(left)[0] > 3
    assert Counter(left)[-1] > 3


def test_rows_that_a_requirement_ties_together_belong_together(model: Model) -> None:
    payers = {row[0]: row[1] for row in model.rows("transfers")}
    for one in drawn(model, "undo_transfer"):
        assert payers[one.arguments["transfer_id"]] == one.arguments["payer_id"]
        assert list(one.arguments) == ["transfer_id", "payer_id"]


def test_each_requirement_in_turn_is_left_unmet_while_the_others_are_met(model: Model) -> None:
    unmet = Counter(one.unmet for one in drawn(model, "move_money", Manner.UNMET, count=40))
    assert unmet == {(2,): 10, (3,): 10, (4,): 10, (5,): 10}


def test_draws_follow_the_state(model: Model) -> None:
    for number in (0, 2, 3):
        at = {"transfer_id": f"transfer-{number:08d}", "payer_id": f"account-{number:08d}"}
        model.follow("undo_transfer", at)
    for one in drawn(model, "undo_transfer"):
        assert one.arguments["transfer_id"] == "transfer-00000001"


def test_members_of_an_array_each_meet_what_is_required(model: Model) -> None:
    sizes = set()
    for one in drawn(model, "close_accounts"):
        assert one.unmet == ()
        sizes.add(len(one.arguments["account_ids"]))
    assert sizes == {1, 2, 3}


def test_what_is_required_of_a_whole_array_is_broken_by_a_repetition(model: Model) -> None:
    once = "(SELECT COUNT(*) = COUNT(DISTINCT value) FROM json_each(:account_ids))"
    tool = TOOLS["close_accounts"]
    assert tool.contract is not None
    row = next(one for one in tool.contract.requirements if one.condition == "TRUE")
    contract = Contract(requirements=(row, Requirement(condition=once)))
    promising = tool.model_copy(update={"contract": contract})
    drawing = Drawing(TRIALS["close_accounts"], promising)
    with Model(bank.image(), [promising], now=bank.NOW) as opened:
        repeated = [
            drawing.draw(opened, random.Random(number), Manner.UNMET, number * 10)
            for number in range(10)
        ]
    for one in repeated:
        keys = one.arguments["account_ids"]
        assert len(set(keys)) < len(keys)
        assert one.unmet == (1,)


def test_an_unknown_key_has_the_shape_of_a_known_one_but_no_row(model: Model) -> None:
    known = {row[0] for row in model.rows("accounts")}
    named = set()
    for one in drawn(model, "move_money", Manner.UNKNOWN):
        named.add(one.wrong)
        assert one.unknown.startswith("account-")
        assert one.unknown not in known
        assert one.unknown in one.arguments.values()
    assert named == {"an unknown payer_id", "an unknown payee_id"}


def test_a_tool_without_keys_has_nothing_unknown(model: Model) -> None:
    assert {one.wrong for one in drawn(model, "list_accounts", Manner.UNKNOWN)} == {""}


def test_filters_mostly_have_what_a_row_has(model: Model) -> None:
    owners = Counter(one.arguments.get("owner") for one in drawn(model, "list_accounts"))
    assert owners["Ada"] + owners["Ben"] + owners["Cleo"] > owners["Zoe"] > 0
    assert owners[None] > 0


def test_without_a_contract_keys_of_one_call_are_of_one_row(model: Model) -> None:
    silent = TOOLS["undo_transfer"].model_copy(update={"contract": None})
    drawing = Drawing(TRIALS["undo_transfer"], silent)
    payers = {row[0]: row[1] for row in model.rows("transfers")}
    with Model(bank.image(), [silent], now=bank.NOW) as other:
        for seed in range(20):
            one = drawing.draw(other, random.Random(seed), Manner.PLAIN)
            assert payers[one.arguments["transfer_id"]] == one.arguments["payer_id"]


def test_values_are_made_anew_where_those_of_the_pool_are_taken(model: Model) -> None:
    free = "NOT EXISTS (SELECT 1 FROM accounts WHERE owner = :owner)"
    contract = Contract(requirements=(Requirement(condition=free),))
    tool = bank.tool("register", contract, {"owner": bank.TEXT})
    pool = Draw("value", "accounts", "owner", pool=("Ada", "Ben"))
    drawing = Drawing(ToolTrial("register", {"owner": pool}), tool)
    with Model(bank.image(), [tool], now=bank.NOW) as other:
        rng = random.Random(0)
        assert drawing.draw(other, rng, Manner.PLAIN).unmet == ()
        taken = drawing.draw(other, rng, Manner.UNMET)
        assert taken.unmet == (0,)
        assert taken.arguments["owner"] in {"Ada", "Ben", "Cleo"}


def test_values_may_be_asked_of_the_rows_that_were_drawn(model: Model) -> None:
    asked = Draw("value", query="SELECT balance FROM accounts WHERE account_id = :payer_id")
    trial = ToolTrial("move_money", {**TRIALS["move_money"].draws, "amount": asked})
    drawing = Drawing(trial, TOOLS["move_money"])
    balances = {row[0]: row[2] for row in model.rows("accounts")}
    for seed in range(20):
        one = drawing.draw(model, random.Random(seed), Manner.PLAIN)
        if not one.unmet:
            assert one.arguments["amount"] == balances[one.arguments["payer_id"]]


def test_seven_of_ten_trials_are_plain() -> None:
    manners = Counter(manner_of(number) for number in range(20))
    assert manners == {
        Manner.PLAIN: 14,
        Manner.UNMET: 2,
        Manner.UNKNOWN: 2,
        Manner.MALFORMED: 2,
    }
