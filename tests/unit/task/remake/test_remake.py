"""Tasks whose values and words a model makes anew, from the question to the kept dialogue."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from agentscaler.domain import Domain, load_vertical
from agentscaler.filtering import run_funnel
from agentscaler.llm import DraftReason, PartMaker, Request
from agentscaler.llm.chat_model import Completion, Usage
from agentscaler.rollout import RolloutSettings, roll_out
from agentscaler.task import Remade, Task, TaskSettings, construct_tasks, remake_tasks
from agentscaler.task.verify import check_tasks

SETTINGS = TaskSettings(per_domain=10, max_goals=3)
LEADS = ("I hope you can help me with this: please {}.", "Could you {}?", "I need you to {}.")
PERSONA = "You come to the point and write plain sentences."

Answering = Callable[[dict[str, Any], int], Any]
"""What a model answers to the data of a question, the first time (0) and after a complaint (1)."""


class Builder:
    """A model that answers what a function says; keeps what it was asked."""

    name = "builder-9b"

    def __init__(self, answer: Answering) -> None:
        self._answer = answer
        self.asked: list[Request] = []

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        given = json.loads(request.messages[1].content)
        answer = self._answer(given, (len(request.messages) - 2) // 2)
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return Completion(text=text, finish="stop", usage=Usage())

    @property
    def complaints(self) -> list[str]:
        """What was said of answers that could not be used."""
        return [one.messages[3].content for one in self.asked if len(one.messages) > 2]


def remake(domain: Domain, tasks: list[Task], part: str, model: Any) -> Remade:
    settings = SETTINGS.model_copy(update={"model_parts": (part,)})
    return asyncio.run(remake_tasks(domain, tasks, PartMaker(model, "tasks"), settings))


def words_for(request: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """Plain words for one request."""
    wishes = [
        LEADS[(number + place) % len(LEADS)].format(wish["draft"])
        for place, wish in enumerate(request["wishes"])
    ]
    manner = {"persona": PERSONA, "manner": "plain"}
    return {"request": request["id"], **manner, "wishes": wishes}


def plain_words(given: dict[str, Any], _: int) -> dict[str, Any]:
    return {"requests": [words_for(one, at) for at, one in enumerate(given["requests"])]}


def fitting(value: dict[str, Any], salt: str) -> Any:
    """A value that a sensible model could choose."""
    if value["type"] == "choice":
        return list(value["choices"])[-1]
    if value["type"] == "integer":
        return value["draft"]
    if value["type"] == "text" and " " in str(value["draft"]):
        return f"Loading Dock {salt}"
    return value["draft"]


def fitting_values(given: dict[str, Any], _: int) -> dict[str, Any]:
    salts = iter("Repair Closure Survey Opening Painting Move Sale Visit Safety Audit".split() * 9)
    return {
        "requests": [
            {
                "request": one["id"],
                "values": [
                    {"id": v["id"], "value": fitting(v, next(salts))} for v in one["values"]
                ],
            }
            for one in given["requests"]
        ]
    }


@pytest.fixture(scope="module")
def clinic() -> Domain:
    return load_vertical("clinic", seed=0, trials=8)


@pytest.fixture(scope="module")
def clinic_tasks(clinic: Domain) -> list[Task]:
    (outcome,) = construct_tasks([clinic], SETTINGS)
    return outcome.tasks


@pytest.fixture(scope="module")
def tasks(box_office: Domain) -> list[Task]:
    (outcome,) = construct_tasks([box_office], SETTINGS)
    return outcome.tasks


def test_other_values_are_executed_and_proven_anew(box_office: Domain, tasks: list[Task]) -> None:
    made = remake(box_office, tasks, "arguments", Builder(fitting_values))
    changed = [(old, new) for old, new in zip(tasks, made.tasks, strict=True) if old != new]
    assert len(changed) >= 3
    assert check_tasks(box_office, made.tasks).findings == []
    for old, new in changed:
        assert new.makers == {"arguments": "builder-9b"}
        assert [call.tool for call in new.gold] == [call.tool for call in old.gold]
        assert new.proof.holds
        for one, other in zip(old.facts, new.facts, strict=True):
            if one != other and one.said not in other.said:
                assert other.said in new.intent
                assert not re.search(rf"(?<!\w){re.escape(one.said)}(?!\w)", new.intent)
    assert any(old.state_hash != new.state_hash for old, new in changed)


def test_a_record_says_of_each_task_that_was_asked_about_who_made_it(
    box_office: Domain, tasks: list[Task]
) -> None:
    model = Builder(fitting_values)
    made = remake(box_office, tasks, "arguments", model)
    by_model = {one.subject for one in made.records if one.maker == "model"}
    assert by_model == {task.id for task in made.tasks if "arguments" in task.makers}
    asked = sum(len(json.loads(one.messages[1].content)["requests"]) for one in model.asked)
    assert len(made.records) == asked - sum(
        len(json.loads(one.messages[1].content)["requests"])
        for one in model.asked
        if len(one.messages) > 2
    )
    assert {(one.part, one.prompt) for one in made.records} == {("arguments", "arguments.md 1")}


def test_a_wish_may_be_about_another_row_that_would_do(
    box_office: Domain, tasks: list[Task]
) -> None:
    def other_rows(given: dict[str, Any], _: int) -> dict[str, Any]:
        answer = fitting_values(given, 0)
        for asked, one in zip(given["requests"], answer["requests"], strict=True):
            for about, chosen in zip(asked["values"], one["values"], strict=True):
                if not isinstance(about.get("choices"), dict):
                    chosen["value"] = about["draft"]
        return answer

    made = remake(box_office, tasks, "arguments", Builder(other_rows))
    pairs = zip(tasks, made.tasks, strict=True)
    moved = [(old, new) for old, new in pairs if old.facts != new.facts]
    assert moved
    assert check_tasks(box_office, made.tasks).findings == []
    for old, new in moved:
        facts = zip(old.facts, new.facts, strict=True)
        for one, other in [(one.said, other.said) for one, other in facts if one != other]:
            assert one in old.intent
            assert one not in new.intent
            assert other in new.intent
    (episodes,) = roll_out([(box_office, made.tasks)], RolloutSettings(trials=4))
    (verdicts,) = run_funnel([(box_office, made.tasks, episodes)])
    assert [one for one in verdicts if not one.kept] == []


HOSTILE = (
    "x'); DROP TABLE shows; --",
    '"; import os',
    "{{blank}}",
    "Q" * 500,
    "Zürich\u202egnp",
    "Line\nBreak",
    "https://example.org/a",
    "",
    7,
)


@pytest.mark.parametrize("value", HOSTILE)
def test_values_that_are_no_values_leave_the_draft(
    box_office: Domain, tasks: list[Task], value: Any
) -> None:
    def hostile(given: dict[str, Any], _: int) -> dict[str, Any]:
        answer = fitting_values(given, 0)
        for asked, one in zip(given["requests"], answer["requests"], strict=True):
            for about, chosen in zip(asked["values"], one["values"], strict=True):
                chosen["value"] = value if about["type"] == "text" else about["draft"]
        return answer

    model = Builder(hostile)
    made = remake(box_office, tasks, "arguments", model)
    texts = {
        one["request"]
        for asked in model.asked
        for one in json.loads(asked.messages[1].content)["requests"]
        if any(about["type"] == "text" for about in one["values"])
    }
    assert texts
    for old, new in zip(tasks, made.tasks, strict=True):
        if old.intent in texts:
            assert new == old
    assert model.complaints


def test_a_value_that_is_taken_is_mended_with_the_reason_quoted(
    box_office: Domain, tasks: list[Task]
) -> None:
    def twice(given: dict[str, Any], again: int) -> dict[str, Any]:
        answer = fitting_values(given, 0)
        if not again:
            for asked, one in zip(given["requests"], answer["requests"], strict=True):
                for about, chosen in zip(asked["values"], one["values"], strict=True):
                    if about.get("like"):
                        chosen["value"] = about["like"][0]
        return answer

    model = Builder(twice)
    made = remake(box_office, tasks, "arguments", model)
    assert any("is taken by another" in one for one in model.complaints)
    assert {one.rounds for one in made.records if one.maker == "model"} >= {2}


def test_new_words_are_said_by_the_user_and_every_dialogue_is_kept(
    clinic: Domain, clinic_tasks: list[Task]
) -> None:
    made = remake(clinic, clinic_tasks, "intent", Builder(plain_words))
    assert [one.detail for one in made.records if one.maker == "rules"] == []
    assert check_tasks(clinic, made.tasks).findings == []
    for task in made.tasks:
        assert task.makers == {"intent": "builder-9b"}
        assert task.persona is not None
        assert task.intent == " ".join(goal.wording for goal in task.goals)
    told = RolloutSettings(trials=4, withhold_rate=0, change_rate=0)
    (episodes,) = roll_out([(clinic, made.tasks)], told)
    openings = {one.id: one.messages[1].content for one in episodes}
    by_id = {task.id: task for task in made.tasks}
    assert all(by_id[one.task].goals[0].wording in openings[one.id] for one in episodes)
    (verdicts,) = run_funnel([(clinic, made.tasks, episodes)])
    assert [one for one in verdicts if not one.kept] == []
    (episodes,) = roll_out([(clinic, made.tasks)], RolloutSettings(trials=12))
    (verdicts,) = run_funnel([(clinic, made.tasks, episodes)])
    assert [one for one in verdicts if not one.kept] == []


def test_words_that_lose_a_value_are_mended_with_the_value_quoted(
    clinic: Domain, clinic_tasks: list[Task]
) -> None:
    tasks = [task for task in clinic_tasks if task.facts][:2]
    said = tasks[0].facts[0].said

    def forgetful(given: dict[str, Any], again: int) -> dict[str, Any]:
        answer = plain_words(given, 0)
        if not again:
            wishes = answer["requests"][0]["wishes"]
            answer["requests"][0]["wishes"] = [one.replace(said, "some") for one in wishes]
        return answer

    model = Builder(forgetful)
    made = remake(clinic, tasks, "intent", model)
    assert len(model.complaints) == 1
    assert f'"{said}" does not stand in it' in model.complaints[0]
    assert "r2" not in model.complaints[0]
    assert [(one.maker, one.rounds) for one in made.records] == [("model", 2)] * 2


@pytest.mark.parametrize(
    ("answer", "reason", "says"),
    [
        ("I cannot do that.", DraftReason.UNUSABLE, "Invalid JSON"),
        ({"requests": []}, DraftReason.UNSOUND, "is missing"),
        (
            {
                "requests": [
                    {"request": "r1", "persona": PERSONA, "manner": "plain", "wishes": ["Hi."] * 9}
                ]
            },
            DraftReason.UNSOUND,
            "it has 9 wishes",
        ),
    ],
)
def test_a_hopeless_answer_leaves_the_draft_as_it_is(
    clinic: Domain, clinic_tasks: list[Task], answer: Any, reason: DraftReason, says: str
) -> None:
    tasks = clinic_tasks[:1]
    made = remake(clinic, tasks, "intent", Builder(lambda given, again: answer))
    assert [task.model_dump_json() for task in made.tasks] == [
        task.model_dump_json() for task in tasks
    ]
    (record,) = made.records
    assert (record.subject, record.maker, record.reason) == (tasks[0].id, "rules", reason)
    assert says in record.detail


def test_one_bad_request_costs_no_other(clinic: Domain, clinic_tasks: list[Task]) -> None:
    def one_bad(given: dict[str, Any], _: int) -> dict[str, Any]:
        answer = plain_words(given, 0)
        answer["requests"][0]["persona"] = "Ignore all that."
        return answer

    made = remake(clinic, clinic_tasks[:3], "intent", Builder(one_bad))
    assert [one.maker for one in made.records] == ["rules", "model", "model"]
    assert [bool(task.persona) for task in made.tasks] == [False, True, True]


def test_nothing_is_asked_where_no_part_is_wanted(clinic: Domain, clinic_tasks: list[Task]) -> None:
    model = Builder(plain_words)
    made = asyncio.run(remake_tasks(clinic, clinic_tasks, PartMaker(model, "tasks"), SETTINGS))
    assert model.asked == []
    assert (made.tasks, made.records, made.rejections) == (clinic_tasks, [], [])
