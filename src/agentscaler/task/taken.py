"""Wishes for a name that is taken, where no two things may share one.

A requirement of this kind speaks of no row of its own: an ordinary wish gets, in place of its new
value, one that another row has, which a list shows.
"""

import random
import re
from typing import Any

from agentscaler.corpus.english import capital, plural_noun
from agentscaler.domain.domain import Column, Domain, DomainTool, Table, ToolKind
from agentscaler.domain.source import list_columns
from agentscaler.domain.values import ValueMaker
from agentscaler.task.identify import Identifier
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.speech import column_noun, say
from agentscaler.task.task import (
    AnswerFact,
    Attempt,
    GoldCall,
    Provenance,
    Refusal,
    SpecialKind,
)
from agentscaler.task.trial import Declined, Wish, reworded, try_wish, unmet
from agentscaler.world.contract import Requirement

__all__ = ["find_uniqueness", "want_taken_name"]

_UNIQUE = re.compile(
    r"(?::\w+ IS NULL OR )?"
    r'NOT EXISTS \(SELECT 1 FROM "?(\w+)"?\s+WHERE "?(\w+)"? = :(\w+)\b[^()]*\)'
)


def find_uniqueness(requirement: Requirement) -> tuple[str, str, str] | None:
    """(table, column, argument) of a requirement that no row of the table has the value yet."""
    found = _UNIQUE.fullmatch(requirement.condition.strip())
    return (found[1], found[2], found[3]) if found and not requirement.table else None


def want_taken_name(
    domain: Domain,
    notebook: Notebook,
    tool: DomainTool,
    number: int,
    rng: random.Random,
    values: ValueMaker,
) -> Declined | None:
    """A wish whose aim is `tool`, with a value that another row has; None where none can be made.

    Args:
        number: the position of a requirement of which `find_uniqueness` knows what it is about.

    Raises:
        WalkStop: the wish cannot be grounded.
    """
    assert tool.contract is not None
    about = find_uniqueness(tool.contract.requirements[number])
    assert about is not None
    table = domain.manifest.table[about[0]]
    column, argument = table.by_name[about[1]], about[2]
    wish = try_wish(domain, notebook, tool, rng, values)
    origin = wish.write.provenance.get(argument)
    fact = wish.trial.facts.get(origin.fact or "") if origin is not None else None
    if wish.refused is not None or fact is None or fact.name in wish.known:
        return None
    own = list(wish.write.arguments.values()) if tool.kind is not ToolKind.CREATE else []
    rows = Identifier(domain, wish.trial, rng).rows(table)
    others = [r for r in rows if r[column.name] is not None and r[table.key[0]] not in own]
    if not others or fact.value in [row[column.name] for row in others]:
        return None
    taken = rng.choice(others)[column.name]
    said = say(column, taken)
    request = reworded(wish.goal.request, fact, said)
    arguments = {**wish.write.arguments, argument: taken}
    if request is None or unmet(domain, wish, tool, arguments) != [number]:
        return None
    wish.trial.facts[fact.name] = fact.model_copy(update={"value": taken, "said": said})
    shown = _list(domain, wish, table, column, taken, fact.name)
    if shown is None:
        return None
    rule = tool.contract.requirements[number].rule
    told = [one.text for one in domain.manifest.rules if one.id == rule]
    noun = column_noun(column)
    why = told[0] if told else f"No two {plural_noun(table.noun)} have the same {noun}."
    refusal = Refusal(
        kind=SpecialKind.AGAINST_POLICY,
        deed="do that",
        reason=f"{capital(f'the {noun}')} {said} is taken already. {why}",
        tells=(AnswerFact(label=fact.label, value=taken, said=(said,)),),
        attempts=(Attempt(tool=tool.name, arguments=arguments),),
        fulfilments=(Attempt(tool=tool.name, arguments=wish.write.arguments),),
    )
    return Declined(request, shown, wish.trial, refusal)


def _list(
    domain: Domain, wish: Wish, table: Table, column: Column, taken: Any, fact: str
) -> list[GoldCall] | None:
    """The reads of the wish with a list that shows the value, if there is one to be had."""
    trial = wish.trial
    offset = len(trial.calls) - len(wish.lookups)
    if column.name not in {one.name for one in list_columns(table)}:
        return None
    for tool in domain.manifest.tools:
        if tool.kind is not ToolKind.LIST or tool.table != table.name:
            continue
        roles = tool.arguments.items()
        by_value = [n for n, role in roles if role.kind == "filter" and role.column == column.name]
        if not set(tool.parameters["required"]) <= set(by_value[:1]):
            continue
        required = bool(tool.parameters["required"])
        given = {by_value[0]: (taken, Provenance(origin="user", fact=fact))} if required else {}
        values = {name: value for name, (value, _) in given.items()}
        try:
            if trial.same_call(tool.name, values) is None:
                trial.call(tool, given, "lookup")
        except WalkStop as stop:
            if stop.args[0] is TaskReason.TOO_LONG:
                return None
            continue
        rows = [
            r for call in trial.calls if call.tool == tool.name for r in call.result[table.name]
        ]
        if any(row.get(column.name) == taken for row in rows):
            return trial.calls[offset:]
    return None
