"""The funnel as a whole."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from agentscaler.domain.domain import Domain
from agentscaler.engine import LocalEngine
from agentscaler.filtering import FunnelReason, FunnelSettings, FunnelStage, Verdict, run_funnel
from agentscaler.rollout import RolloutSettings, Trajectory, roll_out
from agentscaler.task.task import Task

Tasks = dict[str, Task]
Recorder = Callable[..., Trajectory]

LOOKUP = ("list_books", {"title": "Roads of Rome"})
UPDATE = ("update_book", {"book_id": "book-v6p3q2rj", "genre": "HISTORY"})


def _judge(library: Domain, task: Task, *played: Trajectory) -> list[Verdict]:
    [verdicts] = run_funnel([(library, [task], list(played))])
    return verdicts


@pytest.fixture(scope="module")
def played(library: Domain, library_tasks: Tasks) -> list[Trajectory]:
    settings = RolloutSettings(trials=10, mistake_rate=0.5)
    [trajectories] = roll_out([(library, list(library_tasks.values()))], settings)
    return trajectories


def test_the_experts_trajectories_are_kept_and_recoveries_marked(
    library: Domain, library_tasks: Tasks, played: list[Trajectory]
) -> None:
    [verdicts] = run_funnel([(library, list(library_tasks.values()), played)])
    assert [one.trajectory for one in verdicts] == [one.id for one in played]
    assert all(one.kept and one.stage is FunnelStage.PASSED for one in verdicts)
    assert [one.recovered for one in verdicts] == [one.tool_errors > 0 for one in played]
    assert any(one.recovered for one in verdicts)


def test_each_stage_turns_away_what_is_its_own(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["update"]
    return_loan = ("return_loan", {"loan_id": "loan-2c9k7h5x"})
    reopen_loan = ("reopen_loan", {"loan_id": "loan-2c9k7h5x"})
    loans: tuple[str, dict[str, str]] = ("list_loans", {})
    verdicts = _judge(
        library,
        task,
        record(task, "Hi", LOOKUP, UPDATE, "Done.", "Bye."),
        record(task, "Hi", UPDATE, "Done.", "Bye."),
        record(task, "Hi", LOOKUP, "Done.", "Bye."),
        record(task, "Hi", LOOKUP, UPDATE, loans, return_loan, reopen_loan, "Done.", "Bye."),
    )
    assert [(one.stage, one.reason, one.kept) for one in verdicts] == [
        (FunnelStage.PASSED, FunnelReason.PASSED, True),
        (FunnelStage.VALIDITY, FunnelReason.INVENTED_ID, False),
        (FunnelStage.ALIGNMENT, FunnelReason.WRONG_STATE, False),
        (FunnelStage.MATCHING, FunnelReason.EXTRA_CALL, False),
    ]
    assert all(one.detail for one in verdicts[1:])


def test_a_trajectory_without_its_task_is_turned_away(
    library: Domain, library_tasks: Tasks, record: Recorder
) -> None:
    played = record(library_tasks["update"], "Hi", LOOKUP, UPDATE, "Done.", "Bye.")
    [verdict] = _judge(library, library_tasks["read"], played)
    assert verdict.reason is FunnelReason.WRONG_TASK
    assert verdict.task == library_tasks["update"].id


def test_the_limit_counts_trajectories(
    library: Domain, library_tasks: Tasks, played: list[Trajectory]
) -> None:
    tasks = list(library_tasks.values())
    work = [(library, tasks, played[:3]), (library, tasks, played[3:])]
    lists = list(run_funnel(work, FunnelSettings(limit=4)))
    assert [len(one) for one in lists] == [3, 1]


def test_several_processes_judge_alike(
    library: Domain, library_tasks: Tasks, played: list[Trajectory]
) -> None:
    tasks = list(library_tasks.values())
    work = [(library, tasks, played[:9]), (library, tasks, played[9:])]
    alone = list(run_funnel(work))
    with LocalEngine(2) as engine:
        assert list(run_funnel(work, engine=engine)) == alone


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError):
        FunnelSettings.model_validate({"strict": "writes"})
