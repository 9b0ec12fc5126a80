"""`Trajectory`: one episode as it was played, whether it went well or not."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from agentscaler.chat import Message

__all__ = ["FailureOwner", "StopReason", "Trajectory"]


class StopReason(StrEnum):
    """Why an episode ended."""

    SATISFIED = "satisfied"
    """The user has nothing more to ask."""
    STEP_LIMIT = "step_limit"
    """Too many turns."""
    GAVE_UP = "gave_up"
    """The agent or the user could not go on."""
    FAILED = "failed"
    """Something broke; the owner says whose fault it was."""


class FailureOwner(StrEnum):
    """Who an episode's failure is put down to."""

    AGENT = "agent"
    """The agent broke a rule or got stuck."""
    USER = "user"
    """The simulated user broke a rule or got stuck."""
    ENVIRONMENT = "environment"
    """A tool or the database broke its contract."""
    INFRASTRUCTURE = "infrastructure"
    """Endpoint, disk or process trouble: retried, and never counted as a reward of 0."""


class Trajectory(BaseModel):
    """One episode.

    Attributes:
        id: `task id/trial` ("aws-connect-contact-flow-3f2a/007/0").
        agent, user: names of the policies that played.
        messages: the whole conversation, the system message first.
        mistakes: what the agent got wrong on purpose, to show how to recover.
        mistake_kinds: the kind of each of them (see `MistakeKind`), in order.
        tool_errors: tool calls that were refused.
        changeset, state_hash: the net change of the episode, as `World` gives it.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    task: str
    domain: str
    state: str
    trial: int
    agent: str
    user: str
    messages: tuple[Message, ...]
    stop: StopReason
    failure_owner: FailureOwner | None = None
    failure: str = ""
    mistakes: int = 0
    mistake_kinds: tuple[str, ...] = ()
    tool_errors: int = 0
    changeset: tuple[dict[str, Any], ...] = ()
    state_hash: str = ""
