"""Requests in words: what of a goal is said, given what the user tells and what it keeps back."""

from collections.abc import Mapping, Sequence

from agentscaler.rollout.wording import fold
from agentscaler.task.task import Goal, Task

__all__ = ["find_request", "goal_facts", "said_facts", "withholdable_facts"]


def said_facts(goal: Goal, told: set[str]) -> set[str]:
    """The facts that stand in the request when only those of `told` may be told."""
    return {
        name for fragment in goal.request if set(fragment.facts) <= told for name in fragment.facts
    }


def goal_facts(task: Task, goal: Goal) -> tuple[str, ...]:
    """Names of the facts that a goal needs, in the task's order."""
    needed = {name for fragment in goal.request for name in fragment.facts}
    for index in goal.calls:
        for provenance in task.gold[index].provenance.values():
            needed |= {one.fact for one in provenance.singles() if one.fact is not None}
    return tuple(fact.name for fact in task.facts if fact.name in needed)


def withholdable_facts(task: Task, goal: Goal, required: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The facts of a request that can be left for later without the request falling apart.

    Either each fragment with the fact has a vague form, or a call cannot be made without the fact,
    so that any agent has to ask.  The first fragment carries the verb and must not vanish.

    Args:
        required: the required parameters of each tool, by the tool's name.
    """
    demanded = {
        single.fact
        for index in goal.calls
        for parameter, provenance in task.gold[index].provenance.items()
        if parameter in required.get(task.gold[index].tool, set())
        for single in provenance.singles()
    }
    names = []
    for name in goal_facts(task, goal):
        fragments = [fragment for fragment in goal.request if name in fragment.facts]
        vague = all(fragment.vague for fragment in fragments)
        verb_stays = bool(goal.request[0].vague) or name not in goal.request[0].facts
        if fragments and verb_stays and (vague or name in demanded):
            names.append(name)
    return tuple(names)


def find_request(goal: Goal, heard: str, start: int) -> int:
    """Where a goal's request ends in what the user said, at or after `start`; -1 if unsaid.

    Each fragment may stand there in either form, as long as they follow each other.

    Args:
        heard: the user's words in the form `fold` gives.
    """
    forms = [(fold(fragment.text), fold(fragment.vague)) for fragment in goal.request]
    if not forms:
        return -1
    for first in forms[0]:
        place = heard.find(first, start) if first else -1
        while place != -1:
            end = _follow(forms[1:], heard, place + len(first))
            if end != -1 and not heard[end : end + 1].isalnum():
                return end
            place = heard.find(first, place + 1)
    return -1


def _follow(forms: Sequence[tuple[str, str]], heard: str, place: int) -> int:
    """Where the remaining fragments end if they stand at `place`; -1 if they do not."""
    if not forms:
        return place
    for form in forms[0]:
        piece = f" {form}" if form else ""
        if heard.startswith(piece, place):
            end = _follow(forms[1:], heard, place + len(piece))
            if end != -1:
                return end
    return -1
