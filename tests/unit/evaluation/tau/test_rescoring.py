import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation.tau.client import BridgePool
from agentscaler.evaluation.tau.home import Package
from agentscaler.evaluation.tau.rescoring import FileRescoring, TaskDrift, rescore
from agentscaler.evaluation.tau.rescoring_page import rescoring_page, rescoring_record
from agentscaler.evaluation.tau.results import ResultsFile
from agentscaler.evaluation.tau.verdicts import Remark, Rescored, Verdict
from tests.unit.evaluation.tau.saved import (
    buying,
    episode,
    scoring_home,
    simulation,
    sold,
    tau2_file,
)

JUDGED = {
    "nl_assertions": ["The agent is polite."],
    "reward_basis": ["DB", "NL_ASSERTION"],
}
POLITE = {"nl_assertion": "The agent is polite.", "met": True, "justification": "It says please."}


def rescored(
    folder: Path, file: Path, package: Package = "tau2", domain: str = ""
) -> FileRescoring:
    home = scoring_home(folder / "home", package)

    async def work() -> FileRescoring:
        async with BridgePool(home, silent_seconds=30) as pool:
            return await rescore(ResultsFile.open(file), home, pool, 1, domain)

    return asyncio.run(work())


def of(folder: Path, task: dict[str, Any], *played: dict[str, Any]) -> list[Rescored]:
    """What comes of some simulations of one task."""
    file = tau2_file(folder / "results.json", [task], list(played))
    return list(rescored(folder, file).simulations)


def test_a_right_reward_is_found_the_same_and_a_wrong_one_is_told_with_its_reason(
    tmp_path: Path,
) -> None:
    task = buying("a", "w3", communicate_info=["3.5"])
    checks = {"reward": 1.0, "db_check": {"db_match": True}, "reward_basis": ["DB"]}
    right, wrong, silent, unstored, short = of(
        tmp_path,
        task,
        simulation("a", sold(3), said="That is 3.5."),
        simulation("a", sold(4), said="That is 3.5.", reward_info=checks),
        simulation("a", sold(3), reward=1.0),
        simulation("a", sold(3), said="3.5", reward_info=None),
        simulation("a", sold(3), reward=1.0, termination_reason="max_steps"),
    )
    assert (right.verdict, right.reward, right.why) == (Verdict.SAME, 1.0, ())
    assert (wrong.verdict, wrong.reward) == (Verdict.DIFFERS, 0.0)
    assert "the end state of the database: stored as right, now wrong" in wrong.why
    assert any("stored DB, in the task COMMUNICATE and DB" in reason for reason in wrong.why)
    assert (silent.verdict, silent.reward) == (Verdict.DIFFERS, 0.0)
    assert "information that was told: stored 0 of 0, now 0 of 1" in silent.why
    assert (unstored.verdict, unstored.reward) == (Verdict.NOT_STORED, 1.0)
    assert "Simulation terminated prematurely." in short.why


def test_one_simulation_does_not_see_what_another_one_changed(tmp_path: Path) -> None:
    task = buying("a", "w3")
    twice = [("sell", {"ware_id": "w3", "buyer": "ann"}, "Error: w3 is sold")]
    found = of(
        tmp_path,
        task,
        *(simulation("a", sold(3)) for _ in range(20)),
        simulation("a", sold(3), *twice),
        simulation("a", sold(3), ("remove", {"ware_id": "w5"}, "ware 5"), reward=0.0),
        simulation("a", sold(3), ("find", {"name": "ware 5"}, "w5")),
    )
    assert {one.verdict for one in found} == {Verdict.SAME}


def test_databases_are_parsed_once_a_process_and_never_hashed_whole(tmp_path: Path) -> None:
    of(tmp_path, buying("a", "w3"), *(simulation("a", sold(3)) for _ in range(20)))
    assert (tmp_path / "home" / "loads.txt").read_text().count("once") == 1
    assert not (tmp_path / "home" / "hashes.txt").exists()


def test_a_tool_that_says_it_reads_and_changes_things_is_scored_rightly_all_the_same(
    tmp_path: Path,
) -> None:
    peeked = simulation("a", sold(3), ("peek", {"ware_id": "w5"}, "ware 5"), reward=0.0)
    clean = simulation("a", sold(3))
    found = of(tmp_path, buying("a", "w3"), peeked, clean, peeked, clean)
    assert [one.reward for one in found] == [0.0, 1.0, 0.0, 1.0]


