"""Where a requirement turns from met to unmet: the calls in which a slip by one shows.

In: arguments that meet every requirement, and the names of numbers among them that requirements
speak of.  Out: the same arguments with one such number moved to the last value that is accepted, or
to the first that is not.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from agentscaler.world.model import Model

__all__ = ["to_the_edge"]

_FARTHEST = 2**31
_HUNDREDTH = 100


def to_the_edge(
    tool: str,
    arguments: dict[str, Any],
    names: Sequence[str],
    properties: Mapping[str, Any],
    model: Model,
    rng: random.Random,
) -> dict[str, Any]:
    """The arguments with one of `names` at the edge; as they are where there is no edge."""
    present = [name for name in names if name in arguments]
    if not present:
        return arguments
    name = rng.choice(present)
    scale = 1 if properties[name].get("type") == "integer" else _HUNDREDTH
    least = properties[name].get("minimum", -_FARTHEST) * scale
    most = properties[name].get("maximum", _FARTHEST) * scale

    def at(units: int) -> dict[str, Any]:
        return {**arguments, name: units if scale == 1 else units / scale}

    def holds(units: int) -> bool:
        return not model.unmet(tool, at(units))

    start = round(arguments[name] * scale)
    for step in (1, -1):
        inside, outside = start, start + step
        while least <= outside <= most and holds(outside):
            inside, outside = outside, outside + 2 * (outside - start)
        outside = int(min(max(outside, least), most))
        if holds(outside):
            continue
        while abs(outside - inside) > 1:
            middle = (inside + outside) // 2
            inside, outside = (middle, outside) if holds(middle) else (inside, middle)
        return at(rng.choice((inside, outside)))
    return arguments
