"""Lists inside records in wishes: the members that a call gives a record, and those that it has.

A list that is given takes the place of the one that is there, and the words say so.  Members that
are values are one fact of the user; members that are rows are spoken of as several rows are, and
each has a source of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agentscaler.corpus.english import capital, listing, plural_noun
from agentscaler.domain.domain import Column, DomainTool, ListField, Table, ToolKind
from agentscaler.domain.meaning import is_person
from agentscaler.domain.members import shown_lists
from agentscaler.domain.schema import quote
from agentscaler.task.choose import Arguments
from agentscaler.task.notebook import WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.selections import Selector
from agentscaler.task.speech import clause, column_noun, label_of, quoted, say, spellings, states
from agentscaler.task.task import AnswerFact, Fragment, Provenance
from agentscaler.task.wishes import Walking, WishMaker

__all__ = ["Asked", "Given", "MemberMaker"]

_TRIES = 12
_GIVEN = 0.6
"""Chance for a list that may be given to be given."""
_ONE = 0.3
_COUNTED = 0.25
_MOST_NAMED = 6
_INSTEAD = " instead of the present ones"

_LONG = frozenset({"sentence", "text", "url"})
"""Meanings of values that nobody says to single something out."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Given:
    """Members that a call gives a record.

    Attributes:
        name: of the list.
        words: the members in a request ("the tags red and blue").
        said: the members as the agent speaks of them.
        replaces: whether the record has others so far.
    """

    name: str
    words: tuple[Fragment, ...]
    said: str
    replaces: bool

    def behind(self, word: str) -> list[Fragment]:
        """The members in a request that has begun ("with the tags red and blue").

        Args:
            word: what stands before them ("with", "and give it"); may be empty.
        """
        first, *rest = self.words
        text, vague = f"{word} {first.text}".lstrip(), f"{word} {first.vague}".lstrip()
        end = _INSTEAD if self.replaces else ""
        if not rest:
            return [Fragment(text=f"{text}{end}", facts=first.facts, vague=vague)]
        head = Fragment(text=text, facts=first.facts, vague=vague)
        return [head, *rest, *([Fragment(text=end.lstrip())] if end else [])]


@dataclass(frozen=True)
class Asked:
    """A question about a list.

    Attributes:
        what: what is asked for ("the tags").
        answers: what answers it.
        report: the answer as a sentence.
        words: of a question about one member, which it is ("the line with the size 3", "of").
    """

    what: str
    answers: tuple[AnswerFact, ...]
    report: str
    words: tuple[Fragment, ...] = ()


