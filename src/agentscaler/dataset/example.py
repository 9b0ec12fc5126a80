"""`Example`: one dialogue of the training set; `DatasetDomain`: where the dialogues come from."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

__all__ = ["DatasetDomain", "DatasetTool", "Example", "Split"]

Split = Literal["train", "held_out"]


class Example(BaseModel):
    """One dialogue, ready for a chat template.

    Attributes:
        id: equal to the trajectory's.
        trajectory, task, domain: where it comes from.
        state: name of the domain's initial state that it plays in.
        engine: who made the domain.
        agent, user: who played.
        seed: of the run.
        kind: of the task: "read", "write", or "special" where a wish of it cannot be fulfilled.
        recovered: whether tool calls were refused on the way.
        split: of its domain; a domain is never in both.
        messages: OpenAI chat messages; the arguments of a call are an object, not a string.
        tools: OpenAI function definitions, all of the domain's.
        fingerprints: one a tool, in the order of `tools` (see `dataset.fingerprints`).
        loss_mask: one flag a message, True where the loss is taken: never but on the agent's.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    trajectory: str
    task: str
    domain: str
    state: str
    engine: str
    agent: str
    user: str
    seed: int
    kind: str
    recovered: bool
    split: Split
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    fingerprints: list[str]
    loss_mask: list[bool]

    @model_validator(mode="after")
    def _masks_the_agent_only(self) -> Self:
        if len(self.loss_mask) != len(self.messages):
            raise ValueError("the loss mask needs one flag a message")
        pairs = zip(self.messages, self.loss_mask, strict=True)
        if any(learned and message["role"] != "assistant" for message, learned in pairs):
            raise ValueError("the loss is taken on messages of the agent only")
        if len(self.fingerprints) != len(self.tools):
            raise ValueError("each tool needs its fingerprint")
        return self

    @property
    def has_unlearned_replies(self) -> bool:
        """Whether some message of the agent is context only, as a mistake is."""
        return any(
            message["role"] == "assistant" and not learned
            for message, learned in zip(self.messages, self.loss_mask, strict=True)
        )


class DatasetTool(BaseModel):
    """One tool of a domain, and the API operation that it was made from.

    Attributes:
        origin: id of the operation in the pool, or the place of a tool written by hand.
        licence: of the operation's description; "unknown" where its source states none.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    fingerprint: str
    origin: str
    licence: str


class DatasetDomain(BaseModel):
    """One domain with dialogues in the training set.

    Attributes:
        engine: who made it.
        examples: how many dialogues it gave.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    provider: str
    service: str
    engine: str
    split: Split
    examples: int
    tools: tuple[DatasetTool, ...]
