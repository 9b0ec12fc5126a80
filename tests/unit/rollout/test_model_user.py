"""A person that a model plays: what it is told, what it sees, and what it may not say."""

import asyncio
import json
from typing import Any

import pytest

from agentscaler.chat import Message, ToolCall
from agentscaler.domain.domain import Domain
from agentscaler.errors import RequestRefusedError
from agentscaler.llm import Completion, Request, Script, ScriptedModel
from agentscaler.rollout import FailureOwner, GaveUpError, ModelUserMaker, UserTurn
from agentscaler.rollout.model_user import ModelUser
from agentscaler.task.task import Task

Tasks = dict[str, Task]


class Listener:
    """A model that remembers what it was asked and answers from a script."""

    name = "tiny"

    def __init__(self, *answers: str | dict[str, Any]) -> None:
        rules = [{"say": one, "times": 1} if isinstance(one, str) else one for one in answers]
        self._model = ScriptedModel(Script.parse(json.dumps(rules)))
        self.requests: list[Request] = []

    async def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        return await self._model.complete(request)


def user_of(
    domain: Domain, task: Task, *answers: str | dict[str, Any], withhold_rate: float = 0.0
) -> tuple[ModelUser, Listener]:
    model = Listener(*answers)
    return ModelUserMaker(model, withhold_rate)(domain, task, "seed"), model


def reply(user: ModelUser, *messages: Message) -> UserTurn:
    return asyncio.run(user.reply(messages))


SYSTEM = Message(role="system", content="The policy.")
WISH = Message(role="user", content="Where does Roads of Rome stand?")
CALLS = Message(
    role="assistant",
    content="I will look.",
    tool_calls=(ToolCall(id="call_1", name="list_books", arguments={}),),
)
RESULT = Message(role="tool", content='{"book_id": "book-1a2b3c4d"}', tool_call_id="call_1")
TOLD = Message(role="assistant", content="It stands on shelf B7.")


def test_it_is_told_wishes_facts_and_rules_and_nothing_of_the_solution(
    library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["two goals"]
    user, model = user_of(library, task, "Please take back the loan of Tom Okafor.")
    assert asyncio.run(user.open()) == "Please take back the loan of Tom Okafor."
    system, opening = model.requests[0].messages
    assert (system.role, opening.role) == ("system", "user")
    assert "1. take back the loan of Tom Okafor\n2. move the book Roads of Rome to shelf D4" in (
        system.content
    )
    assert "- the new shelf: D4" in system.content
    for call in task.gold:
        assert call.tool not in system.content
        for name, source in call.provenance.items():
            if source.origin == "tool":
                assert call.arguments[name] not in system.content
    assert "{{" not in system.content


def test_it_hears_words_and_neither_calls_nor_results_nor_the_policy(
    library: Domain, library_tasks: Tasks
) -> None:
    user, model = user_of(library, library_tasks["read"], "Thanks, bye. ###END###")
    turn = reply(user, SYSTEM, WISH, CALLS, RESULT, TOLD)
    assert turn == UserTurn("Thanks, bye.", done=True)
    _, _, *heard = model.requests[0].messages
    assert [(one.role, one.content) for one in heard] == [
        ("assistant", WISH.content),
        ("user", "I will look.\nIt stands on shelf B7."),
    ]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("Bye! ###END###", "Bye!"),
        ("###END###", ""),
        ("Bye!\n### end ###\n", "Bye!"),
        ("<think>All done.</think>Bye! ###END###", "Bye!"),
        ("User: Bye! ###END###", "Bye!"),
    ],
)
def test_the_mark_of_the_end_is_taken_off(
    library: Domain, library_tasks: Tasks, answer: str, text: str
) -> None:
    user, _ = user_of(library, library_tasks["read"], answer)
    assert reply(user, SYSTEM, WISH, TOLD) == UserTurn(text, done=True)


def bad_words(task: Task) -> list[tuple[str | dict[str, Any], str]]:
    hidden = task.gold[1].arguments["book_id"]
    return [
        ("Please call get_book for me.", "names get_book"),
        (f"It is {hidden}, I think.", f"names {hidden}"),
        ("Assistant: It stands on shelf B7.", "assistant would write"),
        ("Sure! How can I help you today?", "assistant would write"),
        ("Thanks! ###END###\nYou are welcome.", "stands behind ###END###"),
        ("word " * 400, "longer than"),
        ({"say": "I would", "finish": "length", "times": 1}, "cut off"),
        ({"call": [{"name": "get_book"}], "times": 1}, "calls a tool"),
        ({"say": "I want", "finish": "content_filter", "times": 1}, "filter"),
    ]


@pytest.mark.parametrize("number", range(9))
def test_words_that_nobody_could_have_written_are_sent_back_once(
    library: Domain, library_tasks: Tasks, number: int
) -> None:
    task = library_tasks["read"]
    bad, said = bad_words(task)[number]
    user, model = user_of(library, task, bad, "Roads of Rome, please.")
    assert reply(user, SYSTEM, WISH, TOLD).text == "Roads of Rome, please."
    *_, written, repair = model.requests[1].messages
    assert (written.role, repair.role) == ("assistant", "user")
    assert said in repair.content
    user, model = user_of(library, task, bad, bad)
    with pytest.raises(GaveUpError, match="cannot stand") as failed:
        reply(user, SYSTEM, WISH, TOLD)
    assert failed.value.owner is FailureOwner.USER
    assert len(model.requests) == 2


def test_what_the_agent_has_said_may_be_repeated(library: Domain, library_tasks: Tasks) -> None:
    task = library_tasks["read"]
    hidden = task.gold[1].arguments["book_id"]
    user, _ = user_of(library, task, f"Yes, {hidden}.")
    question = Message(role="assistant", content=f"Do you mean {hidden}?")
    assert reply(user, SYSTEM, WISH, question).text == f"Yes, {hidden}."


def test_what_is_kept_back_stands_in_no_wish_and_may_not_be_told_at_once(
    library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["create"]
    told = "Please lend Roads of Rome to Ana Ruiz."
    user, model = user_of(library, task, told, "I want to lend out a book.", withhold_rate=1.0)
    assert asyncio.run(user.open()) == "I want to lend out a book."
    assert "1. lend out a book" in model.requests[0].messages[0].content
    assert "the title of the book, for which nobody has asked" in (
        model.requests[1].messages[-1].content
    )


def test_a_conversation_does_not_begin_with_its_end(library: Domain, library_tasks: Tasks) -> None:
    user, _ = user_of(library, library_tasks["read"], "Bye. ###END###", "Where is Roads of Rome?")
    assert asyncio.run(user.open()) == "Where is Roads of Rome?"


def test_people_differ_by_their_seed_and_are_the_same_with_the_same(
    library: Domain, library_tasks: Tasks
) -> None:
    def told(seed: str) -> str:
        model = Listener("Hello.")
        user = ModelUserMaker(model)(library, library_tasks["read"], seed)
        asyncio.run(user.open())
        return model.requests[0].messages[0].content

    assert told("a") == told("a")
    assert len({told(str(number)) for number in range(40)}) > 3


def test_a_request_that_is_refused_is_passed_on(library: Domain, library_tasks: Tasks) -> None:
    user, _ = user_of(library, library_tasks["read"])
    with pytest.raises(RequestRefusedError):
        reply(user, SYSTEM, WISH, TOLD)
