"""Finding the record that a person means: by id, by a part of it, by number, or at random."""

import difflib
import random
from collections.abc import Sequence

from agentscaler.errors import InputError

__all__ = ["choose"]

_SHOWN = 5


def choose(ids: Sequence[str], wanted: str, noun: str, rng: random.Random) -> str:
    """The one id of `ids` that `wanted` means.

    Args:
        wanted: an id, the beginning of just one id, "#3" or "3" for the third, or "random".
        noun: what the ids belong to, in the singular, for error messages.

    Raises:
        InputError: there are none at all, none such, or several.
    """
    if not ids:
        raise InputError(f"The run holds no {noun} yet.", "Run the stage that makes them first.")
    if wanted in ids:
        return wanted
    if wanted == "random":
        return rng.choice(ids)
    number = wanted.removeprefix("#")
    if number.isdecimal():
        if 1 <= int(number) <= len(ids):
            return ids[int(number) - 1]
        raise InputError(
            f"There is no {noun} number {number}.", f"The run holds #1 to #{len(ids)}."
        )
    matches = [name for name in ids if name.startswith(wanted)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise InputError(
            f"{len(matches):,} {noun} ids begin with {wanted}.",
            f"Give more of it, for example {', '.join(matches[:_SHOWN])}.",
        )
    near = difflib.get_close_matches(wanted, ids, n=_SHOWN, cutoff=0.4)
    near = near or [name for name in ids if wanted.lower() in name.lower()][:_SHOWN]
    raise InputError(
        f"There is no {noun} {wanted}.",
        f"Near it: {', '.join(near)}." if near else f"The first is {ids[0]}.",
    )
