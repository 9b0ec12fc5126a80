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
    """A tool call with the message that answers it, and that message's place."""

    call: ToolCall
    answer: Message
    place: int

    @cached_property
    def key(self) -> str:
        """Equal for calls of the same meaning."""
        return call_key(self.call.name, self.call.arguments)


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
            message.tool_call_id: place
            for place, message in enumerate(self.trajectory.messages)
            if message.role == "tool"
        }
        return tuple(
            AnsweredCall(call, self.trajectory.messages[answers[call.id]], answers[call.id])
            for message in self.trajectory.messages
            for call in message.tool_calls
        )

    @cached_property
    def successes(self) -> tuple[AnsweredCall, ...]:
        """The calls that were not refused."""
        return tuple(answered for answered in self.calls if not answered.answer.is_error)

    @property
    def successful_calls(self) -> tuple[ToolCall, ...]:
        return tuple(answered.call for answered in self.successes)

    def answered(self, gold: int) -> int:
        """The message that answers a gold call; 0 if the call was not made.

        Where gold makes a call several times, its n-th time is the trajectory's n-th.
        """
        call = self.task.gold[gold]
        key = call_key(call.tool, call.arguments)
        before = sum(call_key(one.tool, one.arguments) == key for one in self.task.gold[:gold])
        places = [one.place for one in self.successes if one.key == key]
        return places[before] if before < len(places) else 0

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """What each message says, in the form in which texts are compared."""
        return tuple(fold(message.content) for message in self.trajectory.messages)

    def agent_words(self, start: int = 0, end: int | None = None) -> tuple[str, ...]:
        """What the agent said from message `start` to before message `end`: a text a message,
        folded line by line."""
        messages = zip(self.trajectory.messages[start:end], self.folded[start:end], strict=True)
        return tuple(
            "\n".join(map(fold, message.content.splitlines())) if "\n" in message.content else words
            for message, words in messages
            if message.role == "assistant" and words
        )


def call_key(name: str, arguments: dict[str, Any]) -> str:
    """Equal for calls of the same meaning: 5 is 5.0, and neither the order of the arguments nor
    that of an array's items counts, nor whether one is there twice, for arrays are sets."""
    plain = {key: _plain(value) for key, value in arguments.items()}
    return f"{name} {orjson.dumps(plain, option=orjson.OPT_SORT_KEYS).decode()}"


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        items = {
            orjson.dumps(item, option=orjson.OPT_SORT_KEYS): item for item in map(_plain, value)
        }
        return [items[spelling] for spelling in sorted(items)]
    return value
