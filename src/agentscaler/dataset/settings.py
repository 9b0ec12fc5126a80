"""Settings of the training set."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DatasetSettings"]


class DatasetSettings(BaseModel):
    """How dialogues become training examples.

    Attributes:
        held_out_share: share of the domains whose dialogues are never trained on.
        mask_mistakes: take no loss on an assistant message all of whose calls were refused, or
            that is wrong on purpose, so that the model learns to recover from a mistake without
            learning to make it.
        limit: examples in all; None makes one of every dialogue.
        benchmark_tools: a JSON file with names of tools by benchmark, against which the card holds
            those of the training split; None leaves that unchecked, and the card says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    held_out_share: float = Field(default=0.1, ge=0, le=1)
    mask_mistakes: bool = True
    limit: int | None = Field(default=None, ge=0)
    benchmark_tools: str | None = None
