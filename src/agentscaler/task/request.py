"""Requests as sentences: fragments joined, with what is told and what is kept back."""

from collections.abc import Collection, Sequence

from agentscaler.task.task import Fragment, Goal

__all__ = ["intent_text", "request_text", "wish_text"]


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


def wish_text(goal: Goal, told: Collection[str]) -> str:
    """A wish as it is said when only the facts called `told` may be told: in a model's words where
    there are any and all of their facts are among them, else in those of its request."""
    names = {name for fragment in goal.request for name in fragment.facts}
    return goal.wording if goal.wording and names <= set(told) else request_text(goal.request, told)


def intent_text(goals: Sequence[Goal]) -> str:
    """All wishes of a task with every fact, as whole sentences."""
    return " ".join(
        goal.wording or f"{'Then' if number else 'Please'} {request_text(goal.request)}."
        for number, goal in enumerate(goals)
    )
