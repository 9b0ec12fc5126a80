"""`Case`: a trajectory with all that is needed to judge it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from agentscaler.chat import Message, ToolCall
from agentscaler.domain.domain import Domain
from agentscaler.rollout.trajectory import Trajectory
from agentscaler.rollout.wording import fold
from agentscaler.task.task import Task

__all__ = ["AnsweredCall", "Case", "call_key"]


@dataclass(frozen=True)
class AnsweredCall:
    """A tool call with the message that answers it."""

    call: ToolCall
    answer: Message


@dataclass(frozen=True)
class Case:
    """One trajectory, its task and its domain.

    `calls` may be asked for only once the trajectory's form was found right.
    """

    domain: Domain
    task: Task
    trajectory: Trajectory

    @cached_property
    def calls(self) -> tuple[AnsweredCall, ...]:
        """Every call in the order in which it ran."""
        answers = {
            message.tool_call_id: message
            for message in self.trajectory.messages
            if message.role == "tool"
        }
        return tuple(
            AnsweredCall(call, answers[call.id])
            for message in self.trajectory.messages
            for call in message.tool_calls
        )

    @cached_property
    def successful_calls(self) -> tuple[ToolCall, ...]:
        return tuple(answered.call for answered in self.calls if not answered.answer.is_error)

    @cached_property
    def agent_words(self) -> str:
        """What the agent said, folded, a line a message."""
        return "\n".join(
            fold(message.content)
            for message in self.trajectory.messages
            if message.role == "assistant" and message.content
        )


def call_key(name: str, arguments: dict[str, Any]) -> str:
    """Equal for calls of the same meaning: 5 is 5.0, and neither the order of the arguments nor
    that of an array's items counts, for arrays are sets of keys."""
    plain = {key: _plain(value) for key, value in arguments.items()}
    return f"{name} {orjson.dumps(plain, option=orjson.OPT_SORT_KEYS).decode()}"


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return sorted((_plain(item) for item in value), key=orjson.dumps)
    return value
