"""The maker of "arguments": values of a task chosen by a model where the rules drew them.

In: tasks of one domain.  A model is told what is free in each and what may stand there; whatever it
chooses is put in place, executed and proven like a task of the rules.
"""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.domain.domain import Domain
from agentscaler.llm import Faults, MakerRecord, PartMaker, Prompt
from agentscaler.task.notebook import WalkStop
from agentscaler.task.proof import Prover
from agentscaler.task.reasons import TaskReason
from agentscaler.task.remake.batches import batches, short_names
from agentscaler.task.remake.candidate import candidate_fact, value_fault
from agentscaler.task.remake.free import FreeValue, find_free
from agentscaler.task.remake.refit import refit
from agentscaler.task.remake.rows import find_rows
from agentscaler.task.task import Fact, Task

__all__ = ["ARGUMENTS_PROMPT", "ChosenValues", "choose_arguments"]

ARGUMENTS_PROMPT = Prompt.read("agentscaler.task", "arguments.md")

_BATCH = 6
_LIKE = 4

_WHY = {
    TaskReason.REFUSED: "the service refuses it",
    TaskReason.GOLD_DIFFERS: "what is told elsewhere in the request would change with it",
    TaskReason.IDLE_WRITE: "one of the values is there already, so that nothing would change",
    TaskReason.MUTANT_PASSES: "something the request asks for would make no difference",
    TaskReason.LEAK: "a value is one that is to be found out",
    TaskReason.ANSWER_KNOWN: "a value is what the request asks for",
}
_TELLING = frozenset(
    {TaskReason.REFUSED, TaskReason.GOLD_DIFFERS, TaskReason.LEAK, TaskReason.ANSWER_KNOWN}
)
"""Reasons whose detail says what is wrong; that of the others is the request."""


