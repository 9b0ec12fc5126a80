"""Further initial states of a domain, beside those that it came with.

In: a domain, the name of one of its states, a seed.  Out: the image of a state of that size whose
rows have other ids, names, times and values, made in the way in which the domain's own were made.
"""

import hashlib

from agentscaler.domain.domain import Domain
from agentscaler.domain.populate import STATE_SIZES, populate
from agentscaler.domain.rules import supply_rules
from agentscaler.domain.verticals.load import draft_vertical
from agentscaler.errors import InputError
from agentscaler.world.model import Model

__all__ = ["fresh_state"]


def fresh_state(domain: Domain, like: str, seed: str) -> bytes:
    """An initial state like the one called `like`, in which every rule of the domain holds.

    Args:
        seed: any text; the same text gives the same bytes.

    Raises:
        InputError: nothing says how big such a state is, or a rule does not hold in it.
    """
    if like not in STATE_SIZES:
        raise InputError(
            f"Nothing says how big the state {like} of {domain.id} is.",
            f"Name one of {', '.join(STATE_SIZES)}.",
        )
    image = _image(domain, like, seed)
    manifest = domain.manifest
    queries = {rule.id: rule.broken for rule in manifest.rules if rule.broken}
    broken = Model(image, (), now=manifest.now).broken(queries)
    if broken:
        raise InputError(f"A fresh state of {domain.id} breaks {', '.join(broken)}.")
    return image


def _image(domain: Domain, like: str, seed: str) -> bytes:
    manifest = domain.manifest
    if manifest.engine == "curated":
        number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:6], "big")
        return draft_vertical(manifest.id, number).states[like]
    settle = supply_rules(manifest.table, manifest.tools).settle
    return populate(manifest.tables, STATE_SIZES[like], seed, manifest.now, settle, manifest.values)
