"""Dialogues with faults for the arm `funnel`, and what each shortened funnel says of them.

A share of the kept dialogues is replaced by one with a planted fault (`filtering.faults`): in equal
parts one of form, which the first stage of the funnel is there for, one of what was done, for the
second, and one of calls or words, for the third.  Each of the three stages then judges every
dialogue on its own, so that it is known what a funnel without one of them would keep.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from agentscaler.domain import Domain
from agentscaler.filtering import FunnelReason, FunnelSettings, FunnelStage
from agentscaler.filtering.alignment import find_misaligned
from agentscaler.filtering.case import Case
from agentscaler.filtering.faults import KINDS, Kind
from agentscaler.filtering.matching import find_mismatch
from agentscaler.filtering.reruns import Reruns
from agentscaler.filtering.validity import find_invalid
from agentscaler.rollout import Trajectory
from agentscaler.task import Task

__all__ = ["FUNNELS", "Judged", "can_be_shown", "plant_faults"]

_STAGES = (FunnelStage.VALIDITY, FunnelStage.ALIGNMENT, FunnelStage.MATCHING)
FUNNELS = {
    "whole": frozenset(_STAGES),
    "without validity": frozenset(_STAGES) - {FunnelStage.VALIDITY},
    "without state alignment": frozenset(_STAGES) - {FunnelStage.ALIGNMENT},
    "without call match": frozenset(_STAGES) - {FunnelStage.MATCHING},
    "none": frozenset[FunnelStage](),
}
"""The stages of each funnel that is compared."""

_UNREADABLE = frozenset(
    {
        FunnelReason.WRONG_TASK,
        FunnelReason.BROKEN_TURNS,
        FunnelReason.UNANSWERED_CALL,
        FunnelReason.UNREADABLE_CALL,
        FunnelReason.UNKNOWN_TOOL,
    }
)
"""Faults of form that leave the later stages nothing to judge: they then say nothing against it."""


@dataclass(frozen=True)
class Judged:
    """A dialogue, the kind of the fault planted in it, and the funnels that keep it.

    Attributes:
        task: that it was played for, whatever the fault makes of it.
        fault: "" for none.
    """

    trajectory: Trajectory
    task: str
    fault: str = ""
    kept_by: tuple[str, ...] = ()


def plant_faults(
    domain: Domain,
    tasks: Sequence[Task],
    trajectories: Sequence[Trajectory],
    rate: float,
    seed: str,
) -> Iterator[Judged]:
    """The dialogues of a domain, some of them with a fault.

    A fault is drawn stage first, then kind, among those that show in what is said and called; where
    no kind of the stage fits a dialogue it stays as it is, as those about wishes that cannot be
    fulfilled do.
    """
    by_id = {task.id: task for task in tasks}
    settings = FunnelSettings()
    with closing(Reruns(domain)) as reruns:
        for trajectory in trajectories:
            case = Case(domain, by_id[trajectory.task], trajectory)
            rng = random.Random(f"{seed}/{trajectory.id}/fault")
            kind, planted = None, None
            if rng.random() < rate and case.task.special is None:
                kind, planted = _plant(case, rng)
            if kind is not None and planted is not None:
                case = Case(domain, case.task, planted)
            against = _stages_against(case, settings, reruns)
            yield Judged(
                trajectory=case.trajectory,
                task=trajectory.task,
                fault=kind.name if kind is not None else "",
                kept_by=tuple(name for name, stages in FUNNELS.items() if not stages & against),
            )


def can_be_shown(trajectory: Trajectory) -> bool:
    """Whether every tool message answers a call made before it, as rendering must know its name."""
    made: set[str] = set()
    for message in trajectory.messages:
        if message.role == "tool" and message.tool_call_id not in made:
            return False
        made |= {call.id for call in message.tool_calls}
    return True


def _plant(case: Case, rng: random.Random) -> tuple[Kind | None, Trajectory | None]:
    stage = rng.choice(_STAGES)
    kinds = [kind for kind in KINDS if kind.stage is stage]
    rng.shuffle(kinds)
    for kind in kinds:
        made = kind.make(case, rng)
        if made is not None and made.messages != case.trajectory.messages:
            return kind, made
    return None, None


def _stages_against(case: Case, settings: FunnelSettings, reruns: Reruns) -> set[FunnelStage]:
    """The stages that turn the dialogue away, each asked on its own."""
    against: set[FunnelStage] = set()
    invalid = find_invalid(case, settings)
    if invalid is not None:
        against.add(FunnelStage.VALIDITY)
        if invalid.reason in _UNREADABLE:
            return against
    if find_misaligned(case, settings, reruns) is not None:
        against.add(FunnelStage.ALIGNMENT)
    if find_mismatch(case, settings) is not None:
        against.add(FunnelStage.MATCHING)
    return against
