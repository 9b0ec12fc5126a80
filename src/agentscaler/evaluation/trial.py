"""`Slot` and `TrialResult`: what is to be tried, and what came of it, whatever the suite."""

from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.rollout.trajectory import FailureOwner

__all__ = ["Slot", "TrialResult", "TrialState"]


class Slot(NamedTuple):
    """One trial that an evaluation owes: the `trial`-th attempt at a task, counted from 0."""

    task: str
    trial: int


class TrialState(StrEnum):
    """Whether a trial says something of the one who was tried."""

    DONE = "done"
    """It was played to an end, right or wrong."""
    INFRASTRUCTURE = "infrastructure"
    """An endpoint, a disk or a process failed: counts as nothing, and is tried again on resume."""


class TrialResult(BaseModel):
    """What came of one trial.

    Attributes:
        task: unique in its suite.
        group: what the suite sorts its tasks by: a domain, a category.
        cluster: tasks that resemble each other and are drawn together, as those of one service
            are; intervals are made over clusters.  "" where each task is one of its own.
        kind: of the task within that: "read", "write", a kind of special task; "" where the suite
            knows none.
        band: of difficulty, as the suite has it; "" where it knows none.
        calls: tool calls that the task needs; None where that is not known.
        reward: 0 to 1, as the suite's own rule gives it; 0 where the trial is not done.
        success: what pass^k counts; never true of a trial that is not done.
        owner: who is to blame for a failure, where somebody is known to be.
        reason: of the failure, a short name; "" for a success.
        detail: of the failure, for a person.
        scores: further scores of the suite, by name ("process_accuracy").
        turns: of the agent.
        made_calls: tool calls that the agent made.
        prompt_tokens, completion_tokens: of all requests of the agent; None where unknown.
        seconds: by the clock, for people; no figure of a report depends on it.
    """

    model_config = ConfigDict(frozen=True)

    task: str
    trial: int = Field(ge=0)
    group: str
    cluster: str = ""
    kind: str = ""
    band: str = ""
    calls: int | None = None
    state: TrialState = TrialState.DONE
    reward: float = Field(default=0.0)
    success: bool = False
    owner: FailureOwner | None = None
    reason: str = ""
    detail: str = ""
    scores: dict[str, float] = {}
    turns: int = 0
    made_calls: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float | None = None
    extra: dict[str, Any] = {}

    @property
    def slot(self) -> Slot:
        return Slot(self.task, self.trial)

    @property
    def done(self) -> bool:
        return self.state is TrialState.DONE
