"""What came of an episode in our own worlds, and whose fault it was."""

import pytest

from agentscaler.domain import Domain
from agentscaler.evaluation import TrialResult, TrialState
from agentscaler.evaluation.own import OwnSettings
from agentscaler.evaluation.own.judging import results_of
from agentscaler.llm import Usage
from agentscaler.rollout import (
    FailureOwner,
    HastyMaker,
    RolloutSettings,
    StopReason,
    Trajectory,
    roll_out,
)
from agentscaler.task import Task

Tasks = dict[str, Task]


@pytest.fixture
def played(library: Domain, library_tasks: Tasks) -> list[Trajectory]:
    settings = RolloutSettings(mistake_rate=0)
    (episodes,) = roll_out([(library, list(library_tasks.values()))], settings, seed=1)
    return episodes


def judged(library: Domain, tasks: Tasks, *episodes: Trajectory) -> list[TrialResult]:
    usage = {episodes[0].id: Usage(prompt_tokens=7, completion_tokens=3)}
    own = OwnSettings()
    return list(results_of(library, list(tasks.values()), episodes, own, "family", usage))


def test_what_the_funnel_keeps_is_a_success(
    library: Domain, library_tasks: Tasks, played: list[Trajectory]
) -> None:
    results = judged(library, library_tasks, *played)
    assert [one.task for one in results] == [one.task for one in played]
    assert all(one.success and one.reward == 1 and one.owner is None for one in results)
    assert all(one.cluster == "family" and one.scores["exact calls"] == 1 for one in results)
    assert (results[0].prompt_tokens, results[0].completion_tokens) == (7, 3)
    assert results[1].prompt_tokens is None


def test_what_the_funnel_turns_away_is_the_agents_failure(
    library: Domain, library_tasks: Tasks
) -> None:
    work = [(library, list(library_tasks.values()))]
    (episodes,) = roll_out(work, RolloutSettings(), seed=1, agent=HastyMaker())
    failed = [one for one in judged(library, library_tasks, *episodes) if not one.success]
    assert failed
    assert {(one.reward, one.owner, one.state) for one in failed} == {
        (0, FailureOwner.AGENT, TrialState.DONE)
    }
    assert all(one.reason for one in failed)
    assert any(one.scores["exact calls"] == 0 for one in failed)


def test_a_world_that_does_not_do_again_what_it_did_is_the_environments_failure(
    library: Domain, library_tasks: Tasks, played: list[Trajectory]
) -> None:
    episode = next(one for one in played if any(m.role == "tool" for m in one.messages))
    messages = [
        one.model_copy(update={"content": one.content.replace("{", '{"odd":1,', 1)})
        if one.role == "tool"
        else one
        for one in episode.messages
    ]
    (result,) = judged(
        library, library_tasks, episode.model_copy(update={"messages": tuple(messages)})
    )
    assert (result.owner, result.state) == (FailureOwner.ENVIRONMENT, TrialState.DONE)


@pytest.mark.parametrize("owner", list(FailureOwner))
def test_an_episode_that_broke_off_is_put_down_to_its_owner(
    library: Domain, library_tasks: Tasks, played: list[Trajectory], owner: FailureOwner
) -> None:
    broken = played[0].model_copy(
        update={"stop": StopReason.FAILED, "failure_owner": owner, "failure": "it broke"}
    )
    (result,) = judged(library, library_tasks, broken)
    assert (result.owner, result.reason, result.detail) == (owner, "failed", "it broke")
    assert not result.success
    assert result.done == (owner is not FailureOwner.INFRASTRUCTURE)