def test_a_gold_end_state_with_records_that_are_new_or_gone_is_reached_or_not(
    tmp_path: Path,
) -> None:
    ware = {"name": "lamp", "price": 9.0}
    actions = [
        {"name": "add", "arguments": {"ware_id": "new", "ware": ware}},
        {"name": "remove", "arguments": {"ware_id": "w1"}},
    ]
    added = ("add", {"ware_id": "new", "ware": ware}, "new")
    removed = ("remove", {"ware_id": "w1"}, "ware 1")
    other = ("add", {"ware_id": "new", "ware": ware | {"price": 8.0}}, "new")
    found = of(
        tmp_path,
        buying("a", "w3", actions=actions),
        simulation("a", removed, added),
        simulation("a", added, reward=0.0),
        simulation("a", other, removed, reward=0.0),
        simulation("a", added, removed, ("remove", {"ware_id": "new"}, "lamp"), reward=0.0),
    )
    assert {one.verdict for one in found} == {Verdict.SAME}


def test_tasks_that_begin_with_other_data_are_scored_with_it(tmp_path: Path) -> None:
    task = buying("a", "w3") | {"initial_state": {"initialization_data": {"takings": 5.0}}}
    found = of(tmp_path, task, simulation("a", sold(3)), simulation("a", sold(4), reward=0.0))
    assert {one.verdict for one in found} == {Verdict.SAME}


def test_an_error_in_the_words_of_another_pydantic_version_is_no_disagreement(
    tmp_path: Path,
) -> None:
    recorded = (
        "Error: 1 validation error for Ware\nprice\n  Field required [type=missing, "
        "input_value={'name': 'x'}, input_type=dict]\n    For further information visit "
        "https://errors.pydantic.dev/1.0/v/missing"
    )
    failed = ("add", {"ware_id": "n", "ware": {"name": "x"}}, recorded)
    (one,) = of(tmp_path, buying("a", "w3"), simulation("a", sold(3), failed))
    assert (one.verdict, one.remarks) == (Verdict.SAME, (Remark.OTHER_WORDING,))


def test_a_tool_result_that_is_another_one_now_is_told_and_scored(tmp_path: Path) -> None:
    name, arguments, _ = sold(3)
    (one,) = of(tmp_path, buying("a", "w4"), simulation("a", (name, arguments, '{"sold": 1}')))
    assert (one.verdict, one.remarks) == (Verdict.DIFFERS, (Remark.OTHER_RESULT,))
    assert "sell returned otherwise than recorded" in one.why
    assert one.replay[0]["recorded"] == '{"sold": 1}'


def test_assertions_need_a_judge_only_where_one_could_change_something(tmp_path: Path) -> None:
    stored = {"reward": 1.0, "nl_assertions": [POLITE]}
    rude = {"reward": 0.0, "nl_assertions": [POLITE | {"met": False}]}
    needed, judged, refused, idle = of(
        tmp_path,
        buying("a", "w3", **JUDGED),
        simulation("a", sold(3)),
        simulation("a", sold(3), reward_info=stored),
        simulation("a", sold(3), reward_info=rude),
        simulation("a", sold(4), reward=0.0),
    )
    assert (needed.verdict, needed.reward) == (Verdict.JUDGE_NEEDED, None)
    assert (judged.verdict, judged.remarks) == (Verdict.SAME, (Remark.STORED_JUDGEMENT,))
    assert (refused.verdict, refused.reward) == (Verdict.SAME, 0.0)
    assert (idle.verdict, idle.remarks) == (Verdict.SAME, (Remark.JUDGE_IDLE,))


def test_a_task_whose_reward_names_assertions_but_holds_none_needs_no_judge(
    tmp_path: Path,
) -> None:
    (one,) = of(
        tmp_path, buying("a", "w3", reward_basis=JUDGED["reward_basis"]), simulation("a", sold(3))
    )
    assert (one.verdict, one.reward, one.remarks) == (Verdict.SAME, 1.0, ())


def test_a_simulation_of_an_older_version_is_scored(tmp_path: Path) -> None:
    old = simulation("a", sold(3)) | {"seed": "none"}
    del old["id"], old["duration"], old["trial"]
    task = buying("a", "w3")
    task["user_scenario"] = "somebody buys something"
    (one,) = of(tmp_path, task, old)
    assert (one.verdict, one.reward) == (Verdict.SAME, 1.0)


def test_what_cannot_be_scored_is_told_and_costs_only_itself(tmp_path: Path) -> None:
    crash = simulation("a", ("crash", {}, ""))
    mixed = simulation("a", sold(3))
    mixed["messages"][2]["id"] = "other"
    strange = simulation("nobody's", sold(3))
    unknown = simulation("a", sold(3), termination_reason="moon")
    lost = simulation("a", termination_reason="infrastructure_error")
    good = simulation("a", sold(3))
    found = of(tmp_path, buying("a", "w3"), good, crash, mixed, strange, unknown, lost, good)
    assert [one.verdict for one in found] == [
        Verdict.SAME,
        *[Verdict.REFUSED] * 4,
        Verdict.INFRASTRUCTURE,
        Verdict.SAME,
    ]
    assert "ended" in found[1].why[0]
    assert "mismatch" in found[2].why[0]
    assert "holds no task" in found[3].why[0]


