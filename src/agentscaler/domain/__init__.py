"""Communities of tools in, certified domains out."""

from agentscaler.domain.build import DomainOutcome, build_domains
from agentscaler.domain.certificate import Certificate
from agentscaler.domain.domain import Domain, DomainManifest
from agentscaler.domain.folder import load_domain, save_domain
from agentscaler.domain.settings import DomainSettings
from agentscaler.domain.verticals import load_vertical, vertical_names

__all__ = [
    "Certificate",
    "Domain",
    "DomainManifest",
    "DomainOutcome",
    "DomainSettings",
    "build_domains",
    "load_domain",
    "load_vertical",
    "save_domain",
    "vertical_names",
]
