"""Which of a domain's tools an agent is shown, where it is not shown them all."""

import random
from collections.abc import Collection, Sequence

from agentscaler.task.task import Task

__all__ = ["needed_tools", "shown_tools"]


def needed_tools(task: Task) -> frozenset[str]:
    """The names of the tools that the gold solution calls."""
    return frozenset(call.tool for call in task.gold)


def shown_tools(
    names: Sequence[str], needed: Collection[str], most: int | None, seed: str
) -> list[str]:
    """At most `most` of the names, in their order: the needed ones, and others drawn by the seed.

    More than `most` are shown only where more are needed.  None shows every one.  It is an easier
    setting than a domain with all its tools, for models that are too small for that: a result says
    which of the two it is about.
    """
    if most is None or len(names) <= most:
        return list(names)
    others = [name for name in names if name not in needed]
    room = max(most - (len(names) - len(others)), 0)
    shown = {*needed, *random.Random(seed).sample(others, room)}
    return [name for name in names if name in shown]
