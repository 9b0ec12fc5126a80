"""Settings of the domain stage."""

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.domain.packaged import packaged_names

__all__ = ["DomainSettings"]


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
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_tools: int = Field(default=5, ge=3)
    trials: int = Field(default=200, ge=4)
    faults: int = Field(default=0, ge=0)
    limit: int | None = Field(default=None, ge=1)
    verticals: tuple[str, ...] = ()

    @property
    def wanted_verticals(self) -> tuple[str, ...]:
        """The names of the verticals, each once."""
        if "all" in self.verticals:
            return packaged_names()
        return tuple(dict.fromkeys(self.verticals))
