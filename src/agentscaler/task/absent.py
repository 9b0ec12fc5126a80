"""Wishes about what does not exist: a name or a number of nothing, a day on which nothing was made.

An ordinary wish about a row that the user singles out by its name, its id or what it holds gets
another value in that place, one that no row has and that is not so near to any that it could be a
slip of the pen.
"""

import random
import re
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from string import ascii_uppercase
from typing import Any

from agentscaler.corpus.english import capital, listing, plural_noun
from agentscaler.domain.domain import Column, Domain, DomainTool, Table, ToolKind
from agentscaler.domain.schema import quote
from agentscaler.domain.values import ValueMaker
from agentscaler.task.identify import Identifier
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.speech import column_noun, say
from agentscaler.task.task import (
    AnswerFact,
    Attempt,
    Fact,
    Fragment,
    GoldCall,
    Refusal,
    SpecialKind,
)
from agentscaler.task.trial import Declined, Wish, reworded, try_wish
from agentscaler.world.world import World

__all__ = ["misname", "other_value"]

_TRIES = 12
_ALIKE = 0.7
_DAYS_APART = 3
_NAMED_AT_MOST = 4
_TELLING_WHAT_IS_THERE = 0.5
_ID = re.compile(r"(.+-)([0-9a-z]{8})")
_ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_WORD = re.compile(r"[A-Za-z]{4,}|.")


def misname(
    domain: Domain, notebook: Notebook, tool: DomainTool, rng: random.Random, values: ValueMaker
) -> Declined:
    """A wish whose aim is `tool`, about a row that does not exist.

    Raises:
        WalkStop: no row of the wish can be called by something else, or no read shows that it is
            not there.
    """
    wish = try_wish(domain, notebook, tool, rng, values)
    if wish.refused is not None:
        raise WalkStop(TaskReason.REFUSED, wish.refused)
    maker = _Misnamer(domain, notebook, wish, rng, values)
    rows = [n for n in wish.write.arguments if tool.arguments[n].kind in {"key", "reference"}]
    facts, calls = dict(wish.trial.facts), list(wish.trial.calls)
    for name in rng.sample(rows, len(rows)):
        declined = maker.misname(tool, name)
        if declined is not None:
            return declined
        wish.trial.facts, wish.trial.calls = dict(facts), list(calls)
    raise WalkStop(TaskReason.NO_START, f"nothing about {tool.name} can be told wrong")


