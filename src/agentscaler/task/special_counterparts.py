"""Counterparts of special wishes: the same deed asked for in another state, and as impossible.

In: a special wish, and a notebook of a walk in another state.  Out: a wish of its kind, for the
same tool or for what the same tool is looked for in vain, with a refusal that tells the same things
for the same reason, about other rows and values.
"""

import random

from agentscaler.domain.domain import Domain
from agentscaler.domain.values import ValueMaker
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.special import about_tool, adopted
from agentscaler.task.task import Attempt, Goal, Refusal, SpecialKind
from agentscaler.task.trial import Declined
from agentscaler.task.unserved import ask_in_vain

__all__ = ["special_counterpart"]


def special_counterpart(
    wish: Goal, domain: Domain, notebook: Notebook, rng: random.Random, values: ValueMaker
) -> Goal:
    """A wish for the same deed as `wish`, which cannot be fulfilled for the same reason.

    Raises:
        WalkStop: this try found none.
    """
    assert wish.refusal is not None
    declined = _declined(wish.refusal, domain, notebook, rng, values)
    if not _is_same(wish, declined):
        raise WalkStop(TaskReason.NO_INSTANCE, "the wish is impossible for another reason")
    return adopted(notebook, declined)


def _declined(
    refusal: Refusal, domain: Domain, notebook: Notebook, rng: random.Random, values: ValueMaker
) -> Declined:
    if refusal.kind is SpecialKind.NO_TOOL:
        return ask_in_vain(domain, notebook, rng, values, refusal.attempts[0].tool)
    tool = domain.manifest.tool[_write(refusal).tool]
    return about_tool(refusal.kind, domain, notebook, tool, rng, values)


def _write(refusal: Refusal) -> Attempt:
    """The write that is asked for: against the policy it is tried; where a fact is missing or
    wrong, the right one would be accepted."""
    if refusal.kind is SpecialKind.AGAINST_POLICY:
        return refusal.attempts[0]
    return refusal.fulfilments[0]


def _is_same(wish: Goal, declined: Declined) -> bool:
    """Whether two refusals differ in nothing but rows and values."""
    one, other = wish.refusal, declined.refusal
    assert one is not None
    if one.kind is not other.kind or one.missing != other.missing:
        return False
    if [tell.label for tell in one.tells] != [tell.label for tell in other.tells]:
        return False
    if one.kind is SpecialKind.NO_TOOL:
        return _form(one.attempts[0]) == _form(other.attempts[0])
    if _form(_write(one)) != _form(_write(other)):
        return False
    return one.kind is not SpecialKind.AGAINST_POLICY or _rule(one) == _rule(other)


def _form(attempt: Attempt) -> tuple[str, set[str]]:
    """The tool that is called, and what it is given."""
    return attempt.tool, set(attempt.arguments)


def _rule(refusal: Refusal) -> str:
    """The rule in an explanation, which ends with it; no rule speaks of single rows."""
    return refusal.reason.rsplit(". ", 1)[-1]
