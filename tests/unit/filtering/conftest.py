"""Trajectories played from a script, so that a fault can be planted in an otherwise sound one."""

from collections.abc import Callable
from typing import Any

import pytest

from agentscaler.chat import Message, ToolCall
from agentscaler.domain.domain import Domain
from agentscaler.rollout import StopReason, Trajectory, system_message, tool_message
from agentscaler.task.task import Task

Step = str | tuple[str, dict[str, Any]]
Recorder = Callable[..., Trajectory]


@pytest.fixture
def record(library: Domain) -> Recorder:
    """Plays steps: a text is spoken, first by the user and then in turn; a pair is a tool call."""

    def run(task: Task, *steps: Step) -> Trajectory:
        messages = [system_message(library)]
        with library.world(task.state) as world:
            speaker = "user"
            for number, step in enumerate(steps):
                if isinstance(step, str):
                    messages.append(Message.model_validate({"role": speaker, "content": step}))
                    speaker = "assistant" if speaker == "user" else "user"
                    continue
                call = ToolCall(id=f"c{number}", name=step[0], arguments=step[1])
                messages.append(Message(role="assistant", tool_calls=(call,)))
                messages.append(tool_message(call, world.call(call.name, call.arguments)))
            return Trajectory(
                id=f"{task.id}/0",
                task=task.id,
                domain=library.id,
                state=task.state,
                trial=0,
                agent="script",
                user="script",
                messages=tuple(messages),
                stop=StopReason.SATISFIED,
                state_hash=world.state_hash(),
            )

    return run