class _Misnamer:
    def __init__(
        self,
        domain: Domain,
        notebook: Notebook,
        wish: Wish,
        rng: random.Random,
        values: ValueMaker,
    ) -> None:
        self.manifest = domain.manifest
        self.notebook = notebook
        self.wish = wish
        self.trial = wish.trial
        self.random = rng
        self.values = values
        self.identify = Identifier(domain, wish.trial, rng)

    def misname(self, tool: DomainTool, name: str) -> Declined | None:
        """The wish with the row of one argument called by what no row is called."""
        key = self.wish.write.arguments[name]
        table = self.manifest.table[tool.arguments[name].table]
        mention = self.trial.mentioned.get((table.name, key))
        row = self.identify.row(table, key)
        if mention is None or row is None or (table.name, key) in self.notebook.mentioned:
            return None
        facts = [self.trial.facts[one] for one in mention.facts]
        known = [(fact, column) for fact in facts if (column := _column(table, row, fact))]
        if not known or len(known) < len(facts) or any(f.name in self.wish.known for f in facts):
            return None
        fact, column = self.random.choice(known)
        told = {one.name: row[one.name] for _, one in known}
        wrong = other_value(self.trial, table, column, row, self.random, self.values)
        if wrong is None or self.identify.rows(table, {**told, column.name: wrong}):
            return None
        said = say(column, wrong)
        request = reworded(self.wish.goal.request, fact, said)
        if request is None:
            return None
        self.trial.facts[fact.name] = fact.model_copy(update={"value": wrong, "said": said})
        lookups = self._lookups(fact, wrong)
        if not self._shows(lookups, table, column, wrong):
            listed = self._list(table, row, lookups)
            if listed is None or not self._shows(listed[0], table, column, wrong):
                return None
            lookups, words = listed
            place = next(i for i, one in enumerate(request) if fact.name in one.facts)
            request[place + 1 : place + 1] = words
        del self.trial.mentioned[table.name, key]
        refusal = Refusal(
            kind=SpecialKind.WRONG_FACT,
            deed="do that",
            reason=self._reason(table, column, mention.reference, fact.said, said, lookups),
            tells=(AnswerFact(label=fact.label, value=wrong, said=_ways(said, wrong)),),
            attempts=tuple(self._attempts(table, column, name, wrong)),
            fulfilments=(Attempt(tool=tool.name, arguments=self.wish.write.arguments),),
        )
        return Declined(request, lookups, self.trial, refusal)

    def _lookups(self, fact: Fact, wrong: Any) -> list[GoldCall]:
        """The reads that can still be made when the row is not there."""
        offset = len(self.notebook.calls)
        places: dict[int, int] = {index: index for index in range(offset)}
        made = list(self.notebook.calls)
        for index, call in enumerate(self.wish.lookups, start=offset):
            arguments, provenance = dict(call.arguments), dict(call.provenance)
            for name, source in call.provenance.items():
                if source.fact == fact.name:
                    arguments[name] = wrong
                elif source.call is not None:
                    if source.call not in places or not _leads(
                        made[places[source.call]].result, source.path, arguments[name]
                    ):
                        break
                    provenance[name] = source.model_copy(update={"call": places[source.call]})
            else:
                result = self.trial.world.call(call.tool, arguments)
                if result.ok:
                    places[index] = len(made)
                    made.append(
                        call.model_copy(
                            update={
                                "arguments": arguments,
                                "provenance": provenance,
                                "result": result.value,
                            }
                        )
                    )
        return made[offset:]

    def _list(
        self, table: Table, row: dict[str, Any], lookups: list[GoldCall]
    ) -> tuple[list[GoldCall], tuple[Fragment, ...]] | None:
        """The reads with a list that ought to show the row, and the words for whose list it is."""
        finder = self.identify.finder(table, row)
        if finder is None or any(
            finder.arguments[name].kind == "filter" for name in finder.parameters["required"]
        ):
            return None
        offset = len(self.notebook.calls)
        self.trial.calls[offset:] = lookups
        words = self.identify.look_up(finder, row, 0, named=False)
        return self.trial.calls[offset:], words

    def _shows(self, lookups: list[GoldCall], table: Table, column: Column, wrong: Any) -> bool:
        """Whether one of the reads is a list of the table that shows `column`, and not `wrong`."""
        for call in lookups:
            tool = self.manifest.tool[call.tool]
            if tool.kind is ToolKind.LIST and tool.table == table.name:
                rows = call.result[table.name]
                if any(one.get(column.name) == wrong for one in rows):
                    return False
                return all(column.name in one for one in rows)
        return False

    def _reason(
        self,
        table: Table,
        column: Column,
        reference: str,
        real: str,
        wrong: str,
        lookups: list[GoldCall],
    ) -> str:
        if table.name == self.manifest.speaker:
            return f"There is no account with the {column_noun(column)} {wrong}."
        mine = reference.startswith("your ")
        what = reference.removeprefix("your ").removeprefix("the ").replace(real, wrong)
        reason = f"{'You have' if mine else 'There is'} no {what}."
        names = self._names(table, lookups)
        if names and self.random.random() < _TELLING_WHAT_IS_THERE:
            many = capital(f"{'your' if mine else 'the'} {plural_noun(table.noun)}")
            one = capital(f"{'your' if mine else 'the'} only {table.noun}")
            subject = f"{many} are" if len(names) > 1 else f"{one} is"
            reason += f" {subject} {listing(names)}."
        return reason

    def _names(self, table: Table, lookups: list[GoldCall]) -> list[str]:
        """What the rows are called that the last list shows, if they are few and all have names."""
        tool = self.manifest.tool[lookups[-1].tool]
        if tool.table != table.name or tool.kind is not ToolKind.LIST or table.label is None:
            return []
        names = [row.get(table.label) for row in lookups[-1].result[table.name]]
        told = all(names) and 0 < len(set(names)) == len(names) <= _NAMED_AT_MOST
        return [str(name) for name in names] if told else []

    def _attempts(self, table: Table, column: Column, name: str, wrong: Any) -> list[Attempt]:
        """The write, and every list that can be asked for it, with what the user said."""
        write = self.wish.write
        attempts = []
        schema = self.manifest.tool[write.tool].parameters["properties"][name]
        if isinstance(wrong, str) and schema["type"] == "string":
            attempts.append(Attempt(tool=write.tool, arguments={**write.arguments, name: wrong}))
        for tool in self.manifest.tools:
            if tool.kind not in {ToolKind.LIST, ToolKind.COUNT} or tool.table != table.name:
                continue
            for filter_name, role in tool.arguments.items():
                only = set(tool.parameters["required"]) <= {filter_name}
                if role.kind == "filter" and role.column == column.name and only:
                    attempts.append(Attempt(tool=tool.name, arguments={filter_name: wrong}))
        return attempts


