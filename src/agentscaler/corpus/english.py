"""A little English grammar, for the sentences that the program writes."""

from collections.abc import Sequence

from agentscaler.words import plural

__all__ = ["capital", "gerund", "listing", "past", "plural_noun", "with_article"]

_DOUBLED = frozenset(
    {"admit", "cancel", "commit", "permit", "plan", "run", "ship", "stop", "submit", "swap"}
)
_PAST = {"begin": "begun", "put": "put", "run": "run", "send": "sent", "undo": "undone"}


def capital(text: str) -> str:
    """`text` with its first letter large."""
    return text[:1].upper() + text[1:]


def with_article(noun: str) -> str:
    """A noun with "a" or "an"."""
    return f"{'an' if noun[:1].lower() in 'aeio' else 'a'} {noun}"


def plural_noun(noun: str) -> str:
    """The plural of a noun phrase: its last word in the plural."""
    *head, last = noun.split(" ")
    return " ".join([*head, plural(last)])


def listing(items: Sequence[str], word: str = "and") -> str:
    """Items as a list in a sentence: "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def gerund(verb: str) -> str:
    """The -ing form of a verb."""
    if verb.endswith("e") and not verb.endswith("ee"):
        return f"{verb[:-1]}ing"
    return f"{verb}{verb[-1] if verb in _DOUBLED else ''}ing"


def past(verb: str) -> str:
    """The past participle of a verb."""
    if verb in _PAST:
        return _PAST[verb]
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}{verb[-1] if verb in _DOUBLED else ''}ed"
