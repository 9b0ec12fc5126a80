"""Evaluations side by side."""

from collections.abc import Sequence

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation import EvaluationRecord, TrialResult
from agentscaler.evaluation.compare import Evaluated, compare_evaluations
from agentscaler.evaluation.compare_page import Published, comparison_json, comparison_page
from agentscaler.evaluation.published import published_for
from agentscaler.pipeline.suites import published_figures


def evaluated(name: str, right: Sequence[int], suite: str = "own", trials: int = 2) -> Evaluated:
    """One that solves task n `right[n]` times of `trials`."""
    tasks = tuple(f"t{n}" for n in range(len(right)))
    record = EvaluationRecord(
        suite=suite, contestant=name, tasks=tasks, trials=trials, code="1", settings={"own": name}
    )
    results = tuple(
        TrialResult(
            task=task,
            trial=trial,
            group="retail" if n % 2 else "airline",
            cluster=f"c{n % 6}",
            success=trial < right[n],
            reward=float(trial < right[n]),
        )
        for n, task in enumerate(tasks)
        for trial in range(trials)
    )
    return Evaluated(name, record, results)


def test_tasks_that_flip_are_named_and_the_difference_is_tested() -> None:
    worse, better = evaluated("a", [0, 1, 2] * 8), evaluated("b", [2, 1, 2] * 8)
    (pair,) = compare_evaluations([worse, better]).pairs
    assert (pair.tasks, pair.clusters) == (24, 6)
    assert pair.success.difference.mean == pytest.approx(1 / 3)
    assert [flip.task for flip in pair.better] == sorted(f"t{n}" for n in range(0, 24, 3))
    assert pair.worse == ()
    same = compare_evaluations([worse, worse]).pairs[0]
    assert same.success.difference.mean == 0
    assert same.success.p_flips == 1
    assert same.better == same.worse == ()


def test_only_tasks_that_both_have_are_held_against_each_other() -> None:
    easy = [2] * 12
    few, many = evaluated("a", easy), evaluated("b", [*easy, *[0] * 12])
    comparison = compare_evaluations([few, many])
    whole = comparison.figures["b"].whole
    assert whole is not None
    assert whole.pass_hat[1].mean == pytest.approx(1 / 2)
    assert comparison.pairs[0].tasks == 12
    assert comparison.pairs[0].success.difference.mean == 0


def test_what_was_not_made_alike_is_said() -> None:
    comparison = compare_evaluations([evaluated("a", [1] * 4), evaluated("b", [1] * 4, trials=1)])
    assert comparison.differing == {"settings.own": ("a", "b"), "trials": ("2", "1")}
    assert "| trials | 2 | 1 |" in comparison_page(comparison)


def test_other_suites_and_empty_evaluations_are_refused() -> None:
    with pytest.raises(InputError, match="different suites"):
        compare_evaluations([evaluated("a", [1]), evaluated("b", [1], suite="tau2")])
    empty = Evaluated("b", evaluated("b", [1]).record, ())
    with pytest.raises(InputError, match="In the evaluation b no trial is done"):
        compare_evaluations([evaluated("a", [1]), empty])


def test_evaluations_without_a_common_task_are_shown_and_not_tested() -> None:
    other = evaluated("b", [1] * 4)
    renamed = tuple(one.model_copy(update={"task": f"x{one.task}"}) for one in other.results)
    record = other.record.model_copy(
        update={"tasks": tuple(f"x{task}" for task in other.record.tasks)}
    )
    comparison = compare_evaluations([evaluated("a", [1] * 4), Evaluated("b", record, renamed)])
    assert comparison.pairs == ()
    assert "b shares no task with a." in comparison_page(comparison)


def test_published_rows_stand_beside_groups_of_their_names() -> None:
    both = [evaluated(name, [1, 2] * 3, suite="tau2") for name in ("a", "b")]
    comparison = compare_evaluations(both)
    ours = {one.name: published_figures(one.record, one.results) for one in both}
    rows = Published(published_for("tau2"), ours)
    page = comparison_page(comparison, rows)
    assert "| **a** | 100.0% | 50.0% | - |" in page
    assert "| AgentScaler-30B-A3B | 70.2% | 60.0% | 55.3% |" in page
    assert len(comparison_json(comparison, rows)["published"]["rows"]) == len(rows.rows)
    assert published_for("own") == []


def test_published_overall_figures_of_acebench_are_the_weighted_sums_of_their_parts() -> None:
    weights = {"normal": 0.578, "special": 0.2676, "agent": 0.1545}
    checked = 0
    for row in published_for("acebench"):
        for language in ("en", "zh"):
            parts = {name: row.parts.get(f"{language} {name}") for name in weights}
            if all(value is not None for value in parts.values()):
                overall = sum(weights[name] * (parts[name] or 0) for name in weights)
                assert overall == pytest.approx(row.parts[f"{language} overall"], abs=0.1)
                checked += 1
    assert checked == 7
