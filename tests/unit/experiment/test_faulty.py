"""Planted faults, and what each shortened funnel says of them."""

import pytest

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.experiment.faulty import FUNNELS, can_be_shown, plant_faults
from agentscaler.rollout import ExpertMaker, RolloutSettings, Trajectory, roll_out
from agentscaler.task.task import Task


@pytest.fixture(scope="module")
def played(library: Domain, library_tasks: dict[str, Task]) -> list[Trajectory]:
    """Every task of the library, eight times."""
    settings = RolloutSettings(trials=8, mistake_rate=0.0)
    tasks = list(library_tasks.values())
    [episodes] = roll_out([(library, tasks)], settings, agent=ExpertMaker(0.0))
    return episodes


def test_sound_dialogues_are_kept_by_every_funnel(
    library: Domain, library_tasks: dict[str, Task], played: list[Trajectory]
) -> None:
    for one in plant_faults(library, list(library_tasks.values()), played, 0.0, "0"):
        assert one.fault == ""
        assert one.kept_by == tuple(FUNNELS)


def test_each_stage_has_faults_that_only_it_turns_away(
    library: Domain, library_tasks: dict[str, Task], played: list[Trajectory]
) -> None:
    judged = list(plant_faults(library, list(library_tasks.values()), played, 1.0, "0"))
    faulty = [one for one in judged if one.fault]
    assert len(faulty) > len(played) / 2
    assert not any("whole" in one.kept_by for one in faulty)
    assert all("none" in one.kept_by for one in faulty)
    for funnel in ("without validity", "without state alignment", "without call match"):
        alone = [one for one in faulty if one.kept_by == (funnel, "none")]
        assert alone, funnel


def test_every_fault_shows_in_the_dialogue(
    library: Domain, library_tasks: dict[str, Task], played: list[Trajectory]
) -> None:
    whole = {one.id: one.messages for one in played}
    for one, before in zip(
        plant_faults(library, list(library_tasks.values()), played, 1.0, "2"), played, strict=True
    ):
        assert (one.trajectory.messages != whole[before.id]) == bool(one.fault), one.fault


def test_the_rate_is_the_share_of_dialogues_with_a_fault(
    library: Domain, library_tasks: dict[str, Task], played: list[Trajectory]
) -> None:
    tasks = list(library_tasks.values())
    everywhere = sum(bool(one.fault) for one in plant_faults(library, tasks, played, 1.0, "1"))
    half = sum(bool(one.fault) for one in plant_faults(library, tasks, played, 0.5, "1"))
    assert half / everywhere == pytest.approx(0.5, abs=0.2)


def test_a_seed_plants_the_same_faults_again(
    library: Domain, library_tasks: dict[str, Task], played: list[Trajectory]
) -> None:
    tasks = list(library_tasks.values())
    one, again, other = (
        [judged.fault for judged in plant_faults(library, tasks, played, 0.7, seed)]
        for seed in ("0", "0", "1")
    )
    assert one == again
    assert one != other


def test_a_result_that_answers_no_call_cannot_be_shown(played: list[Trajectory]) -> None:
    stray = Message(role="tool", content="{}", tool_call_id="nobody")
    whole = next(one for one in played if any(m.tool_calls for m in one.messages))
    assert can_be_shown(whole)
    broken = whole.model_copy(update={"messages": (*whole.messages[:2], stray)})
    assert not can_be_shown(broken)
