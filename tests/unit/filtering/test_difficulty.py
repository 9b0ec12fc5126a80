"""Bands by pass rates."""

import pytest
from pydantic import ValidationError

from agentscaler.filtering import (
    DifficultySettings,
    FunnelReason,
    FunnelStage,
    Verdict,
    measure_difficulty,
)
from agentscaler.filtering.difficulty import Band
from agentscaler.task.task import Task

Tasks = dict[str, Task]


def verdicts(task: Task, *kept: bool) -> list[Verdict]:
    return [
        Verdict(
            trajectory=f"{task.id}/{number}",
            task=task.id,
            domain=task.domain,
            kept=one,
            stage=FunnelStage.PASSED if one else FunnelStage.ALIGNMENT,
            reason=FunnelReason.PASSED if one else FunnelReason.WRONG_STATE,
        )
        for number, one in enumerate(kept)
    ]


@pytest.mark.parametrize(
    ("strong", "weak", "rate", "band"),
    [
        ((True, True), (True, True), 1.0, Band.EASY),
        ((True, True), (True, True, True, False, False), 0.8, Band.EASY),
        ((True, True), (False, False), 0.5, Band.MEDIUM),
        ((True, False), (False, True, False), 0.4167, Band.HARD),
        ((False,), (False, False), 0.0, Band.UNSOLVED),
    ],
)
def test_the_mean_pass_rate_of_the_agents_says_the_band(
    library_tasks: Tasks,
    strong: tuple[bool, ...],
    weak: tuple[bool, ...],
    rate: float,
    band: Band,
) -> None:
    task = library_tasks["update"]
    given = {"strong": verdicts(task, *strong), "weak": verdicts(task, *weak)}
    (found,) = measure_difficulty([task], given)
    assert (found.rate, found.band) == (rate, band)
    assert found.agents["weak"].episodes == len(weak)
    assert found.agents["weak"].passed == sum(weak)
    assert (found.calls, found.goals, found.kind) == (2, 1, "write")


def test_tasks_keep_their_order_and_those_that_nobody_played_are_left_out(
    library_tasks: Tasks,
) -> None:
    tasks = list(library_tasks.values())
    given = {"one": [*verdicts(tasks[3], True), *verdicts(tasks[1], False)]}
    assert [one.task for one in measure_difficulty(tasks, given)] == [tasks[1].id, tasks[3].id]


def test_the_thresholds_are_settings_and_must_be_in_order(library_tasks: Tasks) -> None:
    task = library_tasks["read"]
    given = {"one": verdicts(task, True, False)}
    (found,) = measure_difficulty([task], given, DifficultySettings(easy=0.5, medium=0.2))
    assert found.band is Band.EASY
    with pytest.raises(ValidationError, match="medium must not be above easy"):
        DifficultySettings(easy=0.3, medium=0.6)
