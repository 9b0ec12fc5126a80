"""The two seams of an episode: who plays the agent, and who plays the user.

Both sides are objects of one episode, made afresh by an `AgentMaker` and a `UserMaker` with the
episode's own seed.  What they see of each other is the conversation and nothing else.  Either side
may answer at once or, as a coroutine, after a while: one that waits for a model lets other episodes
go on.
"""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.rollout.trajectory import FailureOwner
from agentscaler.task.task import Task

__all__ = ["Agent", "AgentMaker", "GaveUpError", "User", "UserMaker", "UserTurn"]


class GaveUpError(Exception):
    """Raised by an agent or a user that cannot go on.

    Args:
        why: in one sentence.
        owner: whose fault it is, which need not be the side that raises.
    """

    def __init__(self, why: str, owner: FailureOwner) -> None:
        super().__init__(why)
        self.owner = owner


class Agent(Protocol):
    """The assistant of one episode."""

    @property
    def name(self) -> str:
        """The policy's name, for the record."""
        ...

    def act(self, messages: Sequence[Message]) -> Message | Awaitable[Message]:
        """The next assistant message: words, tool calls or both.

        Args:
            messages: the whole conversation so far, ending with a user or a tool message.

        Raises:
            GaveUpError: the agent cannot go on.
        """
        ...


@dataclass(frozen=True)
class UserTurn:
    """What a user answers; `done` once there is nothing more to ask."""

    text: str
    done: bool = False


class User(Protocol):
    """The person of one episode."""

    @property
    def name(self) -> str:
        """The policy's name, for the record."""
        ...

    def open(self) -> str | Awaitable[str]:
        """The first message."""
        ...

    def reply(self, messages: Sequence[Message]) -> UserTurn | Awaitable[UserTurn]:
        """The answer to the assistant's words at the end of `messages`.

        Raises:
            GaveUpError: the user cannot go on.
        """
        ...


class AgentMaker(Protocol):
    """Makes the agent of an episode; equal arguments give agents that play alike."""

    def __call__(self, domain: Domain, task: Task, seed: str) -> Agent: ...


class UserMaker(Protocol):
    """Makes the user of an episode; equal arguments give users that play alike."""

    def __call__(self, domain: Domain, task: Task, seed: str) -> User: ...
