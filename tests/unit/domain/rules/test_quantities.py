"""Room, stock and money: what there is only so much of."""

from collections.abc import Callable

import pytest

from agentscaler.domain import Domain
from agentscaler.domain.rule import Pattern
from agentscaler.world import World

from ..resources import MONEY, NUMBER, TEXT, resource


@pytest.fixture(scope="module")
def shop(build: Callable[..., Domain]) -> Domain:
    return build(
        resource("Product", {"name": TEXT, "stock": NUMBER, "price": MONEY}, takes=["name"]),
        resource(
            "Reservation",
            {"productId": TEXT, "quantity": NUMBER, "note": TEXT},
            takes=["productId", "quantity"],
        ),
    )


@pytest.fixture(scope="module")
def bank(build: Callable[..., Domain]) -> Domain:
    return build(
        resource("Wallet", {"name": TEXT, "balance": MONEY, "currency": TEXT}, takes=["name"]),
        resource(
            "Payment",
            {"walletId": TEXT, "amount": MONEY, "note": TEXT},
            takes=["walletId", "amount"],
        ),
        resource(
            "Deposit",
            {"walletId": TEXT, "amount": MONEY, "note": TEXT},
            takes=["walletId", "amount"],
        ),
    )


@pytest.fixture(scope="module")
def club(build: Callable[..., Domain]) -> Domain:
    return build(
        resource(
            "Group",
            {"name": TEXT, "maxMembers": NUMBER, "memberCount": NUMBER},
            takes=["name", "maxMembers"],
            updates=["maxMembers"],
        ),
        resource("Member", {"groupId": TEXT, "name": TEXT, "nickname": TEXT}, takes=["groupId"]),
    )


def patterns(domain: Domain) -> set[Pattern]:
    return {rule.pattern for rule in domain.manifest.rules}


def number(world: World, sql: str, *values: str) -> float:
    (row,) = world.query(sql, *values)
    return next(iter(row.values()))


def test_what_is_reserved_leaves_the_stock_and_comes_back(shop: Domain) -> None:
    assert Pattern.STOCK in patterns(shop)
    with shop.world("medium") as world:
        (product,) = world.query("SELECT * FROM products WHERE stock > 1 LIMIT 1")
        key, left = product["product_id"], product["stock"]
        stock = "SELECT stock FROM products WHERE product_id = ?"
        made = world.call("create_reservation", {"product_id": key, "quantity": left})
        assert made.ok
        assert number(world, stock, key) == 0
        refused = world.call("create_reservation", {"product_id": key, "quantity": 1})
        assert refused.error == f"product {key} has a stock of 0, 1 is more"
        reservation = made.value["reservation_id"]
        assert world.call("delete_reservation", {"reservation_id": reservation}).ok
        assert number(world, stock, key) == left


def test_a_payment_needs_cover_and_a_deposit_gives_it(bank: Domain) -> None:
    assert Pattern.BALANCE in patterns(bank)
    balance = "SELECT balance FROM wallets WHERE wallet_id = ?"
    with bank.world("small") as world:
        (wallet,) = world.query("SELECT * FROM wallets LIMIT 1")
        key, before = wallet["wallet_id"], wallet["balance"] or 0
        more = {"wallet_id": key, "amount": before + 1.0}
        assert "is more" in str(world.call("create_payment", more).error)
        assert world.call("create_deposit", {"wallet_id": key, "amount": 1.0}).ok
        assert world.call("create_payment", more).ok
        assert number(world, balance, key) == 0


def test_a_deposit_that_was_spent_cannot_be_taken_back(bank: Domain) -> None:
    with bank.world("small") as world:
        wallet = world.call("create_wallet", {"name": "Petty Cash"}).value["wallet_id"]
        of_wallet = {"wallet_id": wallet, "amount": 30.0}
        deposit = world.call("create_deposit", of_wallet).value["deposit_id"]
        assert world.call("create_payment", of_wallet).ok
        refused = world.call("delete_deposit", {"deposit_id": deposit})
        assert refused.error == "the balance does not cover taking back 30.0"


def test_a_full_group_takes_no_member_until_it_grows(club: Domain) -> None:
    assert Pattern.CAPACITY in patterns(club)
    with club.world("small") as world:
        made = world.call("create_group", {"name": "Chess", "max_members": 1})
        group = {"group_id": made.value["group_id"]}
        assert world.call("create_member", {**group, "name": "Ada Moss"}).ok
        refused = world.call("create_member", {**group, "name": "Bo Reed"})
        assert refused.error == f"group {group['group_id']} is full: 1 of 1 members"
        shrunk = world.call("update_group", {**group, "max_members": 0})
        assert shrunk.error == (
            f"group {group['group_id']} has 1 members, its max_members cannot be 0"
        )
        assert world.call("update_group", {**group, "max_members": 2}).ok
        assert world.call("create_member", {**group, "name": "Bo Reed"}).ok


def test_a_count_follows_what_it_counts(club: Domain) -> None:
    assert Pattern.COUNTER in patterns(club)
    count = "SELECT member_count FROM groups WHERE group_id = ?"
    with club.world("small") as world:
        made = world.call("create_group", {"name": "Chess", "max_members": 5})
        group = {"group_id": made.value["group_id"]}
        assert made.value["member_count"] == 0
        members = [
            world.call("create_member", {**group, "name": name}).value["member_id"]
            for name in ("Ada Moss", "Bo Reed")
        ]
        assert number(world, count, group["group_id"]) == 2
        assert world.call("delete_member", {"member_id": members[0]}).ok
        assert number(world, count, group["group_id"]) == 1


def test_states_obey_every_rule_and_leave_something_to_refuse(
    club: Domain, bank: Domain, shop: Domain
) -> None:
    for domain in (club, bank, shop):
        for state in domain.states:
            with domain.world(state) as world:
                for rule in domain.manifest.rules:
                    assert not rule.broken or world.query(rule.broken) == []
    full = (
        "SELECT 1 FROM groups AS g WHERE max_members ="
        " (SELECT COUNT(*) FROM members AS m WHERE m.group_id = g.group_id)"
    )
    with club.world("large") as world:
        assert world.query(full)
