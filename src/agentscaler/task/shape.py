"""The shape of a gold solution: which tools feed which, whatever the values are.

Two tasks of one shape ask for the same deeds, on other rows and with other values.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from agentscaler.task.origins import origins
from agentscaler.task.task import GoldCall, Provenance

__all__ = ["call_shape", "shape_of"]


def shape_of(gold: Sequence[GoldCall]) -> bytes:
    """Equal for solutions with the same tools in the same order, fed from the same places."""
    return orjson.dumps([call_shape(call) for call in gold])


def call_shape(call: GoldCall) -> list[Any]:
    """The tool, and by argument where its values come from."""
    return [call.tool, [[name, *_place(origin)] for name, origin in origins(call)]]


def _place(origin: Provenance) -> list[Any]:
    """A place in results without positions: which row of a list it is depends on the state."""
    path = [step if isinstance(step, str) else "*" for step in origin.path]
    return [origin.origin, origin.call, path]
