"""Fresh instances of tasks: the same deeds in the same order, on rows that nobody has seen.

In: a domain and tasks of it.  Out: tasks of the same shape (see `task.shape`) in fresh states of
the domain, with no id, name, date or text in common with the original, told anew, executed and
proven like any other; and the domain with these states.

The n-th instances of all tasks that play in the state called `small` play in `small-n`; a task
that finds nothing to its shape there tries `small-n-b`, and so on.  The name and the seed make the
state.
"""

import random
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from agentscaler.domain.domain import Domain
from agentscaler.domain.fresh import fresh_state
from agentscaler.domain.schema import quote
from agentscaler.ledger import Rejection
from agentscaler.task.construct import written_up
from agentscaler.task.counterparts import counterparts
from agentscaler.task.free_values import Value, free_values
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.proof import Prover
from agentscaler.task.reasons import TaskReason
from agentscaler.task.recollections import Memory
from agentscaler.task.settings import TaskSettings
from agentscaler.task.task import Task

__all__ = ["Instances", "make_instances"]

_STATES = 3
"""Fresh states in which an instance is looked for."""

_WALKS = 2
"""Walks in one state."""

_SPARE_CALLS = 8
"""Calls with which a special wish may be tried, beside those that stay in its solution."""

_RECALL = TaskSettings().recall_share

_FIXED_SHARE = 0.5
"""A column of which two states share so many values has the same ones in every state."""


@dataclass(frozen=True)
class Instances:
    """What came of some tasks of one domain.

    Attributes:
        domain: as it was, with the fresh states in the place of its own.
    """

    domain: Domain
    tasks: list[Task] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


def make_instances(domain: Domain, tasks: Sequence[Task], count: int, seed: int = 0) -> Instances:
    """`count` fresh instances of each task.

    Args:
        tasks: of `domain`.
        seed: the same seed gives the same instances, whatever other tasks there are; only the
            figures of their proofs depend on those.

    Raises:
        InputError: nothing says how states of the domain are made.
    """
    states: dict[str, bytes] = {}
    made = Instances(domain)
    maker = _InstanceMaker(domain, states, seed)
    for task in tasks:
        for number in range(1, count + 1):
            try:
                made.tasks.append(maker.make(task, number, made.tasks))
            except WalkStop as stop:
                reason, detail = stop.args
                name = f"{task.id}-{number}"
                made.rejections.append(
                    Rejection(stage="tasks", id=name, reason=reason, detail=detail)
                )
    used = {task.state for task in made.tasks}
    kept = {name: image for name, image in sorted(states.items()) if name in used}
    return replace(made, domain=replace(domain, states=kept))


class _InstanceMaker:
    """Makes instances in one domain.

    Args:
        domain: as it was.
        states: takes the fresh states as they are made.
    """

    def __init__(self, domain: Domain, states: dict[str, bytes], seed: int) -> None:
        self._original = domain
        self._domain = replace(domain, states=states)
        self._states = states
        self._columns: dict[tuple[str, str, str], set[str]] = {}
        self._seed = seed
        self._prover = Prover(self._domain)

    def make(self, task: Task, number: int, earlier: Sequence[Task]) -> Task:
        """One instance.

        Args:
            earlier: instances made before, whose writes are among the mutants of this one.

        Raises:
            WalkStop: none was found, or the proof of what was found does not hold.
        """
        taken = free_values(self._original, task.gold, task.goals)
        most = len(task.gold) + (_SPARE_CALLS if task.special else 0)
        why: tuple[str, str] = (TaskReason.NO_INSTANCE, "no walk has the shape")
        for state in self._names(task.state, number):
            for attempt in range(_WALKS):
                seed = f"{self._seed}/{task.id}/{state}/{attempt}"
                domain = self._beside_its_own(state)
                with domain.world(state) as world:
                    memory = Memory(_RECALL, random.Random(f"{seed}/memory"))
                    notebook = Notebook(domain, world, most, memory=memory)
                    goals = counterparts(task, domain, notebook, seed)
                    if goals is None:
                        continue
                    shared = sorted(taken & free_values(domain, notebook.calls, goals))
                    held = [one for one in shared if self._is_free(one, task.state, state)]
                    if held:
                        why = TaskReason.NO_INSTANCE, f"{held[0][2]} is in the original too"
                        continue
                    try:
                        name = f"{task.id}-{number}"
                        return written_up(name, state, goals, notebook, self._prover, earlier)
                    except WalkStop as stop:
                        why = stop.args[0], stop.args[1]
        raise WalkStop(*why)

    def _beside_its_own(self, state: str) -> Domain:
        """The domain with one fresh state beside its own, whose names are those of other things
        there; which other instances are made has no part in it."""
        states = {**self._original.states, state: self._states[state]}
        return replace(self._original, states=states)

    def _is_free(self, value: Value, before: str, state: str) -> bool:
        """Whether a value could be another one: not where all states have the same, as airports."""
        table, column, _ = value
        if column not in self._original.manifest.table[table].by_name:
            return True
        old = self._values(self._original, before, table, column)
        new = self._values(self._domain, state, table, column)
        return len(old & new) < _FIXED_SHARE * min(len(old), len(new))

    def _values(self, domain: Domain, state: str, table: str, column: str) -> set[str]:
        """The values of a column in a state."""
        place = (state, table, column)
        if place not in self._columns:
            with domain.world(state) as world:
                sql = f"SELECT DISTINCT {quote(column)} AS value FROM {quote(table)}"
                self._columns[place] = {str(row["value"]) for row in world.query(sql)}
        return self._columns[place]

    def _names(self, like: str, number: int) -> Iterator[str]:
        """Names of the states in which the n-th instance is looked for; each is made when asked."""
        for letter in string.ascii_lowercase[:_STATES]:
            name = f"{like}-{number}" + ("" if letter == "a" else f"-{letter}")
            if name not in self._states:
                seed = f"{self._seed}/{self._domain.id}/{name}"
                self._states[name] = fresh_state(self._domain, like, seed)
            yield name
