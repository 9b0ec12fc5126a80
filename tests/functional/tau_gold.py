"""Models that play a task of tau2 or tau-bench as its gold actions have it."""

import ast
import json
from collections.abc import Sequence
from typing import Any

import orjson

from agentscaler.llm import Completion, Request

__all__ = ["Judge", "Reader", "gold_of_tau2", "gold_of_tau_bench"]

Turn = str | tuple[str, dict[str, Any]]
"""Words, or a call."""


class Reader:
    """A `ChatModel` that says its turns one after the other.

    Args:
        before: turns of its own that a conversation begins with.
    """

    def __init__(self, name: str, turns: Sequence[Turn], before: int = 0) -> None:
        self.name = name
        self._turns = turns
        self._before = before
        self.asked: list[Request] = []

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        number = sum(one.role == "assistant" for one in request.messages) - self._before
        turn = self._turns[min(number, len(self._turns) - 1)]
        if isinstance(turn, str):
            return Completion(text=turn)
        name, arguments = turn
        call = (f"call-{number}", name, orjson.dumps(arguments).decode())
        return Completion(calls=(call,), finish="tool_calls")


class Judge:
    """A `ChatModel` that finds every assertion of tau2 met."""

    name = "judge"

    async def complete(self, request: Request) -> Completion:
        _, _, written = request.messages[-1].content.partition("expectedOutcomes:")
        verdicts = [
            {"expectedOutcome": one, "reasoning": "It is.", "metExpectation": True}
            for one in ast.literal_eval(written.strip())
        ]
        return Completion(text=json.dumps({"results": verdicts}))


def gold_of_tau2(task: dict[str, Any]) -> tuple[Reader, Reader]:
    """Agent and user, each of whom has the other go on where it is the other's turn."""
    criteria = task["evaluation_criteria"]
    agent: list[Turn] = []
    user: list[Turn] = ["Hello, I need help."]
    last = "assistant"
    for action in criteria["actions"] or []:
        if action["requestor"] != last:
            (agent if last == "assistant" else user).append("Please go on.")
            last = action["requestor"]
        turn = (action["name"], action["arguments"])
        (agent if last == "assistant" else user).append(turn)
    if last == "user":
        user.append("Please go on.")
    agent.append(" ".join(["All is done.", *(criteria["communicate_info"] or [])]))
    user.append("###STOP###")
    return Reader("agent", agent, before=1), Reader("user", user)


def gold_of_tau_bench(task: dict[str, Any]) -> tuple[Reader, Reader]:
    """Agent and user."""
    agent: list[Turn] = [
        (action["name"], action["kwargs"])
        for action in task["actions"]
        if action["name"] != "respond"
    ]
    agent.append(" ".join(["All is done.", *task["outputs"]]))
    return Reader("agent", agent), Reader("user", ["Hello, I need help.", "###STOP###"])
