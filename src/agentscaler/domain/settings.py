"""Settings of the domain stage."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DomainSettings"]


class DomainSettings(BaseModel):
    """How domains are made.

    Attributes:
        min_tools: a domain with fewer certified tools is dropped.
        trials: state-aware trial calls a tool in the certificate.
        limit: at most so many domains; None for all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_tools: int = Field(default=5, ge=3)
    trials: int = Field(default=40, ge=4)
    limit: int | None = Field(default=None, ge=1)
