"""Which tasks of a run are played."""

from collections import Counter
from typing import Any

import pytest

from agentscaler.dataset.kinship import DomainSketch
from agentscaler.errors import InputError
from agentscaler.evaluation.own import Choice, OwnSettings, TaskSketch, choose_tasks

HELD_OUT = {"h0", "h1", "kin", "twin"}


def domains() -> list[DomainSketch]:
    def sketch(name: str, service: str = "", tools: tuple[str, ...] = ()) -> DomainSketch:
        own = tools or tuple(f"{name}_{verb}()" for verb in ("get", "list", "drop"))
        return DomainSketch(name, service or f"of.{name}", frozenset(own))

    return [
        sketch("h0"),
        sketch("h1"),
        sketch("kin", "aws.connectv2"),
        sketch("t0", "aws.connect"),
        sketch("t1", tools=("get_x(id)", "list_x()", "drop_x(id)")),
        sketch("twin", tools=("get_x(id)", "list_x()", "other()")),
    ]


def tasks() -> list[TaskSketch]:
    kinds = ("read", "write", "special")
    return [
        TaskSketch(f"{one.id}/{n:03}", one.id, kinds[n % 3]) for one in domains() for n in range(6)
    ]


def choose(seed: int = 0, limit: int | None = None, **settings: Any) -> Choice:
    own = OwnSettings.model_validate(settings)
    return choose_tasks(
        domains(), tasks(), lambda name: name in HELD_OUT, own, seed=seed, limit=limit
    )


def of(choice: Choice) -> Counter[str]:
    return Counter(name.split("/")[0] for name in choice.tasks)


def test_held_out_domains_that_are_like_one_trained_on_are_left_out_and_named() -> None:
    found = choose()
    assert of(found) == {"h0": 6, "h1": 6}
    assert found.kin == {"kin": ("t0", "one service"), "twin": ("t1", "tools alike")}
    assert found.of_split == 4
    assert set(found.family) == {"h0", "h1"}


@pytest.mark.parametrize(
    ("apart", "left"), [("families", {"h0", "h1"}), ("tools", {"h0", "h1", "kin"})]
)
def test_how_much_apart_is_a_setting(apart: str, left: set[str]) -> None:
    assert set(of(choose(apart=apart))) == left
    assert set(of(choose(apart="nothing"))) == HELD_OUT


def test_other_splits_hold_nothing_apart() -> None:
    assert set(of(choose(split="train"))) == {"t0", "t1"}
    assert len(choose(split="all").tasks) == len(tasks())


def test_kinds_and_domains_that_are_not_wanted_are_counted() -> None:
    found = choose(kinds=("special",), domains=("h0",))
    assert of(found) == {"h0": 2}
    assert found.left_out == {
        "domain not named": 3,
        "task of the kind read": 2,
        "task of the kind write": 2,
    }


def test_tasks_of_a_domain_are_drawn_by_seed_and_stay_in_their_order() -> None:
    found = choose(per_domain=3)
    assert of(found) == {"h0": 3, "h1": 3}
    assert list(found.tasks) == sorted(found.tasks)
    assert found == choose(per_domain=3)
    assert len({choose(seed=seed, per_domain=3).tasks for seed in range(8)}) > 4
    assert set(found.tasks) <= set(choose(per_domain=4).tasks)


def test_a_limit_is_taken_from_all_domains_in_turn() -> None:
    assert of(choose(limit=3)) == {"h0": 2, "h1": 1}


def test_nothing_to_play_is_said_with_the_reason() -> None:
    with pytest.raises(InputError, match="All 2 held-out domains"):
        choose_tasks(
            domains(), tasks(), lambda name: name in {"kin", "twin"}, OwnSettings(), seed=0
        )
    with pytest.raises(InputError, match="no task to play: 0 domains"):
        choose_tasks(domains(), tasks(), lambda name: False, OwnSettings(), seed=0)
    with pytest.raises(InputError, match="no domain nowhere"):
        choose(domains=("nowhere",))


def test_bands_are_named_for_their_numbers_of_calls() -> None:
    names = [OwnSettings().band(calls) for calls in (0, 1, 2, 3, 6, 7, 30)]
    assert names == [
        *("0 calls", "1 call", "2-3 calls", "2-3 calls", "4-6 calls"),
        *("7 calls and more", "7 calls and more"),
    ]
    with pytest.raises(ValueError, match="bands must begin"):
        OwnSettings(bands=(3, 2))
