"""Wishes against the policy: what a rule of the domain refuses in the present state.

The contract of a tool names its requirements one by one.  One of them is turned round, and the wish
is grounded as any other: all that is required is met but this one, so that the reason is known
exactly.  A read has to show how things are.
"""

import random
import re
from dataclasses import dataclass
from typing import Any

from agentscaler.corpus.english import capital, plural_noun
from agentscaler.domain.batches import BATCHES
from agentscaler.domain.domain import Column, Domain, DomainTool, Table, ToolKind
from agentscaler.domain.grounding import Grounder
from agentscaler.domain.values import ValueMaker
from agentscaler.task.identify import Identifier
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.speech import column_noun, is_switch, spellings, states
from agentscaler.task.taken import find_uniqueness, want_taken_name
from agentscaler.task.task import AnswerFact, Attempt, GoldCall, Provenance, Refusal, SpecialKind
from agentscaler.task.trial import Declined, Wish, try_wish, unmet
from agentscaler.world.contract import Requirement

__all__ = ["forbid"]

_TRIES = 4
_COLUMNS_AT_MOST = 2
_NAMES = re.compile(r"'(?:[^']|'')*'|:\w+|([A-Za-z_]\w*)")
_HELD = re.compile(r"NOT EXISTS \(SELECT 1 FROM \"?(\w+)\"? AS _other WHERE _other\.\"?(\w+)\"? =")
_FULL = re.compile(
    r'coalesce\("?(\w+)"? > \(SELECT COUNT\(\*\) FROM "?(\w+)"?'
    r' WHERE "?\w+"?\."?(\w+)"? = [^()]*\), TRUE\)'
)
_OF_OWNER = re.compile(
    r"EXISTS \(SELECT 1 FROM (\w+) AS (\w+) WHERE \2\.(\w+) = (\w+)\.(\w+) AND (.*)\)", re.DOTALL
)


def forbid(
    domain: Domain, notebook: Notebook, tool: DomainTool, rng: random.Random, values: ValueMaker
) -> Declined:
    """A wish whose aim is `tool`, which meets all that is required of it but one thing.

    Raises:
        WalkStop: in this state nothing stands in the way, or no read shows what does.
    """
    contract = tool.contract
    if contract is None or tool.kind in BATCHES:
        raise WalkStop(TaskReason.NO_START, f"{tool.name} does not say what it requires")
    told = [number for number, one in enumerate(contract.requirements) if one.text]
    told = rng.sample(told, len(told))
    told.sort(key=lambda number: find_uniqueness(contract.requirements[number]) is not None)
    for number in told:
        if find_uniqueness(contract.requirements[number]) is not None:
            declined = want_taken_name(domain, notebook, tool, number, rng, values)
            if declined is not None:
                return declined
        if not contract.requirements[number].table:
            continue
        turned = _turned(tool, number)
        for _ in range(_TRIES):
            try:
                wish = try_wish(domain, notebook, turned, rng, values)
            except WalkStop:
                continue
            if wish.refused is None or unmet(domain, wish, tool, wish.write.arguments) != [number]:
                continue
            declined = _Explainer(domain, notebook, wish, tool, rng, values).explain(number)
            if declined is not None:
                return declined
    raise WalkStop(
        TaskReason.NO_START, f"nothing that can be shown stands in the way of {tool.name}"
    )


def _turned(tool: DomainTool, number: int) -> DomainTool:
    """The tool as if one requirement were its opposite."""
    assert tool.contract is not None
    requirements = list(tool.contract.requirements)
    one = requirements[number]
    requirements[number] = one.model_copy(update={"condition": f"NOT ({one.condition})"})
    contract = tool.contract.model_copy(update={"requirements": tuple(requirements)})
    return tool.model_copy(update={"contract": contract})


@dataclass(frozen=True)
class _Shown:
    """What stands in the way: a sentence, what must be said of it, and the reads that show it."""

    sentence: str
    tells: tuple[AnswerFact, ...]
    lookups: list[GoldCall]


