import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agentscaler.errors import EndpointError
from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, TrialResult, TrialState
from agentscaler.evaluation.acebench.items import AceItem
from agentscaler.evaluation.acebench.playing import Player
from agentscaler.evaluation.acebench.prompts import read_prompts
from agentscaler.evaluation.acebench.results import SavedResult
from agentscaler.evaluation.acebench.settings import Scorer
from agentscaler.evaluation.acebench.simulation import Simulation
from agentscaler.evaluation.acebench.suite import (
    chosen,
    data_record,
    digest_of,
    play,
    rescore,
    score_saved,
    trial_files,
)
from agentscaler.llm import Completion, Request
from agentscaler.rollout.trajectory import FailureOwner
from tests.unit.evaluation.acebench.small import GOLD, STONES, data_of, write_checkout


class Good:
    """Answers as a good model would, by what it is shown; silent over what it is told."""

    name = "good"

    def __init__(self, silent: str = "nothing") -> None:
        self.silent = silent
        self.asked = 0

    async def complete(self, request: Request) -> Completion:
        self.asked += 1
        shown = request.messages[-1].content
        if "user_adjust_0_0" in shown:
            await asyncio.sleep(0.05)  # later ones are done earlier
        if self.silent in shown:
            raise EndpointError("silent")
        for name, text in GOLD.items():
            if f"user: do {name}\n" in shown:
                return Completion(text=text)
        stones = shown.count("\nexecution")
        return Completion(text=STONES[stones] if stones < 2 else "finish conversation")


class Person:
    name = "person"

    async def complete(self, request: Request) -> Completion:
        return Completion(text="The hall, please.")


@pytest.fixture
def items(tmp_path: Path) -> tuple[AceItem, ...]:
    return data_of(tmp_path).items


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return write_checkout(tmp_path)


def begun(path: Path, items: Sequence[AceItem], trials: int = 1) -> EvaluationFolder:
    folder = EvaluationFolder(path)
    folder.begin(
        EvaluationRecord(
            suite="acebench",
            contestant="good",
            tasks=tuple(one.id for one in items),
            trials=trials,
            code="0",
        )
    )
    return folder


def played(
    folder: EvaluationFolder,
    items: Sequence[AceItem],
    home: Path,
    agent: Any,
    scorer: Scorer = "parity",
) -> list[TrialResult]:
    player = Player(read_prompts(home, "en"), Simulation(home, "en"), agent, Person())
    return [one for some in play(folder, items, player, scorer, 4) for one in some]


def without_times(folder: EvaluationFolder) -> list[TrialResult]:
    return [one.model_copy(update={"seconds": None}) for one in folder.results()]


def test_every_item_is_played_and_scored_by_both(
    items: tuple[AceItem, ...], home: Path, tmp_path: Path
) -> None:
    folder = begun(tmp_path / "out", items)
    results = played(folder, items, home, Good())
    assert len(results) == 11
    assert all(one.done and one.scores["fixed"] == 1 for one in results)
    wrong = {one.task for one in results if not one.success}
    assert wrong == {
        "normal_single_turn_single_function_1",
        "normal_multi_turn_user_adjust_0_1",
        "special_incomplete_0",
    }
    by_task = {one.task: one for one in results}
    turn = by_task["agent_multi_turn_0"]
    assert (turn.calls, turn.made_calls, turn.turns) == (2, 2, 3)
    assert (turn.kind, turn.group) == ("agent", "agent_multi_turn")
    assert by_task["normal_multi_turn_user_adjust_0_1"].cluster == "normal_multi_turn_user_adjust_0"
    assert by_task["normal_single_turn_parallel_function_0"].calls == 2


def test_the_scorer_that_is_chosen_decides_success(
    items: tuple[AceItem, ...], home: Path, tmp_path: Path
) -> None:
    results = played(begun(tmp_path / "out", items), items, home, Good(), "fixed")
    assert all(one.success for one in results)


