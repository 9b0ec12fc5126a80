"""Requests as sentences: fragments joined, with what is told and what is kept back."""

from collections.abc import Collection, Sequence

from agentscaler.task.task import Fragment, Goal

__all__ = ["intent_text", "request_text"]


def request_text(request: Sequence[Fragment], withheld: Collection[str] = ()) -> str:
    """A request in words; fragments with a fact in `withheld` stay vague."""
    pieces = (
        fragment.vague if any(fact in withheld for fact in fragment.facts) else fragment.text
        for fragment in request
    )
    return " ".join(piece for piece in pieces if piece)


def intent_text(goals: Sequence[Goal]) -> str:
    """All wishes of a task with every fact, as plain sentences."""
    sentences = [request_text(goal.request) for goal in goals]
    first = f"Please {sentences[0]}."
    return " ".join([first, *(f"Then {sentence}." for sentence in sentences[1:])])
