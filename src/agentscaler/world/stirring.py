"""States in which records belong to others than they did: cases that a tidy state never shows.

In: an image and the rules that hold of it.  Out: an image with the same rows, some of whose foreign
keys name other rows; every key still refers to a row, and no rule is broken that was not before.
"""

import random
from collections.abc import Mapping

from agentscaler.world.model import Model, quote

__all__ = ["stirred"]

_OWNERS = 3
"""One of so many rows is left with others that refer to it, for each foreign key anew."""


def stirred(image: bytes, rules: Mapping[str, str], rng: random.Random) -> bytes:
    """An image that differs from `image` in who belongs to whom.

    Args:
        rules: queries for rows that break a rule, by name.
    """
    with Model(image, (), now="") as model:
        before = model.broken(rules)
        for table, column, target, key in model.references():
            own = model.tables[table]
            if column in {own.columns[position] for position in own.key}:
                continue
            rows = model.rows(table)
            _give_away(model, table, column, model.keys(target, key), rng)
            if model.broken(rules) != before:
                model.adopt({table: rows})
        return model.image()


def _give_away(
    model: Model, table: str, column: str, others: list[object], rng: random.Random
) -> None:
    own = model.tables[table]
    here = " AND ".join(f"{quote(own.columns[position])} = ?" for position in own.key)
    statement = f"UPDATE OR IGNORE {quote(table)} SET {quote(column)} = ? WHERE {here}"
    owners = rng.sample(others, -(-len(others) // _OWNERS))
    for row in model.rows(table) if owners else ():
        model.select(statement, (rng.choice(owners), *(row[p] for p in own.key)))
    model.look_again()
