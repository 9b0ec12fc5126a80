"""One episode: the user opens, the agent acts, its calls run in the world, the user replies.

A failed episode is a record like any other: `play` never raises for what an agent, a user, a tool
or an endpoint does, but puts down what happened and whose fault it was.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from inspect import isawaitable
from typing import Any, TypeVar

import orjson

from agentscaler.chat import Message, ToolCall, ToolResult
from agentscaler.domain.domain import Domain
from agentscaler.errors import AgentScalerError, WorldError
from agentscaler.rollout.protocols import Agent, GaveUpError, User
from agentscaler.rollout.seats import Seat, SeatHouse
from agentscaler.rollout.trajectory import FailureOwner, StopReason, Trajectory
from agentscaler.task.task import Task

__all__ = ["finish", "play", "play_at", "result_text", "system_message", "tool_message"]

Said = TypeVar("Said")


def play(
    domain: Domain, task: Task, agent: Agent, user: User, *, trial: int, max_turns: int
) -> Trajectory:
    """Plays one episode of `task` in a fresh world, with an agent and a user who never wait.

    Args:
        trial: which attempt at the task this is; part of the trajectory's id.
        max_turns: assistant messages before the episode is stopped.
    """
    with closing(SeatHouse(1)) as house:
        seat = house.seat(domain, task.state)
        return finish(play_at(seat, domain, task, agent, user, trial=trial, max_turns=max_turns))


async def play_at(
    seat: Seat,
    domain: Domain,
    task: Task,
    agent: Agent,
    user: User,
    *,
    trial: int,
    max_turns: int,
) -> Trajectory:
    """The same at a seat that is given, with others who may wait for an answer from elsewhere.

    The seat is left at the end.
    """
    messages = [system_message(domain)]
    stop, owner, failure = StopReason.FAILED, None, ""
    with seat:
        try:
            stop = await _converse(seat, agent, user, messages, max_turns)
        except GaveUpError as error:
            stop, owner, failure = StopReason.GAVE_UP, error.owner, str(error)
        except _EpisodeError as error:
            owner, failure = error.owner, str(error)
        if stop is StopReason.STEP_LIMIT:
            owner = FailureOwner.AGENT
            failure = f"the user was not satisfied within {max_turns} turns of the agent"
        changeset: tuple[dict[str, Any], ...] = ()
        state_hash = ""
        try:
            changeset, state_hash = seat.changeset(), seat.state_hash()
        except WorldError as error:
            stop, owner, failure = StopReason.FAILED, FailureOwner.ENVIRONMENT, str(error)
        mistakes = tuple(message.mistake for message in messages if message.mistake)
        return Trajectory(
            id=f"{task.id}/{trial}",
            task=task.id,
            domain=domain.id,
            state=task.state,
            trial=trial,
            agent=agent.name,
            user=user.name,
            messages=tuple(messages),
            stop=stop,
            failure_owner=owner,
            failure=failure,
            mistakes=len(mistakes),
            mistake_kinds=mistakes,
            tool_errors=sum(message.is_error for message in messages),
            changeset=changeset,
            state_hash=state_hash,
        )


def finish(episode: Coroutine[Any, Any, Trajectory]) -> Trajectory:
    """The outcome of an episode in which nobody waits, without an event loop.

    Raises:
        AgentScalerError: somebody does wait.
    """
    try:
        episode.send(None)
    except StopIteration as stop:
        trajectory: Trajectory = stop.value
        return trajectory
    episode.close()
    raise _waits()


def system_message(domain: Domain) -> Message:
    """The policy, and the date and time at which the domain's clock stands."""
    now = datetime.fromisoformat(domain.manifest.now)
    clock = f"It is {now:%A}, {now.day} {now:%B %Y}, {now:%H:%M}."
    return Message(role="system", content=f"{domain.policy.rstrip()}\n\n{clock}")


