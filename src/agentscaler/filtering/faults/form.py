"""Faults of form: turns, calls and answers, loops, ends."""

import random

from agentscaler.chat import Message
from agentscaler.filtering.case import Case
from agentscaler.filtering.faults.script import (
    agent_calls,
    agent_says,
    replayed,
    script_of,
    steps,
    tool_of,
    user_says,
)
from agentscaler.rollout.trajectory import StopReason, Trajectory

__all__ = [
    "agent_speaks_twice",
    "another_answer",
    "another_domain",
    "another_state",
    "another_task",
    "answers_swapped",
    "call_id_twice",
    "call_loop",
    "call_unanswered",
    "ends_with_a_result",
    "gave_up",
    "nothing_said",
    "opens_with_the_agent",
    "phrase_loop",
    "second_system",
    "step_limit",
    "user_calls",
    "user_speaks_twice",
    "word_loop",
]

_LOOPED = "I am still looking into this and will be right with you in a moment."


def user_speaks_twice(case: Case, rng: random.Random) -> Trajectory:
    messages = list(case.trajectory.messages)
    messages.insert(2, user_says("And be quick, please."))
    return _with(case, messages)


def agent_speaks_twice(case: Case, rng: random.Random) -> Trajectory:
    messages = list(case.trajectory.messages)
    places = [n for n, one in enumerate(messages) if one.role == "assistant" and not one.tool_calls]
    messages.insert(rng.choice(places), agent_says("One moment."))
    return _with(case, messages)


def opens_with_the_agent(case: Case, rng: random.Random) -> Trajectory:
    messages = list(case.trajectory.messages)
    return _with(case, [messages[0], agent_says("How can I help?"), *messages[1:]])


def second_system(case: Case, rng: random.Random) -> Trajectory:
    messages = list(case.trajectory.messages)
    return _with(case, [*messages[:2], messages[0], *messages[2:]])


def user_calls(case: Case, rng: random.Random) -> Trajectory | None:
    """The calls of the agent's first calling message stand in the user's message before it."""
    messages = list(case.trajectory.messages)
    for number, message in enumerate(messages):
        if message.tool_calls and messages[number - 1].role == "user":
            before = messages[number - 1].model_copy(update={"tool_calls": message.tool_calls})
            return _with(case, [*messages[: number - 1], before, *messages[number + 1 :]])
    return None


def call_unanswered(case: Case, rng: random.Random) -> Trajectory | None:
    messages = list(case.trajectory.messages)
    places = _results(messages)
    if not places:
        return None
    del messages[rng.choice(places)]
    return _with(case, messages)


def another_answer(case: Case, rng: random.Random) -> Trajectory | None:
    messages = list(case.trajectory.messages)
    places = _results(messages)
    if not places:
        return None
    place = rng.choice(places)
    messages[place] = messages[place].model_copy(update={"tool_call_id": "call_of_nobody"})
    return _with(case, messages)


def answers_swapped(case: Case, rng: random.Random) -> Trajectory | None:
    """Two results of calls made at once change places."""
    messages = list(case.trajectory.messages)
    for place in _results(messages):
        if messages[place + 1 : place + 2] and messages[place + 1].role == "tool":
            messages[place], messages[place + 1] = messages[place + 1], messages[place]
            return _with(case, messages)
    return None


def call_id_twice(case: Case, rng: random.Random) -> Trajectory | None:
    messages = list(case.trajectory.messages)
    if len(case.calls) < 2:
        return None
    first, last = case.calls[0].call.id, case.calls[-1].call.id
    for number, message in enumerate(messages):
        if message.tool_call_id == last:
            messages[number] = message.model_copy(update={"tool_call_id": first})
        if any(call.id == last for call in message.tool_calls):
            renamed = [
                call.model_copy(update={"id": first}) if call.id == last else call
                for call in message.tool_calls
            ]
            messages[number] = message.model_copy(update={"tool_calls": tuple(renamed)})
    return _with(case, messages)


def ends_with_a_result(case: Case, rng: random.Random) -> Trajectory | None:
    messages = list(case.trajectory.messages)
    places = _results(messages)
    return _with(case, messages[: places[-1] + 1]) if places else None


def nothing_said(case: Case, rng: random.Random) -> Trajectory:
    messages = list(case.trajectory.messages)
    places = [
        n for n, one in enumerate(messages) if n and one.role != "tool" and not one.tool_calls
    ]
    place = rng.choice(places)
    messages[place] = messages[place].model_copy(update={"content": "  \n"})
    return _with(case, messages)


def phrase_loop(case: Case, rng: random.Random) -> Trajectory:
    """The agent says one sentence again and again, and the user waits."""
    messages = list(case.trajectory.messages)
    loop = [agent_says(_LOOPED), user_says("All right.")] * 6
    return _with(case, [*messages[:2], *loop, *messages[2:]])


def word_loop(case: Case, rng: random.Random) -> Trajectory:
    """The agent gets stuck within one message."""
    messages = list(case.trajectory.messages)
    stuck = agent_says("Let me see: " + "the record the record " * 20)
    return _with(case, [*messages[:2], stuck, user_says("Go on."), *messages[2:]])


def call_loop(case: Case, rng: random.Random) -> Trajectory | None:
    """One look-up is made six times more."""
    script = script_of(case)
    for step in steps(case, script):
        if tool_of(case, step.call).effect == "read":
            again = [agent_calls((step.call.name, step.call.arguments))] * 6
            at = step.message + 1
            return replayed(case, [*script[:at], *again, *script[at:]])
    return None


def step_limit(case: Case, rng: random.Random) -> Trajectory:
    return case.trajectory.model_copy(update={"stop": StopReason.STEP_LIMIT})


def gave_up(case: Case, rng: random.Random) -> Trajectory:
    stop = rng.choice((StopReason.GAVE_UP, StopReason.FAILED))
    return case.trajectory.model_copy(update={"stop": stop, "failure": "it broke off"})


def another_domain(case: Case, rng: random.Random) -> Trajectory:
    return case.trajectory.model_copy(update={"domain": f"{case.domain.id}-2"})


def another_state(case: Case, rng: random.Random) -> Trajectory:
    return case.trajectory.model_copy(update={"state": f"{case.task.state}-2"})


def another_task(case: Case, rng: random.Random) -> Trajectory:
    return case.trajectory.model_copy(update={"task": f"{case.task.id}-2"})


def _with(case: Case, messages: list[Message]) -> Trajectory:
    return case.trajectory.model_copy(update={"messages": tuple(messages)})


def _results(messages: list[Message]) -> list[int]:
    return [number for number, message in enumerate(messages) if message.role == "tool"]
