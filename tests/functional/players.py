"""An endpoint behind which the rules play: what a good model would answer, from the messages alone.

It keeps no state between requests, so that it may be stopped and started again at any moment.
"""

from typing import Any

import orjson

from agentscaler.chat import Message, ToolCall
from agentscaler.domain import Domain
from agentscaler.llm.script import Reply, Rule, Script
from agentscaler.rollout import Agent, ExpertMaker, ScriptedUserMaker, User
from agentscaler.rollout.model_user import END
from agentscaler.task import Task
from agentscaler.task.request import request_text

PROMPT_TOKENS, ANSWER_TOKENS = 1000, 10


class Players(Script):
    """Answers the model "agent" as the expert would, and "person" as the scripted user."""

    def __init__(self, domain: Domain, tasks: list[Task], delay: float = 0.0) -> None:
        super().__init__([])
        self._domain = domain
        self._delay = delay
        self._by_opening: dict[Any, Task] = {}
        self._by_wishes: dict[str, Task] = {}
        for task in tasks:
            wishes = [request_text(goal.request) for goal in task.goals]
            told = "\n".join(f"{number}. {wish}" for number, wish in enumerate(wishes, 1))
            self._by_wishes.setdefault(told, task)
            self._by_opening.setdefault(self._user(task).open(), self._by_wishes[told])

    def choose(self, body: dict[str, Any]) -> Rule | None:
        messages = [_message(one) for one in body["messages"]]
        person = body["model"] == "person"
        answer = self._as_user(messages) if person else self._as_agent(messages)
        calls = tuple(Reply(name=one.name, arguments=one.arguments) for one in answer.tool_calls)
        return Rule(
            say=answer.content,
            call=calls,
            delay=self._delay,
            prompt_tokens=PROMPT_TOKENS,
            completion_tokens=ANSWER_TOKENS,
        )

    def _as_agent(self, messages: list[Message]) -> Message:
        agent = self._agent(self._by_opening[messages[1].content])
        for place, message in enumerate(messages):
            if message.role == "assistant":
                agent.act(messages[:place])
        answer: Any = agent.act(messages)
        return Message.model_validate(answer)

    def _as_user(self, messages: list[Message]) -> Message:
        told = messages[0].content
        task = next(task for wishes, task in self._by_wishes.items() if f"\n{wishes}\n" in told)
        user = self._user(task)
        said: Any = user.open()
        flip: Any = {"user": "assistant", "assistant": "user"}
        heard = [messages[0]]
        for message in messages[2:]:
            heard.append(message.model_copy(update={"role": flip[message.role]}))
            if message.role == "user":
                turn: Any = user.reply(heard)
                said = f"{turn.text} {END}" if turn.done else turn.text
        return Message(role="assistant", content=said)

    def _agent(self, task: Task) -> Agent:
        return ExpertMaker(0.0)(self._domain, task, f"{task.id}/agent")

    def _user(self, task: Task) -> User:
        return ScriptedUserMaker(0.0)(self._domain, task, f"{task.id}/user")


def _message(written: dict[str, Any]) -> Message:
    calls = tuple(
        ToolCall(
            id=call["id"],
            name=call["function"]["name"],
            arguments=orjson.loads(call["function"]["arguments"]),
        )
        for call in written.get("tool_calls", ())
    )
    content = written.get("content") or ""
    return Message(
        role=written["role"],
        content=content,
        tool_calls=calls,
        tool_call_id=written.get("tool_call_id"),
        is_error=written["role"] == "tool" and content.startswith('{"error":'),
    )
