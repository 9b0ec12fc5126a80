"""`Verdict`: what the funnel says of one trajectory, and why."""

from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from agentscaler.filtering.recovery import RefusalKind

__all__ = ["Fault", "FunnelReason", "FunnelStage", "Verdict"]


class FunnelStage(StrEnum):
    """How far a trajectory came."""

    VALIDITY = "validity"
    """Turned away for its form."""
    ALIGNMENT = "alignment"
    """Turned away for what it did to the database."""
    MATCHING = "matching"
    """Turned away for its calls or for what it told the user."""
    PASSED = "passed"
    """Kept."""


class FunnelReason(StrEnum):
    """Why a trajectory was kept or turned away."""

    PASSED = "passed"
    """Nothing was found against it."""

    WRONG_TASK = "wrong_task"
    """Its task is not among the tasks given, or it was played on another state."""
    NOT_SATISFIED = "not_satisfied"
    """It did not end with a satisfied user."""
    BROKEN_TURNS = "broken_turns"
    """The speakers do not take turns as they must."""
    UNANSWERED_CALL = "unanswered_call"
    """The tool messages do not answer each call exactly once, in order."""
    EMPTY_TEXT = "empty_text"
    """Someone says nothing."""
    UNREADABLE_CALL = "unreadable_call"
    """A call's arguments are no JSON object, so that no example could show what was written."""
    UNKNOWN_TOOL = "unknown_tool"
    """A call of a tool that the domain does not have is recorded as a success."""
    REPETITION = "repetition"
    """The agent repeats a phrase or a call over and over."""
    INVENTED_ID = "invented_id"
    """A call uses an identifier that nobody but the agent has said before it."""
    TOO_LONG = "too_long"
    """The agent takes more turns than the settings allow."""
    TOO_MANY_REFUSALS = "too_many_refusals"
    """More calls were refused than the settings allow."""

    WORLD_FAILED = "world_failed"
    """A tool broke its contract in the replay."""
    RESULT_DIFFERS = "result_differs"
    """A call gives another result in the replay than the one on record."""
    STATE_DIFFERS = "state_differs"
    """The replay ends in another state than the one on record."""
    WRONG_STATE = "wrong_state"
    """The final state is not gold's."""

    MISSING_CALL = "missing_call"
    """A gold call was never made."""
    EXTRA_CALL = "extra_call"
    """A call was made that gold does not have."""
    CALL_ORDER = "call_order"
    """The right calls were made in an order that is not gold's."""
    DONE_ANYWAY = "done_anyway"
    """The agent wrote something for a wish that cannot be fulfilled."""
    NOT_LOOKED = "not_looked"
    """The agent refused a wish without reading what stands in its way."""
    NOT_ASKED = "not_asked"
    """The agent refused a wish for want of a fact that it never asked for."""
    NOT_EXPLAINED = "not_explained"
    """The agent did not tell the user why a wish cannot be fulfilled."""
    NO_CONSENT = "no_consent"
    """A step that the policy wants confirmed was taken before the user said yes to it."""
    ANSWER_NOT_TOLD = "answer_not_told"
    """The agent did not tell the user what was asked for, or told something else."""


class Fault(NamedTuple):
    """What a stage found against a trajectory; `detail` is for a person."""

    reason: FunnelReason
    detail: str


class Verdict(BaseModel):
    """What the funnel says of one trajectory.

    Attributes:
        trajectory, task, domain: ids.
        stage: where it was turned away, or "passed".
        calls: tool calls that it made, refused ones too.
        refusals: what was wrong with those refused, in their order; counted once its form is right.
        mistakes: the kinds of what the agent got wrong on purpose, as the trajectory names them.
        recovered: kept although some tool calls were refused on the way; such dialogues teach how
            to recover.
    """

    model_config = ConfigDict(frozen=True)

    trajectory: str
    task: str
    domain: str
    kept: bool
    stage: FunnelStage
    reason: FunnelReason
    detail: str = ""
    calls: int = 0
    refusals: tuple[RefusalKind, ...] = ()
    mistakes: tuple[str, ...] = ()
    recovered: bool = False
