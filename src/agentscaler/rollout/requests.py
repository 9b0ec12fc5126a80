"""Requests in words: what of a goal is said, given what the user tells and what it keeps back."""

import re
from collections.abc import Iterator, Mapping, Sequence

from agentscaler.rollout.rewording import heads, pointed
from agentscaler.rollout.wording import fold
from agentscaler.task.task import Fact, Fragment, Goal, Task

__all__ = [
    "find_request",
    "goal_facts",
    "other_value",
    "places",
    "said_facts",
    "withholdable_facts",
]

_LONGEST_VALUE = 80
_SENTENCE_END = re.compile(r"[.,?!;]+(?=\s|$)")


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
    so that any agent has to ask.  The first fragment carries the verb and must not vanish.  A fact
    that is called like another one is told at once, as a question could mean either.

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
    labels = [fold(fact.label) for fact in task.facts]
    shared = {fact.name for fact in task.facts if labels.count(fold(fact.label)) > 1}
    names = []
    for name in goal_facts(task, goal):
        fragments = [fragment for fragment in goal.request if name in fragment.facts]
        vague = all(fragment.vague for fragment in fragments)
        verb_stays = bool(goal.request[0].vague) or name not in goal.request[0].facts
        if fragments and verb_stays and name not in shared and (vague or name in demanded):
            names.append(name)
    return tuple(names)


def places(task: Task, name: str) -> Iterator[str]:
    """Every piece of a request, in each of its wordings, that tells the fact called `name`."""
    for goal in task.goals:
        if goal.wording and any(name in fragment.facts for fragment in goal.request):
            yield goal.wording
        for number, fragment in enumerate(goal.request):
            if name in fragment.facts:
                yield from heads(fragment.text).every if number == 0 else (fragment.text,)


def find_request(goal: Goal, heard: str, start: int) -> int:
    """Where a goal's request ends in what the user said, at or after `start`; -1 if unsaid.

    It may stand there as the task words it, or its fragments may, each in any of its forms, as long
    as they follow each other; the first one also in other words (see `rewording`).

    Args:
        heard: the user's words in the form `fold` gives.
    """
    return _locate(goal, heard, start)[1]


def other_value(goal: Goal, fact: Fact, heard: str, start: int = 0) -> str | None:
    """The value that a request was said with, at or after `start`, in place of a fact's own; None
    if there is none."""
    said = fold(fact.said)
    for number, fragment in enumerate(goal.request):
        if fact.name not in fragment.facts:
            continue
        for wording in heads(fragment.text).every if number == 0 else (fragment.text,):
            before, _, after = fold(wording).partition(said)
            ends = (after,) if after else _beginnings(goal.request[number + 1 :])
            place = heard.find(before, start) if before else -1
            while place != -1:
                begin = place + len(before)
                for end in ends:
                    other = _up_to(heard[begin : begin + _LONGEST_VALUE + len(end)], end)
                    if other and other != said and _is_instead(goal, heard, begin, other, said):
                        return other
                place = heard.find(before, place + 1)
    return None


def _beginnings(request: Sequence[Fragment]) -> tuple[str, ...]:
    """How what comes next in a request may begin; "" for the end of the sentence."""
    if not request:
        return ("",)
    forms = (request[0].text, request[0].vague, pointed(request[0].vague))
    beginnings = tuple(f" {fold(form)}" for form in forms if form)
    return beginnings if request[0].vague else (*beginnings, *_beginnings(request[1:]))


def _is_instead(goal: Goal, heard: str, begin: int, other: str, said: str) -> bool:
    """Whether what the user said is a goal's request once `other` at `begin` is put right."""
    request = _locate(goal, heard[:begin] + said + heard[begin + len(other) :], 0)
    vague = _locate(goal, heard, request[0])[1] > begin
    return request[0] <= begin < request[1] and not vague


def _up_to(text: str, after: str) -> str:
    """What of `text` comes before `after`, or before the end of its sentence."""
    text = text.partition("\n")[0]
    if after:
        value, found, _ = text.partition(after)
        return value if found else ""
    return _SENTENCE_END.split(text, maxsplit=1)[0]


def _locate(goal: Goal, heard: str, start: int) -> tuple[int, int]:
    """Where a request begins and ends in what the user said; (-1, -1) if it is unsaid."""
    if not goal.request:
        return -1, -1
    if goal.wording:
        whole = fold(goal.wording)
        place = heard.find(whole, start)
        if place != -1:
            return place, place + len(whole)
    forms = [
        tuple(fold(form) for form in (one.text, one.vague, pointed(one.vague)))
        for one in goal.request
    ]
    opening = goal.request[0]
    openings = dict.fromkeys((*heads(opening.text).every, *heads(opening.vague).every))
    found = (-1, -1)
    for first in (fold(one) for one in openings):
        place = heard.find(first, start) if first else -1
        while place != -1 and (found[0] == -1 or place <= found[0]):
            end = _follow(forms[1:], heard, place + len(first))
            if end != -1 and not heard[end : end + 1].isalnum():
                found = (place, end) if place != found[0] else (place, max(end, found[1]))
                break
            place = heard.find(first, place + 1)
    return found


def _follow(forms: Sequence[tuple[str, ...]], heard: str, place: int) -> int:
    """Where the remaining fragments end if they stand at `place`; -1 if they do not."""
    if not forms:
        return place
    for form in dict.fromkeys(forms[0][:2] + tuple(filter(None, forms[0][2:]))):
        piece = f" {form}" if form else ""
        if heard.startswith(piece, place):
            end = _follow(forms[1:], heard, place + len(piece))
            if end != -1:
                return end
    return -1
