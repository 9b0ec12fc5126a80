"""`Point`: one agent of an experiment: what it learns from, and what it is tried on."""

from pydantic import BaseModel, ConfigDict

from agentscaler.rollout import RolloutSettings

__all__ = ["PhasePlan", "Point", "SharePlan", "Trial"]


class SharePlan(BaseModel):
    """Dialogues that a phase learns from.

    Attributes:
        source: "general" or "vertical".
        domains: whose dialogues of the role "train" are used.
        tokens: that are seen of them.
        kept_by: only dialogues that this funnel keeps; "" takes all.
        dialogues: distinct ones at most; None takes all.
    """

    model_config = ConfigDict(frozen=True)

    source: str = "general"
    domains: tuple[str, ...]
    tokens: int
    kept_by: str = ""
    dialogues: int | None = None


class PhasePlan(BaseModel):
    """One phase of training; several shares are mixed."""

    model_config = ConfigDict(frozen=True)

    name: str
    shares: tuple[SharePlan, ...]


class Point(BaseModel):
    """One agent.

    Attributes:
        id: also the name of its folder ("0256-s1").
        label: what distinguishes it from the others of its seed ("256", "two phases").
        size: domains that it learns from.
        trials: by name, in order.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    label: str
    size: int
    seed: int
    phases: tuple[PhasePlan, ...]
    trials: tuple[str, ...]


class Trial(BaseModel):
    """Tasks that agents are tried on.

    Attributes:
        name: "held out", "unseen", ...
        tasks: ids, domain by domain.
        rollout, seed: of the run that the tasks are from: how its users behave.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    tasks: tuple[str, ...]
    rollout: RolloutSettings
    seed: int
