"""What an agent reports when a wish is served: whole sentences, in one of several shapes.

Every value stands in a report as the answers of its goal expect it.
"""

import random
from collections.abc import Sequence
from typing import Any

from agentscaler.corpus.english import capital, listing, plural_noun
from agentscaler.domain.domain import Column, Table
from agentscaler.task.speech import states

__all__ = ["Reporter"]

_LINES_FROM = 3
_LINES = 0.4

Field = tuple[Column, Any]


class Reporter:
    """Words the reports of one walk."""

    def __init__(self, rng: random.Random) -> None:
        self.random = rng

    def told(self, reference: str, fields: Sequence[Field]) -> str:
        """What a row holds."""
        clauses = [states(column, value) for column, value in fields]
        stated = listing(clauses)
        shapes = [f"For {reference}, {stated}.", f"{capital(stated)}."]
        if len(fields) == 1:
            shapes.append(f"{capital(states(*fields[0], of=reference))}.")
        else:
            shapes.append(f"This is what is on record for {reference}: {stated}.")
            lines = "\n".join(f"- {capital(clause)}" for clause in clauses)
            shapes.append(f"{capital(reference)}:\n{lines}")
        return self.random.choice(shapes)

    def changed(self, reference: str, fields: Sequence[Field]) -> str:
        """What a row holds from now on."""
        stated = listing([states(column, value, now=True) for column, value in fields])
        shapes = [
            f"For {reference}, {stated}.",
            f"{capital(stated)}.",
            f"I've updated {reference}: {stated}.",
            f"{capital(reference)} is up to date; {stated}.",
        ]
        if len(fields) == 1:
            shapes.append(f"{capital(states(*fields[0], now=True, of=reference))}.")
        return self.random.choice(shapes)

    def created(self, reference: str, key: str) -> str:
        """That a row was made.

        Args:
            key: its key, if the user does not know it; else "".
        """
        made = self.random.choice(
            (
                f"{capital(reference)} has been created",
                f"I've created {reference}",
                f"{capital(reference)} is in place",
                f"{capital(reference)} now exists",
            )
        )
        if not key:
            return f"{made}."
        return made + self.random.choice(
            (f". Its ID is {key}.", f"; its ID is {key}.", f" and has the ID {key}.")
            if not made.startswith("I've")
            else (f". Its ID is {key}.", f" with the ID {key}.")
        )

    def done(self, reference: str, past: str, rest: str = "") -> str:
        """That something was done to a row.

        Args:
            past: the past participle of the deed.
            rest: what stands behind it ("to the team Blue").
        """
        shapes = (f"{capital(reference)} has been {past}", f"I've {past} {reference}")
        return f"{self.random.choice(shapes)} {rest}".rstrip() + "."

    def counted(self, table: Table, many: int) -> str:
        """How many rows there are."""
        there, what = _counted(table, many)
        shapes = [f"{there} {what}.", f"I found {what}.", f"I see {what} on record."]
        return self.random.choice(shapes)

    def named(self, table: Table, names: Sequence[str]) -> str:
        """Which rows there are."""
        there, what = _counted(table, len(names))
        if len(names) >= _LINES_FROM and self.random.random() < _LINES:
            lines = "\n".join(f"- {name}" for name in names)
            return f"{self.random.choice((f'{there} {what}', f'I found {what}'))}:\n{lines}"
        shapes = [f"{there} {what}: {listing(names)}.", f"I found {what}: {listing(names)}."]
        if len(names) > 1:
            shapes.append(f"The {plural_noun(table.noun)} are {listing(names)}.")
        else:
            shapes.append(f"There is only one {table.noun}, {names[0]}.")
        return self.random.choice(shapes)


def _counted(table: Table, many: int) -> tuple[str, str]:
    """ "There are" and "3 trips", "There is" and "one trip", "There are" and "no trips"."""
    if many == 1:
        return "There is", f"one {table.noun}"
    return "There are", f"{many or 'no'} {plural_noun(table.noun)}"
