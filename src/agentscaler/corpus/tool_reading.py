"""`ToolReading`: what the rules of later stages read from a tool, as far as its texts may not
contradict it and a new text may not change it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from agentscaler.corpus.tool import Effect, ToolSpec

__all__ = ["ReadTool", "ToolReading"]


@dataclass(frozen=True)
class ToolReading:
    """One tool, as rules understand it.

    Attributes:
        kind: "create", "get", "list", "count", "update", "delete", "link", "unlink", or "action"
            for anything else.
        resource: what it acts on, in snake case; "" where no noun could be found.
        more: all else that must stay the same; compared, never looked into.
    """

    effect: Effect
    kind: str
    resource: str
    more: Hashable = ()


ReadTool = Callable[[ToolSpec], ToolReading]
