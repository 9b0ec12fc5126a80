"""Stirred states have the same rows, given to others, and break no rule."""

import random
import sys
from pathlib import Path

from agentscaler.world.model import Model
from agentscaler.world.stirring import stirred

sys.path.append(str(Path(__file__).parents[1]))
import bank

IMAGE = bank.image(12)


def transfers(image: bytes) -> list[tuple[object, ...]]:
    with Model(image, (), now=bank.NOW) as model:
        return model.rows("transfers")


def test_rows_are_given_to_fewer_others_so_that_more_are_left_alone() -> None:
    changed = transfers(stirred(IMAGE, {}, random.Random(0)))
    before = transfers(IMAGE)
    assert [(row[0], *row[3:]) for row in changed] == [(row[0], *row[3:]) for row in before]
    assert len({row[1] for row in before}) == 10
    assert len({row[1] for row in changed}) <= 4
    with Model(stirred(IMAGE, {}, random.Random(0)), (), now=bank.NOW) as model:
        known = set(model.keys("accounts", "account_id"))
        assert set(model.keys("transfers", "payer_id")) <= known


def test_what_would_break_a_rule_stays_as_it_was() -> None:
    rules = {"once": "SELECT payer_id FROM transfers GROUP BY payer_id HAVING count(*) > 1"}
    changed = transfers(stirred(IMAGE, rules, random.Random(0)))
    before = transfers(IMAGE)
    assert [row[1] for row in changed] == [row[1] for row in before]
    assert [row[2] for row in changed] != [row[2] for row in before]


def test_the_same_seed_stirs_to_the_same_bytes() -> None:
    assert stirred(IMAGE, {}, random.Random(7)) == stirred(IMAGE, {}, random.Random(7))
    assert stirred(IMAGE, {}, random.Random(7)) != stirred(IMAGE, {}, random.Random(8))
