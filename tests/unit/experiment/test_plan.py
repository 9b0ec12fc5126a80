"""The points of each arm."""

from collections import Counter

import pytest

from agentscaler.errors import InputError
from agentscaler.experiment.dialogue import Dialogue
from agentscaler.experiment.faulty import FUNNELS
from agentscaler.experiment.plan import (
    choose_tasks,
    funnel_points,
    phase_points,
    scaling_points,
    set_aside,
)
from agentscaler.experiment.settings import ExperimentSettings


def dialogue(domain: str, number: int, role: str = "train", **more: object) -> Dialogue:
    fields = {
        "id": f"{domain}/{number:03}/0",
        "task": f"{domain}/{number:03}",
        "domain": domain,
        "service": domain,
        "kind": "write",
        "role": role,
        "calls": 1,
        "tokens": 100,
        "learned": 20,
    }
    return Dialogue.model_validate({**fields, **more})


def pool(domains: int, each: int = 4, **more: object) -> list[Dialogue]:
    return [dialogue(f"d{d:02}", n, **more) for d in range(domains) for n in range(each)]


SETTINGS = ExperimentSettings(sizes=(2, 4, 8), seeds=(0, 1), tokens=1000, least_dialogues=1)


def test_sizes_are_nested_within_a_seed_and_see_equal_tokens() -> None:
    points = scaling_points(pool(10), SETTINGS)
    assert [(one.size, one.seed) for one in points] == [
        *((2, 0), (4, 0), (8, 0)),
        *((2, 1), (4, 1), (8, 1)),
    ]
    for seed in (0, 1):
        sets = [set(one.phases[0].shares[0].domains) for one in points if one.seed == seed]
        assert sets[0] < sets[1] < sets[2]
    assert {one.phases[0].shares[0].tokens for one in points} == {1000}


def test_held_out_domains_are_in_no_set() -> None:
    dialogues = [*pool(8), *(dialogue("away", n, "held_out") for n in range(4))]
    for point in scaling_points(dialogues, SETTINGS):
        assert "away" not in point.phases[0].shares[0].domains


def test_more_domains_than_there_are_is_all_of_them_if_it_is_the_largest_size() -> None:
    assert [one.size for one in scaling_points(pool(6), SETTINGS)][:3] == [2, 4, 6]
    with pytest.raises(InputError, match="5 training domains are wanted, and the rules leave 4"):
        scaling_points(pool(4), SETTINGS)


def test_two_phases_and_one_see_the_same_dialogues() -> None:
    vertical = [dialogue("shop", n, source="vertical") for n in range(6)]
    settings = ExperimentSettings.model_validate(
        {"seeds": [0], "tokens": 1000, "least_dialogues": 1, "phases": {"domains": 4}}
    )
    points = {one.label: one for one in phase_points([*pool(6), *vertical], settings)}
    two, mixed = points["two phases"], points["one mixed phase"]
    assert [len(phase.shares) for phase in two.phases] == [1, 1]
    assert tuple(share for phase in two.phases for share in phase.shares) == mixed.phases[0].shares
    replayed = points["two phases, replay"].phases[1].shares
    assert [(one.source, one.tokens) for one in replayed] == [("general", 250), ("vertical", 250)]
    for one in points.values():
        assert sum(share.tokens for phase in one.phases for share in phase.shares) == 1000
    assert points["vertical only"].phases[0].shares[0].domains == ("shop",)
    assert "shop" not in points["general only"].phases[0].shares[0].domains


def test_phases_without_dialogues_of_the_vertical_are_refused() -> None:
    with pytest.raises(InputError, match="no dialogue of the vertical"):
        phase_points(pool(6), SETTINGS)


def test_all_funnels_of_a_seed_have_the_same_domains() -> None:
    dialogues = pool(6, kept_by=tuple(FUNNELS))
    settings = ExperimentSettings.model_validate(
        {"seeds": [0, 1], "tokens": 1000, "least_dialogues": 1, "funnel": {"domains": 3}}
    )
    points = funnel_points(dialogues, settings)
    assert [one.label for one in points[: len(FUNNELS)]] == list(FUNNELS)
    for seed in (0, 1):
        assert len({one.phases[0].shares[0].domains for one in points if one.seed == seed}) == 1
        kept = {one.phases[0].shares[0].kept_by for one in points if one.seed == seed}
        assert kept == set(FUNNELS)


def test_domains_of_which_the_whole_funnel_leaves_nothing_are_not_used() -> None:
    bad = [dialogue("bad", n, kept_by=("none",)) for n in range(9)]
    settings = ExperimentSettings.model_validate(
        {"seeds": [0], "tokens": 1000, "least_dialogues": 1, "funnel": {"domains": 3}}
    )
    for point in funnel_points([*pool(3, kept_by=tuple(FUNNELS)), *bad], settings):
        assert "bad" not in point.phases[0].shares[0].domains


def test_tasks_set_aside_leave_one_to_learn_from() -> None:
    dialogues = [dialogue("d", n) for n in range(10)]
    assert len(set_aside(dialogues, 4, "0")) == 4
    assert len(set_aside(dialogues, 0.3, "0")) == 3
    assert len(set_aside(dialogues, 99, "0")) == 9
    assert set_aside(dialogues[:1], 4, "0") == set()
    assert set_aside(dialogues, 0, "0") == set()


def test_tasks_of_each_kind_are_chosen_in_turn() -> None:
    kinds = ["write"] * 8 + ["read"] * 2 + ["special"]
    dialogues = [dialogue("d", n, kind=kind) for n, kind in enumerate(kinds)]
    kind_of = {one.task: one.kind for one in dialogues}
    chosen = choose_tasks(dialogues, 6, "0")
    assert Counter(kind_of[task] for task in chosen) == {"read": 2, "special": 1, "write": 3}
    assert len(choose_tasks(dialogues, 100, "0")) == 11
