"""Parts of certified domains made anew by a language model, held to the same checks."""

from agentscaler.domain.remaking.remake import DOMAIN_PROMPTS, Remade, remake_domain

__all__ = ["DOMAIN_PROMPTS", "Remade", "remake_domain"]
