"""`Persona`: a way of speaking, as one bank of phrases for each purpose.

`{request}` is a verb phrase put to the agent ("Could you ..."), `{wish}` one with the user as its
subject ("I'd like to ..."), `{question}` a question as it stands ("{Question}?").  `[this|that]`
is a choice (see `phrases`).
"""

from dataclasses import dataclass

__all__ = ["Persona"]


@dataclass(frozen=True)
class Persona:
    """A way of speaking.

    Attributes:
        greetings: stand before an opening; "" opens right away.
        talk: a line of small talk, or why the user writes, between greeting and request.
        talkative: how often there is such a line.
        asks, wishes, questions: open with one request.
        pairs: open with two, {first} and {second}.
        next_asks, next_wishes, next_questions: bring up a further request after a report.
        leads: stand before facts that the agent asked for; "" says them right away.
        repeats: the same, for facts that were told before.
        agreements: answer a question for confirmation.
        puzzled: answer a question that the user cannot answer.
        closings: end the conversation.
        sparing: how often only one is told of several facts that the agent asked for.
        forthcoming: how often facts that the agent did not ask for are told along with others.
    """

    name: str
    greetings: tuple[str, ...]
    talk: tuple[str, ...]
    talkative: float
    asks: tuple[str, ...]
    wishes: tuple[str, ...]
    questions: tuple[str, ...]
    pairs: tuple[str, ...]
    next_asks: tuple[str, ...]
    next_wishes: tuple[str, ...]
    next_questions: tuple[str, ...]
    leads: tuple[str, ...]
    repeats: tuple[str, ...]
    agreements: tuple[str, ...]
    puzzled: tuple[str, ...]
    closings: tuple[str, ...]
    sparing: float = 0.1
    forthcoming: float = 0.3
