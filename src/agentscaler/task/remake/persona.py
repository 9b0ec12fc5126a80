"""What a model may say of who a user is: a short manner of writing, and nothing else."""

import re

__all__ = ["LONGEST_PERSONA", "persona_fault"]

LONGEST_PERSONA = 240

_PLAIN = re.compile(r"You [A-Za-z ,.;:'-]+[.]")
_SENTENCES = re.compile(r"[.](?: |$)")
_MOST_SENTENCES = 3
_RULES = re.compile(
    r"\b(?:ignore|instruction|instructions|rules?|assistant|tools?|prompt|system|database|"
    r"password|secret|identifiers?|never answer|refuse)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![.] )\b(?!I\b|You\b)[A-Z]")


def persona_fault(words: str) -> str:
    """What is wrong with a persona; "" if it may be played."""
    if not _PLAIN.fullmatch(words) or "  " in words:
        return 'the persona is not plain sentences beginning with "You", of letters only'
    if len(_SENTENCES.findall(words)) > _MOST_SENTENCES:
        return f"the persona has more than {_MOST_SENTENCES} sentences"
    found = _RULES.search(words)
    if found is not None:
        return f"the persona speaks of {found[0]!r}; say only how the person writes"
    if _NAME.search(words[1:]):
        return "the persona holds a name; say only how the person writes"
    return ""