class ChosenValue(BaseModel):
    """One value."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(max_length=12, description="The id of the value, as given.")
    value: str | int | float = Field(description="The value, of the type that is given for it.")


class TaskValues(BaseModel):
    """The values of one request."""

    model_config = ConfigDict(extra="forbid")

    request: str = Field(max_length=12, description="The id of the request, as given.")
    story: str = Field(default="", max_length=300, description="Who asks, and why: one sentence.")
    values: list[ChosenValue] = Field(max_length=40)


class ChosenValues(BaseModel):
    """Values for every request."""

    model_config = ConfigDict(extra="forbid")

    requests: list[TaskValues] = Field(max_length=40)


@dataclass(frozen=True)
class _Asked:
    """A task with what is free in it, and the short name that a question gives it."""

    name: str
    number: int
    task: Task
    free: dict[str, FreeValue]


async def choose_arguments(
    domain: Domain, tasks: Sequence[Task], maker: PartMaker
) -> tuple[list[Task], list[MakerRecord]]:
    """The tasks in their order, those with the model's values in the place of their drafts.

    A task without anything free is not asked about, and has no record.
    """
    made, records = list(tasks), []
    open_tasks = [
        (number, [*find_free(domain, task), *find_rows(domain, task)])
        for number, task in enumerate(tasks)
    ]
    for batch in batches([one for one in open_tasks if one[1]], _BATCH):
        asked = []
        for name, (number, free) in zip(short_names("r", len(batch)), batch, strict=True):
            ids = short_names("v", len(free))
            asked.append(_Asked(name, number, tasks[number], dict(zip(ids, free, strict=True))))
        chosen, found = await _ask(domain, tasks, asked, maker)
        records += found
        for number, task in chosen.items():
            made[number] = task
    return made, records


async def _ask(
    domain: Domain, tasks: Sequence[Task], asked: Sequence[_Asked], maker: PartMaker
) -> tuple[dict[int, Task], list[MakerRecord]]:
    """The tasks of one question that its answer made anew, by their places, and its records."""
    refitted: dict[str, Task] = {}

    async def check(answer: ChosenValues) -> Faults:
        refitted.clear()
        return await asyncio.to_thread(_check, domain, tasks, asked, answer, refitted)

    given = {
        "service": domain.manifest.title,
        "today": domain.manifest.now[:10],
        "requests": [_given(one) for one in asked],
    }
    names = [one.name for one in asked]
    made = await maker.make("arguments", names, ARGUMENTS_PROMPT, given, ChosenValues, check)
    chosen, records = {}, []
    for one, record in zip(asked, made.records, strict=True):
        records.append(record.model_copy(update={"subject": one.task.id}))
        if one.name in made.sound:
            makers = {**one.task.makers, "arguments": record.model}
            chosen[one.number] = refitted[one.name].model_copy(update={"makers": makers})
    return chosen, records


def _given(asked: _Asked) -> dict[str, Any]:
    values = [{"id": name, **_described(free)} for name, free in asked.free.items()]
    return {"id": asked.name, "request": asked.task.intent, "values": values}


def _described(free: FreeValue) -> dict[str, Any]:
    """What a model is told of a free value."""
    column, told = free.column, {"what": free.fact.label, "draft": free.fact.value}
    if free.rows:
        choices = {said: about for said, (_, about) in free.rows.items()}
        return {**told, "type": "choice", "choices": choices}
    if column.enum:
        others = [one for one in column.enum if one != free.now]
        return {**told, "type": "choice", "choices": others}
    told["type"] = {"real": "number", "timestamp": "time"}.get(column.type, column.type)
    if column.description:
        told["about"] = column.description[:200]
    step = max(1, len(free.values) // _LIKE)
    if column.type == "text":
        told["like"] = list(free.values[::step][:_LIKE])
    elif free.values:
        told |= {"least": free.values[0], "greatest": free.values[-1]}
    if free.now is not None:
        told["not"] = [free.now]
    return told


def _check(
    domain: Domain,
    tasks: Sequence[Task],
    asked: Sequence[_Asked],
    answer: ChosenValues,
    refitted: dict[str, Task],
) -> dict[str, list[str]]:
    """What is wrong with the values, by request; takes down the tasks that hold with them."""
    faults: dict[str, list[str]] = {one.name: [] for one in asked}
    given: dict[str, TaskValues] = {}
    for chosen in answer.requests:
        if chosen.request not in faults:
            faults.setdefault("", []).append(f"there is no request {chosen.request!r}")
        elif chosen.request in given:
            faults[chosen.request].append("is there twice")
        given.setdefault(chosen.request, chosen)
    with closing(Prover(domain)) as prover:
        for one in asked:
            if one.name not in given:
                faults[one.name].append("is missing")
                continue
            changes, moved, wrong = _changes(one, given[one.name])
            faults[one.name] += wrong
            if faults[one.name]:
                continue
            try:
                earlier = tasks[: one.number]
                refitted[one.name] = refit(domain, one.task, changes, moved, prover, earlier)
            except WalkStop as stop:
                reason, detail = stop.args
                why = _WHY.get(reason, "the task cannot be shown to hold with these values")
                more = f" ({detail[:300]})" if reason in _TELLING else ""
                faults[one.name].append(f"{why}{more}; choose other values, or the drafts")
    return faults


def _changes(
    asked: _Asked, chosen: TaskValues
) -> tuple[dict[str, Fact], dict[str, str], list[str]]:
    """The facts that become others, by name, the keys of rows that do, and what is wrong."""
    changes: dict[str, Fact] = {}
    moved: dict[str, str] = {}
    values = {one.id: one.value for one in chosen.values}
    wrong = [f"there is no value {name!r}" for name in values if name not in asked.free]
    wrong += [f"{name} is missing" for name in asked.free if name not in values]
    if len(values) < len(chosen.values):
        wrong.append("a value is there twice")
    for name, free in asked.free.items():
        if name not in values:
            continue
        fact, fault = candidate_fact(free, values[name])
        if fault or fact is None:
            wrong.append(f"{name}: {fault}")
        elif fact != free.fact:
            changes[free.fact.name] = fact
            if free.rows:
                moved[free.rows[free.fact.said][0]] = free.rows[fact.said][0]
    if not wrong:
        wrong = value_fault(asked.task, asked.free, changes)
    return changes, moved, wrong
