"""`Trial`: a wish as an ordinary walk would make it, of which only the reads are really made.

A task whose right outcome is to change nothing begins as an ordinary wish: rows chosen, lookups
made, words found.  Its write is tried and undone, and what comes of it is noted; the world of the
walk stays as it is.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from agentscaler.domain.domain import Column, Domain, DomainTool, Table
from agentscaler.domain.values import ValueMaker
from agentscaler.task.goals import Form, GoalMaker
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.task import Fact, Fragment, Goal, GoldCall, Provenance, Refusal
from agentscaler.world.bindings import positional
from agentscaler.world.model import requirement_sql

__all__ = ["Declined", "Trial", "Wish", "adopt", "open_trial", "reworded", "try_wish", "unmet"]


@dataclass
class Trial(Notebook):
    """A notebook in which writes are only tried.

    Attributes:
        write: the write that was tried last; its result is made up where it was refused.
        refused: what the tool said against it; None where it was accepted.
    """

    write: GoldCall | None = None
    refused: str | None = None

    def call(
        self, tool: DomainTool, arguments: dict[str, tuple[Any, Provenance]], purpose: str
    ) -> int:
        """Executes a read; tries a write and undoes it, and notes it as if it had been made."""
        if tool.effect == "read":
            return super().call(tool, arguments, purpose)
        values = {name: value for name, (value, _) in arguments.items()}
        with self.world.undone():
            result = self.world.call(tool.name, values)
        self.refused = result.error
        table = self.domain.manifest.table[tool.table]
        self.write = GoldCall(
            tool=tool.name,
            arguments=values,
            provenance={name: origin for name, (_, origin) in arguments.items()},
            result=result.value if result.ok else _Blank(table),
            purpose="goal",
            effect="write",
        )
        self.calls.append(self.write)
        return len(self.calls) - 1


class _Blank(dict[str, Any]):
    """What stands in for the result of a refused write while the words are made."""

    def __init__(self, table: Table) -> None:
        super().__init__({column.name: _blank(column) for column in table.columns})

    def __missing__(self, name: str) -> str:
        return ""


def _blank(column: Column) -> Any:
    if column.type == "timestamp":
        return "2000-01-01T00:00:00"
    if column.type == "date":
        return "2000-01-01"
    return "" if column.type == "text" else 0


@dataclass(frozen=True)
class Wish:
    """A wish that was tried: its words, the write, and the reads before it.

    `known` are the names of the facts that the user had told before.
    """

    goal: Goal
    write: GoldCall
    refused: str | None
    lookups: list[GoldCall]
    trial: Trial
    known: frozenset[str]


@dataclass(frozen=True)
class Declined:
    """A wish that cannot be fulfilled: its words, the reads that show why, and the explanation."""

    request: list[Fragment]
    lookups: list[GoldCall]
    trial: Trial
    refusal: Refusal


def open_trial(notebook: Notebook) -> Trial:
    """A trial that begins where the notebook stands."""
    return Trial(
        domain=notebook.domain,
        world=notebook.world,
        max_calls=notebook.max_calls,
        calls=list(notebook.calls),
        facts=dict(notebook.facts),
        mentioned=dict(notebook.mentioned),
        touched={row: set(columns) for row, columns in notebook.touched.items()},
        grouped=set(notebook.grouped),
        named=notebook.named,
    )


def try_wish(
    domain: Domain, notebook: Notebook, tool: DomainTool, rng: random.Random, values: ValueMaker
) -> Wish:
    """Makes a wish whose aim is `tool`, a write, without fulfilling it.

    Raises:
        WalkStop: it cannot be grounded.
    """
    trial = open_trial(notebook)
    goal, _ = GoalMaker(domain, trial, rng, values).make(tool, None, Form.PLAIN)
    write = trial.write
    if write is None or trial.calls[-1] is not write:
        raise WalkStop(TaskReason.NO_START, f"{tool.name} made no write")
    changed = {key for _, key in notebook.touched}
    if any(value in changed for value in write.arguments.values() if isinstance(value, str)):
        raise WalkStop(TaskReason.NO_START, "the row was changed just now")
    trial.calls.pop()
    lookups = trial.calls[len(notebook.calls) :]
    return Wish(goal, write, trial.refused, lookups, trial, frozenset(notebook.facts))


def reworded(request: Iterable[Fragment], fact: Fact, said: str) -> list[Fragment] | None:
    """A request with another value told; None where the value does not stand in it as it is."""
    words = []
    for one in request:
        if fact.name not in one.facts:
            words.append(one)
        elif fact.said in one.text:
            words.append(one.model_copy(update={"text": one.text.replace(fact.said, said)}))
        else:
            return None
    return words


def unmet(domain: Domain, wish: Wish, tool: DomainTool, arguments: Mapping[str, Any]) -> list[int]:
    """The positions of the requirements of `tool` that a call in place of the wish's write does not
    meet."""
    assert tool.contract is not None
    given = {
        name: orjson.dumps(value).decode() if isinstance(value, list) else value
        for name, value in arguments.items()
    }
    known = dict.fromkeys(tool.arguments) | given | {"_now": domain.manifest.now}
    found = []
    for number, one in enumerate(tool.contract.requirements):
        sql, bound = positional(f"SELECT {requirement_sql(one)} AS met", known)
        if not wish.trial.world.query(sql, *bound)[0]["met"]:
            found.append(number)
    return found


def adopt(notebook: Notebook, trial: Trial, lookups: Iterable[GoldCall]) -> tuple[int, ...]:
    """Takes the reads and the words of a trial over into the walk; the indices of the reads.

    Raises:
        WalkStop: the walk is longer then than it may be.
    """
    first = len(notebook.calls)
    calls = [*notebook.calls, *lookups]
    if len(calls) > notebook.max_calls:
        raise WalkStop(TaskReason.TOO_LONG, str(notebook.max_calls))
    notebook.calls[:] = calls
    notebook.facts = dict(trial.facts)
    tables = notebook.domain.manifest.table
    notebook.mentioned = {
        (table, key): mention
        for (table, key), mention in trial.mentioned.items()
        if (table, key) in notebook.mentioned or _exists(notebook, tables[table], key)
    }
    return tuple(range(first, len(calls)))


def _exists(notebook: Notebook, table: Table, key: str) -> bool:
    sql = f'SELECT 1 FROM "{table.name}" WHERE "{table.key[0]}" = ?'
    return bool(notebook.world.query(sql, key))
