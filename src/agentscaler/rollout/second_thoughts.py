"""Second thoughts: a user first says another value, and puts it right before anything is done.

The value that counts is gold's.  The first one is made up here; no call may ever hold it.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from agentscaler.domain.domain import Column, Domain
from agentscaler.domain.statuses import spoken_value
from agentscaler.rollout.requests import goal_facts, withholdable_facts
from agentscaler.rollout.wording import fold, says
from agentscaler.task.speech import say
from agentscaler.task.task import Fact, Fragment, Goal, Task

__all__ = ["Moment", "SecondThought", "draw_second_thought", "with_first_value"]

_STEPS = (-2, -1, 1, 2, 5)


class Moment(StrEnum):
    """When a value is put right."""

    AT_ONCE = "at_once"
    """In the message that holds the first value."""
    LATER = "later"
    """In the answer to a question that any agent has to ask, as another fact is still missing."""
    HELD_UP = "held_up"
    """In answer to the question for consent."""


@dataclass(frozen=True)
class SecondThought:
    """What is said first for a fact, and when that is put right.

    Attributes:
        goal: index of the goal whose request holds the fact.
        first: the first value, as it is said.
    """

    goal: int
    fact: Fact
    first: str
    moment: Moment


def draw_second_thought(
    domain: Domain,
    task: Task,
    withheld: set[str],
    required: Mapping[str, set[str]],
    rng: random.Random,
) -> SecondThought | None:
    """A second thought that the task has room for.

    Args:
        withheld: facts that the user keeps back; an agent has to ask for those of them without
            which a call cannot be made.
        required: the required parameters of each tool, by the tool's name.
    """
    choices = []
    for number, goal in enumerate(task.goals):
        if goal.refusal is not None:
            continue
        before = {name for one in task.goals[:number] for name in goal_facts(task, one)}
        waiting = any(
            name in withheld - before and _is_demanded(task, goal, name, required)
            for name in withholdable_facts(task, goal, required)
        )
        for fact, column in _changeable(domain, task, number):
            if any(name in withheld for piece in _pieces(goal, fact) for name in piece.facts):
                continue
            moments = [Moment.AT_ONCE]
            if waiting:
                moments.append(Moment.LATER)
            if goal.confirm and not says(fold(goal.confirm), fold(fact.said)):
                moments += [Moment.HELD_UP, Moment.HELD_UP]
            choices.append((number, fact, column, moments))
    if not choices:
        return None
    number, fact, column, moments = rng.choice(choices)
    first = _other_value(column, fact.value, rng)
    if first is None or any(says(fold(one.said), fold(first)) for one in task.facts):
        return None
    return SecondThought(number, fact, first, rng.choice(moments))


def with_first_value(request: tuple[Fragment, ...], thought: SecondThought) -> list[Fragment]:
    """The request as it is said at first."""
    return [
        fragment.model_copy(
            update={"text": fragment.text.replace(thought.fact.said, thought.first, 1)}
        )
        if thought.fact.name in fragment.facts
        else fragment
        for fragment in request
    ]


def _is_demanded(task: Task, goal: Goal, name: str, required: Mapping[str, set[str]]) -> bool:
    return any(
        source.fact == name and parameter in required.get(task.gold[index].tool, set())
        for index in goal.calls
        for parameter, source in task.gold[index].provenance.items()
    )


def _changeable(domain: Domain, task: Task, number: int) -> Iterator[tuple[Fact, Column]]:
    """The facts that only one piece of one request tells, and only a write stores."""
    goal = task.goals[number]
    pieces = [name for one in task.goals for piece in one.request for name in piece.facts]
    for fact in task.facts:
        places = _pieces(goal, fact)
        if len(places) != 1 or pieces.count(fact.name) != 1:
            continue
        text = places[0].text
        if text.count(fact.said) != 1 or text.startswith(fact.said):
            continue
        if not fact.label.startswith("the "):
            continue
        columns = list(_columns(domain, task, fact))
        if len(columns) == 1 and columns[0] is not None:
            yield fact, columns[0]


def _pieces(goal: Goal, fact: Fact) -> list[Fragment]:
    """The pieces of a request, but for its verb, that tell a fact."""
    return [piece for piece in goal.request[1:] if fact.name in piece.facts]


def _columns(domain: Domain, task: Task, fact: Fact) -> Iterator[Column | None]:
    """The columns into which calls put the fact; None for any other use of it."""
    for call in task.gold:
        tool = domain.manifest.tool[call.tool]
        for parameter, source in call.provenance.items():
            if source.fact != fact.name:
                continue
            role = tool.arguments[parameter]
            stored = role.kind == "value" and call.effect == "write"
            table = domain.manifest.table.get(role.table)
            yield table.by_name.get(role.column) if stored and table is not None else None


def _other_value(column: Column, value: Any, rng: random.Random) -> str | None:
    """Another value for a column, as it is said; None where none can be made up safely."""
    if isinstance(value, bool) or value is None:
        return None
    if column.enum:
        others = [other for other in column.enum if other != value]
        return spoken_value(rng.choice(others), column.enum) if others else None
    if isinstance(value, int):
        return say(column, rng.choice([value + step for step in _STEPS if value + step > 0]))
    if isinstance(value, float):
        return say(column, value + rng.choice((1.0, 5.0, 10.0)))
    if column.type == "date":
        return say(column, (date.fromisoformat(value) + _shift(rng)).isoformat())
    if column.type == "timestamp":
        return say(column, (datetime.fromisoformat(value) + _shift(rng)).isoformat())
    return None


def _shift(rng: random.Random) -> timedelta:
    return timedelta(days=rng.choice((-3, -2, -1, 1, 2, 7)))
