"""What the official packages ask language models, answered by ours: agent, user and judge.

A question comes as the body of a chat completion with the role it is for; see `bridge.completion`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from agentscaler.errors import RequestRefusedError
from agentscaler.evaluation.tau.process import AgentFaultError
from agentscaler.llm import ChatModel, Completion, EndpointSettings
from agentscaler.llm.call_store import NANO, cost_of
from agentscaler.llm.wire_server import read_request

__all__ = ["Answering", "Cast", "Part", "UnusableAnswerError"]

Part = Literal["agent", "user", "judge"]


class UnusableAnswerError(Exception):
    """A model wrote what the package cannot take: nothing, or a call that is not JSON.

    Attributes:
        part: whose model.
    """

    def __init__(self, part: Part, text: str) -> None:
        super().__init__(text)
        self.part = part


@dataclass(frozen=True)
class Cast:
    """The models of an evaluation, with the endpoints that they are set up with.

    Attributes:
        names: of the models, by part; the judge is needed only where a task has something to judge.
        endpoints: by part, for sampling and prices; a part that is missing has neither.
        models: by part; none while nothing is asked yet.
    """

    names: Mapping[Part, str]
    endpoints: Mapping[Part, EndpointSettings] = field(default_factory=dict)
    models: Mapping[Part, ChatModel] = field(default_factory=dict)

    def temperature(self, part: Part, package: float | None) -> float | None:
        """The temperature of a part: what its endpoint's settings say, else what the package
        would take."""
        endpoint = self.endpoints.get(part)
        said = endpoint.sampling.temperature if endpoint is not None else None
        return package if said is None else said

    def dollars(self, part: Part, completion: Completion) -> float:
        """The price of an answer; 0 where it is not known."""
        endpoint = self.endpoints.get(part)
        return cost_of(endpoint, completion) / NANO if endpoint is not None else 0.0


class Answering:
    """Answers the questions of one attempt at an episode, and counts.

    Args:
        samples: which sample of each model's answers is wanted; a part that is missing takes 0.
        final: the agent's unusable answers end the episode, instead of the attempt.

    Attributes:
        asked_last: the part whose model answered last.
    """

    def __init__(self, cast: Cast, samples: Mapping[Part, int], *, final: bool) -> None:
        self._cast = cast
        self._samples = samples
        self._final = final
        self._number = 0
        self.asked_last: Part | None = None
        self.turns = 0
        self.calls = 0
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.fault = ""

    async def __call__(self, asked: dict[str, Any]) -> dict[str, Any]:
        """An answer, as `bridge.completion` wants it.

        Raises:
            AgentFaultError: the agent's model has none, and that ends the episode.
            UnusableAnswerError: the answer cannot be used, and another may be drawn.
            EndpointError, RequestRefusedError, AgentScalerError: see `ChatModel.complete`.
        """
        part: Part = asked["role"]
        temperature = self._cast.temperature(part, asked["temperature"])
        body = {"messages": asked["messages"], "tools": asked["tools"]}
        if temperature is not None:
            body["temperature"] = temperature
        if asked["seed"] is not None:
            body["seed"] = asked["seed"]
        request = read_request(orjson.dumps(body))
        request = request.model_copy(update={"sample": self._samples.get(part, 0)})
        self.asked_last = part
        try:
            completion = await self._cast.models[part].complete(request)
        except RequestRefusedError as error:
            if part != "agent":
                raise
            raise self._blamed("refused", f"the endpoint refuses the question: {error}") from error
        self._count(part, completion)
        if unusable := _unusable(completion):
            kind, text = unusable
            if part == "agent" and self._final:
                raise self._blamed(kind, text)
            raise UnusableAnswerError(part, text)
        return self._told(part, completion)

    def _blamed(self, kind: str, text: str) -> AgentFaultError:
        self.fault = kind
        return AgentFaultError(text)

    def _count(self, part: Part, completion: Completion) -> None:
        if part != "agent":
            return
        self.turns += 1
        self.calls += len(completion.calls)
        self.prompt_tokens += completion.usage.prompt_tokens
        self.completion_tokens += completion.usage.completion_tokens

    def _told(self, part: Part, completion: Completion) -> dict[str, Any]:
        self._number += 1
        usage = completion.usage
        return {
            "id": f"{part}-{self._number}",
            "text": completion.text,
            "calls": [(one, name, arguments or "{}") for one, name, arguments in completion.calls],
            "finish": completion.finish,
            "usage": {
                "prompt_tokens": usage.prompt_tokens,
                "completion_tokens": usage.completion_tokens,
                "total_tokens": usage.prompt_tokens + usage.completion_tokens,
            },
            "model": completion.model or self._cast.names[part],
            "cost": self._cast.dollars(part, completion),
        }


def _unusable(completion: Completion) -> tuple[str, str] | None:
    """Why a package cannot take an answer: a short name, and words; None where it can."""
    if not completion.text.strip() and not completion.calls:
        return "empty_answer", "the model answered nothing"
    for call in completion.message().tool_calls:
        if call.malformed:
            text = f"the arguments of a call of {call.name} are no JSON object"
            return "malformed_call", f"{text}: {call.malformed[:200]}"
    return None
