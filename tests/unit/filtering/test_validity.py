"""The first stage, with planted faults of form."""

from collections.abc import Callable

import pytest

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.filtering import FunnelReason, FunnelSettings
from agentscaler.filtering.case import Case
from agentscaler.filtering.validity import find_invalid
from agentscaler.rollout import StopReason, Trajectory
from agentscaler.task.task import Task

Tasks = dict[str, Task]
Recorder = Callable[..., Trajectory]

REQUEST = "Tell me on which shelf the book Roads of Rome stands."
LOOKUP = ("list_books", {"title": "Roads of Rome"})
READ = ("get_book", {"book_id": "book-v6p3q2rj"})
ANSWER = "It stands on shelf B7. Anything else?"


def _reason(
    library: Domain, task: Task, trajectory: Trajectory, **settings: int
) -> FunnelReason | None:
    fault = find_invalid(Case(library, task, trajectory), FunnelSettings.model_validate(settings))
    return None if fault is None else fault.reason


@pytest.fixture
def sound(record: Recorder, library_tasks: Tasks) -> Trajectory:
    return record(library_tasks["read"], REQUEST, LOOKUP, READ, ANSWER, "No, thanks.")


def _with(trajectory: Trajectory, messages: list[Message]) -> Trajectory:
    return trajectory.model_copy(update={"messages": tuple(messages)})


def test_a_sound_trajectory_is_valid(
    library: Domain, library_tasks: Tasks, sound: Trajectory
) -> None:
    assert _reason(library, library_tasks["read"], sound) is None


def test_an_unsatisfied_end_is_turned_away(
    library: Domain, library_tasks: Tasks, sound: Trajectory
) -> None:
    stopped = sound.model_copy(update={"stop": StopReason.STEP_LIMIT})
    reason = _reason(library, library_tasks["read"], stopped)
    assert reason is FunnelReason.NOT_SATISFIED


def test_a_trajectory_of_another_state_is_turned_away(
    library: Domain, library_tasks: Tasks, sound: Trajectory
) -> None:
    moved = sound.model_copy(update={"state": "other"})
    assert _reason(library, library_tasks["read"], moved) is FunnelReason.WRONG_TASK


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ([1, 0, 2, 3, 4, 5, 6], FunnelReason.BROKEN_TURNS),
        ([0, 2, 3, 4, 5, 6], FunnelReason.BROKEN_TURNS),
        ([0, 1, 1, 2, 3, 4, 5, 6], FunnelReason.BROKEN_TURNS),
        ([0, 1, 2, 3, 4, 5, 6, 6], FunnelReason.BROKEN_TURNS),
        ([0, 1, 2, 4, 3, 5, 6], FunnelReason.UNANSWERED_CALL),
        ([0, 1, 2, 3, 3, 4, 5, 6], FunnelReason.UNANSWERED_CALL),
        ([0, 1, 2, 5, 4, 3, 6], FunnelReason.UNANSWERED_CALL),
        ([0, 1, 2, 3, 2, 3, 6], FunnelReason.UNANSWERED_CALL),
        ([0, 1, 2, 3, 4, 5], FunnelReason.UNANSWERED_CALL),
        ([0, 1, 2], FunnelReason.UNANSWERED_CALL),
        ([0, 1], None),
    ],
)
def test_speakers_must_take_turns_and_each_call_be_answered_once(
    library: Domain,
    library_tasks: Tasks,
    sound: Trajectory,
    order: list[int],
    reason: FunnelReason | None,
) -> None:
    shuffled = _with(sound, [sound.messages[index] for index in order])
    assert _reason(library, library_tasks["read"], shuffled) is reason


def test_an_empty_text_is_turned_away(
    library: Domain, library_tasks: Tasks, sound: Trajectory
) -> None:
    silent = [*sound.messages[:6], Message(role="assistant", content=" \n"), *sound.messages[7:]]
    reason = _reason(library, library_tasks["read"], _with(sound, silent))
    assert reason is FunnelReason.EMPTY_TEXT


