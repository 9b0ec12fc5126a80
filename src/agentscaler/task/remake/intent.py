"""The maker of "intent": what a user says in a model's words, and a manner of speaking.

In: tasks of one domain.  A model writes each wish again; what it writes is held against the wish
(see `wording`), and is said by the users in the place of the rules' words.  Gold, facts and proof
stay what they are.
"""

from collections.abc import Collection, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.domain.domain import Domain
from agentscaler.domain.schema import quote
from agentscaler.llm import Faults, MakerRecord, PartMaker, Prompt
from agentscaler.task.construct import judge_words
from agentscaler.task.notebook import WalkStop
from agentscaler.task.remake.batches import batches, short_names
from agentscaler.task.remake.persona import LONGEST_PERSONA, persona_fault
from agentscaler.task.remake.wording import goal_facts, kept_words, told_values, wording_faults
from agentscaler.task.request import intent_text, request_text
from agentscaler.task.task import Goal, Manner, Persona, Task

__all__ = ["INTENT_PROMPT", "Wordings", "write_intents"]

INTENT_PROMPT = Prompt.read("agentscaler.task", "intent.md")

_BATCH = 5
_LONGEST = 1500
_SHORTEST_NAME = 4


class Wording(BaseModel):
    """One request in a person's words."""

    model_config = ConfigDict(extra="forbid")

    request: str = Field(max_length=12, description="The id of the request, as given.")
    persona: str = Field(
        max_length=LONGEST_PERSONA, description='How the person writes; it begins with "You".'
    )
    manner: Manner = Field(description="What comes nearest to the persona.")
    wishes: list[str] = Field(
        min_length=1, max_length=16, description="One text for each wish, in the same order."
    )


class Wordings(BaseModel):
    """Every request in a person's words."""

    model_config = ConfigDict(extra="forbid")

    requests: list[Wording] = Field(max_length=40)


async def write_intents(
    domain: Domain, tasks: Sequence[Task], maker: PartMaker
) -> tuple[list[Task], list[MakerRecord]]:
    """The tasks in their order, those with a persona and new words for which these are sound."""
    made: list[Task] = []
    records: list[MakerRecord] = []
    names = {state: _names(domain, state) for state in sorted({task.state for task in tasks})}
    for batch in batches(tasks, _BATCH):
        asked = dict(zip(short_names("r", len(batch)), batch, strict=True))
        worded: dict[str, Task] = {}

        def check(
            answer: Wordings, asked: dict[str, Task] = asked, worded: dict[str, Task] = worded
        ) -> Faults:
            worded.clear()
            return _check(domain, asked, answer, names, worded)

        given = {
            "service": domain.manifest.title,
            "manners": list(get_args(Manner)),
            "requests": [_given(name, task) for name, task in asked.items()],
        }
        found = await maker.make("intent", list(asked), INTENT_PROMPT, given, Wordings, check)
        for (name, task), record in zip(asked.items(), found.records, strict=True):
            records.append(record.model_copy(update={"subject": task.id}))
            if name in found.sound:
                makers = {**task.makers, "intent": record.model}
                task = worded[name].model_copy(update={"makers": makers})
            made.append(task)
    return made, records


def _given(name: str, task: Task) -> dict[str, Any]:
    return {"id": name, "wishes": [_described(goal, task) for goal in task.goals]}


def _described(goal: Goal, task: Task) -> dict[str, Any]:
    facts = goal_facts(goal, task.facts)
    told: dict[str, Any] = {"draft": request_text(goal.request)}
    told["values"] = told_values(goal, facts)
    told["keep"] = kept_words(goal, facts)
    if goal.branch is not None:
        told["condition, word for word"] = goal.branch.condition
    return told


def _names(domain: Domain, state: str) -> frozenset[str]:
    """What the rows of a state are called."""
    names: set[str] = set()
    with domain.world(state) as world:
        for table in domain.manifest.tables:
            for column in {table.label, *(table.key if table.natural_key else ())} - {None}:
                rows = world.query(f"SELECT {quote(str(column))} AS name FROM {quote(table.name)}")
                names |= {row["name"] for row in rows if isinstance(row["name"], str)}
    return frozenset(one for one in names if len(one) >= _SHORTEST_NAME and not one.islower())


def _check(
    domain: Domain,
    asked: dict[str, Task],
    answer: Wordings,
    names: dict[str, frozenset[str]],
    worded: dict[str, Task],
) -> dict[str, list[str]]:
    """What is wrong with the words, by request; takes down the tasks that hold with them."""
    faults: dict[str, list[str]] = {name: [] for name in asked}
    given: dict[str, Wording] = {}
    for one in answer.requests:
        if one.request not in asked:
            faults.setdefault("", []).append(f"there is no request {one.request!r}")
        elif one.request in given:
            faults[one.request].append("is there twice")
        given.setdefault(one.request, one)
    writes = [tool.name for tool in domain.manifest.tools if tool.effect == "write"]
    for name, task in asked.items():
        if name not in given:
            faults[name].append("is missing")
            continue
        faults[name] += _faults(task, given[name], writes, names[task.state])
        if not faults[name]:
            worded[name] = _in_words(task, given[name])
            faults[name] += _given_away(worded[name])
    return faults


def _faults(
    task: Task, wording: Wording, tools: Collection[str], names: Collection[str]
) -> list[str]:
    fault = persona_fault(wording.persona)
    faults = [fault] if fault else []
    if len(wording.wishes) != len(task.goals):
        many = len(task.goals)
        return [*faults, f"it has {len(wording.wishes)} wishes, where the draft has {many}"]
    for number, (text, goal) in enumerate(zip(wording.wishes, task.goals, strict=True), 1):
        if len(text) > _LONGEST:
            faults.append(f"wish {number}: it is longer than {_LONGEST} characters")
            continue
        found = wording_faults(text, goal, goal_facts(goal, task.facts), tools, names)
        faults += [f"wish {number}: {one}" for one in found]
    return faults


def _in_words(task: Task, wording: Wording) -> Task:
    goals = tuple(
        goal.model_copy(update={"wording": text})
        for goal, text in zip(task.goals, wording.wishes, strict=True)
    )
    persona = Persona(words=wording.persona, manner=wording.manner)
    update = {"goals": goals, "intent": intent_text(goals), "persona": persona}
    return task.model_copy(update=update)


def _given_away(task: Task) -> list[str]:
    """What the words give away that is to be found out."""
    try:
        judge_words(task.intent, task.gold, task.goals)
    except WalkStop as stop:
        return [f"it says {stop.args[1]!r}, which the person does not know yet"]
    return []