class _Explainer:
    def __init__(
        self,
        domain: Domain,
        notebook: Notebook,
        wish: Wish,
        tool: DomainTool,
        rng: random.Random,
        values: ValueMaker,
    ) -> None:
        assert tool.contract is not None
        self.manifest = domain.manifest
        self.notebook = notebook
        self.wish = wish
        self.trial = wish.trial
        self.tool = tool
        self.requirements = tool.contract.requirements
        self.random = rng
        self.values = values
        self.identify = Identifier(domain, wish.trial, rng)

    def explain(self, number: int) -> Declined | None:
        """The wish with the explanation; None where nothing shows what stands in the way."""
        requirement = self.requirements[number]
        table = self.manifest.table[requirement.table]
        key = self.wish.write.arguments[requirement.argument]
        row = self.identify.row(table, key)
        mention = self.trial.mentioned.get((table.name, key))
        if row is None or mention is None or isinstance(key, list):
            return None
        try:
            shown = self._shown(requirement, table, row, mention.reference)
        except WalkStop:
            return None
        if shown is None:
            return None
        write = self.wish.write
        refusal = Refusal(
            kind=SpecialKind.AGAINST_POLICY,
            deed="do that",
            reason=f"{shown.sentence} {self._rule(requirement)}",
            tells=shown.tells,
            attempts=(Attempt(tool=write.tool, arguments=write.arguments),),
            fulfilments=self._fulfilments(),
        )
        return Declined(list(self.wish.goal.request), shown.lookups, self.trial, refusal)

    def _shown(
        self, requirement: Requirement, table: Table, row: dict[str, Any], reference: str
    ) -> _Shown | None:
        held = _HELD.match(requirement.condition)
        if held is not None:
            return self._held_by(self.manifest.table[held[1]], held[2], table, row, reference)
        full = _FULL.fullmatch(requirement.condition)
        if full is not None:
            room = self._holds(table, [table.by_name[full[1]]], row, reference)
            used = self._held_by(self.manifest.table[full[2]], full[3], table, row, reference)
            if room is None or used is None:
                return None
            tells = (*room.tells, *used.tells)
            return _Shown(f"{room.sentence} {used.sentence}", tells, used.lookups)
        owner = _OF_OWNER.fullmatch(requirement.condition)
        if owner is not None and owner[4] == table.name:
            owners = self.manifest.table[owner[1]]
            columns = _columns_in(owners, owner[6].replace(f"{owner[2]}.", ""))
            other = self.identify.row(owners, row[owner[5]])
            whose = self.trial.mentioned.get((owners.name, row[owner[5]]))
            words = whose.reference if whose is not None else f"its {owners.noun}"
            return self._holds(owners, columns, other, words) if other is not None else None
        if "SELECT" in requirement.condition:
            return None
        return self._holds(table, _columns_in(table, requirement.condition), row, reference)

    def _holds(
        self, table: Table, columns: list[Column], row: dict[str, Any], reference: str
    ) -> _Shown | None:
        """What the columns of a row hold that the requirement speaks of."""
        told = [
            column
            for column in columns
            if row[column.name] is not None and (column.type != "boolean" or is_switch(column))
        ]
        if not told or len(told) > _COLUMNS_AT_MOST or len(told) < len(columns):
            return None
        lookups = self._lookups(table, row, told)
        if lookups is None:
            return None
        first, *rest = (states(column, row[column.name]) for column in told)
        known = any(spellings(column, row[column.name])[0] in reference for column in told)
        subject = f"that {table.noun}" if known else reference
        sentence = f"{' and '.join([_of(first, subject), *rest])}."
        tells = tuple(
            AnswerFact(
                label=f"the {column_noun(column)} of the {table.noun}",
                value=bool(row[column.name]) if column.type == "boolean" else row[column.name],
                said=(column_noun(column),)
                if column.type == "boolean"
                else spellings(column, row[column.name]),
            )
            for column in told
        )
        return _Shown(sentence, tells, lookups)

    def _lookups(
        self, table: Table, row: dict[str, Any], columns: list[Column]
    ) -> list[GoldCall] | None:
        """The reads of the wish, with one more where they do not show the columns yet."""
        offset = len(self.notebook.calls)
        key = table.key[0]
        wanted = {column.name: row[column.name] for column in columns}
        if any(_shows(call.result, key, row[key], wanted) for call in self.trial.calls):
            return self.trial.calls[offset:]
        for tool in self.manifest.tools:
            if tool.kind is ToolKind.GET and tool.table == table.name:
                origin = self._origin(row[key])
                if origin is None:
                    return None
                arguments, _ = self.identify.owners(tool, row)
                self.trial.call(tool, {key: (row[key], origin), **arguments}, "lookup")
                if _shows(self.trial.calls[-1].result, key, row[key], wanted):
                    return self.trial.calls[offset:]
        return None

    def _origin(self, key: Any) -> Provenance | None:
        for fact in self.trial.facts.values():
            if fact.value == key:
                return Provenance(origin="user", fact=fact.name)
        return self.trial.seen(key)

    def _held_by(
        self, other: Table, column: str, table: Table, row: dict[str, Any], reference: str
    ) -> _Shown | None:
        """The rows that refer to a row, as a list of them shows."""
        key = row[table.key[0]]
        origin = self._origin(key)
        many = len(self.identify.rows(other, {column: key}))
        offset = len(self.notebook.calls)
        for tool in self.manifest.tools:
            named = [n for n, role in tool.arguments.items() if role.column == column]
            if tool.kind is not ToolKind.LIST or tool.table != other.name or origin is None:
                continue
            if not named or not set(tool.parameters["required"]) <= {named[0]}:
                continue
            self.trial.call(tool, {named[0]: (key, origin)}, "lookup")
            nouns = other.noun if many == 1 else plural_noun(other.noun)
            refer = "refers" if many == 1 else "refer"
            sentence = f"{many} {nouns} still {refer} to {reference}."
            label = f"what refers to the {table.noun}"
            tell = AnswerFact(label=label, value=many, said=(other.noun, plural_noun(other.noun)))
            return _Shown(sentence, (tell,), self.trial.calls[offset:])
        return None

    def _rule(self, requirement: Requirement) -> str:
        """The rule in its own words, or what is required where no rule has any."""
        names = {requirement.rule, f"status/{self.tool.name}"} - {""}
        written = self.manifest.engine == "curated"
        for rule in self.manifest.rules:
            if rule.id in names and not written:
                return self._without_tools(rule.text)
        return f"What you ask for is possible only if {requirement.text}."

    def _without_tools(self, text: str) -> str:
        """A rule's text as one tells it to people, who do not know tools by name."""
        for tool in self.manifest.tools:
            text = text.replace(f" with {tool.name}", "")
        return text.replace("_", " ")

    def _fulfilments(self) -> tuple[Attempt, ...]:
        """The same done to rows of which it may be done."""
        grounder = Grounder(
            self.trial.world, self.manifest.table, self.random, self.values, self.manifest.now
        )
        given = grounder.ground(self.tool)
        if given is None:
            return ()
        world = self.trial.world
        before = world.state_hash()
        with world.undone():
            done = world.call(self.tool.name, given).ok and world.state_hash() != before
        return (Attempt(tool=self.tool.name, arguments=given),) if done else ()


def _columns_in(table: Table, condition: str) -> list[Column]:
    """The columns of a row that a condition speaks of, save keys."""
    names = {name for name in _NAMES.findall(condition) if name}
    return [
        column
        for column in table.columns
        if column.name in names and column.references is None and column.name not in table.key
    ]


def _shows(result: Any, key_name: str, key: Any, values: dict[str, Any]) -> bool:
    """Whether a result holds the record with that key and these values."""
    if isinstance(result, list):
        return any(_shows(one, key_name, key, values) for one in result)
    if not isinstance(result, dict):
        return False
    if result.get(key_name) == key and all(
        name in result and result[name] == value for name, value in values.items()
    ):
        return True
    return any(_shows(one, key_name, key, values) for one in result.values())


def _of(clause: str, reference: str) -> str:
    """ "the status is shipped" of a row: "The status of your order is shipped"."""
    for link in (" is ", " are "):
        subject, found, rest = clause.partition(link)
        if found:
            return capital(f"{subject} of {reference}{link}{rest}")
    return capital(clause)
