"""`Voice`: one speaker's choice among phrases, seeded and without repeating itself."""

import random
import re
from collections.abc import Sequence

__all__ = ["Voice", "fill", "seeded"]

_CLOSED = (".", "?", "!", '."', ".”", '?"', "?”", '!"')


class Voice:
    """Draws phrases from banks; one that was used comes again only when its bank is used up."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._used: set[str] = set()

    def say(self, bank: Sequence[str], **values: str) -> str:
        """A phrase of `bank`, filled in."""
        fresh = [phrase for phrase in bank if phrase not in self._used] or list(bank)
        phrase = self._rng.choice(fresh)
        if phrase:
            self._used.add(phrase)
        return fill(phrase, **values)

    def chance(self, probability: float) -> bool:
        return self._rng.random() < probability


def seeded(seed: str) -> random.Random:
    """The random numbers of one speaker in one episode."""
    return random.Random(seed)


def fill(phrase: str, **values: str) -> str:
    """Puts values into `{name}`, or `{Name}` where a value may be written with a capital letter.

    A full stop after a value that already closes a sentence is left out.
    """
    for name, value in values.items():
        if value.endswith(_CLOSED):
            phrase = re.sub(rf'(\{{{name}\}}"?)\.', r"\1", phrase, flags=re.IGNORECASE)
    raised = {name.capitalize(): value[:1].upper() + value[1:] for name, value in values.items()}
    return phrase.format(**values, **raised)
