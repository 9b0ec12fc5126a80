"""Settings of the pool."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.corpus.noise import NoiseCategory
from agentscaler.settings import wanted

__all__ = ["PoolSettings", "ToolPart"]

ToolPart = Literal["description", "quality"]
"""What a language model may make anew."""

KeepOrDrop = Literal["keep", "drop"]


class PoolSettings(BaseModel):
    """How the pool is cleaned, and how much of it is taken.

    Attributes:
        language: "en" rejects operations described in another language, "any" keeps them.
        min_description: a description with fewer characters gives way to one made from the
            operation's name and its service's title.
        max_parameters: an operation with more is rejected.
        deprecated: whether operations that their document marks as deprecated are dropped.
        older_versions: whether an API of which a source holds a newer version is dropped; what is
            kept is a service of its own, with its version in the name.
        duplicates: what an operation is compared with: nothing ("keep"; ids must differ even so),
            the operations of its "service" or "provider", or of all sources ("everywhere").
        noise: kinds of transport fields left out of parameters and results.
        service_cap: most tools of one service; of a larger one a fixed sample is taken.
        provider_cap: most tools of one provider; services are taken whole while they fit.
        limit: stop after the service with which the pool reaches this many tools; None takes all.
        model_parts: what a language model makes anew of each tool ("all": everything it can); what
            it makes is checked, and the draft stays where it does not hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["en", "any"] = "en"
    min_description: int = Field(default=10, ge=0)
    max_parameters: int = Field(default=40, ge=1)
    deprecated: KeepOrDrop = "drop"
    older_versions: KeepOrDrop = "drop"
    duplicates: Literal["keep", "service", "provider", "everywhere"] = "everywhere"
    noise: tuple[NoiseCategory, ...] = tuple(NoiseCategory)
    service_cap: int | None = Field(default=None, ge=1)
    provider_cap: int | None = Field(default=None, ge=1)
    limit: int | None = Field(default=None, ge=1)
    model_parts: tuple[ToolPart | Literal["all"], ...] = ()

    @property
    def wanted_parts(self) -> frozenset[str]:
        """What a model makes."""
        return wanted(self.model_parts, get_args(ToolPart))