def test_result_files_are_whole_and_in_order(
    items: tuple[AceItem, ...], home: Path, tmp_path: Path
) -> None:
    folder = begun(tmp_path / "out", items, trials=2)
    played(folder, items, home, Good())
    for trial in range(2):
        file = folder.episodes / f"trial_{trial}" / "data_normal_multi_turn_user_adjust_result.json"
        ids = [json.loads(line)["id"] for line in file.read_text().splitlines()]
        assert ids == ["normal_multi_turn_user_adjust_0_0", "normal_multi_turn_user_adjust_0_1"]
    step = trial_files(folder, 1).read(items)["agent_multi_step_0"]
    assert step.process == STONES
    dialogues = (folder.episodes / "trial_0" / "dialogues.jsonl").read_text().splitlines()
    assert {json.loads(line)["id"] for line in dialogues} == {
        "agent_multi_step_0",
        "agent_multi_turn_0",
    }


def test_what_an_endpoint_failed_is_played_again_and_nothing_else(
    items: tuple[AceItem, ...], home: Path, tmp_path: Path
) -> None:
    folder, agent = begun(tmp_path / "out", items), Good("special_irrelevant_0")
    first = played(folder, items, home, agent)
    (lost,) = [one for one in first if not one.done]
    assert (lost.task, lost.owner) == ("special_irrelevant_0", FailureOwner.INFRASTRUCTURE)
    assert (lost.reward, lost.success, lost.reason) == (0.0, False, "endpoint")
    again = played(folder, items, home, Good())
    assert [one.task for one in again] == ["special_irrelevant_0"]
    undisturbed = begun(tmp_path / "undisturbed", items)
    played(undisturbed, items, home, Good())
    assert without_times(folder) == without_times(undisturbed)


def test_a_simulation_that_is_lost_fails_a_trial_by_the_infrastructure(
    items: tuple[AceItem, ...], home: Path, tmp_path: Path
) -> None:
    class Deadly(Good):
        async def complete(self, request: Request) -> Completion:
            return Completion(text="[die()]")

    some = [one for one in items if one.category == "agent_multi_step"]
    (result,) = played(begun(tmp_path / "out", some), some, home, Deadly())
    assert (result.state, result.reason) == (TrialState.INFRASTRUCTURE, "process")


def test_scoring_again_gives_the_same_or_finds_what_changed(
    items: tuple[AceItem, ...], home: Path, tmp_path: Path
) -> None:
    folder = begun(tmp_path / "out", items, trials=2)
    played(folder, items, home, Good())
    fresh = [one for some in rescore(folder, items, "parity") for one in some]
    assert {one.slot: one for one in fresh} == {one.slot: one for one in folder.results()}
    other = [one for some in rescore(folder, items, "fixed") for one in some]
    assert sum(one.success for one in other) == 22
    assert all(one.owner is None and one.reason == "" for one in other)


def test_saved_results_are_scored_and_missing_ones_are_not_passed_over(
    items: tuple[AceItem, ...],
) -> None:
    saved = {name: SavedResult(name, text) for name, text in GOLD.items()}
    results = score_saved(items, saved, "fixed")
    assert [one.task for one in results] == [one.id for one in items]
    assert {one.task for one in results if one.success} == set(GOLD)
    missing = [one for one in results if not one.done]
    assert {one.reason for one in missing} == {"no_result"}
    assert {one.task for one in missing} == {"agent_multi_step_0", "agent_multi_turn_0"}


def test_a_limit_is_spread_over_the_categories_and_keeps_dialogues_whole(
    items: tuple[AceItem, ...],
) -> None:
    assert chosen(items, None) == list(items)
    few = [one.id for one in chosen(items, 3)]
    assert few == [
        "normal_single_turn_single_function_0",
        "normal_single_turn_parallel_function_0",
        "normal_preference_0",
    ]
    more = {one.id for one in chosen(items, 4)}
    assert {"normal_multi_turn_user_adjust_0_0", "normal_multi_turn_user_adjust_0_1"} <= more
    assert len(chosen(items, 10)) == 10


def test_data_are_known_by_their_digest(tmp_path: Path) -> None:
    data = data_of(tmp_path)
    record = data_record(data, {"prompts": "x"})
    assert record["prompts"] == "x"
    assert record["lines left out"] == 0
    changed = {**data.files, "data_special_irrelevant.json": b"{}"}
    assert digest_of(changed) != record["digest of the files"]
