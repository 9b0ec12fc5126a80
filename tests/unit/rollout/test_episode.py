"""One episode, with agents and users that misbehave."""

from collections.abc import Sequence

import orjson

from agentscaler.chat import Message, ToolCall, ToolResult
from agentscaler.domain.domain import Domain
from agentscaler.rollout import (
    FailureOwner,
    GaveUpError,
    StopReason,
    Trajectory,
    UserTurn,
    play,
    system_message,
    tool_message,
)
from agentscaler.task.task import Task

Tasks = dict[str, Task]


class ListedAgent:
    """Says and does what it is given, in order; an exception is raised."""

    name = "listed"

    def __init__(self, *steps: Message | Exception) -> None:
        self._steps = list(steps)

    def act(self, messages: Sequence[Message]) -> Message:
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        if isinstance(step, Exception):
            raise step
        return step


class ListedUser:
    """Says what it is given, in order; an exception is raised."""

    name = "listed"

    def __init__(self, opening: str, *turns: UserTurn | Exception) -> None:
        self._opening = opening
        self._turns = list(turns)

    def open(self) -> str:
        return self._opening

    def reply(self, messages: Sequence[Message]) -> UserTurn:
        turn = self._turns.pop(0) if len(self._turns) > 1 else self._turns[0]
        if isinstance(turn, Exception):
            raise turn
        return turn


DONE = UserTurn("Thanks.", done=True)
HELLO = Message(role="assistant", content="Hello.")


def _call(name: str, identifier: str = "c1", **arguments: str) -> Message:
    call = ToolCall(id=identifier, name=name, arguments=arguments)
    return Message(role="assistant", tool_calls=(call,))


def _play(library: Domain, task: Task, agent: ListedAgent, user: ListedUser) -> Trajectory:
    return play(library, task, agent, user, trial=3, max_turns=5)


def test_the_system_message_holds_the_policy_and_the_clock(library: Domain) -> None:
    content = system_message(library).content
    assert content.startswith("You help the staff of a city library.")
    assert content.endswith("It is Thursday, 12 March 2026, 09:30.")


def test_a_refusal_is_told_as_an_error_in_json() -> None:
    call = ToolCall(id="c1", name="get", arguments={})
    refused = tool_message(call, ToolResult(error="no such book"))
    assert refused.is_error
    assert orjson.loads(refused.content) == {"error": "no such book"}
    assert tool_message(call, ToolResult(value={"a": 1})).content == '{"a":1}'


def test_calls_run_in_the_world_and_their_results_come_back(
    library: Domain, library_tasks: Tasks
) -> None:
    agent = ListedAgent(_call("delete_member", member_id="member-7k2m9p4q"), HELLO)
    played = _play(library, library_tasks["delete"], agent, ListedUser("Hi", DONE))
    assert [message.role for message in played.messages] == [
        "system",
        "user",
        "assistant",
        "tool",
        "assistant",
        "user",
    ]
    assert played.id == "library/003/3"
    assert played.stop is StopReason.SATISFIED
    assert played.state_hash == library_tasks["delete"].state_hash


def test_a_refused_call_is_counted_and_changes_nothing(
    library: Domain, library_tasks: Tasks
) -> None:
    agent = ListedAgent(_call("delete_member", member_id="nobody"), HELLO)
    played = _play(library, library_tasks["delete"], agent, ListedUser("Hi", DONE))
    assert played.tool_errors == 1
    assert played.changeset == ()


def test_an_episode_stops_at_its_step_limit(library: Domain, library_tasks: Tasks) -> None:
    user = ListedUser("Hi", UserTurn("Go on."))
    played = _play(library, library_tasks["read"], ListedAgent(HELLO), user)
    assert played.stop is StopReason.STEP_LIMIT
    assert played.failure_owner is FailureOwner.AGENT
    assert sum(message.role == "assistant" for message in played.messages) == 5


def _owner(played: Trajectory) -> tuple[StopReason, FailureOwner | None]:
    return played.stop, played.failure_owner


def test_an_agent_that_raises_or_sends_nonsense_is_to_blame(
    library: Domain, library_tasks: Tasks
) -> None:
    task, user = library_tasks["read"], ListedUser("Hi", DONE)
    failed = (StopReason.FAILED, FailureOwner.AGENT)
    nonsense = (
        ValueError("broken"),
        Message(role="user", content="I am you"),
        Message(role="assistant", content="  "),
    )
    for step in nonsense:
        played = _play(library, task, ListedAgent(step), user)
        assert _owner(played) == failed
        assert played.failure
    twice = ListedAgent(_call("list_books"), _call("list_books"))
    assert _owner(_play(library, task, twice, user)) == failed


def test_a_user_that_raises_or_says_nothing_is_to_blame(
    library: Domain, library_tasks: Tasks
) -> None:
    for user in (ListedUser("Hi", KeyError("x")), ListedUser("Hi", UserTurn("")), ListedUser(" ")):
        played = _play(library, library_tasks["read"], ListedAgent(HELLO), user)
        assert _owner(played) == (StopReason.FAILED, FailureOwner.USER)


def test_trouble_of_the_machinery_is_nobodys_fault(library: Domain, library_tasks: Tasks) -> None:
    agent = ListedAgent(TimeoutError("the endpoint does not answer"))
    played = _play(library, library_tasks["read"], agent, ListedUser("Hi", DONE))
    assert _owner(played) == (StopReason.FAILED, FailureOwner.INFRASTRUCTURE)


def test_a_tool_that_breaks_its_contract_is_put_down_to_the_environment(
    library: Domain, library_tasks: Tasks
) -> None:
    source = library.source.replace(
        'raise ToolError(f"book {book_id} not found")', "row = {}[book_id]"
    )
    broken = Domain(
        manifest=library.manifest,
        schema_sql=library.schema_sql,
        source=source,
        policy=library.policy,
        states=library.states,
        certificate=library.certificate,
        trusted=True,
    )
    agent = ListedAgent(_call("get_book", book_id="book-none"), HELLO)
    played = _play(broken, library_tasks["read"], agent, ListedUser("Hi", DONE))
    assert _owner(played) == (StopReason.FAILED, FailureOwner.ENVIRONMENT)
    assert "get_book" in played.failure


def test_giving_up_names_whose_fault_it_is(library: Domain, library_tasks: Tasks) -> None:
    user = ListedUser("Hi", GaveUpError("it keeps asking", FailureOwner.AGENT))
    played = _play(library, library_tasks["read"], ListedAgent(HELLO), user)
    assert _owner(played) == (StopReason.GAVE_UP, FailureOwner.AGENT)
    assert played.failure == "it keeps asking"