def other_value(
    notebook: Notebook,
    table: Table,
    column: Column,
    row: dict[str, Any],
    rng: random.Random,
    values: ValueMaker,
) -> Any:
    """A value of a column that no row has, nor one that is nearly the same; None if there is none.

    Args:
        row: the row whose value it takes the place of.
    """
    if column.enum or column.type in {"boolean", "integer", "real"}:
        return None
    taken = _values_of(notebook.world, table, column)
    if column.type in {"date", "timestamp"}:
        days = (_other_day(row[column.name], rng) for _ in range(_TRIES))
        apart = (d for d in days if all(_days_apart(d, one) >= _DAYS_APART for one in taken))
        return next(apart, None)
    elsewhere = _elsewhere(notebook.domain, table, column)
    drawn = (_other_text(table, column, row[column.name], rng, values) for _ in range(_TRIES))
    for wrong in (*rng.sample(elsewhere, len(elsewhere)), *drawn):
        if wrong and not any(_is_near(wrong, one) for one in taken):
            return wrong
    return None


def _values_of(world: World, table: Table, column: Column) -> list[str]:
    sql = f"SELECT DISTINCT {quote(column.name)} AS value FROM {quote(table.name)} ORDER BY 1"
    return [str(one["value"]) for one in world.query(sql) if one["value"] is not None]


def _elsewhere(domain: Domain, table: Table, column: Column) -> list[str]:
    """What things are called in the other states of a domain: names as its people give them."""
    found: set[str] = set()
    for state in domain.states:
        with domain.world(state) as world:
            found |= set(_values_of(world, table, column))
    return sorted(found)


def _other_day(value: str, rng: random.Random) -> str:
    earlier = datetime.fromisoformat(value) - timedelta(days=rng.randint(8, 45))
    return earlier.date().isoformat() if len(value) == len("2026-01-01") else earlier.isoformat()


def _days_apart(one: str, other: str) -> int:
    days = datetime.fromisoformat(one) - datetime.fromisoformat(other)
    return abs(days.days)


def _other_text(
    table: Table, column: Column, value: str, rng: random.Random, values: ValueMaker
) -> str:
    opaque = _ID.fullmatch(value)
    if column.name in table.key and not table.natural_key:
        return f"{opaque[1]}{''.join(rng.choice(_ID_LETTERS) for _ in opaque[2])}" if opaque else ""
    if re.fullmatch(r"[A-Z0-9-]*\d[A-Z0-9-]*", value):
        return "".join(
            part if len(part) > 1 else _other_sign(part, rng) for part in _WORD.findall(value)
        )
    return str(values.value(table, column))


def _other_sign(sign: str, rng: random.Random) -> str:
    if sign.isdigit():
        return str(rng.randrange(10))
    return rng.choice(ascii_uppercase) if sign.isalpha() else sign


def _is_near(one: str, other: str) -> bool:
    """Whether one could be the other with a slip of the pen."""
    if re.search(r"\d", one) and len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) < 3
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio() > _ALIKE


def _column(table: Table, row: dict[str, Any], fact: Fact) -> Column | None:
    """The column of a row that a fact tells."""
    prefix = table.noun.replace(" ", "_")
    for column in table.columns:
        if row[column.name] != fact.value:
            continue
        names = {f"{prefix}_{column.name}"}
        names |= {f"{prefix}_name", f"{prefix}_id"} if column.name in table.key else set()
        if re.sub(r"_\d+$", "", fact.name) in names or fact.name in names:
            return column
    return None


def _ways(said: str, value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys((said, str(value))))


def _leads(result: Any, path: tuple[str | int, ...], value: Any) -> bool:
    """Whether the value stands at the path, as it did before."""
    try:
        for step in path:
            result = result[step]
    except (KeyError, IndexError, TypeError):
        return False
    return bool(result == value)
