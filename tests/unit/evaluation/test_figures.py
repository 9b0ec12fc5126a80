"""What figures an evaluation comes to, and that nothing in them is missing or counted twice."""

from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscaler.evaluation import EvaluationRecord, TrialResult, TrialState
from agentscaler.evaluation.figures import figures_of
from agentscaler.evaluation.statistics import wilson
from agentscaler.rollout import FailureOwner


def record(tasks: int, trials: int) -> EvaluationRecord:
    names = tuple(f"t{n}" for n in range(tasks))
    return EvaluationRecord(suite="own", contestant="m", tasks=names, trials=trials, code="1")


def trial(task: int, number: int, success: bool = False, **more: object) -> TrialResult:
    given: dict[str, object] = {
        "task": f"t{task}",
        "trial": number,
        "group": f"g{task % 3}",
        "reward": float(success),
        "success": success,
        "owner": None if success else FailureOwner.AGENT,
        "reason": "" if success else "wrong_state",
    }
    return TrialResult.model_validate(given | more)


def broken(task: int, number: int) -> TrialResult:
    return trial(task, number, state=TrialState.INFRASTRUCTURE, owner=FailureOwner.INFRASTRUCTURE)


def test_pass_hat_is_the_share_of_sets_of_trials_that_all_succeed() -> None:
    successes = [4, 2, 0]
    results = [trial(task, n, n < right) for task, right in enumerate(successes) for n in range(4)]
    whole = figures_of(record(3, 4), results).whole
    assert whole is not None
    for k in range(1, 5):
        expected = sum(comb(right, k) / comb(4, k) for right in successes) / 3
        assert whole.pass_hat[k].mean == pytest.approx(expected)
    assert whole.reward.mean == pytest.approx(6 / 12)


def test_a_trial_that_the_infrastructure_failed_counts_as_nothing() -> None:
    played = [trial(0, 0, True), trial(0, 1, True), trial(1, 0, True), trial(1, 1, False)]
    alone = figures_of(record(3, 2), played)
    beside = figures_of(record(3, 2), [*played, broken(2, 0)])
    assert beside.whole == alone.whole
    assert beside.owners == alone.owners == {"agent": 1}
    assert beside.counts.infrastructure == 1
    assert beside.counts.unplayed == 1


def test_a_task_without_k_trials_done_has_no_say_in_pass_k() -> None:
    results = [trial(0, 0, True), trial(0, 1, True), trial(1, 0, False), broken(1, 1)]
    whole = figures_of(record(2, 2), results).whole
    assert whole is not None
    assert (whole.pass_hat[1].tasks, whole.pass_hat[2].tasks) == (2, 1)
    assert whole.pass_hat[2].mean == 1


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.sampled_from("srue ")), unique=True)
)
def test_counts_and_parts_add_up(drawn: list[tuple[int, int, str]]) -> None:
    slots = {(task, n): how for task, n, how in drawn}
    made = {
        "s": lambda task, n: trial(task, n, True, band="1 call", kind="read", calls=1),
        "r": lambda task, n: trial(task, n, False, band="2-3 calls", kind="write", calls=2),
        "u": lambda task, n: trial(task, n, owner=FailureOwner.USER, kind="write"),
        "e": lambda task, n: trial(task, n, owner=None, reason="odd"),
        " ": broken,
    }
    results = [made[how](task, n) for (task, n), how in slots.items()]
    found = figures_of(record(6, 3), results)
    counts = found.counts
    assert counts.expected == 18
    assert counts.done + counts.infrastructure + counts.unplayed == counts.expected
    done = [one for one in results if one.done]
    assert sum(part.trials for part in found.groups.values()) == len(done)
    assert sum(part.trials for part in found.bands.values()) == sum(bool(r.band) for r in done)
    failures = [one for one in done if not one.success]
    assert sum(found.owners.values()) == sum(found.reasons.values()) == len(failures)
    assert (found.whole is None) == (not done)
    if found.whole is not None:
        for interval in (*found.whole.pass_hat.values(), found.whole.reward):
            assert 0 <= interval.low <= interval.mean <= interval.high <= 1


def test_tasks_of_one_cluster_make_intervals_wider_than_tasks_that_stand_alone() -> None:
    def results(cluster: bool) -> list[TrialResult]:
        return [
            trial(task, 0, task % 4 < 2, cluster=f"c{task % 4}" if cluster else "")
            for task in range(40)
        ]

    alone = figures_of(record(40, 1), results(False)).whole
    together = figures_of(record(40, 1), results(True)).whole
    assert alone is not None
    assert together is not None
    assert together.pass_hat[1].clusters == 4
    assert alone.pass_hat[1].clusters == 40
    width = {one: one.high - one.low for one in (alone.pass_hat[1], together.pass_hat[1])}
    assert width[together.pass_hat[1]] > 2 * width[alone.pass_hat[1]]


def test_an_interval_of_only_successes_is_no_point() -> None:
    whole = figures_of(record(5, 2), [trial(t, n, True) for t in range(5) for n in range(2)]).whole
    assert whole is not None
    assert whole.pass_hat[2].low == pytest.approx(wilson(5, 5)[0])
    assert whole.pass_hat[2].high == 1


def test_failures_of_others_are_told_apart() -> None:
    results = [trial(0, 0, True), trial(1, 0), trial(2, 0, owner=FailureOwner.USER, reason="x")]
    found = figures_of(record(3, 1), results)
    assert found.others_failed == 1
    assert found.without_them is not None
    assert found.without_them.mean == pytest.approx(1 / 2)
    assert figures_of(record(3, 1), results[:2]).without_them is None


def test_bands_are_in_the_order_of_their_numbers() -> None:
    results = [trial(0, 0, band="7 calls and more"), trial(1, 0, band="1 call")]
    assert list(figures_of(record(2, 1), results).bands) == ["1 call", "7 calls and more"]


def test_tokens_are_means_over_the_trials_that_tell() -> None:
    results = [trial(0, 0, prompt_tokens=10, completion_tokens=4), trial(1, 0)]
    spent = figures_of(record(2, 1), results).spending
    assert spent is not None
    assert (spent.prompt_tokens, spent.completion_tokens) == (10, 4)
