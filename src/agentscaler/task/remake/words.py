"""Where words stand in a text, letter by letter and as whole words."""

import re
from collections.abc import Mapping

__all__ = ["is_telling", "occurrences", "replaced", "stands"]

_SHORTEST_TELLING = 5


def occurrences(said: str, text: str) -> list[int]:
    """Where `said` stands in `text` as whole words; "5" stands neither in "15" nor in "5.25"."""
    if not said:
        return []
    return [match.start() for match in _pattern([said]).finditer(text)]


def stands(said: str, text: str) -> bool:
    return bool(occurrences(said, text))


def is_telling(said: str) -> bool:
    """Whether words can hardly stand anywhere by chance, as "3" and "open" can."""
    return len(said) >= _SHORTEST_TELLING and not re.fullmatch(r"[a-z ]+|[\d.,]+", said)


def replaced(text: str, others: Mapping[str, str]) -> str:
    """The text with other words in the place of some, all at once."""
    if not others:
        return text
    return _pattern(sorted(others, key=len, reverse=True)).sub(lambda match: others[match[0]], text)


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    alternatives = "|".join(map(re.escape, phrases))
    return re.compile(rf"(?<![\w])(?<!\d[.,])(?:{alternatives})(?!\w)(?![.,:]\d)")
