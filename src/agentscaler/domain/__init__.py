"""Communities of tools in, certified domains out."""

from agentscaler.domain.build import DomainOutcome, build_domains
from agentscaler.domain.certificate import Certificate
from agentscaler.domain.domain import Domain, DomainManifest
from agentscaler.domain.folder import load_domain, save_domain
from agentscaler.domain.remaking import DOMAIN_PROMPTS, Remade, remake_domain
from agentscaler.domain.settings import DomainSettings
from agentscaler.domain.verticals import load_vertical, vertical_names

__all__ = [
    "DOMAIN_PROMPTS",
    "Certificate",
    "Domain",
    "DomainManifest",
    "DomainOutcome",
    "DomainSettings",
    "Remade",
    "build_domains",
    "load_domain",
    "load_vertical",
    "remake_domain",
    "save_domain",
    "vertical_names",
]
