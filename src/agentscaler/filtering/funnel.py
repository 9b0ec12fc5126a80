"""The funnel: validity, state alignment, function-calling match, in this order.

After the three-stage filtering of "Towards General Agentic Intelligence via Environment Scaling"
(arXiv 2509.13311).  Each stage answers with a fault or lets the trajectory pass to the next.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from agentscaler.domain.domain import Domain
from agentscaler.engine import Engine, LocalEngine
from agentscaler.filtering.alignment import find_misaligned
from agentscaler.filtering.case import Case
from agentscaler.filtering.declining import was_done_anyway
from agentscaler.filtering.matching import find_mismatch
from agentscaler.filtering.recovery import RefusalKind, refusal_kind
from agentscaler.filtering.reruns import Reruns
from agentscaler.filtering.settings import FunnelSettings
from agentscaler.filtering.validity import find_invalid
from agentscaler.filtering.verdict import Fault, FunnelReason, FunnelStage, Verdict
from agentscaler.rollout.trajectory import Trajectory
from agentscaler.task.task import Task

__all__ = ["judge", "run_funnel", "verdicts_of"]


def run_funnel(
    work: Iterable[tuple[Domain, list[Task], list[Trajectory]]],
    settings: FunnelSettings | None = None,
    engine: Engine | None = None,
) -> Iterator[list[Verdict]]:
    """Judges every trajectory.

    Args:
        settings: None takes the defaults.
        engine: None judges in this process.

    Yields:
        one list of verdicts a domain, in the order of `work` and of its trajectories.  After
        `settings.limit` trajectories the lists are empty.
    """
    settings = settings or FunnelSettings()
    function = partial(_judge_unit, settings=settings)
    yield from (engine or LocalEngine()).map(function, _units(work, settings.limit))


def verdicts_of(
    domain: Domain,
    tasks: Sequence[Task],
    trajectories: Sequence[Trajectory],
    settings: FunnelSettings | None = None,
) -> list[Verdict | None]:
    """The verdict on each episode of a domain, in this process; None where it broke off, which the
    funnel has nothing to say of.

    Args:
        settings: None takes the defaults; a limit is not kept to.
    """
    ended = [one for one in trajectories if one.failure_owner is None]
    unit = _Unit(domain, tuple(tasks), tuple(ended))
    verdicts = iter(_judge_unit(unit, settings=settings or FunnelSettings()))
    return [next(verdicts) if one.failure_owner is None else None for one in trajectories]


def judge(case: Case, settings: FunnelSettings, reruns: Reruns) -> Verdict:
    """The verdict on one trajectory; `reruns` are its domain's."""
    fault = find_invalid(case, settings)
    if fault is not None:
        return _verdict(case.trajectory, FunnelStage.VALIDITY, fault)
    refused = [one.answer for one in case.calls if one.answer.is_error]
    refusals = tuple(map(refusal_kind, refused))
    fault = find_misaligned(case, settings, reruns)
    if fault is not None:
        if fault.reason is FunnelReason.WRONG_STATE and was_done_anyway(case):
            fault = Fault(FunnelReason.DONE_ANYWAY, fault.detail)
        return _verdict(case.trajectory, FunnelStage.ALIGNMENT, fault, refusals)
    fault = find_mismatch(case, settings)
    if fault is not None:
        return _verdict(case.trajectory, FunnelStage.MATCHING, fault, refusals)
    return _verdict(case.trajectory, FunnelStage.PASSED, _NOTHING, refusals)


_NOTHING = Fault(FunnelReason.PASSED, "")


def _verdict(
    trajectory: Trajectory,
    stage: FunnelStage,
    fault: Fault,
    refusals: tuple[RefusalKind, ...] = (),
) -> Verdict:
    kept = stage is FunnelStage.PASSED
    return Verdict(
        trajectory=trajectory.id,
        task=trajectory.task,
        domain=trajectory.domain,
        kept=kept,
        stage=stage,
        reason=fault.reason,
        detail=fault.detail,
        calls=sum(len(message.tool_calls) for message in trajectory.messages),
        refusals=refusals,
        mistakes=trajectory.mistake_kinds,
        recovered=kept and bool(refusals),
    )


@dataclass(frozen=True)
class _Unit:
    """The trajectories of one domain."""

    domain: Domain
    tasks: tuple[Task, ...]
    trajectories: tuple[Trajectory, ...]


def _units(
    work: Iterable[tuple[Domain, list[Task], list[Trajectory]]], limit: int | None
) -> Iterator[_Unit]:
    left = limit
    for domain, tasks, trajectories in work:
        chosen = trajectories if left is None else trajectories[:left]
        left = None if left is None else left - len(chosen)
        yield _Unit(domain, tuple(tasks), tuple(chosen))


def _judge_unit(unit: _Unit, *, settings: FunnelSettings) -> list[Verdict]:
    tasks = {task.id: task for task in unit.tasks}
    verdicts = []
    with closing(Reruns(unit.domain)) as reruns:
        for trajectory in unit.trajectories:
            task = tasks.get(trajectory.task)
            if task is None:
                fault = Fault(FunnelReason.WRONG_TASK, f"no task {trajectory.task} was given")
                verdicts.append(_verdict(trajectory, FunnelStage.VALIDITY, fault))
            else:
                verdicts.append(judge(Case(unit.domain, task, trajectory), settings, reruns))
    return verdicts
