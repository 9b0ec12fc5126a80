"""`MeteredMaker`: agents that a model plays, and the tokens that each episode took."""

from collections.abc import Mapping
from typing import Literal

from agentscaler.domain import Domain
from agentscaler.llm import ChatModel, Completion, Request, Usage
from agentscaler.rollout import ModelAgent, ModelAgentMaker
from agentscaler.task import Task

__all__ = ["MeteredMaker"]


class MeteredMaker:
    """Makes agents as `ModelAgentMaker` does.

    An answer out of a store counts as one that was just given, so that an evaluation that goes on
    tells the same figures.  An episode that is begun again is counted anew.
    """

    def __init__(
        self,
        model: ChatModel,
        tools: Literal["native", "text"] = "native",
        most_tools: int | None = None,
    ) -> None:
        self._model = model
        self._tools: Literal["native", "text"] = tools
        self._most_tools = most_tools
        self._meters: dict[str, _Meter] = {}

    def __call__(self, domain: Domain, task: Task, seed: str) -> ModelAgent:
        meter = self._meters[seed] = _Meter(self._model)
        return ModelAgentMaker(meter, self._tools, self._most_tools)(domain, task, seed)

    @property
    def spent(self) -> Mapping[str, Usage]:
        """What each episode took, by the seed of its agent."""
        return {seed: meter.usage for seed, meter in self._meters.items()}


class _Meter:
    """A model that counts the tokens of one episode."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.usage = Usage()

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(self, request: Request) -> Completion:
        completion = await self._model.complete(request)
        used = completion.usage
        self.usage = Usage(
            prompt_tokens=self.usage.prompt_tokens + used.prompt_tokens,
            cached_tokens=self.usage.cached_tokens + used.cached_tokens,
            completion_tokens=self.usage.completion_tokens + used.completion_tokens,
        )
        return completion
