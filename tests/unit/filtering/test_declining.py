"""Dialogues about what cannot be done: right ones, and right ones with a fault planted."""

from collections.abc import Callable, Iterator

import pytest

from agentscaler.chat import Message, ToolCall
from agentscaler.domain.domain import Domain
from agentscaler.filtering import FunnelReason, FunnelSettings, run_funnel
from agentscaler.rollout import Trajectory, tool_message
from agentscaler.rollout.wording import fold, says
from agentscaler.task import SpecialKind
from agentscaler.task.task import Attempt, Goal, Refusal, Task
from tests.unit.specials import dialogues, of_kind, shop

_LOOKING = (SpecialKind.WRONG_FACT, SpecialKind.AGAINST_POLICY)


@pytest.fixture(params=["shop", "box office"])
def domain(request: pytest.FixtureRequest, box_office: Domain) -> Domain:
    return shop() if request.param == "shop" else box_office


def _goal(task: Task) -> tuple[Goal, Refusal]:
    goal = next(goal for goal in task.goals if goal.refusal is not None)
    assert goal.refusal is not None
    return goal, goal.refusal


def _alone(domain: Domain, kind: SpecialKind) -> Iterator[tuple[Task, Trajectory]]:
    tasks = [task for task in of_kind(domain, kind) if len(task.goals) == 1]
    return zip(tasks, dialogues(domain, tasks), strict=True)


def _replayed(
    domain: Domain, task: Task, trajectory: Trajectory, messages: list[Message]
) -> Trajectory:
    """A trajectory of these messages, with results as a world gives them."""
    played: list[Message] = []
    with domain.world(task.state) as world:
        for message in messages:
            if message.role != "tool":
                played.append(message)
            for call in message.tool_calls:
                played.append(tool_message(call, world.call(call.name, call.arguments)))
        return trajectory.model_copy(
            update={"messages": tuple(played), "state_hash": world.state_hash()}
        )


def _judged(
    domain: Domain, task: Task, trajectory: Trajectory, settings: FunnelSettings | None = None
) -> FunnelReason:
    (verdicts,) = run_funnel([(domain, [task], [trajectory])], settings)
    return verdicts[0].reason


def _with_call(messages: list[Message], attempt: Attempt, place: int) -> list[Message]:
    call = ToolCall(id="planted", name=attempt.tool, arguments=attempt.arguments)
    return [*messages[:place], Message(role="assistant", tool_calls=(call,)), *messages[place:]]


def _explained_at(trajectory: Trajectory, refusal: Refusal) -> list[int]:
    """The messages that name what has to be named, or for want of that all without calls."""
    return [
        number
        for number, message in enumerate(trajectory.messages)
        if message.role == "assistant"
        and not message.tool_calls
        and all(
            any(says(fold(message.content), fold(w)) for w in tell.said) for tell in refusal.tells
        )
    ]


def _changed(
    trajectory: Trajectory, places: list[int], words: Callable[[Message], str]
) -> list[Message]:
    return [
        message.model_copy(update={"content": words(message)}) if number in places else message
        for number, message in enumerate(trajectory.messages)
    ]


@pytest.mark.parametrize("kind", list(SpecialKind))
def test_doing_it_anyway_is_turned_away(domain: Domain, kind: SpecialKind) -> None:
    judged = []
    for task, trajectory in _alone(domain, kind):
        _, refusal = _goal(task)
        last = max(_explained_at(trajectory, refusal))
        for fulfilment in refusal.fulfilments:
            messages = _with_call(list(trajectory.messages), fulfilment, last)
            judged.append(_judged(domain, task, _replayed(domain, task, trajectory, messages)))

    assert judged
    assert set(judged) <= {FunnelReason.DONE_ANYWAY, FunnelReason.INVENTED_ID}
    if kind is SpecialKind.MISSING_FACT:
        assert FunnelReason.DONE_ANYWAY in judged


@pytest.mark.parametrize("kind", list(SpecialKind))
def test_saying_nothing_of_the_reason_is_turned_away(domain: Domain, kind: SpecialKind) -> None:
    for task, trajectory in _alone(domain, kind):
        _, refusal = _goal(task)
        places = _explained_at(trajectory, refusal)
        messages = _changed(trajectory, places, lambda message: "Anything else?")
        silent = trajectory.model_copy(update={"messages": tuple(messages)})
        assert _judged(domain, task, silent) is FunnelReason.NOT_EXPLAINED


