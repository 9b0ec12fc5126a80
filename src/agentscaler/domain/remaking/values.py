"""What the initial states of a domain hold, in words of its own service.

In: a certified domain.  Out: lists of values for its columns of free text, by column.  A model is
asked for those whose values the rules make of words that fit any service: names and titles of
things, sentences, kinds.  People, their addresses, codes and times stay with the rules, so that no
real person and no real number gets in.

A value is taken where it fits its column, stands there once, is no identifier, markup, name of a
tool or order to the reader, and names no row of another table; a list, where enough of its values
are.  That the values are likely for the service is the model's word alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
_QUOTED = 6
"""Values whose faults are quoted."""


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
    made: dict[str, tuple[str, ...]] = {}
    records: list[MakerRecord] = []
    for start in range(0, len(wanted), _COLUMNS):
        some = wanted[start : start + _COLUMNS]
        subject = {one.name: f"{domain.id}/{one.name}" for one in some}
        names = {one.name: made[one.name] for one in wanted if one.name in made and one.calls_rows}
        sifting = _Sifting(domain, some, made, subject)
        asked = await maker.make(
            "values",
            list(subject.values()),
            VALUES_PROMPT,
            _given(domain, some, names),
            InitialValues,
            sifting.faults,
        )
        records += asked.records
        made |= {name: sifting.kept[name] for name in subject if subject[name] in asked.sound}
    lists = (
        ColumnValues(table=one.table.name, column=one.column.name, values=made[one.name])
        for one in wanted
        if one.name in made
    )
    return tuple(lists), records


class _Sifting:
    """Takes what fits out of the lists of an answer.

    A list is sound if enough of its values fit; the others are left out.

    Attributes:
        kept: by column, the values of the last answer that fit.
    """

    def __init__(
        self,
        domain: Domain,
        wanted: Sequence[_Wanted],
        before: Mapping[str, tuple[str, ...]],
        subject: Mapping[str, str],
    ) -> None:
        self.kept: dict[str, tuple[str, ...]] = {}
        self._wanted = {one.name: one for one in wanted}
        self._calling = {one.name for one in _wanted(domain) if one.calls_rows}
        self._tools = _any_of(domain.manifest.tool)
        self._before = before
        self._subject = subject

    def faults(self, answer: InitialValues) -> dict[str, list[str]]:
        """What is wrong, by subject; "" for the answer itself."""
        self.kept = {}
        names = [one.column for one in answer.columns]
        unknown = sorted({name for name in names if name not in self._wanted})
        faults: dict[str, list[str]] = {}
        if unknown:
            listed = ", ".join(repr(name[:60]) for name in unknown[:5])
            faults[""] = [f"no column is asked for under the name {listed}"]
        given = {one.column: one.values for one in answer.columns}
        for name, wanted in self._wanted.items():
            if names.count(name) != 1:
                wrong = [f"it is listed {names.count(name)} times; list it once"]
            else:
                wrong = self._sift(wanted, given[name])
            if wrong:
                faults[self._subject[name]] = wrong
        return faults

    def _sift(self, wanted: _Wanted, values: Sequence[str]) -> list[str]:
        kept: dict[str, str] = {}
        wrong: list[str] = []
        for value in values:
            fault = self._fault(wanted, value, kept)
            if fault:
                wrong.append(fault)
            else:
                kept[_fold(value)] = value
        for name, others in self._others().items():
            common = kept.keys() & set(map(_fold, others))
            if 2 * len(common) > min(len(kept), len(others)):
                return [f"{len(common)} of its values also stand in {name}; give others"]
        if len(kept) < wanted.count:
            few = f"{len(kept)} values that fit; give {wanted.count} to {_MOST}"
            return [few, *wrong[:_QUOTED]]
        self.kept[wanted.name] = tuple(kept.values())[:_MOST]
        return []

    def _fault(self, wanted: _Wanted, value: str, kept: Mapping[str, str]) -> str:
        """What is wrong with one value, or ""."""
        manner = wanted.manner
        found = text_faults(value, manner.longest)
        if found:
            return found[0]
        if _fold(value) in kept:
            return f"{value!r} is there twice"
        if not manner.form.fullmatch(value):
            return f"{value!r} is not {manner.told}"
        if wanted.table.address and wanted.calls_rows and "/" in value:
            return f"{value!r} has a slash, which is not allowed here"
        if self._tools.search(value):
            return f"{value!r} has the name of a tool"
        if wanted.calls_rows:
            for name, others in self._others().items():
                if name in self._calling and _fold(value) in map(_fold, others):
                    return f"{value!r} also stands in {name}; rows need names of their own"
        return ""

    def _others(self) -> dict[str, tuple[str, ...]]:
        """The lists of other columns so far."""
        return {**self._before, **self.kept}


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")


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


def _given(
    domain: Domain, wanted: Sequence[_Wanted], names: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    """What the model is told: the tables, how each column is to be filled, and the names that rows
    of other tables have already."""
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
        **({"taken": names} if names else {}),
    }


def _fold(value: str) -> str:
    return re.sub(r"[\W_]+", " ", value.casefold()).strip()
