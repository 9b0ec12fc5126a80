"""The second stage, with planted faults of fact."""

from collections.abc import Callable
from contextlib import closing

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.filtering import FunnelReason, FunnelSettings
from agentscaler.filtering.alignment import find_misaligned
from agentscaler.filtering.case import Case
from agentscaler.filtering.reruns import Reruns
from agentscaler.filtering.verdict import Fault
from agentscaler.rollout import Trajectory
from agentscaler.task.task import Task

Tasks = dict[str, Task]
Recorder = Callable[..., Trajectory]

LOOKUP = ("list_books", {"title": "Roads of Rome"})
BOOK = "book-v6p3q2rj"


def _fault(domain: Domain, task: Task, played: Trajectory) -> Fault | None:
    with closing(Reruns(domain)) as reruns:
        return find_misaligned(Case(domain, task, played), FunnelSettings(), reruns)


def test_gold_calls_reach_golds_state(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["update"]
    update = ("update_book", {"book_id": BOOK, "genre": "HISTORY"})
    assert _fault(library, task, record(task, "Hi", LOOKUP, update)) is None


def test_another_value_is_a_wrong_state_and_the_detail_shows_both(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["update"]
    update = ("update_book", {"book_id": BOOK, "genre": "SCIENCE"})
    fault = _fault(library, task, record(task, "Hi", LOOKUP, update))
    assert fault is not None
    assert fault.reason is FunnelReason.WRONG_STATE
    assert "SCIENCE" in fault.detail
    assert "HISTORY" in fault.detail


def test_doing_nothing_is_a_wrong_state(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["update"]
    fault = _fault(library, task, record(task, "Hi", LOOKUP))
    assert fault is not None
    assert fault.reason is FunnelReason.WRONG_STATE
    assert "missing" in fault.detail


def test_a_result_that_does_not_come_again_is_not_believed(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["read"]
    played = record(task, "Hi", LOOKUP)
    forged = played.messages[3].model_copy(update={"content": '{"books":[]}'})
    messages: tuple[Message, ...] = (*played.messages[:3], forged)
    fault = _fault(library, task, played.model_copy(update={"messages": messages}))
    assert fault is not None
    assert fault.reason is FunnelReason.RESULT_DIFFERS
    assert "list_books" in fault.detail


def test_a_refusal_on_record_must_be_refused_again(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["read"]
    played = record(task, "Hi", ("get_book", {"book_id": "none"}), LOOKUP)
    assert _fault(library, task, played) is None
    allowed = played.messages[3].model_copy(update={"is_error": False})
    messages = (*played.messages[:3], allowed, *played.messages[4:])
    fault = _fault(library, task, played.model_copy(update={"messages": messages}))
    assert fault is not None
    assert fault.reason is FunnelReason.RESULT_DIFFERS


def test_a_tool_that_breaks_its_contract_is_named(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["read"]
    played = record(task, "Hi", LOOKUP, ("get_book", {"book_id": BOOK}))
    broken = Domain(
        manifest=library.manifest,
        schema_sql=library.schema_sql,
        source=library.source.replace(
            "def get_book(db, book_id):", "def get_book(db, book_id):\n    {}[0]"
        ),
        policy=library.policy,
        states=library.states,
        certificate=library.certificate,
        trusted=True,
    )
    fault = _fault(broken, task, played)
    assert fault is not None
    assert fault.reason is FunnelReason.WORLD_FAILED
    assert "get_book" in fault.detail


def test_a_state_on_record_must_be_that_of_the_replay(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["update"]
    update = ("update_book", {"book_id": BOOK, "genre": "HISTORY"})
    played = record(task, "Hi", LOOKUP, update)
    fault = _fault(library, task, played.model_copy(update={"state_hash": "0" * 32}))
    assert fault is not None
    assert fault.reason is FunnelReason.STATE_DIFFERS


def test_what_one_trajectory_wrote_is_not_there_for_the_next(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["create"]
    lend = {"member_id": "member-7k2m9p4q", "book_id": BOOK, "due_date": "2026-04-02"}
    played = record(task, "Hi", LOOKUP, ("create_loan", lend))
    idle = record(task, "Hi", LOOKUP)
    with closing(Reruns(library)) as reruns:
        found = [
            find_misaligned(Case(library, task, one), FunnelSettings(), reruns)
            for one in (played, idle, played, played)
        ]
    assert [fault and fault.reason for fault in found] == [
        None,
        FunnelReason.WRONG_STATE,
        None,
        None,
    ]
