"""Trajectories played again from an edited script, so that nothing but the edit is different.

A script is a conversation without its tool messages.  `replayed` runs its calls in a fresh world
and writes down what comes of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agentscaler.chat import Message, ToolCall
from agentscaler.domain.domain import DomainTool
from agentscaler.filtering.case import AnsweredCall, Case
from agentscaler.rollout.episode import tool_message
from agentscaler.rollout.trajectory import Trajectory

__all__ = [
    "ROWS",
    "Step",
    "after",
    "agent_calls",
    "agent_says",
    "other_value",
    "replaced_call",
    "replayed",
    "script_of",
    "steps",
    "tool_of",
    "user_says",
]

ROWS = ("key", "reference")
"""Kinds of arguments that name a row."""


@dataclass(frozen=True)
class Step:
    """A successful call of a trajectory: its message in the script, and its place therein."""

    message: int
    place: int
    answered: AnsweredCall

    @property
    def call(self) -> ToolCall:
        return self.answered.call


def script_of(case: Case) -> list[Message]:
    """The conversation without its tool messages."""
    return [message for message in case.trajectory.messages if message.role != "tool"]


def replayed(case: Case, script: Sequence[Message]) -> Trajectory:
    """The script with its calls run: numbered anew, each followed by its result."""
    messages: list[Message] = []
    number = 0
    with case.domain.world(case.task.state) as world:
        for message in script:
            calls = []
            for call in message.tool_calls:
                number += 1
                calls.append(call.model_copy(update={"id": f"call_{number}"}))
            messages.append(message.model_copy(update={"tool_calls": tuple(calls)}))
            messages += [
                tool_message(call, world.call(call.name, call.arguments)) for call in calls
            ]
        return case.trajectory.model_copy(
            update={
                "messages": tuple(messages),
                "tool_errors": sum(message.is_error for message in messages),
                "changeset": world.changeset(),
                "state_hash": world.state_hash(),
            }
        )


def steps(case: Case, script: Sequence[Message]) -> list[Step]:
    """The successful calls of a trajectory in its script, in order."""
    successful = {one.call.id: one for one in case.successes}
    return [
        Step(number, place, successful[call.id])
        for number, message in enumerate(script)
        for place, call in enumerate(message.tool_calls)
        if call.id in successful
    ]


def replaced_call(
    script: Sequence[Message], step: Step, *calls: tuple[str, dict[str, Any]]
) -> list[Message]:
    """The script with other calls, or none, in the place of one; each in a message of its own."""
    message = script[step.message]
    before, after = message.tool_calls[: step.place], message.tool_calls[step.place + 1 :]
    pieces = [agent_calls(call) for call in calls]
    if before:
        pieces.insert(0, Message(role="assistant", tool_calls=before))
    if after:
        pieces.append(Message(role="assistant", tool_calls=after))
    if pieces:
        pieces[0] = pieces[0].model_copy(update={"content": message.content})
    return [*script[: step.message], *pieces, *script[step.message + 1 :]]


def agent_calls(*calls: tuple[str, dict[str, Any]]) -> Message:
    """A message of the agent with calls and no words."""
    made = [
        ToolCall(id=str(place), name=name, arguments=arguments)
        for place, (name, arguments) in enumerate(calls)
    ]
    return Message(role="assistant", tool_calls=tuple(made))


def agent_says(text: str) -> Message:
    return Message(role="assistant", content=text)


def user_says(text: str) -> Message:
    return Message(role="user", content=text)


def tool_of(case: Case, call: ToolCall) -> DomainTool:
    return case.domain.manifest.tool[call.name]


def other_value(tool: DomainTool, name: str, value: Any) -> Any:
    """Another value that the parameter takes; None where none comes to mind."""
    schema = tool.parameters["properties"][name]
    if "enum" in schema:
        return next((other for other in schema["enum"] if other != value), None)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value - 1 if value == schema.get("maximum") else value + 1
    if not isinstance(value, str):
        return None
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return f"{value} too"
    return (day + timedelta(days=1)).isoformat() + value[10:]


def values_of(case: Case, call: ToolCall) -> Iterator[tuple[str, Any]]:
    """The arguments of a call that go into a column as they are."""
    roles = tool_of(case, call).arguments
    for name, value in call.arguments.items():
        if name in roles and roles[name].kind == "value" and roles[name].column:
            yield name, value


def after(script: list[Message], step: Step, *calls: tuple[str, dict[str, Any]]) -> list[Message]:
    """The script with calls, each in a message of its own, after the message of a step."""
    at = step.message + 1
    return [*script[:at], *map(agent_calls, calls), *script[at:]]