def result_text(result: ToolResult) -> str:
    """What came of a call, as an agent reads it: the value as JSON, or `{"error": text}`."""
    value = result.value if result.ok else {"error": result.error}
    return orjson.dumps(value).decode()


def tool_message(call: ToolCall, result: ToolResult) -> Message:
    """The answer to a call."""
    return Message(
        role="tool",
        content=result_text(result),
        tool_call_id=call.id,
        is_error=not result.ok,
    )


class _EpisodeError(Exception):
    """Something broke, and `owner` broke it."""

    def __init__(self, owner: FailureOwner, what: str) -> None:
        super().__init__(what)
        self.owner = owner


async def _converse(
    seat: Seat, agent: Agent, user: User, messages: list[Message], max_turns: int
) -> StopReason:
    """Runs the conversation to its end; `messages` grows as it is spoken."""
    with _blame(FailureOwner.USER):
        messages.append(Message(role="user", content=_words(await _heard(user.open()))))
    for _ in range(max_turns):
        with _blame(FailureOwner.AGENT):
            message = await _heard(agent.act(messages))
            _check_assistant(message, messages)
        messages.append(message)
        if message.tool_calls:
            with _blame(FailureOwner.ENVIRONMENT):
                for call in message.tool_calls:
                    messages.append(tool_message(call, _result(seat, call)))
            continue
        with _blame(FailureOwner.USER):
            turn = await _heard(user.reply(messages))
            if turn.text or not turn.done:
                messages.append(Message(role="user", content=_words(turn.text)))
        if turn.done:
            return StopReason.SATISFIED
    return StopReason.STEP_LIMIT


def _result(seat: Seat, call: ToolCall) -> ToolResult:
    """What comes of a call; one whose arguments cannot be read never reaches a tool."""
    if not call.malformed:
        return seat.call(call.name, call.arguments)
    try:
        written = orjson.loads(call.malformed)
    except ValueError as error:
        why = str(error)
    else:
        kind = type(written).__name__
        why = f"it is a {kind}" if kind != "dict" else "it has to have a name and arguments only"
    return ToolResult(error=f"the call cannot be read as one JSON object of arguments: {why}")


@contextmanager
def _blame(owner: FailureOwner) -> Iterator[None]:
    """Puts what breaks inside down to `owner`, except for trouble of the machinery around it."""
    try:
        yield
    except (GaveUpError, AgentScalerError):
        raise
    except WorldError as error:
        raise _EpisodeError(FailureOwner.ENVIRONMENT, str(error)) from error
    except OSError as error:
        raise _EpisodeError(
            FailureOwner.INFRASTRUCTURE, f"{type(error).__name__}: {error}"
        ) from error
    except Exception as error:
        raise _EpisodeError(owner, f"{type(error).__name__}: {error}") from error


async def _heard(said: Said | Awaitable[Said]) -> Said:
    """What was said, at once or after a while."""
    if isawaitable(said):
        if not _loop_runs():
            if isinstance(said, Coroutine):
                said.close()
            raise _waits()
        later: Said = await said
        return later
    return said


def _waits() -> AgentScalerError:
    return AgentScalerError(
        "The agent or the user of an episode waits for something outside, and episodes are played "
        "one at a time here.",
        "Say how many to play at the same time, for example --set rollout.in_flight=64.",
    )


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _words(text: str) -> str:
    if not text.strip():
        raise ValueError("the user said nothing")
    return text


def _check_assistant(message: Message, messages: list[Message]) -> None:
    """Raises ValueError for a message that cannot stand as an agent's turn."""
    if message.role != "assistant":
        raise ValueError(f"the agent spoke as {message.role}; an agent speaks as assistant")
    if not message.content.strip() and not message.tool_calls:
        raise ValueError("the agent neither spoke nor called a tool")
    used = {call.id for earlier in messages for call in earlier.tool_calls}
    for call in message.tool_calls:
        if call.id in used:
            raise ValueError(f"the call id {call.id} is used twice; give each call its own")
        used.add(call.id)
