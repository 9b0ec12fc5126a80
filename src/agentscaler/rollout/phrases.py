"""`Voice`: one speaker's choice among phrases, seeded and without repeating itself.

A phrase may hold values, `{name}`, and choices, `[this|that|]`, of which one is taken; choices may
hold values, but no choices.
"""

import random
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

__all__ = ["PlainVoice", "Voice", "expansions", "fill", "seeded"]

_CLOSED = (".", "?", "!", '."', ".”", '?"', "?”", '!"')
_CHOICE = re.compile(r"\[([^\]]*)\]")
_SPARED = re.compile(r"[{}'\d]")
_SHORTEST_TYPO = 5

Item = TypeVar("Item")


class Voice:
    """Draws phrases from banks; one that was used comes again only when its bank is used up.

    Args:
        typo_rate: chance that a phrase that is said loosely has a slip of the keyboard in it.
    """

    def __init__(self, rng: random.Random, typo_rate: float = 0.0) -> None:
        self._rng = rng
        self._typo_rate = typo_rate
        self._used: set[str] = set()

    def say(self, bank: Sequence[str], **values: str) -> str:
        """A phrase of `bank`, filled in."""
        return fill(self._phrase(bank), **values)

    def say_loosely(self, bank: Sequence[str], **values: str) -> str:
        """The same, now and then with a slip in the phrase's own words; never in a value."""
        phrase = self._phrase(bank)
        if self._rng.random() < self._typo_rate:
            phrase = _mistyped(phrase, self._rng)
        return fill(phrase, **values)

    def chance(self, probability: float) -> bool:
        return self._rng.random() < probability

    def pick(self, items: Sequence[Item]) -> Item:
        """One of `items`, whether it was used before or not."""
        return self._rng.choice(items)

    def _phrase(self, bank: Sequence[str]) -> str:
        fresh = [phrase for phrase in bank if phrase not in self._used] or list(bank)
        phrase = self._rng.choice(fresh)
        if phrase:
            self._used.add(phrase)
        return "".join(
            part if isinstance(part, str) else self._rng.choice(part) for part in _parts(phrase)
        )


class PlainVoice(Voice):
    """A voice with one phrase for each purpose, the first: what variety is measured against."""

    def chance(self, probability: float) -> bool:
        return False

    def pick(self, items: Sequence[Item]) -> Item:
        return items[0]

    def _phrase(self, bank: Sequence[str]) -> str:
        return "".join(part if isinstance(part, str) else part[0] for part in _parts(bank[0]))


def seeded(seed: str) -> random.Random:
    """The random numbers of one speaker in one episode."""
    return random.Random(seed)


def expansions(phrase: str) -> list[str]:
    """Every form of a phrase, in the order of its choices."""
    forms = [""]
    for part in _parts(phrase):
        options = (part,) if isinstance(part, str) else part
        forms = [form + option for form in forms for option in options]
    return forms


def fill(phrase: str, **values: str) -> str:
    """Puts values into `{name}`, or `{Name}` where a value may be written with a capital letter.

    A full stop after a value that already closes a sentence is left out.
    """
    if "{" not in phrase:
        return phrase
    for name, value in values.items():
        if value.endswith(_CLOSED):
            phrase = re.sub(rf'(\{{{name}\}}"?)\.', r"\1", phrase, flags=re.IGNORECASE)
    raised = {name.capitalize(): value[:1].upper() + value[1:] for name, value in values.items()}
    return phrase.format(**values, **raised)


@lru_cache(maxsize=4096)
def _parts(phrase: str) -> tuple[str | tuple[str, ...], ...]:
    """A phrase as plain text and choices in turn."""
    pieces = _CHOICE.split(phrase)
    return tuple(
        tuple(piece.split("|")) if number % 2 else piece for number, piece in enumerate(pieces)
    )


def _mistyped(phrase: str, rng: random.Random) -> str:
    """The phrase with two letters of one longer word swapped, or one left out or doubled."""
    words = phrase.split(" ")
    places = [
        number
        for number, word in enumerate(words)
        if len(word.strip(".,?!:")) >= _SHORTEST_TYPO and not _SPARED.search(word)
    ]
    if not places:
        return phrase
    place = rng.choice(places)
    word = words[place]
    at = rng.randrange(1, len(word.strip(".,?!:")) - 2)
    slips = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
    )
    words[place] = rng.choice([slip for slip in slips if slip != word])
    return " ".join(words)
