"""Wishes that lack a fact: a write needs it, the user does not have it, no tool shows it.

An ordinary wish loses one value that its write cannot do without: the e-mail address that a new
contact must have, the only thing that a change changes, or what would tell who the user is.
"""

import random
from dataclasses import replace

from agentscaler.corpus.english import listing
from agentscaler.domain.domain import Column, Domain, DomainTool
from agentscaler.domain.values import ValueMaker
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.speech import clause, column_noun
from agentscaler.task.task import AnswerFact, Attempt, Fact, Fragment, Refusal, SpecialKind
from agentscaler.task.trial import Declined, Wish, try_wish

__all__ = ["lack_fact"]

_UNKNOWN_AT_TIMES = frozenset(
    "email phone person_name first_name last_name company street city postcode username reference"
    " code numeral ip_address cidr domain_name url version file_name path money moment sentence"
    " name title natural_key".split()
)
"""Meanings of texts that a person can be without when asking for what needs them."""
_TRIES = 3
_SHORT = 3


def lack_fact(
    domain: Domain, notebook: Notebook, tool: DomainTool, rng: random.Random, values: ValueMaker
) -> Declined:
    """A wish whose aim is `tool`, without one fact that the call needs.

    Raises:
        WalkStop: the wish needs no such fact.
    """
    for _ in range(_TRIES):
        wish = try_wish(domain, notebook, tool, rng, values)
        if wish.refused is not None:
            continue
        names = [name for name in wish.write.arguments if _can_be_unknown(domain, tool, name)]
        for name in rng.sample(names, len(names)):
            declined = _without_value(domain, wish, tool, name)
            if declined is not None:
                return declined
        if not notebook.calls:
            declined = _without_identity(domain, wish, tool)
            if declined is not None:
                return declined
    raise WalkStop(TaskReason.NO_START, f"{tool.name} can do without any one fact")


def _can_be_unknown(domain: Domain, tool: DomainTool, name: str) -> bool:
    role = tool.arguments[name]
    if role.kind != "value" or "enum" in tool.parameters["properties"][name]:
        return False
    column = domain.manifest.table[role.table].by_name.get(role.column)
    if column is None or column.enum or column.type == "boolean":
        return False
    return column.type != "text" or column.meaning in _UNKNOWN_AT_TIMES


def _without_value(domain: Domain, wish: Wish, tool: DomainTool, name: str) -> Declined | None:
    """The wish without one value; None where it would not miss it, or not read well."""
    origin = wish.write.provenance[name]
    fact = wish.trial.facts.get(origin.fact or "")
    told = [one for one in wish.goal.request if fact is not None and fact.name in one.facts]
    needed = {other: value for other, value in wish.write.arguments.items() if other != name}
    if fact is None or fact.name in wish.known or len(told) != 1:
        return None
    if not _is_refused(wish, tool, needed):
        return None
    table = domain.manifest.table[tool.arguments[name].table]
    column = table.by_name[tool.arguments[name].column]
    rest = _rest(domain, wish, tool, told[0], fact)
    if rest is None:
        return None
    request = [rest if one is told[0] else one for one in wish.goal.request]
    return _declined(wish, fact, column, request, needed)


def _rest(
    domain: Domain, wish: Wish, tool: DomainTool, told: Fragment, fact: Fact
) -> Fragment | None:
    """A fragment without one of its facts."""
    if len(told.facts) == 1:
        return Fragment(text=told.vague) if told.vague or told is not wish.goal.request[0] else None
    clauses = {}
    for name, origin in wish.write.provenance.items():
        role = tool.arguments[name]
        column = domain.manifest.table[role.table].by_name.get(role.column)
        if origin.fact in told.facts and column is not None:
            clauses[origin.fact] = clause(column, wish.trial.facts[origin.fact].said)
    if told.text != f"with {listing([clauses.get(one, '') for one in told.facts])}":
        return None
    kept = tuple(one for one in told.facts if one != fact.name)
    return Fragment(text=f"with {listing([clauses[one] for one in kept])}", facts=kept)


def _without_identity(domain: Domain, wish: Wish, tool: DomainTool) -> Declined | None:
    """The wish of somebody who cannot say who they are; nothing can be looked up then."""
    manifest = domain.manifest
    if manifest.speaker is None or not wish.lookups:
        return None
    first = wish.lookups[0]
    roles = manifest.tool[first.tool].arguments
    for name, origin in first.provenance.items():
        role = roles[name]
        fact = wish.trial.facts.get(origin.fact or "")
        if role.table != manifest.speaker or role.kind != "filter" or fact is None:
            continue
        if not _all_need(wish, 0):
            return None
        keys = {
            argument
            for argument, source in wish.write.provenance.items()
            if source.origin == "tool"
        }
        needed = {n: value for n, value in wish.write.arguments.items() if n not in keys}
        request = [_vague(one) if fact.name in one.facts else one for one in wish.goal.request]
        if not _is_refused(wish, tool, needed):
            return None
        column = manifest.table[role.table].by_name[role.column]
        declined = _declined(wish, fact, column, request, needed)
        return replace(declined, lookups=[])
    return None


def _vague(told: Fragment) -> Fragment:
    return Fragment(text=told.vague)


def _all_need(wish: Wish, first: int) -> bool:
    """Whether every read, and the write, needs the result of the first read."""
    offset = len(wish.trial.calls) - len(wish.lookups)
    needing = {first + offset}
    for index, call in enumerate([*wish.lookups, wish.write], start=offset):
        if index != first + offset and needing.isdisjoint(
            source.call for source in call.provenance.values()
        ):
            return False
        needing.add(index)
    return True


def _is_refused(wish: Wish, tool: DomainTool, arguments: dict[str, object]) -> bool:
    with wish.trial.world.undone():
        return not wish.trial.world.call(tool.name, arguments).ok


def _declined(
    wish: Wish, fact: Fact, column: Column, request: list[Fragment], needed: dict[str, object]
) -> Declined:
    trial = wish.trial
    del trial.facts[fact.name]
    trial.mentioned = {
        row: mention for row, mention in trial.mentioned.items() if fact.name not in mention.facts
    }
    refusal = Refusal(
        kind=SpecialKind.MISSING_FACT,
        deed="do that",
        reason=f"Without {fact.label}, that cannot be done.",
        tells=(AnswerFact(label=fact.label, value=None, said=_names(column)),),
        missing=fact.label,
        attempts=(Attempt(tool=wish.write.tool, arguments=needed),),
        fulfilments=(Attempt(tool=wish.write.tool, arguments=wish.write.arguments),),
    )
    return Declined([one for one in request if one.text], wish.lookups, trial, refusal)


def _names(column: Column) -> tuple[str, ...]:
    """What a column may be called: "email address", "address", "email"."""
    noun = column_noun(column)
    words = [word for word in reversed(noun.split(" ")) if len(word) > _SHORT]
    return tuple(dict.fromkeys([noun, *words]))
