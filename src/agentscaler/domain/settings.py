"""Settings of the domain stage."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.domain.packaged import packaged_names
from agentscaler.settings import wanted

__all__ = ["DomainPart", "DomainSettings"]

DomainPart = Literal["schema", "values", "code", "actions", "policy", "edges"]
"""What a language model may make anew."""


class DomainSettings(BaseModel):
    """How domains are made.

    Attributes:
        min_tools: a domain with fewer certified tools is dropped.
        trials: state-aware trial calls a tool in the certificate.
        faults: so many faults are seeded into the tools of each certified domain, to see how many
            of them its checks catch; it takes about 0.02 s a fault.
        limit: at most so many domains; None for all.
        verticals: names of verticals of the package that come first among the domains; "all" is
            every one.
        model_parts: what a language model makes anew of each domain ("all": everything it can);
            what it makes is checked, and the rules' draft stays where it does not hold.
        most_actions: so many operations a domain, which rules could not bind, a model is asked
            about at most.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_tools: int = Field(default=5, ge=3)
    trials: int = Field(default=200, ge=4)
    faults: int = Field(default=0, ge=0)
    limit: int | None = Field(default=None, ge=1)
    verticals: tuple[str, ...] = ()
    model_parts: tuple[DomainPart | Literal["all"], ...] = ()
    most_actions: int = Field(default=3, ge=1)

    @property
    def wanted_verticals(self) -> tuple[str, ...]:
        """The names of the verticals, each once."""
        if "all" in self.verticals:
            return packaged_names()
        return tuple(dict.fromkeys(self.verticals))

    @property
    def wanted_parts(self) -> frozenset[str]:
        """What a model makes."""
        return wanted(self.model_parts, get_args(DomainPart))
