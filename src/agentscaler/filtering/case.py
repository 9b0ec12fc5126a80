"""`Case`: a trajectory with all that is needed to judge it."""

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
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

    @cached_property
    def gold_keys(self) -> tuple[str, ...]:
        """Of gold's calls, what `AnsweredCall.key` is of the trajectory's."""
        return tuple(call_key(gold.tool, gold.arguments) for gold in self.task.gold)

    @cached_property
    def has_exact_calls(self) -> bool:
        """Whether its calls that were not refused are gold's, each as often; False where a call has
        no answer."""
        made = [call for message in self.trajectory.messages for call in message.tool_calls]
        answered = {m.tool_call_id for m in self.trajectory.messages if m.role == "tool"}
        if not all(call.id in answered for call in made):
            return False
        return Counter(one.key for one in self.successes) == Counter(self.gold_keys)

    def answered(self, gold: int) -> int:
        """The message that answers a gold call; 0 if the call was not made.

        Where gold makes a call several times, its n-th time is the trajectory's n-th.
        """
        key = self.gold_keys[gold]
        before = self.gold_keys[:gold].count(key)
        places = [one.place for one in self.successes if one.key == key]
        return places[before] if before < len(places) else 0

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """What each message says, in the form in which texts are compared."""
        return tuple(
            _folded_policy(message.content) if message.role == "system" else fold(message.content)
            for message in self.trajectory.messages
        )

    def agent_words(self, start: int = 0, end: int | None = None) -> tuple[str, ...]:
        """What the agent said from message `start` to before message `end`: a text a message,
        folded line by line."""
        return tuple(filter(None, self._agent_words[start:end]))

    @cached_property
    def _agent_words(self) -> tuple[str, ...]:
        """The same for every message; "" where the agent said nothing."""
        return tuple(
            ""
            if message.role != "assistant" or not words
            else "\n".join(map(fold, message.content.splitlines()))
            if "\n" in message.content
            else words
            for message, words in zip(self.trajectory.messages, self.folded, strict=True)
        )


@lru_cache(maxsize=8)
def _folded_policy(text: str) -> str:
    """The policy, which opens every dialogue of a domain, in the form in which texts are
    compared."""
    return fold(text)


def call_key(name: str, arguments: dict[str, Any]) -> str:
    """Equal for calls of the same meaning: 5 is 5.0, and neither the order of the arguments nor
    that of an array's items counts, nor whether one is there twice, for arrays are sets."""
    plain = {
        key: value if type(value) is str else _plain(value) for key, value in arguments.items()
    }
    return f"{name} {_spelled(plain).decode()}"


def _spelled(value: Any) -> bytes:
    """A value as JSON; also numbers beyond 64 bits and texts that are no Unicode, which an agent
    may send."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return json.dumps(value, sort_keys=True).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        items = {_spelled(item): item for item in map(_plain, value)}
        return [items[spelling] for spelling in sorted(items)]
    return value
