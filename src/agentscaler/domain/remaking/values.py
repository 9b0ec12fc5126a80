"""What the initial states of a domain hold, in words of its own service.

In: a certified domain.  Out: lists of values for its columns of free text, by column.  A model is
asked for those whose values the rules make of words that fit any service: names and titles of
things, sentences, kinds.  People, their addresses, codes and times stay with the rules, so that no
real person and no real number gets in.

A list is taken where each value fits its column, no two are alike, none is an identifier, markup, a
name of a tool or an order to the reader, and the names of one table are not those of another.  That
the values are likely for the service is the model's word alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.domain.domain import Column, ColumnValues, Domain, Table
from agentscaler.domain.meaning import is_person
from agentscaler.domain.remaking.words import text_faults
from agentscaler.domain.values import ValueMaker
from agentscaler.llm import MakerRecord, PartMaker, Prompt

__all__ = ["VALUES_PROMPT", "InitialValues", "make_values"]

VALUES_PROMPT = Prompt.read("agentscaler.domain", "values.md")

_COLUMNS = 10
"""Columns in one question."""
_LEAST, _MOST = 12, 40
_LEAST_UNIQUE = 24
_EXAMPLES = 3


@dataclass(frozen=True)
class _Manner:
    """How the values of a meaning are written: told to the model, and checked."""

    told: str
    longest: int
    form: re.Pattern[str]


_TITLE = _Manner(
    "a name or title in a few words, at most 60 characters",
    60,
    re.compile(r"[^\W_].*[^\s.,:;]", re.DOTALL),
)
_SLUG = _Manner(
    "a name without spaces: letters, digits, hyphens and dots, at most 40 characters",
    40,
    re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?"),
)
_SENTENCE = _Manner(
    "one sentence or phrase without a full stop at its end, 8 to 120 characters",
    120,
    re.compile(r"[^\W_].{6,}[^\s.,:;]", re.DOTALL),
)
_WORD = _Manner("one to three words, at most 30 characters", 30, _TITLE.form)
_FREE = _Manner("a few words, or a name without spaces, at most 60 characters", 60, _TITLE.form)
_FILE = _Manner(
    "a file name with its ending, without spaces, at most 60 characters",
    60,
    re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.[a-z0-9]{2,5}"),
)
_PATH = _Manner(
    "a path that begins with a slash, without spaces, at most 80 characters",
    80,
    re.compile(r"(/[A-Za-z0-9][A-Za-z0-9._-]*)+"),
)
_MANNERS = {
    "title": _TITLE,
    "name": _TITLE,
    "natural_key": _SLUG,
    "machine_name": _SLUG,
    "sentence": _SENTENCE,
    "reason": _SENTENCE,
    "trouble": _SENTENCE,
    "department": _TITLE,
    "job_title": _TITLE,
    "category": _WORD,
    "mode": _WORD,
    "tier": _WORD,
    "file_name": _FILE,
    "path": _PATH,
    "text": _FREE,
}


class ListedColumn(BaseModel):
    """Values for one column."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str = Field(max_length=90, description="the column as it is given: table.column")
    values: tuple[str, ...] = Field(max_length=60, description="its values, no two alike")


