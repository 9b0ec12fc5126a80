"""`Example`: one dialogue of the training set."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Example"]


class Example(BaseModel):
    """One dialogue, ready for a chat template.

    Attributes:
        id: equal to the trajectory's.
        trajectory, task, domain: where it comes from.
        split: of its domain; a domain is never in both.
        messages: OpenAI chat messages; the arguments of a call are an object, not a string.
        tools: OpenAI function definitions, all of the domain's.
        loss_mask: one flag a message, True where the loss is taken.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    trajectory: str
    task: str
    domain: str
    split: Literal["train", "held_out"]
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    loss_mask: list[bool]
