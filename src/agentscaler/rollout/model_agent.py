"""The agent that a language model plays: it sees the conversation and the tools, nothing else."""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.llm import ChatModel, Completion, Request
from agentscaler.rollout.protocols import GaveUpError
from agentscaler.rollout.text_calls import TEXT_CALLS, read_calls, text_messages
from agentscaler.rollout.trajectory import FailureOwner
from agentscaler.task.task import Task
from agentscaler.task.toolbox import needed_tools, shown_tools

__all__ = ["AGENT_PROMPTS", "ModelAgent", "ModelAgentMaker", "sample_of", "without_thoughts"]

AGENT_PROMPTS = (TEXT_CALLS,)
"""What may be told to an agent besides its domain's policy."""

_THOUGHTS = re.compile(r"\A\s*(?:<think>)?(?:(?!<think>).)*?</think>\s*", re.DOTALL)
_CUT = {
    "length": "the model's answer was cut off: there was no room for more",
    "content_filter": "the model's answer was held back by a filter of its endpoint",
}


@dataclass(frozen=True)
class ModelAgentMaker:
    """Makes agents that `model` plays; see `EndpointSettings.tools` and
    `RolloutSettings.most_tools`."""

    model: ChatModel
    tools: Literal["native", "text"] = "native"
    most_tools: int | None = None

    def __call__(self, domain: Domain, task: Task, seed: str) -> "ModelAgent":
        names = [tool.name for tool in domain.manifest.tools]
        shown = shown_tools(names, needed_tools(task), self.most_tools, f"{seed}/tools")
        return ModelAgent(self.model, domain, sample_of(seed), tools=self.tools, shown=shown)


class ModelAgent:
    """One episode's agent; see the module.

    Args:
        sample: tells this episode's answers from those of others that begin alike.
        shown: names of the domain's tools that the agent is told of; None for all.
    """

    def __init__(
        self,
        model: ChatModel,
        domain: Domain,
        sample: int = 0,
        *,
        tools: Literal["native", "text"] = "native",
        shown: Collection[str] | None = None,
    ) -> None:
        self.name = model.name
        self._model = model
        self._sample = sample
        self._as_text = tools == "text"
        self._tools = tuple(
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                },
            }
            for tool in domain.manifest.tools
            if shown is None or tool.name in shown
        )

    async def act(self, messages: Sequence[Message]) -> Message:
        """The model's next turn.

        Raises:
            GaveUpError: the answer was cut off.
            EndpointError, RequestRefusedError, AgentScalerError: see `ChatModel.complete`.
        """
        completion = await self._model.complete(self._request(messages))
        if why := _CUT.get(completion.finish):
            raise GaveUpError(why, FailureOwner.AGENT)
        message = self._message(completion)
        made = sum(len(earlier.tool_calls) for earlier in messages)
        # Ids that endpoints give are random, or the same in each turn.
        calls = tuple(
            call.model_copy(update={"id": f"call_{made + number}"})
            for number, call in enumerate(message.tool_calls, 1)
        )
        return message.model_copy(update={"tool_calls": calls})

    def _request(self, messages: Sequence[Message]) -> Request:
        if self._as_text:
            written = text_messages(messages, self._tools)
            return Request(messages=written, sample=self._sample)
        return Request(messages=tuple(messages), tools=self._tools, sample=self._sample)

    def _message(self, completion: Completion) -> Message:
        message = completion.message()
        text = without_thoughts(message.content)
        if not self._as_text:
            return message.model_copy(update={"content": text})
        words, calls = read_calls(text)
        return Message(role="assistant", content=words, tool_calls=calls)


def sample_of(seed: str) -> int:
    """A number below 2 ** 31 for one side of one episode."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) >> 1


def without_thoughts(text: str) -> str:
    """What a model says, without what it thought before it in tags."""
    return _THOUGHTS.sub("", text, count=1).strip()
