"""Settings of the funnel."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["FunnelSettings"]


class FunnelSettings(BaseModel):
    """How strictly trajectories are judged.

    Attributes:
        strict: for which tasks the calls themselves must equal gold's: for "reads", where the final
            state cannot tell right from wrong; for "all"; or for "none".  Elsewhere only the
            writes are compared.
        ngram: length, in words, of the phrases that are watched for loops.
        max_repeats: how often such a phrase, or one and the same call, may occur in a dialogue.
        limit: trajectories judged in all; None judges every one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    strict: Literal["reads", "all", "none"] = "reads"
    ngram: int = Field(default=8, ge=2)
    max_repeats: int = Field(default=5, ge=1)
    limit: int | None = Field(default=None, ge=0)