@pytest.mark.parametrize("kind", list(SpecialKind))
def test_claiming_that_it_was_done_is_turned_away(domain: Domain, kind: SpecialKind) -> None:
    for task, trajectory in _alone(domain, kind):
        _, refusal = _goal(task)
        named = " ".join(tell.said[0] for tell in refusal.tells)
        places = _explained_at(trajectory, refusal)
        messages = _changed(trajectory, places, lambda message, n=named: f"Done: {n}. All set?")
        lying = trajectory.model_copy(update={"messages": tuple(messages)})
        assert _judged(domain, task, lying) is FunnelReason.NOT_EXPLAINED


@pytest.mark.parametrize("kind", _LOOKING)
def test_refusing_without_looking_is_turned_away(domain: Domain, kind: SpecialKind) -> None:
    judged = []
    for task, trajectory in _alone(domain, kind):
        blind = [m for m in trajectory.messages if m.role != "tool" and not m.tool_calls]
        judged.append(_judged(domain, task, _replayed(domain, task, trajectory, blind)))

    assert judged
    assert set(judged) == {FunnelReason.NOT_LOOKED}


@pytest.mark.parametrize("kind", _LOOKING)
def test_looking_only_after_the_refusal_is_turned_away(domain: Domain, kind: SpecialKind) -> None:
    for task, trajectory in _alone(domain, kind):
        goal, _ = _goal(task)
        words = [m for m in trajectory.messages if m.role != "tool" and not m.tool_calls]
        calls = [
            Message(
                role="assistant",
                tool_calls=(
                    ToolCall(
                        id=f"late{index}",
                        name=task.gold[index].tool,
                        arguments=task.gold[index].arguments,
                    ),
                ),
            )
            for index in goal.calls
        ]
        later = Message(role="user", content="Please look it up all the same.")
        done = Message(role="assistant", content="I have looked.")
        late = [*words[:-1], later, *calls, done, words[-1]]
        played = _replayed(domain, task, trajectory, late)
        assert _judged(domain, task, played) is FunnelReason.NOT_LOOKED


def test_refusing_without_asking_is_turned_away(domain: Domain) -> None:
    for task, trajectory in _alone(domain, SpecialKind.MISSING_FACT):
        _, refusal = _goal(task)
        named = _explained_at(trajectory, refusal)
        words = {number: fold(trajectory.messages[number].content) for number in named}
        first = next(number for number in named if says(words[number], fold(refusal.missing)))
        kept = [
            message
            for number, message in enumerate(trajectory.messages)
            if number not in (first, first + 1)
        ]
        rash = trajectory.model_copy(update={"messages": tuple(kept)})
        assert _judged(domain, task, rash) is FunnelReason.NOT_ASKED


@pytest.mark.parametrize("kind", _LOOKING)
def test_a_refused_try_is_not_held_against_it(domain: Domain, kind: SpecialKind) -> None:
    tried = 0
    for task, trajectory in _alone(domain, kind):
        _, refusal = _goal(task)
        last = max(_explained_at(trajectory, refusal))
        with domain.world(task.state) as world:
            refused = [a for a in refusal.attempts if not world.call(a.tool, a.arguments).ok]
        for attempt in refused[:1]:
            tried += 1
            messages = _with_call(list(trajectory.messages), attempt, last)
            played = _replayed(domain, task, trajectory, messages)
            assert _judged(domain, task, played) is FunnelReason.PASSED
    assert tried


def test_further_reads_do_no_harm() -> None:
    domain = shop()
    for kind in SpecialKind:
        for task, trajectory in _alone(domain, kind):
            _, refusal = _goal(task)
            last = max(_explained_at(trajectory, refusal))
            read = Attempt(tool="list_products", arguments={})
            messages = _with_call(list(trajectory.messages), read, last)
            played = _replayed(domain, task, trajectory, messages)
            assert _judged(domain, task, played) is FunnelReason.PASSED


def test_an_ordinary_wish_beside_it_is_judged_as_ever(domain: Domain) -> None:
    for kind in SpecialKind:
        mixed = [task for task in of_kind(domain, kind) if len(task.goals) > 1 and task.changeset]
        for task, trajectory in zip(mixed, dialogues(domain, mixed), strict=True):
            written = {call.tool for call in task.gold if call.effect == "write"}
            ids = {c.id for m in trajectory.messages for c in m.tool_calls if c.name in written}
            without = [
                message.model_copy(update={"tool_calls": ()})
                if any(call.id in ids for call in message.tool_calls)
                else message
                for message in trajectory.messages
                if message.tool_call_id not in ids
            ]
            spoken = [
                m if m.content or m.tool_calls else m.model_copy(update={"content": "Well."})
                for m in without
            ]
            reasons = _judged(domain, task, _replayed(domain, task, trajectory, spoken))
            assert reasons in {FunnelReason.WRONG_STATE, FunnelReason.BROKEN_TURNS}
