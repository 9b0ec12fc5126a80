from pathlib import Path
from typing import Any

import pytest

from agentscaler.evaluation.tau.benchmark import Episode, TauTask
from agentscaler.evaluation.tau.settings import Tau2Settings, TauBenchSettings
from agentscaler.evaluation.tau.tau2 import Tau2Benchmark
from agentscaler.evaluation.tau.tau_bench import TauBenchBenchmark
from agentscaler.rollout.trajectory import FailureOwner

TAU2 = Tau2Benchmark(Tau2Settings(home=Path()), 300)
TAU_BENCH = TauBenchBenchmark(TauBenchSettings(home=Path()))


def played(ending: str, reward: float, errors: tuple[str, ...] = (), **told: Any) -> dict[str, Any]:
    return {
        "termination_reason": ending,
        "reward_info": {"reward": reward, **told},
        "messages": [
            {"role": "assistant", "content": "Hi!"},
            *({"role": "tool", "requestor": one, "error": True} for one in errors),
        ],
    }


def test_a_reward_within_a_millionth_of_one_is_a_success() -> None:
    score = TAU2.score(played("user_stop", 1 - 1e-7, reward_breakdown={"DB": 1.0}))
    assert (score.reason, score.scores) == ("", {"db": 1.0})
    assert TAU2.score(played("user_stop", 1 - 1e-5)).reason == "reward"


def test_every_missing_part_of_a_reward_is_named() -> None:
    breakdown = {"DB": 0.0, "COMMUNICATE": 1.0, "ACTION": 0.0}
    checks = [{"action_match": True}, {"action_match": False}]
    score = TAU2.score(played("user_stop", 0.0, reward_breakdown=breakdown, action_checks=checks))
    assert score.reason == "db+action"
    assert score.owner is None
    assert score.scores["gold_actions"] == 0.5


@pytest.mark.parametrize(
    ("ending", "errors", "owner"),
    [
        ("too_many_errors", ("assistant", "assistant", "user"), FailureOwner.AGENT),
        ("too_many_errors", ("user", "user"), FailureOwner.USER),
        ("too_many_errors", ("user", "assistant"), None),
        ("agent_error", (), FailureOwner.AGENT),
        ("user_error", (), FailureOwner.USER),
        ("max_steps", (), None),
    ],
)
def test_an_ending_before_its_time_is_the_reason_and_has_an_owner_where_that_is_known(
    ending: str, errors: tuple[str, ...], owner: FailureOwner | None
) -> None:
    score = TAU2.score(played(ending, 0.0, errors))
    assert (score.reason, score.owner) == (ending, owner)


def test_ids_of_simulations_tell_task_trial_and_seed_apart() -> None:
    task = TauTask("retail", "0", 1, 0, "write", False, {})
    other = TauTask("retail", "1", 1, 0, "write", False, {})
    episodes = [Episode(task, 0, 1), Episode(task, 1, 1), Episode(task, 0, 2), Episode(other, 0, 1)]
    identifiers = [TAU2.unplayed(one, "why", "now")["id"] for one in (*episodes, *episodes)]
    assert len(set(identifiers)) == 4


def test_samples_of_tau_bench_differ_between_trials_and_between_draws() -> None:
    task = TauTask("retail", "0", 1, 0, "", False, {})
    samples = {
        TAU_BENCH.sample("agent", Episode(task, trial, 0), draw, 3)
        for trial in range(3)
        for draw in range(3)
    }
    assert len(samples) == 9


@pytest.mark.parametrize(
    ("info", "reason", "owner"),
    [
        ({"reward_info": {"info": {"r_actions": False}}}, "db", None),
        ({"reward_info": {"info": {"r_outputs": 0.0}}}, "communicate", None),
        ({"source": "user"}, "max_steps", None),
        ({"error": "no JSON"}, "agent_error", FailureOwner.AGENT),
    ],
)
def test_a_failure_of_tau_bench_has_a_reason(
    info: dict[str, Any], reason: str, owner: FailureOwner | None
) -> None:
    score = TAU_BENCH.score({"reward": 0.0, "info": info})
    assert (score.reason, score.owner) == (reason, owner)
