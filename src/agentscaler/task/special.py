"""Special wishes: those whose right outcome is to explain, and to change nothing.

`special_wish` makes one in the state in which a walk stands.  Which kind it is is drawn; a domain
that has no occasion for it (no rule stands in the way of anything) gets another.
"""

import random
from collections.abc import Callable, Sequence

from agentscaler.domain.batches import BATCHES
from agentscaler.domain.domain import Domain, DomainTool
from agentscaler.domain.values import ValueMaker
from agentscaler.task.absent import misname
from agentscaler.task.forbidden import forbid
from agentscaler.task.missing import lack_fact
from agentscaler.task.notebook import Mark, Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.task import Goal, SpecialKind
from agentscaler.task.trial import Declined, adopt
from agentscaler.task.unserved import ask_in_vain
from agentscaler.task.usage import Usage
from agentscaler.task.walk import walk

__all__ = ["about_tool", "adopted", "are_told_apart", "special_walk", "special_wish"]

_TOOLS_TRIED = 6
_MIXED = 0.4
_FIRST_OF_TWO = 0.5
_COMMON = {
    SpecialKind.MISSING_FACT: 1.0,
    SpecialKind.WRONG_FACT: 1.0,
    SpecialKind.NO_TOOL: 1.0,
    SpecialKind.AGAINST_POLICY: 1.8,
}
"""How likely a kind is tried first; what stands in the way of a wish is not found everywhere."""

_About = Callable[[Domain, Notebook, DomainTool, random.Random, ValueMaker], Declined]
_MAKERS: dict[SpecialKind, _About] = {
    SpecialKind.MISSING_FACT: lack_fact,
    SpecialKind.WRONG_FACT: misname,
    SpecialKind.AGAINST_POLICY: forbid,
}


def special_walk(
    domain: Domain, notebook: Notebook, seed: str, max_goals: int, usage: Usage
) -> list[Goal]:
    """The wishes of a walk of which one cannot be fulfilled: alone, or beside an ordinary one.

    A user who is a row of the domain says who that is in an ordinary wish, so that one comes first.

    Args: as of `walk`.

    Raises:
        WalkStop: the domain has no occasion for a special wish.
    """
    goals = _goals(domain, notebook, seed, max_goals, usage)
    if not are_told_apart(goals, notebook):
        raise WalkStop(TaskReason.NO_START, "what is missing has the name of what is told")
    return goals


def are_told_apart(goals: Sequence[Goal], notebook: Notebook) -> bool:
    """Whether nothing that the user tells in wishes has the name of what one of them lacks."""
    labels = [fact.label for fact in notebook.spoken_facts(goals)]
    return not any(goal.refusal and goal.refusal.missing in labels for goal in goals)


def _goals(
    domain: Domain, notebook: Notebook, seed: str, max_goals: int, usage: Usage
) -> list[Goal]:
    rng = random.Random(seed)
    values = ValueMaker(f"{seed}/values", domain.manifest.now, domain.manifest.values)
    if max_goals < 2 or rng.random() > _MIXED:
        return [special_wish(domain, notebook, rng, values, usage)]
    first = domain.manifest.speaker is None and rng.random() < _FIRST_OF_TWO
    if first:
        wish = special_wish(domain, notebook, rng, values, usage)
        return [wish, *_ordinary(domain, notebook, f"{seed}/walk", usage)]
    ordinary = _ordinary(domain, notebook, f"{seed}/walk", usage)
    return [*ordinary, special_wish(domain, notebook, rng, values, usage)]


def special_wish(
    domain: Domain,
    notebook: Notebook,
    rng: random.Random,
    values: ValueMaker,
    usage: Usage,
) -> Goal:
    """One special wish; the reads that it takes are made in the notebook.

    Raises:
        WalkStop: the domain has no occasion for one.
    """
    kinds = sorted(_COMMON, key=lambda kind: rng.random() ** (1 / _COMMON[kind]), reverse=True)
    for kind in kinds:
        mark = notebook.mark()
        try:
            return adopted(notebook, _make(kind, domain, notebook, rng, values, usage))
        except WalkStop:
            notebook.return_to(mark)
    raise WalkStop(TaskReason.NO_START, "no occasion for a wish that cannot be fulfilled")


def adopted(notebook: Notebook, declined: Declined) -> Goal:
    """A wish that cannot be fulfilled, with its reads, taken over into the walk.

    Raises:
        WalkStop: the walk is longer then than it may be.
    """
    return Goal(
        calls=adopt(notebook, declined.trial, declined.lookups),
        request=tuple(declined.request),
        report=declined.refusal.reason,
        refusal=declined.refusal,
    )


def about_tool(
    kind: SpecialKind,
    domain: Domain,
    notebook: Notebook,
    tool: DomainTool,
    rng: random.Random,
    values: ValueMaker,
) -> Declined:
    """A wish of a kind whose aim is `tool`, a write; of any kind but those that no tool serves.

    Raises:
        WalkStop: the tool gives no occasion for one.
    """
    return _MAKERS[kind](domain, notebook, tool, rng, values)


def _make(
    kind: SpecialKind,
    domain: Domain,
    notebook: Notebook,
    rng: random.Random,
    values: ValueMaker,
    usage: Usage,
) -> Declined:
    if kind is SpecialKind.NO_TOOL:
        return ask_in_vain(domain, notebook, rng, values)
    tools = [
        tool
        for tool in domain.manifest.tools
        if tool.effect == "write" and tool.kind not in BATCHES
    ]
    for tool in usage.in_turn(tools, rng)[:_TOOLS_TRIED]:
        try:
            return about_tool(kind, domain, notebook, tool, rng, values)
        except WalkStop:
            continue
    raise WalkStop(TaskReason.NO_START, f"no occasion for {kind}")


def _ordinary(domain: Domain, notebook: Notebook, seed: str, usage: Usage) -> list[Goal]:
    """One ordinary wish, if one can be grounded beside the special one."""
    mark: Mark = notebook.mark()
    try:
        return walk(domain, notebook, seed, 1, usage)
    except WalkStop:
        notebook.return_to(mark)
        return []
