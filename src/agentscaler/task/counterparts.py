"""Counterparts of a task's wishes in another state: the same deeds in the same order, on its rows.

In: a task, and a notebook at the beginning of a walk in another state of its domain.  Out: wishes
of the same shape (see `task.shape`), made in the notebook; a wish that cannot be fulfilled has one
that cannot be for the same reason.
"""

import random
from dataclasses import dataclass

from agentscaler.domain.addresses import with_whole_keys
from agentscaler.domain.batches import BATCHES, key_argument
from agentscaler.domain.domain import Domain, DomainTool
from agentscaler.domain.values import ValueMaker
from agentscaler.task.goals import Form, GoalMaker
from agentscaler.task.notebook import Focus, Mark, Notebook, WalkStop
from agentscaler.task.shape import shape_of
from agentscaler.task.special import are_told_apart
from agentscaler.task.special_counterparts import special_counterpart
from agentscaler.task.task import Goal, Task

__all__ = ["counterparts"]

_TRIES = 60
"""Tries at one wish, before an earlier one is made anew."""

_TRIES_A_WALK = 200
"""Tries at all wishes of a walk of one wish or two; each wish more may take half as many more."""


def counterparts(task: Task, domain: Domain, notebook: Notebook, seed: str) -> list[Goal] | None:
    """Wishes with the same tools, fed from the same places; None if a try finds none.

    Args:
        domain: of the task.
        notebook: takes the calls and facts of the wishes.
        seed: any text; the same text gives the same wishes.
    """
    goals = _Retracer(task, domain, notebook, seed).retrace()
    return goals if goals is not None and are_told_apart(goals, notebook) else None


@dataclass(frozen=True)
class _Step:
    """A wish of a walk, the row it was about, and the moment before it."""

    goal: Goal
    about: Focus | None
    mark: Mark


class _Retracer:
    """Walks the way of one task once more."""

    def __init__(self, task: Task, domain: Domain, notebook: Notebook, seed: str) -> None:
        self.task = task
        self.domain = domain
        self.notebook = notebook
        self.random = random.Random(seed)
        manifest = domain.manifest
        self.values = ValueMaker(f"{seed}/values", manifest.now, manifest.values)
        self.walked = with_whole_keys(domain)
        self.maker = GoalMaker(self.walked, notebook, self.random, self.values)
        self.shape = shape_of(task.gold)
        self.path: list[_Step] = []

    def retrace(self) -> list[Goal] | None:
        """The wishes; None where no way through them is found."""
        wishes = self.task.goals
        left = _TRIES_A_WALK * max(2, len(wishes)) // 2
        while len(self.path) < len(wishes):
            step, tried = self._step(wishes[len(self.path)])
            left -= tried
            if step is not None:
                self.path.append(step)
            elif left <= 0 or not self.path:
                return None
            else:  # an earlier wish may be about a row with which no walk goes on from here
                back = self.path[-self.random.randint(1, len(self.path)) :]
                self.notebook.return_to(back[0].mark)
                del self.path[-len(back) :]
        return [step.goal for step in self.path]

    def _step(self, wish: Goal) -> tuple[_Step | None, int]:
        """A wish like `wish`, made in the notebook, and how many tries that took."""
        end = len(self.notebook.calls) + len(wish.calls)
        for number in range(1, _TRIES + 1):
            mark = self.notebook.mark()
            try:
                goal, about = self._make(wish)
            except WalkStop:
                self.notebook.return_to(mark)
                continue
            if shape_of(self.notebook.calls) == self.shape[:end] and _asks_alike(goal, wish):
                return _Step(goal, about, mark), number
            self.notebook.return_to(mark)
        return None, _TRIES

    def _make(self, wish: Goal) -> tuple[Goal, Focus | None]:
        if wish.refusal is not None:
            goal = special_counterpart(wish, self.domain, self.notebook, self.random, self.values)
            return goal, None
        tool, form, many = self._aim(wish)
        return self.maker.make(tool, self._focus(), form, many)

    def _aim(self, wish: Goal) -> tuple[DomainTool, Form, int | None]:
        """The tool that a wish is for, its form, and of one for several rows, how many."""
        gold, tools = self.task.gold, self.walked.manifest.tool
        aims = [index for index in wish.calls if gold[index].purpose == "goal"]
        last = gold[wish.calls[-1]]
        tool = tools[last.tool]
        if wish.branch is not None:
            return (
                tool if wish.branch.holds else tools[wish.branch.other[-1].tool],
                Form.BRANCH,
                None,
            )
        if tool.kind in BATCHES:
            key = key_argument(tool, self.walked.manifest.table[tool.table])
            return tool, Form.PLAIN, len(last.arguments[key])
        return (tool, Form.SEVERAL, len(aims)) if aims[1:] else (tool, Form.PLAIN, None)

    def _focus(self) -> Focus | None:
        """What a wish follows from: the row of the last one, of any one before it, or none."""
        rows = [step.about for step in self.path if step.about is not None]
        if not rows:
            return None
        return self.random.choice((None, rows[-1], self.random.choice(rows)))


def _asks_alike(goal: Goal, other: Goal) -> bool:
    """Whether both ask for the same things, or neither for any; lists may be of any length.

    What is asked of several rows has their names on its labels, so that the head of the request
    tells it: "tell me the status of".
    """
    if not goal.answers or not other.answers:
        return not goal.answers and not other.answers
    labels = [{answer.label for answer in one.answers} for one in (goal, other)]
    return labels[0] == labels[1] or _head_of_several(goal) == _head_of_several(other) != ""


def _head_of_several(goal: Goal) -> str:
    """What a question about several rows, each with an answer of its own, asks for."""
    return goal.request[0].text if len({one.label for one in goal.answers}) > 1 else ""
