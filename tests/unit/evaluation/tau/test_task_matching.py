from collections import Counter
from pathlib import Path
from typing import Any

from agentscaler.evaluation.tau.json_spans import Span
from agentscaler.evaluation.tau.results import SavedSimulation
from agentscaler.evaluation.tau.task_matching import Match, match_tasks, plain_id
from tests.unit.evaluation.tau.saved import buying


def stored(task: dict[str, Any] | None) -> dict[str, Any]:
    """What a scoring with a task leaves behind."""
    criteria = {} if task is None else task["evaluation_criteria"]
    return {
        "reward": 1.0,
        "db_check": {"db_match": True},
        "action_checks": [{"action": one} for one in criteria.get("actions", [])],
        "communicate_checks": [{"info": one} for one in criteria.get("communicate_info", [])],
    }


def saved(number: int, task: str, checks: dict[str, Any], trial: int = 0) -> SavedSimulation:
    return SavedSimulation(Span(Path("f"), 0, 0), number, task, trial, "user_stop", 1.0, checks)


TASKS = {name: buying(name, ware) for name, ware in (("a", "w1"), ("b", "w2"), ("c", "w3"))}


def test_a_simulation_whose_checks_are_those_of_its_task_keeps_it() -> None:
    assert match_tasks(TASKS, [saved(1, "b", stored(TASKS["b"]))]) == {1: Match("b")}


def test_a_simulation_with_the_checks_of_another_task_is_given_that_one() -> None:
    found = match_tasks(TASKS, [saved(1, "a", stored(TASKS["c"]))])
    assert found == {1: Match("c", permuted=True)}


def test_tasks_that_score_alike_are_dealt_out_so_that_each_has_one_of_a_trial() -> None:
    tasks = TASKS | {"d": buying("d", "w3"), "e": buying("e", "w9")}
    checks = stored(tasks["d"])
    everything = [
        saved(number, task, checks, trial)
        for trial in (0, 1)
        for number, task in ((1 + 2 * trial, "a"), (2 + 2 * trial, "b"))
    ]
    found = match_tasks(tasks, everything)
    assert Counter(match.task for match in found.values()) == {"c": 2, "d": 2}
    assert all(match.alike == 1 for match in found.values())


def test_a_simulation_without_checks_is_moved_only_where_ids_are_permuted() -> None:
    tasks = TASKS | {"idle": buying("idle", "w1", actions=[])}
    silent = saved(1, "a", stored(None))
    assert match_tasks(tasks, [silent])[1] == Match("a")
    permuted = match_tasks(tasks, [silent, saved(2, "idle", stored(TASKS["a"]))])
    assert permuted[1] == Match("idle", permuted=True)


def test_checks_of_no_task_leave_the_named_one_and_say_so() -> None:
    found = match_tasks(TASKS, [saved(1, "a", stored(buying("x", "w20")))])
    assert found == {1: Match("a", strange=True)}


def test_a_simulation_that_was_cut_short_has_no_checks_and_keeps_its_task() -> None:
    assert match_tasks(TASKS, [saved(1, "a", {"reward": 0.0})]) == {1: Match("a")}


def test_an_id_made_of_names_is_known_in_whatever_order_they_stand() -> None:
    assert plain_id("[mms]b|a|c[PERSONA:None]") == "[mms]a|b|c[PERSONA:None]"
    assert plain_id("12") == "12"
    tasks = {"[mms]a|b[x]": buying("[mms]a|b[x]", "w1")}
    found = match_tasks(tasks, [saved(1, "[mms]b|a[x]", {"reward": 0.0}), saved(2, "z", {})])
    assert found == {1: Match("[mms]a|b[x]"), 2: Match(None)}
