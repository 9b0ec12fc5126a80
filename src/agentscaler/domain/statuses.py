"""What enum values say: as words, and of a status whether it comes first, passes or ends things."""

import re
from collections.abc import Sequence

from agentscaler.domain.domain import Column

__all__ = ["bare_values", "first_status", "is_over", "is_passing", "is_trouble", "spoken_value"]

_FIRST = (
    "draft", "new", "created", "pending", "open", "submitted", "queued", "requested", "scheduled",
    "enabled", "active", "available", "ready", "running", "in_progress", "not_started", "creating",
)  # fmt: skip
_OVER = (
    "delet", "terminat", "cancel", "abort", "complete", "succe", "fail", "expire", "closed",
    "reject", "declin", "error", "retired", "ended", "finished", "timed", "revoked", "stopped_by",
    "delivered", "refunded", "returned", "withdrawn", "voided",
)  # fmt: skip
_SETTLED = frozenset({"running", "pending", "waiting", "processing", "missing"})


def bare_values(values: Sequence[str]) -> dict[str, str]:
    """Each value folded, less the words that all begin with: `STATE_PAUSED` -> paused."""
    words = {value: _fold(value).split("_") for value in values}
    shared = 0
    shortest = min((len(one) for one in words.values()), default=1)
    while shared < shortest - 1 and len({one[shared] for one in words.values()}) == 1:
        shared += 1
    return {
        value: "_".join(one[shared if len(values) > 1 else 0 :]) for value, one in words.items()
    }


def spoken_value(value: str, values: Sequence[str]) -> str:
    """An enum value as a person says it: `IN_PROGRESS` -> "in progress".

    Args:
        values: all values of its enum.
    """
    if re.fullmatch(r"[A-Za-z]?[a-z]+([A-Z][a-z]+)+", value):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", value).lower()
    if re.search(r"[a-z][A-Z]|[./:]", value):
        return value  # a word of its own kind: LoRaWAN, scn.data.forecast
    return bare_values(values).get(value, _fold(value)).replace("_", " ")


def first_status(column: Column) -> str:
    """The status that a new row starts in."""
    bare = {word: value for value, word in bare_values(column.enum).items()}
    for word in _FIRST:
        if word in bare:
            return bare[word]
    good = [v for v in column.enum if not (is_passing(v) or is_over(v) or is_trouble(v))]
    return (good or column.enum)[0]


def is_passing(value: str) -> bool:
    """Whether a status is one that a thing only passes through ("STOPPING")."""
    folded = value.lower()
    return folded.endswith("ing") and folded not in _SETTLED


def is_over(value: str) -> bool:
    """Whether a status says that a thing has come to its end."""
    return any(word.startswith(_OVER) for word in _fold(value).split("_"))


def is_trouble(value: str) -> bool:
    """Whether a status says that something went wrong."""
    folded = value.lower()
    return any(word in folded for word in ("fail", "error", "reject", "denied", "invalid"))


def _fold(value: str) -> str:
    return value.lower().replace("-", "_").replace(" ", "_")