def test_a_tool_that_does_not_exist_cannot_have_succeeded(
    library: Domain, library_tasks: Tasks, sound: Trajectory
) -> None:
    messages = list(sound.messages)
    call = messages[2].tool_calls[0].model_copy(update={"name": "find_books"})
    messages[2] = Message(role="assistant", tool_calls=(call,))
    reason = _reason(library, library_tasks["read"], _with(sound, messages))
    assert reason is FunnelReason.UNKNOWN_TOOL


def test_a_call_that_could_not_be_read_is_nothing_to_learn_from(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    wrong = ("get_book", {})
    played = record(library_tasks["read"], REQUEST, LOOKUP, wrong, READ, ANSWER, "Bye.")
    assert _reason(library, library_tasks["read"], played) is None
    messages = list(played.messages)
    call = messages[4].tool_calls[0].model_copy(update={"malformed": "{book_id: B"})
    messages[4] = messages[4].model_copy(update={"tool_calls": (call,)})
    reason = _reason(library, library_tasks["read"], _with(played, messages))
    assert reason is FunnelReason.UNREADABLE_CALL


def test_a_refused_call_of_an_unknown_tool_is_only_a_mistake(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    wrong = ("find_books", {"title": "Roads of Rome"})
    played = record(library_tasks["read"], REQUEST, wrong, LOOKUP, READ, ANSWER, "Bye.")
    assert _reason(library, library_tasks["read"], played) is None


def test_a_phrase_said_over_and_over_is_a_loop(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    loop = "I am looking into it for you right now. " * 7
    played = record(library_tasks["read"], REQUEST, LOOKUP, READ, loop + ANSWER, "Bye.")
    assert _reason(library, library_tasks["read"], played) is FunnelReason.REPETITION
    assert _reason(library, library_tasks["read"], played, max_repeats=8) is None


def test_a_call_made_over_and_over_is_a_loop(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    played = record(library_tasks["read"], REQUEST, *[LOOKUP] * 6, READ, ANSWER, "Bye.")
    assert _reason(library, library_tasks["read"], played) is FunnelReason.REPETITION


def test_an_id_that_stands_nowhere_before_the_call_is_invented(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    played = record(library_tasks["read"], REQUEST, READ, ANSWER, "Bye.")
    assert _reason(library, library_tasks["read"], played) is FunnelReason.INVENTED_ID


def test_an_id_that_the_user_told_is_not_invented(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    played = record(library_tasks["read"], "On which shelf is book-v6p3q2rj?", READ, ANSWER, "Bye.")
    assert _reason(library, library_tasks["read"], played) is None


def test_length_and_refusals_have_bounds_where_they_are_set(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["read"]
    wrong: tuple[str, dict[str, str]] = ("get_book", {})
    played = record(task, REQUEST, LOOKUP, wrong, READ, ANSWER, "No, thanks.")
    assert _reason(library, task, played) is None
    assert _reason(library, task, played, max_refusals=0) is FunnelReason.TOO_MANY_REFUSALS
    assert _reason(library, task, played, max_refusals=1) is None
    assert _reason(library, task, played, max_turns=3) is FunnelReason.TOO_LONG
    assert _reason(library, task, played, max_turns=4) is None


def test_calls_have_a_bound_of_their_own(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["read"]
    played = record(task, REQUEST, LOOKUP, LOOKUP, LOOKUP, READ, ANSWER, "No, thanks.")
    assert _reason(library, task, played) is None
    assert _reason(library, task, played, max_call_repeats=2) is FunnelReason.REPETITION


def test_the_agents_own_words_and_echoes_of_refusals_show_no_id(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["read"]
    guess = f"I think it is {READ[1]['book_id']}."
    own = record(task, REQUEST, guess, "Really?", READ, ANSWER, "No, thanks.")
    assert _reason(library, task, own) is FunnelReason.INVENTED_ID
    echo = ("get_member", {"member_id": READ[1]["book_id"]})
    refused = record(task, REQUEST, echo, READ, ANSWER, "No, thanks.")
    assert refused.messages[3].is_error
    assert _reason(library, task, refused) is FunnelReason.INVENTED_ID
