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
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agentscaler.domain.domain import Domain, DomainTool
from agentscaler.domain.fresh import fresh_state
from agentscaler.domain.schema import quote
from agentscaler.domain.values import ValueMaker
from agentscaler.ledger import Rejection
from agentscaler.task.construct import written_up
from agentscaler.task.goals import Form, GoalMaker
from agentscaler.task.notebook import Focus, Mark, Notebook, WalkStop
from agentscaler.task.proof import Prover
from agentscaler.task.reasons import TaskReason
from agentscaler.task.recollections import Memory
from agentscaler.task.roles import single_role
from agentscaler.task.settings import TaskSettings
from agentscaler.task.shape import shape_of
from agentscaler.task.task import Goal, GoldCall, Task

__all__ = ["Instances", "free_values", "make_instances"]

_STATES = 3
"""Fresh states in which an instance is looked for."""

_WALKS = 2
"""Walks in one state."""

_TRIES = 60
"""Tries at one wish, before an earlier one is made anew."""

_TRIES_A_WALK = 200

_RECALL = TaskSettings().recall_share

_FIXED_SHARE = 0.5
"""A column of which two states share so many values has the same ones in every state."""

_FREE_ROLES = frozenset(
    {"key", "reference", "holds", "address", "value", "filter", "least", "most"}
)

Value = tuple[str, str, str]
"""A table, a column of it, and a value."""


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


def free_values(domain: Domain, gold: Sequence[GoldCall]) -> set[Value]:
    """The ids, names, dates and texts in a solution: what its arguments hold that is not one of a
    list of values, and the keys in its results, each with its table and column."""
    values: set[Value] = set()
    manifest = domain.manifest
    keys = {table.key[0]: table.name for table in manifest.tables if not table.is_link}
    for call in gold:
        tool = manifest.tool[call.tool]
        for name, value in call.arguments.items():
            role = single_role(manifest, tool.arguments[name])
            schema = tool.parameters["properties"][name]
            column = role.column
            if role.kind in {"key", "reference", "holds"}:
                column = manifest.table[role.table].key[0]
            if role.kind in _FREE_ROLES and "enum" not in {*schema, *schema.get("items", ())}:
                members = value if isinstance(value, list) else [value]
                values |= {(role.table, column, one) for one in members if isinstance(one, str)}
        values |= {(keys[name], name, value) for name, value in _keys_in(call.result, keys)}
    return values


@dataclass(frozen=True)
class _Step:
    """A wish of a walk, the row it was about, and the moment before it."""

    goal: Goal
    about: Focus | None
    mark: Mark


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
        if task.special is not None:
            raise WalkStop(TaskReason.NO_INSTANCE, "one of its wishes cannot be fulfilled")
        taken = free_values(self._domain, task.gold)
        why: tuple[str, str] = (TaskReason.NO_INSTANCE, "no walk has the shape")
        for state in self._names(task.state, number):
            for attempt in range(_WALKS):
                seed = f"{self._seed}/{task.id}/{state}/{attempt}"
                with self._domain.world(state) as world:
                    memory = Memory(_RECALL, random.Random(f"{seed}/memory"))
                    notebook = Notebook(self._domain, world, len(task.gold), memory=memory)
                    goals = self._goals(task, notebook, seed)
                    if goals is None:
                        continue
                    shared = sorted(taken & free_values(self._domain, notebook.calls))
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

    def _aim(self, task: Task, wish: Goal) -> tuple[DomainTool, Form]:
        """The tool that a wish is for, and its form."""
        aims = [index for index in wish.calls if task.gold[index].purpose == "goal"]
        name = task.gold[wish.calls[-1]].tool
        if wish.branch is None:
            return self._domain.manifest.tool[name], Form.SEVERAL if aims[1:] else Form.PLAIN
        if not wish.branch.holds:
            name = wish.branch.other[-1].tool
        return self._domain.manifest.tool[name], Form.BRANCH

    def _goals(self, task: Task, notebook: Notebook, seed: str) -> list[Goal] | None:
        """Wishes with the same tools, fed from the same places; None if a try finds none."""
        rng = random.Random(seed)
        manifest = self._domain.manifest
        values = ValueMaker(f"{seed}/values", manifest.now, manifest.values)
        maker = GoalMaker(self._domain, notebook, rng, values)
        shape = shape_of(task.gold)
        path: list[_Step] = []
        tries = 0
        while len(path) < len(task.goals):
            wish = task.goals[len(path)]
            step, tried = self._step(task, wish, notebook, maker, shape, path, rng)
            tries += tried
            if step is not None:
                path.append(step)
            elif tries >= _TRIES_A_WALK or not path:
                return None
            else:  # an earlier wish may be about a row with which no walk goes on from here
                back = path[-rng.randint(1, len(path)) :]
                notebook.return_to(back[0].mark)
                del path[-len(back) :]
        return [step.goal for step in path]

    def _step(
        self,
        task: Task,
        wish: Goal,
        notebook: Notebook,
        maker: GoalMaker,
        shape: Sequence[bytes],
        path: Sequence[_Step],
        rng: random.Random,
    ) -> tuple[_Step | None, int]:
        """A wish like `wish`, made in the notebook, and how many tries that took."""
        tool, form = self._aim(task, wish)
        end = wish.calls[-1] + 1
        for number in range(1, _TRIES + 1):
            mark = notebook.mark()
            try:
                goal, about = maker.make(tool, _focus(path, rng), form)
            except WalkStop:
                notebook.return_to(mark)
                continue
            if shape_of(notebook.calls) == shape[:end] and _asks_alike(goal, wish):
                return _Step(goal, about, mark), number
            notebook.return_to(mark)
        return None, _TRIES


def _focus(path: Sequence[_Step], rng: random.Random) -> Focus | None:
    """What a wish follows from: the row of the last one, of any one before it, or none."""
    rows = [step.about for step in path if step.about is not None]
    return rng.choice((None, rows[-1], rng.choice(rows))) if rows else None


def _asks_alike(goal: Goal, other: Goal) -> bool:
    """Whether both ask for the same things, or neither for any; lists may be of any length."""
    return {answer.label for answer in goal.answers} == {answer.label for answer in other.answers}


def _keys_in(result: Any, keys: Container[str]) -> Iterator[tuple[str, str]]:
    """The keys of rows in a result, with their columns."""
    if isinstance(result, dict):
        for name, value in result.items():
            if name in keys and isinstance(value, str):
                yield name, value
            else:
                yield from _keys_in(value, keys)
    elif isinstance(result, list):
        for inner in result:
            yield from _keys_in(inner, keys)
