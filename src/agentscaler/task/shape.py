"""The shape of a gold solution: which tools feed which, whatever the values are.

Two tasks of one shape ask for the same deeds, on other rows and with other values.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from agentscaler.task.origins import origins
from agentscaler.task.task import GoldCall, Provenance

__all__ = ["shape_of"]


def shape_of(gold: Sequence[GoldCall]) -> list[bytes]:
    """The shape, call by call: the tool, and by argument where its value comes from.

    Facts count by the order in which they are first used, so that it shows which calls share one;
    places in results count without positions, since which row of a list it is depends on the state.
    """
    facts: dict[str, int] = {}
    return [
        orjson.dumps(
            [call.tool, [[name, *_place(origin, facts)] for name, origin in origins(call)]]
        )
        for call in gold
    ]


def _place(origin: Provenance, facts: dict[str, int]) -> list[Any]:
    if origin.fact is not None:
        return [origin.origin, facts.setdefault(origin.fact, len(facts))]
    path = [step if isinstance(step, str) else "*" for step in origin.path]
    return [origin.origin, origin.call, path]
