"""`Verdict` and `Scores`: what the two scorers say of one answer."""

from dataclasses import dataclass
from typing import Any

__all__ = ["RIGHT", "Scores", "Verdict", "shown", "wrong"]

_MOST_SHOWN = 300


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right.

    Attributes:
        reason: of a wrong answer, a short name ("wrong_value"); "" for a right one.
        detail: for a person.
    """

    right: bool
    reason: str = ""
    detail: str = ""


RIGHT = Verdict(True)


def wrong(reason: str, detail: str = "") -> Verdict:
    """The verdict on a wrong answer."""
    return Verdict(False, reason, detail)


def shown(value: Any) -> str:
    """A value for a person, shortened where it is long; numbers of thousands of digits too."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        return f"a {type(value).__name__} too long to be written"
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


@dataclass(frozen=True)
class Scores:
    """What came of one answer.

    Attributes:
        parity: as the official scorer judges it, defects and all.
        fixed: without its defects.
        parity_process, fixed_process: of agents, the share of the milestones that were passed, in
            their order; None for the other kinds, and where the official scorer breaks down.
    """

    parity: Verdict
    fixed: Verdict
    parity_process: float | None = None
    fixed_process: float | None = None
