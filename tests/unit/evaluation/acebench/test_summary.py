from typing import Any

import pytest

from agentscaler.evaluation import Slot, TrialResult, TrialState
from agentscaler.evaluation.acebench.categories import CATEGORIES, OFFICIAL_WEIGHTS, Kind
from agentscaler.evaluation.acebench.summary import ace_section, published_parts, standing_of


def trial(category: str, number: str, right: bool, fixed: bool | None = None, **more: Any) -> Any:
    fixed = right if fixed is None else fixed
    name = f"{category}_{number}"
    turn = category.startswith("normal_multi_turn")
    scores = {"parity": float(right), "fixed": float(fixed)} | more.pop("scores", {})
    fields: dict[str, Any] = {
        "task": name,
        "trial": 0,
        "group": category,
        "kind": CATEGORIES[category],
        "cluster": name.rpartition("_")[0] if turn else "",
        "success": right,
        "scores": scores,
        "extra": {
            "parity_reason": "" if right else "bad",
            "fixed_reason": "" if fixed else "worse",
        },
    }
    return TrialResult(**{**fields, **more})


def expected(results: list[TrialResult]) -> dict[str, int]:
    return {name: sum(one.group == name for one in results) for name in CATEGORIES}


def everything(right: bool = True) -> list[TrialResult]:
    return [
        trial(name, "0_0" if name.startswith("normal_multi_turn") else "0", right)
        for name in CATEGORIES
    ]


def test_the_official_weights_are_roots_of_the_numbers_of_items() -> None:
    items = {Kind.NORMAL: 700, Kind.SPECIAL: 150, Kind.AGENT: 50}
    total = sum(count**0.5 for count in items.values())
    for kind, weight in OFFICIAL_WEIGHTS.items():
        assert weight == pytest.approx(items[kind] ** 0.5 / total, abs=2e-4)


def test_a_dialogue_is_right_if_every_turn_is() -> None:
    name = "normal_multi_turn_user_switch"
    results = [
        *(trial(name, f"0_{turn}", True) for turn in range(3)),
        *(trial(name, f"1_{turn}", turn != 1) for turn in range(3)),
    ]
    one = standing_of(results, expected(results)).categories[name]
    assert (one.items, one.share["parity"], one.turns["parity"]) == (2, 0.5, 0.834)


def test_kinds_are_means_of_categories_and_rounded_as_officially() -> None:
    results = [
        *(trial("normal_atom_bool", str(n), n == 0) for n in range(3)),
        *(trial("normal_atom_enum", str(n), True) for n in range(10)),
    ]
    standing = standing_of(results, expected(results))
    assert standing.categories["normal_atom_bool"].share["parity"] == 0.333
    assert standing.kinds[Kind.NORMAL]["parity"] == 0.666
    assert standing.by_items == {"parity": 0.666, "fixed": 0.666}


def test_there_is_an_overall_accuracy_only_where_every_category_was_played() -> None:
    results = everything()
    assert standing_of(results, expected(results)).overall == {"parity": 1.0, "fixed": 1.0}
    assert standing_of(results[1:], expected(results)).overall is None


def test_figures_stand_under_the_names_of_published_rows() -> None:
    results = everything()
    slots = [Slot(one.task, 0) for one in results]
    found = published_parts(slots, results, "zh", "parity")
    names = ("normal", "special", "agent", "overall")
    assert found == {f"zh {name}": 100 for name in names}
    assert "zh overall" not in published_parts(slots[1:], results[1:], "zh", "parity")


def test_overall_weighs_kinds_officially_and_by_items() -> None:
    results = [
        one.model_copy(update={"scores": {"parity": float(one.kind == "agent"), "fixed": 1.0}})
        for one in everything()
    ]
    standing = standing_of(results, expected(results))
    assert standing.overall == {"parity": 0.154, "fixed": 1.0}
    assert standing.by_items == {"parity": pytest.approx(2 / 17, abs=1e-3), "fixed": 1.0}


def test_trials_that_are_not_done_count_as_nothing_and_are_said_to_be_missing() -> None:
    results = everything()
    lost = results[3].model_copy(update={"task": results[3].task[:-1] + "9"})
    lost = lost.model_copy(update={"state": TrialState.INFRASTRUCTURE, "scores": {}})
    standing = standing_of([*results, lost], expected([*results, lost]))
    assert standing.overall == {"parity": 1.0, "fixed": 1.0}
    assert not standing.whole
    slots = [Slot(one.task, 0) for one in (*results, lost)]
    lines = "\n".join(ace_section(slots, [*results, lost]).lines)
    assert "Trials are missing" in lines


def test_several_trials_give_the_mean_of_their_accuracies() -> None:
    name = "normal_similar_api"
    results = [trial(name, "0", True), trial(name, "0", False, trial=1)]
    one = standing_of(results, expected(results)).categories[name]
    assert (one.items, one.share["parity"]) == (1, 0.5)


def test_process_accuracy_is_of_those_that_the_official_scorer_can_tell() -> None:
    name = "agent_multi_step"
    results = [
        trial(name, "0", True, scores={"process_parity": 1.0, "process_fixed": 1.0}),
        trial(name, "1", False, scores={"process_fixed": 0.25}),
    ]
    one = standing_of(results, expected(results)).categories[name]
    assert one.process == {"parity": 1.0, "fixed": 0.625}


def test_where_the_scorers_differ_is_counted_by_reasons() -> None:
    results = [
        trial("normal_atom_bool", "0", True, fixed=False),
        trial("normal_atom_bool", "1", True, fixed=False),
        trial("normal_atom_bool", "2", False, fixed=True),
        trial("normal_atom_bool", "3", False),
    ]
    standing = standing_of(results, expected(results))
    assert standing.differing == [("right", "worse", 2), ("bad", "right", 1)]
    slots = [Slot(one.task, 0) for one in results]
    section = ace_section(slots, results, ["left out: something"])
    assert "| right | worse | 2 |" in section.lines
    assert "- left out: something" in section.lines
    assert section.content["overall"] is None


def test_an_evaluation_without_a_trial_has_a_section_all_the_same() -> None:
    section = ace_section([Slot("normal_atom_bool_0", 0)], [])
    assert section.lines == ("No trial is done.",)
    assert section.content["categories"] == {}
