"""Whether a sentence says that a tool does what it does not: a read that deletes, a delete that
creates.

Only plain cases count.  APIs say "Returns a data key" of an operation that makes one, so an action
of no plain kind may be described in any words.
"""

import re

from agentscaler.corpus.tool_reading import ToolReading

__all__ = ["contradiction", "leading_verb"]

_MAKES = frozenset("add allocate create insert register".split())
_CHANGES = frozenset("change edit modify overwrite patch rename replace set update".split())
_ENDS = frozenset("cancel delete deregister destroy drop erase purge remove terminate".split())
_READS = frozenset(
    "count describe display fetch find get list look query read retrieve return search show"
    " view".split()
)
_AGAINST = {
    "create": _ENDS | _READS,
    "link": _ENDS | _READS,
    "update": _ENDS | _READS,
    "delete": _MAKES | _CHANGES | _READS,
    "unlink": _MAKES | _READS,
}
_SIDE_EFFECTS = frozenset("create delete destroy erase modify purge remove update".split())
"""Of these a read is accused wherever they stand: "lists the jobs and deletes them"."""
_FURTHER = re.compile(
    r"(?:[.;] |\b(?:and|then|also|it) )(?:\w+ly )?(\w+s)"
    r"(?= (?!(?:about|by|for|from|in|of|on|to)\b))",
    re.IGNORECASE,
)
"""A verb later on, with what it is done to; "updates of" and "changes to" are nouns."""


def leading_verb(sentence: str) -> str:
    """The verb that a sentence such as "Permanently deletes a file." begins with, bare; "" where
    it begins otherwise."""
    words = re.findall(r"[A-Za-z]+", sentence)
    if words and words[0].endswith("ly"):
        words = words[1:]
    return _bare(words[0].lower()) if words else ""


def contradiction(does: str, rest: str, reading: ToolReading) -> str:
    """What a description claims against what the tool is known to do; "" where nothing.

    Args:
        does: the sentence that says what the tool does.
        rest: the other sentences.
    """
    lead = leading_verb(does)
    if reading.effect == "read":
        further = [_bare(word.lower()) for word in _FURTHER.findall(f"{does} {rest}")]
        found = [lead] if lead in _MAKES | _CHANGES | _ENDS else []
        wrong = next((verb for verb in [*found, *further] if verb in {*found, *_SIDE_EFFECTS}), "")
        return f"says that it can {wrong} something, and it only reads" if wrong else ""
    if lead in _AGAINST.get(reading.kind, ()):
        return f"begins with the verb {lead!r}, and what the tool does is: {reading.kind}"
    return ""


def _bare(verb: str) -> str:
    """The verb of "deletes", "modifies", "searches" or "delete"; "" of a word that is none."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("ches", "shes", "sses", "xes", "oes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb
