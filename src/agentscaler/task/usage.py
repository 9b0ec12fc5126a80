"""What the tasks of a domain have used so far, so that the next ones use something else.

Tools, tables, rows and lengths are counted as tasks are kept; what could not be grounded is counted
as it is tried, so that it does not stand first in line for ever.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from agentscaler.domain.domain import Domain, DomainTool
from agentscaler.task.roles import single_role
from agentscaler.task.task import GoldCall

__all__ = ["Usage"]

_LENGTHS = ((1, 2, 0.27), (3, 5, 0.36), (6, 9, 0.22), (10, 14, 0.1), (15, 20, 0.05))
"""Calls in a task, from and to, and the share of such tasks that is aimed at."""
_LOOKUP = 0.1
_FAILURE = 0.5
_TABLE = 0.5
_JITTER = 2.0

Row = tuple[str, str]
"""A table and a key."""


@dataclass
class Usage:
    """Counts for one domain.

    Attributes:
        tools: how often each was what a wish was about.
        lookups: how often each was called to find something out.
        failures: how often each could not be grounded.
        tables: how often each was what a call was about.
        rows: how often each was named, by state.
        lengths: tasks by the place of their length in the list of lengths.
    """

    domain: Domain
    tools: Counter[str] = field(default_factory=Counter)
    lookups: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    tables: Counter[str] = field(default_factory=Counter)
    rows: dict[str, Counter[Row]] = field(default_factory=dict)
    lengths: Counter[int] = field(default_factory=Counter)

    def rows_in(self, state: str) -> Counter[Row]:
        """How often each row of a state was named."""
        return self.rows.setdefault(state, Counter())

    def note(self, state: str, gold: Sequence[GoldCall]) -> None:
        """Counts what a task uses that was kept."""
        manifest = self.domain.manifest
        for call in gold:
            tool = manifest.tool[call.tool]
            (self.tools if call.purpose == "goal" else self.lookups)[call.tool] += 1
            self.tables[tool.table] += 1
            for name, value in call.arguments.items():
                role = single_role(manifest, tool.arguments[name])
                if role.kind in {"key", "reference", "holds"}:
                    keys = value if isinstance(value, list) else [value]
                    self.rows_in(state).update((role.table, key) for key in keys)
        self.lengths[_place(len(gold))] += 1

    def in_turn(self, tools: Sequence[DomainTool], rng: random.Random) -> list[DomainTool]:
        """Tools, those first that were used or tried least, with some chance in it."""
        on_table = Counter(tool.table for tool in self.domain.manifest.tools)

        def turn(tool: DomainTool) -> float:
            of_table = self.tables[tool.table] / on_table[tool.table]
            called = self.tools[tool.name] + _LOOKUP * self.lookups[tool.name]
            tried = called + _FAILURE * self.failures[tool.name]
            return tried + _TABLE * of_table + _JITTER * rng.random()

        turns = {tool.name: turn(tool) for tool in tools}
        return sorted(tools, key=lambda tool: (turns[tool.name], tool.name))

    def unused(self) -> set[str]:
        """The tools that no task has called."""
        names = (tool.name for tool in self.domain.manifest.tools)
        return {name for name in names if not self.tools[name] and not self.lookups[name]}

    def length(self, most: int, rng: random.Random) -> int:
        """How many calls the next task should have, as lengths are rare so far."""
        fits = [place for place, (least, *_) in enumerate(_LENGTHS) if least <= most]
        place = min(fits, key=lambda one: (self.lengths[one] + rng.random()) / _LENGTHS[one][2])
        least, longest, _ = _LENGTHS[place]
        return rng.randint(least, min(longest, most))


def _place(length: int) -> int:
    return next(
        (place for place, (_, longest, _) in enumerate(_LENGTHS) if length <= longest),
        len(_LENGTHS) - 1,
    )
