"""A service of a source, and what reading it gives.

Readers list the services they see without opening them, so that a slice of a large source costs
only the documents it uses.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.tool import ToolSpec
from agentscaler.ledger import Rejection

__all__ = ["MALFORMED", "Reading", "Service", "malformation"]

MALFORMED = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, AttributeError),
    *(RecursionError, zlib.error),
)
"""What taking a document apart can raise that is not what its form says it should be."""


@dataclass
class Reading:
    """What came of one service's documents; every operation in them is in one of the two lists.

    `cut_references` counts the references in them that lead nowhere, or out of their folder.
    """

    tools: list[ToolSpec] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    cut_references: int = 0

    def reject(self, identity: str, reason: PoolReason, detail: str = "") -> None:
        self.rejections.append(Rejection(stage="pool", id=identity, reason=reason, detail=detail))


@dataclass(frozen=True)
class Service:
    """One service, not read yet; `name` is `provider.service`, or a file's name."""

    name: str
    read: Callable[[], Reading]


def malformation(error: BaseException) -> str:
    """What is wrong with a document, for a rejection's detail."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
