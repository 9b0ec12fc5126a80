"""The seam to a language model: what it is asked, what it answers, and `ChatModel`."""

from typing import Any, Literal, Protocol

import orjson
from pydantic import BaseModel, ConfigDict, Field, field_validator

from agentscaler.chat import Message, ToolCall

__all__ = ["AnswerSchema", "ChatModel", "Completion", "Finish", "Request", "Sampling", "Usage"]

Finish = Literal["stop", "length", "tool_calls", "content_filter"]

_NOT_EXTRA = frozenset({"messages", "model", "n", "response_format", "stream", "tools"})


class Sampling(BaseModel):
    """How an answer is drawn; None leaves a value to the endpoint.

    Attributes:
        max_tokens: of the answer.
        seed: for endpoints that take one; it makes an answer likely to repeat, not certain.  Each
            sample of a request is sent a seed of its own, which is made from it.
        extra: further fields of the request body, such as `{"chat_template_kwargs": {...}}`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    extra: dict[str, Any] = {}

    @field_validator("extra")
    @classmethod
    def _leaves_the_request_alone(cls, extra: dict[str, Any]) -> dict[str, Any]:
        if taken := sorted(_NOT_EXTRA & extra.keys()):
            raise ValueError(f"{', '.join(taken)} cannot be set there")
        return extra


class AnswerSchema(BaseModel):
    """A JSON Schema that the answer's text must fit."""

    model_config = ConfigDict(frozen=True)

    name: str
    schema_: dict[str, Any]


class Request(BaseModel):
    """One question to a model.

    Attributes:
        messages: the conversation so far.
        tools: OpenAI function definitions that the answer may call.
        sampling: what is set here goes before what the settings of the endpoint say.
        answer: the form of an answer in JSON; None for plain words.
        sample: which of several answers to one question is wanted; tells them apart in a store.
    """

    model_config = ConfigDict(frozen=True)

    messages: tuple[Message, ...]
    tools: tuple[dict[str, Any], ...] = ()
    sampling: Sampling = Field(default_factory=Sampling)
    answer: AnswerSchema | None = None
    sample: int = 0


class Usage(BaseModel):
    """Tokens of one call; `cached_tokens` of the prompt the endpoint knew already."""

    model_config = ConfigDict(frozen=True)

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


class Completion(BaseModel):
    """A model's answer.

    Attributes:
        text: the words; "" when it only calls.
        calls: (id, name, arguments as the model wrote them), which need not be JSON.
        from_store: it was given before, and no endpoint was asked.
    """

    model_config = ConfigDict(frozen=True)

    text: str = ""
    calls: tuple[tuple[str, str, str], ...] = ()
    finish: Finish = "stop"
    usage: Usage = Usage()
    model: str = ""
    from_store: bool = False

    def message(self) -> Message:
        """The answer as a turn of the conversation; a call whose arguments are not a JSON object
        is `malformed`."""
        calls = tuple(_tool_call(*call) for call in self.calls)
        return Message(role="assistant", content=self.text, tool_calls=calls)


class ChatModel(Protocol):
    """Answers requests; the same request may get another answer each time."""

    @property
    def name(self) -> str:
        """The model's name, for records."""
        ...

    async def complete(self, request: Request) -> Completion:
        """One answer.

        Raises:
            EndpointError: there was none after all retries; nobody's fault but the machinery's.
            RequestRefusedError: the endpoint will never answer this request as it is.
            AgentScalerError: something the user can mend: a wrong key or address, a spent budget.
        """
        ...


def _tool_call(identifier: str, name: str, arguments: str) -> ToolCall:
    try:
        value = orjson.loads(arguments or "{}")
    except ValueError:
        value = None
    if isinstance(value, dict):
        return ToolCall(id=identifier, name=name, arguments=value)
    return ToolCall(id=identifier, name=name, arguments={}, malformed=arguments)
