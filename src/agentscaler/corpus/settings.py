"""Settings of the pool."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["PoolSettings"]


class PoolSettings(BaseModel):
    """How the pool is cleaned, and how much of it is taken.

    Attributes:
        max_parameters: an operation with more is rejected.
        min_description: a description with fewer characters gives way to one made from the
            operation's name and its service's title.
        limit: stop after the service with which the pool reaches this many tools; None takes all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_parameters: int = Field(default=40, ge=1)
    min_description: int = Field(default=10, ge=0)
    limit: int | None = Field(default=None, ge=1)
