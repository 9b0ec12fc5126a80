"""How a fact is told outside its request: one list for the one who says it and the one who hears.

"4" alone may stand in a conversation for any reason.  "The new priority is 4" tells the fact.
"""

from agentscaler.rollout.wording import fold, quote_long
from agentscaler.task.task import Fact

__all__ = [
    "ARE",
    "COLON",
    "CORRECTIONS",
    "FOR",
    "IS",
    "SHOULD_BE",
    "STATEMENTS",
    "noun_of",
    "owner_of",
    "statements",
]

IS, ARE, SHOULD_BE, FOR, COLON = (
    "{noun} is {said}",
    "{noun} are {said}",
    "{noun} should be {said}",
    "{said} for {noun}",
    "{noun}: {said}",
)
STATEMENTS = (
    *(IS, ARE, SHOULD_BE, FOR, COLON),
    *("{noun} would be {said}", "{said} as {noun}", "{noun} {said}"),
)
"""Ways to tell a fact with its noun ("the due date")."""

CORRECTIONS = (
    "make {noun} {said}",
    "make that {said}",
    "make it {said}",
    "I meant {said}",
    "{said} instead",
    "{noun} should be {said}",
    "let's go with {said}",
)
"""Ways to put a value in the place of one that was told before."""


def noun_of(fact: Fact) -> str:
    """A fact in words, without whose it is ("the due date" of "the due date of the loan")."""
    return _parts(fact)[0]


def owner_of(fact: Fact) -> str:
    """Whose a fact is ("the loan" of "the due date of the loan"); "" if nothing says it."""
    return _parts(fact)[1]


def _parts(fact: Fact) -> tuple[str, str]:
    """What stands before and behind the last "of" of a label, or the "for" of a reason."""
    if " reason for " in fact.label:
        noun, _, owner = fact.label.rpartition(" for ")
        return noun, owner
    noun, _, owner = fact.label.rpartition(" of ")
    return (noun, owner) if noun else (owner, "")


def statements(fact: Fact) -> tuple[str, ...]:
    """Every way of telling a fact outside its request, folded.

    A switch says itself what it is ("sync on"), unless it is bare ("on").
    """
    if isinstance(fact.value, bool) and " " in fact.said:
        return (fold(fact.said),)
    noun = noun_of(fact)
    plain = noun.replace("the new ", "the ", 1)
    nouns = dict.fromkeys((noun, plain, fact.label, f"my {noun.removeprefix('the ')}"))
    return tuple(
        fold(form.format(noun=noun, said=said))
        for said in dict.fromkeys((fact.said, quote_long(fact.said)))
        for noun in nouns
        for form in (*STATEMENTS, *CORRECTIONS)
    )
