"""The funnel's grades: every planted trajectory gets the verdict that it must get."""

from collections import Counter
from contextlib import closing

import pytest

from agentscaler.domain.domain import Domain
from agentscaler.filtering import FunnelReason, FunnelSettings, run_funnel
from agentscaler.filtering.case import Case
from agentscaler.filtering.faults import KINDS, Planted, plant
from agentscaler.filtering.funnel import judge
from agentscaler.filtering.reruns import Reruns
from agentscaler.rollout import RolloutSettings, Trajectory, roll_out
from agentscaler.task import TaskSettings, construct_tasks
from agentscaler.task.task import Task


@pytest.fixture(scope="module")
def cases(library: Domain, library_tasks: dict[str, Task], box_office: Domain) -> list[Case]:
    """Kept trajectories of a domain made by hand and of one that the rules made."""
    settings = TaskSettings(per_domain=12, special_share=0)
    [outcome] = construct_tasks([box_office], settings, seed=1)
    found = []
    for domain, tasks in ((library, list(library_tasks.values())), (box_office, outcome.tasks)):
        [played] = roll_out([(domain, tasks)], RolloutSettings(mistake_rate=0.4, trials=2), seed=1)
        [verdicts] = run_funnel([(domain, tasks, played)])
        assert all(verdict.kept for verdict in verdicts), [v for v in verdicts if not v.kept]
        by_id = {task.id: task for task in tasks}
        found += [Case(domain, by_id[one.task], one) for one in played]
    return found


@pytest.fixture(scope="module")
def planted(cases: list[Case]) -> list[tuple[Case, Planted]]:
    return [(case, one) for case in cases for one in plant(case)]


def _verdict(case: Case, trajectory: Trajectory) -> tuple[str, FunnelReason]:
    if trajectory.task != case.task.id:
        [[verdict]] = run_funnel([(case.domain, [case.task], [trajectory])])
    else:
        with closing(Reruns(case.domain)) as reruns:
            again = Case(case.domain, case.task, trajectory)
            verdict = judge(again, FunnelSettings(), reruns)
    return verdict.stage, verdict.reason


def test_every_planted_trajectory_gets_the_verdict_that_it_must_get(
    planted: list[tuple[Case, Planted]],
) -> None:
    wrong = [
        (one.kind.name, case.trajectory.id, verdict)
        for case, one in planted
        if (verdict := _verdict(case, one.trajectory)) != (one.kind.stage, one.kind.reason)
    ]
    assert wrong == []


def test_nearly_every_kind_fits_some_trajectory(planted: list[tuple[Case, Planted]]) -> None:
    counts = Counter(one.kind.name for _, one in planted)
    assert sum(counts.values()) > 500
    missing = [kind.name for kind in KINDS if not counts[kind.name]]
    assert len(missing) <= 8, missing


def test_planting_is_the_same_each_time(cases: list[Case]) -> None:
    once, again = ([(one.kind.name, one.trajectory) for one in plant(cases[0])] for _ in range(2))
    assert once == again