class InitialValues(BaseModel):
    """Values for the columns that are asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[ListedColumn, ...] = Field(max_length=_COLUMNS + 2)


@dataclass(frozen=True)
class _Wanted:
    """A column that values are asked for."""

    table: Table
    column: Column

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column.name}"

    @property
    def manner(self) -> _Manner:
        return _MANNERS[self.column.meaning]

    @property
    def calls_rows(self) -> bool:
        """Whether people call a row by it."""
        names = {self.table.label, *self.table.key, *self.table.address}
        return self.column.name in names and not self.table.is_link

    @property
    def count(self) -> int:
        """How many values are wanted at least."""
        return _LEAST_UNIQUE if self.calls_rows or self.column.unique else _LEAST


async def make_values(
    domain: Domain, maker: PartMaker
) -> tuple[tuple[ColumnValues, ...], list[MakerRecord]]:
    """Lists for the columns of a domain's initial states, those that were found sound, in the order
    of the columns; and who made which.

    The records speak of columns ("shop/orders.note").
    """
    wanted = list(_wanted(domain))
    made: list[ColumnValues] = []
    records: list[MakerRecord] = []
    for start in range(0, len(wanted), _COLUMNS):
        some = wanted[start : start + _COLUMNS]
        subject = {one.name: f"{domain.id}/{one.name}" for one in some}
        before = tuple(made)

        def check(
            answer: InitialValues,
            some: Sequence[_Wanted] = some,
            before: tuple[ColumnValues, ...] = before,
        ) -> dict[str, list[str]]:
            found = _faults(domain, answer, some, before)
            return {f"{domain.id}/{name}" if name else "": wrong for name, wrong in found.items()}

        asked = await maker.make(
            "values",
            list(subject.values()),
            VALUES_PROMPT,
            _given(domain, some),
            InitialValues,
            check,
        )
        records += asked.records
        given = {one.column: one.values for one in asked.answer.columns} if asked.answer else {}
        made += (
            ColumnValues(table=one.table.name, column=one.column.name, values=given[one.name])
            for one in some
            if subject[one.name] in asked.sound
        )
    return tuple(made), records


def _wanted(domain: Domain) -> Iterator[_Wanted]:
    for table in domain.manifest.tables:
        for column in table.columns:
            is_key = column.name in table.key and not table.natural_key
            made_of_others = bool(table.address) and column.name in table.key
            if column.type != "text" or column.enum or column.references or made_of_others:
                continue
            if is_key and not table.is_link:
                continue
            if is_person(table.noun) and column.meaning in {"title", "name", "natural_key"}:
                continue
            if column.meaning in _MANNERS:
                yield _Wanted(table, column)


def _given(domain: Domain, wanted: Sequence[_Wanted]) -> dict[str, object]:
    """What the model is told: the tables, and how each column is to be filled."""
    manifest = domain.manifest
    examples = ValueMaker(f"{domain.id}/examples", manifest.now)
    spoken = {one.table.name for one in wanted}
    return {
        "service": manifest.title,
        "tables": {
            table.name: {
                "a_row_is": table.noun,
                "columns": [column.name for column in table.columns],
            }
            for table in manifest.tables
            if table.name in spoken
        },
        "columns": [
            {
                "column": one.name,
                "told": one.column.description[:200]
                or f"{one.column.noun} of the {one.table.noun}",
                "form": one.manner.told,
                "values": _MOST if one.count == _LEAST_UNIQUE else _LEAST + 8,
                "rows_are_called_by_it": one.calls_rows,
                "at_present": [examples.value(one.table, one.column) for _ in range(_EXAMPLES)],
            }
            for one in wanted
        ],
    }


def _faults(
    domain: Domain,
    answer: InitialValues,
    wanted: Sequence[_Wanted],
    before: Sequence[ColumnValues],
) -> dict[str, list[str]]:
    """What is wrong, by column."""
    by_name = {one.name: one for one in wanted}
    names = [one.column for one in answer.columns]
    unknown = sorted({name for name in names if name not in by_name})
    faults: dict[str, list[str]] = {}
    if unknown:
        listed = ", ".join(repr(name[:60]) for name in unknown[:5])
        faults[""] = [f"no column is asked for under the name {listed}"]
    for one in wanted:
        if names.count(one.name) != 1:
            faults[one.name] = [f"it is listed {names.count(one.name)} times; list it once"]
    tools = frozenset(domain.manifest.tool)
    held: dict[str, tuple[frozenset[str], bool]] = {
        f"{one.table}.{one.column}": (_folded(one.values), _calls_rows(domain, one))
        for one in before
    }
    for given in answer.columns:
        one_wanted = by_name.get(given.column)
        if one_wanted is None or given.column in faults:
            continue
        wrong = _of_list(one_wanted, given.values, tools)
        wrong += _shared(given.values, one_wanted.calls_rows, held)
        held[given.column] = _folded(given.values), one_wanted.calls_rows
        if wrong:
            faults[given.column] = wrong[:6]
    return faults


def _of_list(wanted: _Wanted, values: Sequence[str], tools: frozenset[str]) -> list[str]:
    """What is wrong with the values of one column by themselves."""
    wrong: list[str] = []
    if not wanted.count <= len(values) <= _MOST:
        wrong.append(f"{len(values)} values; give {wanted.count} to {_MOST}")
    seen: set[str] = set()
    manner = wanted.manner
    in_address = bool(wanted.table.address) and wanted.calls_rows
    for value in values:
        folded = _fold(value)
        if folded in seen:
            wrong.append(f"{value!r} is there twice")
        seen.add(folded)
        found = text_faults(value, manner.longest)
        if not found and not manner.form.fullmatch(value):
            found = [f"{value!r} is not {manner.told}"]
        if not found and in_address and "/" in value:
            found = [f"{value!r} has a slash, which is not allowed here"]
        if not found and any(re.search(rf"\b{re.escape(tool)}\b", value) for tool in tools):
            found = [f"{value!r} has the name of a tool"]
        wrong += found
    return wrong


def _shared(
    values: Sequence[str], calls_rows: bool, held: dict[str, tuple[frozenset[str], bool]]
) -> list[str]:
    """What a list has in common with others: nothing where people call rows by both, and not most
    of it anywhere."""
    own = _folded(values)
    wrong = []
    for name, (others, calls) in held.items():
        common = sorted(own & others)
        if common and calls_rows and calls:
            wrong.append(f"{', '.join(common[:5])} also stands in {name}; rows need their own")
        elif 2 * len(common) > min(len(own), len(others)):
            wrong.append(f"{len(common)} of its values also stand in {name}; give others")
    return wrong


def _calls_rows(domain: Domain, values: ColumnValues) -> bool:
    table = domain.manifest.table[values.table]
    return _Wanted(table, table.by_name[values.column]).calls_rows


def _folded(values: Sequence[str]) -> frozenset[str]:
    return frozenset(map(_fold, values))


def _fold(value: str) -> str:
    return re.sub(r"[\W_]+", " ", value.casefold()).strip()
