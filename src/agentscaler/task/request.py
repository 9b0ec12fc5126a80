"""Requests as sentences: fragments joined, with what is told and what is kept back."""

from collections.abc import Collection, Sequence

from agentscaler.task.task import Fragment, Goal

__all__ = ["intent_text", "request_text"]


def request_text(request: Sequence[Fragment], told: Collection[str] | None = None) -> str:
    """A request as a verb phrase.

    Args:
        told: names of the facts that may be told, None for all; a fragment with another fact is
            said vaguely.
    """
    pieces = (
        fragment.text if told is None or set(fragment.facts) <= set(told) else fragment.vague
        for fragment in request
    )
    return " ".join(piece for piece in pieces if piece)


def intent_text(goals: Sequence[Goal]) -> str:
    """All wishes of a task with every fact, as whole sentences."""
    return " ".join(
        goal.wording or f"{'Then' if number else 'Please'} {request_text(goal.request)}."
        for number, goal in enumerate(goals)
    )