def test_permuted_simulations_are_scored_with_the_task_that_they_were_scored_with(
    tmp_path: Path,
) -> None:
    tasks = [buying("a", "w3"), buying("b", "w4")]
    checks = {
        "reward": 1.0,
        "db_check": {"db_match": True},
        "action_checks": [{"action": tasks[1]["evaluation_criteria"]["actions"][0]}],
    }
    played = [simulation("a", sold(4), reward_info=checks)]
    found = rescored(tmp_path, tau2_file(tmp_path / "f.json", tasks, played))
    (one,) = found.simulations
    assert (one.verdict, one.scored_as, one.remarks) == (Verdict.SAME, "b", (Remark.PERMUTED_ID,))
    assert found.recomputed.mean_reward == 1.0


def test_tasks_that_the_package_has_otherwise_now_are_told(tmp_path: Path) -> None:
    tasks = [
        buying("buy 3", "w3", communicate_info=["3.5"]),
        buying("buy 4", "w5"),
        buying("bought 4", "w4"),
        buying("gone", "w9"),
    ]
    file = tau2_file(tmp_path / "f.json", tasks, [simulation("buy 3", sold(3), said="3.5")])
    assert rescored(tmp_path, file).drift == (
        TaskDrift("buy 4", "buy 4", ("actions",)),
        TaskDrift("bought 4", "buy 4", ()),
        TaskDrift("gone", "", ()),
    )


def test_the_page_and_the_record_tell_what_was_found(tmp_path: Path) -> None:
    played = [simulation("a|b", sold(3)), simulation("a|b", sold(4), trial=1)]
    path = tau2_file(tmp_path / "f.json", [buying("a|b", "w3")], played)
    told = json.loads(path.read_text())
    told["simulations"].append({})
    path.write_text(json.dumps(told))
    found = rescored(tmp_path, path)
    assert [one.number for one in found.unreadable] == [3]
    page = rescoring_page([found])
    assert "1 same, 1 differs, 1 unreadable" in page
    assert "a\\|b" in page
    record = json.loads(json.dumps(rescoring_record(found)))
    assert record["counts"] == {"same": 1, "differs": 1}
    assert record["stored"]["pass_hat"] == {"1": 1.0}
    assert record["recomputed"]["mean_reward"] == 0.5


def test_a_domain_that_the_package_lacks_is_refused(tmp_path: Path) -> None:
    file = tau2_file(tmp_path / "f.json", [buying("a", "w3")], [simulation("a")])
    with pytest.raises(InputError, match="no domain 'shop'"):
        rescored(tmp_path, file, domain="shop")


def test_episodes_of_tau_bench_are_played_again_on_its_tools(tmp_path: Path) -> None:
    def call(name: str, **given: str) -> dict[str, Any]:
        function = {"name": name, "arguments": json.dumps(given)}
        return {"role": "assistant", "content": "", "tool_calls": [{"function": function}]}

    stop = {"role": "user", "content": "###STOP###"}
    done = {"role": "assistant", "content": "It costs 12."}
    cancel, other = call("cancel_order", order_id="#W3"), call("cancel_order", order_id="#W4")
    told = episode(0, 5, 1.0, cancel, done, stop)
    told["info"]["task"]["outputs"] = ["12"]
    untold = json.loads(json.dumps(told)) | {"trial": 6}
    untold["traj"][-2]["content"] = "Done."
    episodes = [
        episode(0, 0, 1.0, cancel, stop),
        episode(0, 1, 0.0, cancel, other, stop),
        episode(0, 2, 1.0, cancel, call("transfer")),
        episode(0, 3, 1.0, cancel, done),
        episode(0, 4, 0.0, cancel, call("get_orders"), stop),
        told,
        untold,
        episode(0, 7, 1.0, other, stop),
    ]
    file = tmp_path / "f.json"
    file.write_text(json.dumps(episodes))
    found = rescored(tmp_path, file, "tau-bench")
    assert [one.reward for one in found.simulations] == [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    why = {one.number: one.why for one in found.simulations if one.verdict is Verdict.DIFFERS}
    assert sorted(why) == [4, 7, 8]
    assert "no end" in why[4][0]
    assert why[8] == ("the end state of the database: stored as right, now wrong",)
    assert found.drift == ()
