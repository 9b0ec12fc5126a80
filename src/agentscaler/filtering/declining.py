"""Wishes that cannot be fulfilled: was nothing changed, was it looked into, was the user told why?

A refused try is not held against an agent: the world said no, and nothing changed.  It even counts
as looking, for a refusal says why.
"""

import re
from collections import Counter
from collections.abc import Iterator

from agentscaler.filtering.case import Case, call_key
from agentscaler.filtering.verdict import Fault, FunnelReason
from agentscaler.rollout.wording import fold, says
from agentscaler.task.task import Goal, Refusal, SpecialKind

__all__ = ["find_misdeclined", "find_unmade", "was_done_anyway"]

_CANNOT = re.compile(
    r"\b(cannot|unable|not able|not possible|impossible|no way|no tool|none of|no means|beyond"
    r"|not something|not available|unavailable|not supported|do not have|does not|not offer"
    r"|not allowed"
    r"|declin\w+|refus\w+|disappoint\w*)\b"
    r"|\b(ca|wo|is|are|do|does|did|could|have)n't\b|\bcan not\b"
)
_ASKING = re.compile(
    r"\?|\b(tell me|let me know|give me|need to know|(still|only|also) need|missing|more detail"
    r"|(few|some) details|not know yet|don't know yet)\b"
)
_ELSE = re.compile(r"[^.?!]*\b(anything|something|nothing|what) else\b[^.?!]*[.?!]?")
_NO = re.compile(r"\b(no|not|none|never|nothing|only|without|unfortunately|afraid)\b")


def was_done_anyway(case: Case) -> bool:
    """Whether an agent wrote what a wish that cannot be fulfilled might seem to ask for."""
    refusals = [goal.refusal for goal in case.task.goals if goal.refusal is not None]
    if not refusals:
        return False
    surplus = _surplus_writes(case)
    if case.task.kind == "read":
        return bool(surplus)
    near = {one.tool for refusal in refusals for one in (*refusal.attempts, *refusal.fulfilments)}
    return any(name in near for name in surplus)


def find_misdeclined(case: Case) -> Fault | None:
    """What an agent got wrong of the wishes that cannot be fulfilled, if anything."""
    if was_done_anyway(case):
        names = ", ".join(sorted(set(_surplus_writes(case))))
        return Fault(
            FunnelReason.DONE_ANYWAY, f"{names} was called, though nothing is to be changed"
        )
    for goal in case.task.goals:
        fault = _find_fault(case, goal, goal.refusal) if goal.refusal is not None else None
        if fault is not None:
            return fault
    return None


def find_unmade(case: Case) -> Fault | None:
    """A gold call of an ordinary wish that was not made; further reads do no harm."""
    made = {one.key for one in case.successes}
    for goal in case.task.goals:
        for index in goal.calls if goal.refusal is None else ():
            key = case.gold_keys[index]
            if key not in made:
                return Fault(FunnelReason.MISSING_CALL, f"gold's {key} was not made")
    return None


def _surplus_writes(case: Case) -> list[str]:
    """Names of the tools with which more was written than gold writes."""
    tools = case.domain.manifest.tool
    made = Counter(
        (one.call.name, one.key) for one in case.successes if tools[one.call.name].effect == "write"
    )
    made.subtract(
        (gold.tool, key)
        for gold, key in zip(case.task.gold, case.gold_keys, strict=True)
        if gold.effect == "write"
    )
    return [name for (name, _), times in made.items() if times > 0]


def _find_fault(case: Case, goal: Goal, refusal: Refusal) -> Fault | None:
    told = list(_explanations(case, refusal))
    if not told:
        return Fault(FunnelReason.NOT_EXPLAINED, f"the user is not told: {refusal.reason}")
    if refusal.missing:
        if not any(_was_asked(case, refusal, number) for number in told):
            return Fault(FunnelReason.NOT_ASKED, f"the user is not asked for {refusal.missing}")
        return None
    if not any(_was_seen(case, goal, refusal, number) for number in told):
        return Fault(FunnelReason.NOT_LOOKED, f"nothing was read that shows: {refusal.reason}")
    return None


def _explanations(case: Case, refusal: Refusal) -> Iterator[int]:
    """Which messages explain it: they say no, and name what has to be named."""
    for number, message in enumerate(case.trajectory.messages):
        if message.role != "assistant" or message.tool_calls:
            continue
        words = fold(message.content)
        if not all(any(says(words, fold(w)) for w in tell.said) for tell in refusal.tells):
            continue
        for tell in refusal.tells:  # a value such as "not started" says no itself
            for said in tell.said:
                words = words.replace(fold(said), " ")
        if _CANNOT.search(words) or (refusal.kind is not SpecialKind.NO_TOOL and _NO.search(words)):
            yield number


def _was_asked(case: Case, refusal: Refusal, told: int) -> bool:
    """Whether an earlier message asks for what is missing, and the user answered."""
    messages = case.trajectory.messages
    owner = fold(refusal.missing.partition(" of ")[2].removeprefix("the "))
    old = refusal.missing.replace("the new ", "the ", 1)
    labels = [fold(fact.label) for fact in case.task.facts]
    twofold = old != refusal.missing and fold(old) in labels
    names = [  # "engine" may mean the engine version, but not where the engine is asked for too
        fold(said)
        for tell in refusal.tells
        for said in tell.said
        if said == tell.said[0] or not any(says(label, fold(said)) for label in labels)
    ]
    for number, message in enumerate(messages[:told]):
        if message.role != "assistant" or message.tool_calls:
            continue
        words = _ELSE.sub(" ", fold(message.content))
        named = any(says(words, name) for name in names)
        named = named and (owner.startswith("your ") or says(words, owner))
        named = named and (not twofold or says(words, "new"))
        if named and _ASKING.search(words) and messages[number + 1].role == "user":
            return True
    return False


def _was_seen(case: Case, goal: Goal, refusal: Refusal, told: int) -> bool:
    """Whether the reads that show the reason came before the message that tells it, or a try."""
    before = {call.id for message in case.trajectory.messages[:told] for call in message.tool_calls}
    answered = [one for one in case.calls if one.call.id in before]
    tried = {one.key for one in answered}
    if any(call_key(one.tool, one.arguments) in tried for one in refusal.attempts):
        return True
    made = {one.key for one in answered if not one.answer.is_error}
    return all(case.gold_keys[index] in made for index in goal.calls)
