"""A service of a source, and what reading it gives.

Readers list the services they see without opening them, so that a slice of a large source costs
only the documents it uses.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.tool import ToolSpec
from agentscaler.ledger import Rejection

__all__ = ["Reading", "Service"]


@dataclass
class Reading:
    """What came of one service's documents; every operation in them is in one of the two lists."""

    tools: list[ToolSpec] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    def reject(self, identity: str, reason: PoolReason, detail: str = "") -> None:
        self.rejections.append(Rejection(stage="pool", id=identity, reason=reason, detail=detail))


@dataclass(frozen=True)
class Service:
    """One service, not read yet; `name` is `provider.service`, or a file's name."""

    name: str
    read: Callable[[], Reading]