class MemberMaker(WishMaker):
    """Chooses and words members for the wishes of one walk."""

    def __init__(self, walking: Walking, selector: Selector) -> None:
        super().__init__(walking)
        self.selector = selector

    def give(
        self, tool: DomainTool, table: Table, arguments: Arguments, row: Row | None = None
    ) -> list[Given]:
        """Members for the lists that a tool must be given, and for some that it may be; of a
        record that there is, for one of these at most.

        Args:
            arguments: takes the members.
            row: the record that there is already.

        Raises:
            WalkStop: a list must be given, and nothing can be.
        """
        given: list[Given] = []
        for name, role in tool.arguments.items():
            if role.kind != "members":
                continue
            needed = name in tool.parameters["required"]
            enough = row is not None and bool(given)
            if not needed and (enough or self.random.random() > _GIVEN):
                continue
            mark = self.notebook.mark()
            try:
                given.append(self._given(table, name, role.column, arguments, row))
            except WalkStop:
                if needed:
                    raise
                self.notebook.return_to(mark)
        return given

    def _given(
        self, table: Table, name: str, column: str, arguments: Arguments, row: Row | None
    ) -> Given:
        field = table.list_field[column]
        held = self.held(table, field, row) if row is not None else []
        if row is not None and field.name in self.choose.touched(table, row):
            raise WalkStop(TaskReason.NO_START, f"the {field.name} were set just now")
        target = field.columns[0].references
        if target is None:
            return self._values(table, name, field, arguments, held)
        return self._rows(table, name, field, self.manifest.table[target], arguments, held, row)

    def held(self, table: Table, field: ListField, row: Row) -> list[Any]:
        """The members of a record's list: values and keys as they are, of objects their places."""
        rows = self.notebook.world.query(
            f"SELECT {quote(field.order)} AS one FROM {quote(field.table)}"
            f" WHERE {quote(field.owner)} = ? ORDER BY 1",
            row[table.key[0]],
        )
        return [found["one"] for found in rows]

    def _values(
        self, table: Table, name: str, field: ListField, arguments: Arguments, held: list[Any]
    ) -> Given:
        column, members = field.columns[0], self.manifest.table[field.table]
        drawn = dict.fromkeys(self.values.value(members, column) for _ in range(_TRIES))
        plain = [value for value in drawn if not {",", '"'} & set(say(column, value))]
        most = max(1, len(column.enum) - 1) if column.enum else len(plain)
        chosen = plain[: min(most, self.random.choice((1, 2, 2, 3)))]
        if not chosen or set(chosen) == set(held):
            raise WalkStop(TaskReason.NO_START, f"no new {field.name}")
        said = listing([quoted(column, say(column, value)) for value in chosen])
        many = plural_noun(column_noun(column))
        what = "the new" if held else "the"
        fact = self.notebook.tell(
            f"{table.noun.replace(' ', '_')}_{field.name}",
            chosen,
            said,
            f"{what} {label_of(many, self.identify.owner_noun(table))}",
        )
        arguments[name] = chosen, Provenance(origin="user", fact=fact.name)
        text = f"the {many if len(chosen) > 1 else column_noun(column)} {said}"
        vague = f"{'other' if held else 'some'} {many}"
        words = Fragment(text=text, facts=(fact.name,), vague=vague)
        return Given(field.name, (words,), text, bool(held))

    def _rows(
        self,
        table: Table,
        name: str,
        field: ListField,
        target: Table,
        arguments: Arguments,
        held: list[Any],
        row: Row | None,
    ) -> Given:
        """Rows as members; in a role that is not all of what they are, the words say which."""
        if target.address or target.name == self.manifest.speaker:
            raise WalkStop(TaskReason.NO_START, f"{target.name} are not given in lists")
        own = row[table.key[0]] if row is not None and target.name == table.name else None

        def fits(one: Row) -> bool:
            gone = "deleted" in self.choose.touched(target, one)
            return not gone and one[target.key[0]] != own

        keys, origins, words, said = self._called(target, fits)
        if set(keys) == set(held):
            raise WalkStop(TaskReason.NO_START, f"those are the {field.name} already")
        arguments[name] = list(keys), Provenance(origin="items", items=origins)
        noun = field.columns[0].noun
        if noun != target.noun:
            its = "their" if is_person(table.noun) else "its"
            role = f"as {its} {noun if len(keys) == 1 else plural_noun(noun)}"
            words, said = (*words, Fragment(text=role)), f"{said} {role}"
        return Given(field.name, words, said, bool(held))

    def _called(
        self, target: Table, fits: Callable[[Row], bool]
    ) -> tuple[tuple[str, ...], tuple[Provenance, ...], tuple[Fragment, ...], str]:
        """One row or several: keys, where they are known from, and the words of user and agent."""
        if self.random.random() < _ONE:
            rows = [row for row in self.identify.rows(target) if fits(row)]
            if not rows:
                raise WalkStop(TaskReason.NO_START, f"no {target.noun} fits")
            row = self.random.choice(self.choose.least_named(target, rows))
            met = self.identify.introduce(target, row[target.key[0]])
            return (met.key,), (met.origin,), met.words, met.reference
        mark = self.notebook.mark()
        try:
            chosen = self.selector.named(target, None, fits)
        except WalkStop:
            self.notebook.return_to(mark)
            chosen = self.selector.by_keys(target, fits)
        said = f"the {plural_noun(target.noun)} {listing(chosen.names)}"
        return chosen.keys, chosen.origins, chosen.words, said

    def askable(
        self, tool: DomainTool, table: Table, row: Row, *, looked_up: bool = False
    ) -> list[ListField]:
        """Lists of a row that a person may ask for, which hold something.

        Args:
            looked_up: whether a list of records has shown the row already.
        """
        seen = shown_lists(ToolKind.LIST, table) if looked_up else ()
        touched = self.choose.touched(table, row)
        return [
            field
            for field in shown_lists(tool.kind, table)
            if field not in seen and field.name not in touched and self.held(table, field, row)
        ]

    def ask(self, table: Table, field: ListField, row: Row, reference: str) -> Asked:
        """What a record's list holds, where its members have names and are few; else how many.
        Of an object, what one of its fields holds.

        Names that only a list of other rows shows are looked up.

        Args:
            reference: the record, as the agent speaks of it.
        """
        one = None if field.is_plain else self._one(table, field, row, reference)
        if one is not None and self.random.random() > _COUNTED:
            return one()
        held = self.held(table, field, row)
        names = self._names(field, held) if self.random.random() > _COUNTED else []
        noun = column_noun(field.columns[0]) if field.is_plain else field.noun
        many = plural_noun(noun)
        shown = noun if len(held) == 1 else many
        if not names:
            answer = AnswerFact(
                label=f"the number of {many}", value=len(held), said=spellings(None, len(held))
            )
            report = f"{capital(reference)} has {len(held)} {shown}."
            return Asked(f"the number of {many}", (answer,), report)
        answers = tuple(
            AnswerFact(label=f"one of the {many}", value=value, said=ways)
            for value, ways in zip(held, names, strict=True)
        )
        told = listing([ways[0] for ways in names])
        return Asked(f"the {many}", answers, f"{capital(reference)} has the {shown} {told}.")

    def _one(
        self, table: Table, field: ListField, row: Row, reference: str
    ) -> Callable[[], Asked] | None:
        """A question about one of a record's objects that a value of its own singles out."""
        rows = self.notebook.world.query(
            f"SELECT * FROM {quote(field.table)} WHERE {quote(field.owner)} = ?"
            f" ORDER BY {quote(field.order)}",
            row[table.key[0]],
        )
        told = [column for column in field.columns if _is_told(column)]
        pairs = [
            (one, by, column)
            for one in rows
            for by in told
            if one[by.name] is not None and by.meaning not in _LONG
            if [other[by.name] for other in rows].count(one[by.name]) == 1
            for column in told
            if column is not by and one[column.name] not in (None, one[by.name])
        ]
        if not pairs:
            return None
        one, by, column = self.random.choice(pairs)

        def asked() -> Asked:
            value, noun = one[column.name], column_noun(column)
            said = say(by, one[by.name])
            label = f"the {label_of(column_noun(by), f'the {field.noun}')}"
            name = f"{field.noun.replace(' ', '_')}_{by.name}"
            fact = self.notebook.tell(name, one[by.name], said, label)
            spoken = f"the {field.noun} with {clause(by, said)}"
            vague = f"one of the {plural_noun(field.noun)}"
            words = Fragment(text=spoken, facts=(fact.name,), vague=vague)
            answer = AnswerFact(
                label=f"the {noun} of the {field.noun}", value=value, said=spellings(column, value)
            )
            report = f"{capital(states(column, value, of=f'{spoken} of {reference}'))}."
            return Asked(f"the {noun}", (answer,), report, (words, Fragment(text="of")))

        return asked

    def _names(self, field: ListField, held: list[Any]) -> list[tuple[str, ...]]:
        """How each member may be written; nothing where they have no names that can be seen."""
        if not field.is_plain or len(held) > _MOST_NAMED:
            return []
        column = field.columns[0]
        if column.references is None:
            return [spellings(column, value) for value in held]
        target = self.manifest.table[column.references]
        if target.address or target.name == self.manifest.speaker:
            return []
        if target.natural_key:
            return [(str(key),) for key in held]
        return self._looked_up(target, held)

    def _looked_up(self, target: Table, keys: list[str]) -> list[tuple[str, ...]]:
        """The names of rows as one list of all of them shows; the list is called."""
        row = self.identify.row(target, keys[0])
        finder = self.identify.finder(target, row) if row is not None else None
        if finder is None or finder.parameters["required"] or target.label is None:
            return []
        rows = self.identify.rows(target)
        names = {one[target.key[0]]: one[target.label] for one in rows}
        given = list(names.values())
        if any(not names[key] or given.count(names[key]) > 1 for key in keys):
            return []
        if self.notebook.same_call(finder.name, {}) is None:
            self.notebook.call(finder, {}, "lookup")
        return [(str(names[key]),) for key in keys]


def _is_told(column: Column) -> bool:
    """Whether people speak of what a column of an object holds."""
    return column.references is None and column.type != "boolean" and column.meaning != "text"
