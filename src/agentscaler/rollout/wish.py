"""`Wish`: one request in the words of a scripted user, and the small print of putting it."""

from collections.abc import Sequence
from dataclasses import dataclass

from agentscaler.rollout.personas import PERSONAS, Persona
from agentscaler.rollout.rewording import pointed
from agentscaler.task.task import Fragment, Task

__all__ = ["Wish", "closes", "join_lead", "personas_of", "pointing"]


@dataclass(frozen=True)
class Wish:
    """One request in words.

    Attributes:
        ask, wish, question: the request with the agent as its subject, with the user, and as a
            question; "" where it cannot be put so.
        before, after: sentences around it; "" for none.
        whole: the request in whole sentences that are said as they are, in the place of all this.
        vague: whether something of it is kept back, or told beside it.
        changed: whether it holds a value that will be put right.
    """

    ask: str
    wish: str
    question: str
    before: str = ""
    after: str = ""
    whole: str = ""
    vague: bool = False
    changed: bool = False


def personas_of(task: Task) -> Sequence[Persona]:
    """The manners that the user of a task may have."""
    if task.persona is None:
        return PERSONAS
    return [one for one in PERSONAS if one.name == task.persona.manner] or PERSONAS


def pointing(request: Sequence[Fragment], told: set[str]) -> list[Fragment]:
    """The request with its vague forms pointing back to the facts that were told before it."""
    return [
        fragment.model_copy(update={"vague": pointed(fragment.vague)})
        if fragment.facts and set(fragment.facts) <= told and pointed(fragment.vague)
        else fragment
        for fragment in request
    ]


def closes(phrase: str) -> bool:
    """Whether the request ends a phrase, so that nothing hangs behind a long one."""
    return phrase.rstrip(".?!").endswith(("{request}", "{Request}", "{wish}", "{Wish}"))


def join_lead(lead: str, words: str) -> str:
    """Words behind their lead, a list on lines of its own."""
    if not lead or not words:
        return lead or words
    if words.startswith("-"):
        return f"{lead}\n{words}"
    if lead.endswith(":") and words.startswith(("The ", "My ")):
        return f"{lead} {words[0].lower()}{words[1:]}"
    return f"{lead} {words}"
