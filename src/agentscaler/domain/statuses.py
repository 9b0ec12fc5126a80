"""What the values of a status column say: which one comes first, which ones are in passing."""

from agentscaler.domain.domain import Column

__all__ = ["first_status", "is_over", "is_passing", "is_trouble"]

_FIRST = (
    "draft", "new", "created", "pending", "open", "submitted", "queued", "requested", "scheduled",
    "enabled", "active", "available", "ready", "running", "in_progress", "not_started", "creating",
)  # fmt: skip
_OVER = (
    "delet", "terminat", "cancel", "abort", "complete", "succe", "fail", "expire", "closed",
    "reject", "declin", "error", "retired", "ended", "finished", "timed", "revoked", "stopped_by",
)  # fmt: skip
_SETTLED = frozenset({"running", "pending", "waiting", "processing", "missing"})


def first_status(column: Column) -> str:
    """The status that a new row starts in."""
    folded = {value.lower().replace("-", "_").replace(" ", "_"): value for value in column.enum}
    return next((folded[word] for word in _FIRST if word in folded), column.enum[0])


def is_passing(value: str) -> bool:
    """Whether a status is one that a thing only passes through ("STOPPING")."""
    folded = value.lower()
    return folded.endswith("ing") and folded not in _SETTLED


def is_over(value: str) -> bool:
    """Whether a status says that a thing has come to its end."""
    return value.lower().replace("-", "_").replace(" ", "_").startswith(_OVER)


def is_trouble(value: str) -> bool:
    """Whether a status says that something went wrong."""
    folded = value.lower()
    return any(word in folded for word in ("fail", "error", "reject", "denied", "invalid"))
