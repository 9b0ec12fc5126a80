"""Calls that are remembered give what a fresh world gives, and no record is believed for it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentscaler.domain.domain import Domain
from agentscaler.errors import WorldError
from agentscaler.filtering import FunnelReason, FunnelSettings
from agentscaler.filtering.alignment import find_misaligned
from agentscaler.filtering.case import Case
from agentscaler.filtering.reruns import Reruns
from agentscaler.rollout import Trajectory
from agentscaler.rollout.episode import result_text
from agentscaler.task.task import Task
from agentscaler.world.jail import REQUIRED
from agentscaler.world.workers import probe

Tasks = dict[str, Task]
Recorder = Callable[..., Trajectory]
Calls = list[tuple[str, dict[str, Any]]]

BOOK = "book-v6p3q2rj"
LOOKUP = ("list_books", {"title": "Roads of Rome"})
UPDATE = ("update_book", {"book_id": BOOK, "genre": "HISTORY"})
LOAN = {"member_id": "member-7k2m9p4q", "book_id": BOOK, "due_date": "2026-04-02"}
POOL = [
    LOOKUP,
    UPDATE,
    ("update_book", {"book_id": BOOK, "genre": "SCIENCE"}),
    ("get_book", {"book_id": BOOK}),
    ("get_book", {"book_id": "nowhere"}),
    ("create_loan", LOAN),
    ("list_loans", {}),
    ("delete_member", {"member_id": LOAN["member_id"]}),
    ("list_members", {}),
    ("no_such_tool", {}),
]


@pytest.fixture(scope="module")
def reruns(library: Domain) -> Iterator[Reruns]:
    """One memory for all examples of a law."""
    with closing(Reruns(library)) as reruns:
        yield reruns


def _again(reruns: Reruns, calls: Calls) -> tuple[list[str], list[bool], str, object]:
    """What calls give, and where they end, by way of the memory."""
    rerun = reruns.begin("main")
    given = [rerun.call(*call) for call in calls]
    texts, refused = [one.text for one in given], [one.refused for one in given]
    return texts, refused, rerun.state_hash(), rerun.changeset()


def _afresh(domain: Domain, calls: Calls) -> tuple[list[str], list[bool], str, object]:
    """The same in a world of its own."""
    with domain.world("main") as world:
        results = [world.call(*call) for call in calls]
        texts, refused = list(map(result_text, results)), [not one.ok for one in results]
        return texts, refused, world.state_hash(), world.changeset()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(st.sampled_from(POOL), max_size=8))
def test_calls_give_what_they_give_in_a_fresh_world(
    library: Domain, reruns: Reruns, calls: Calls
) -> None:
    assert _again(reruns, calls) == _afresh(library, calls)
    made = reruns.made
    assert _again(reruns, calls) == _afresh(library, calls)
    assert reruns.made == made


@pytest.mark.skipif(not probe().holding >= REQUIRED, reason="this machine offers no jail")
def test_calls_in_worker_processes_are_remembered_alike(library: Domain) -> None:
    with closing(Reruns(replace(library, trusted=False))) as reruns:
        for calls in ([LOOKUP, UPDATE, LOOKUP], [UPDATE, ("create_loan", LOAN), LOOKUP]):
            assert _again(reruns, calls) == _afresh(library, calls)
            made = reruns.made
            assert _again(reruns, calls) == _afresh(library, calls)
            assert reruns.made == made


def test_a_read_is_remembered_until_something_is_written(library: Domain) -> None:
    with closing(Reruns(library)) as reruns:
        before, again, _, after, still = _again(reruns, [LOOKUP, LOOKUP, UPDATE, LOOKUP, LOOKUP])[0]
        assert before == again != after == still
        assert reruns.made == 3


def test_a_world_that_was_not_needed_so_far_catches_up(library: Domain) -> None:
    loan = ("create_loan", LOAN)
    with closing(Reruns(library)) as reruns:
        _again(reruns, [UPDATE, loan])
        calls = [UPDATE, loan, ("list_loans", {}), UPDATE, LOOKUP]
        assert _again(reruns, calls) == _afresh(library, calls)


@pytest.mark.parametrize(
    ("one", "other"), [(5, 5.0), (1, True), (0, False), (None, float("nan")), ("5", 5), ([], ())]
)
def test_arguments_that_are_spelled_otherwise_are_others(
    library: Domain, one: object, other: object
) -> None:
    with closing(Reruns(library)) as reruns:
        calls = [("list_books", {"title": one}), ("list_books", {"title": other})]
        assert _again(reruns, calls) == _afresh(library, calls)
        assert reruns.made == 2


def test_a_read_that_makes_an_id_is_made_each_time(library: Domain) -> None:
    source = library.source.replace(
        "    return row\n", '    row["title"] = db.new_id("loans")\n    return row\n'
    )
    minting = replace(library, source=source)
    call = ("get_book", {"book_id": BOOK})
    with closing(Reruns(minting)) as reruns:
        texts = _again(reruns, [call, call])[0]
        assert texts == _afresh(minting, [call, call])[0]
        assert texts[0] != texts[1]


def test_a_record_is_held_against_what_was_remembered(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["update"]
    honest = record(task, "Hi", LOOKUP, UPDATE)

    def with_answer(**changed: object) -> Trajectory:
        answer = honest.messages[3].model_copy(update=changed)
        return honest.model_copy(update={"messages": (*honest.messages[:3], answer)})

    forged = with_answer(content='{"books":[]}')
    refused = with_answer(is_error=True)
    elsewhere = honest.model_copy(update={"state_hash": "0" * 32})
    with closing(Reruns(library)) as reruns:
        found = [
            find_misaligned(Case(library, task, one), FunnelSettings(), reruns)
            for one in (forged, honest, forged, refused, elsewhere, honest)
        ]
    assert [fault and fault.reason for fault in found] == [
        FunnelReason.RESULT_DIFFERS,
        None,
        FunnelReason.RESULT_DIFFERS,
        FunnelReason.RESULT_DIFFERS,
        FunnelReason.STATE_DIFFERS,
        None,
    ]


def test_a_tool_that_breaks_its_contract_breaks_it_each_time(library: Domain) -> None:
    source = library.source.replace(
        "def get_book(db, book_id):", "def get_book(db, book_id):\n    {}[0]"
    )
    with closing(Reruns(replace(library, source=source))) as reruns:
        for _ in range(2):
            rerun = reruns.begin("main")
            assert rerun.call(*UPDATE).text
            with pytest.raises(WorldError, match="get_book"):
                rerun.call("get_book", {"book_id": BOOK})


def test_a_memory_that_is_full_starts_anew(library: Domain) -> None:
    calls = [UPDATE, LOOKUP, ("create_loan", LOAN), ("list_loans", {})]
    with closing(Reruns(library, most=500)) as reruns:
        for _ in range(3):
            assert _again(reruns, calls) == _afresh(library, calls)
        assert reruns.made > len(calls)


def test_a_world_that_does_not_do_again_what_it_did_is_noticed(
    record: Recorder, library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["update"]
    played = record(task, "Hi", UPDATE)
    answer = played.messages[3].model_copy(update={"content": "another"})
    believed = played.model_copy(update={"messages": (*played.messages[:3], answer)})
    with closing(Reruns(library)) as reruns:
        start = reruns.begin("main")._moment
        reruns.begin("main").call(*UPDATE)
        [(key, given)] = start.known.items()
        start.known[key] = replace(given, text="another")
        fault = find_misaligned(Case(library, task, believed), FunnelSettings(), reruns)
    assert fault is not None
    assert fault.reason is FunnelReason.WORLD_FAILED
    assert "update_book" in fault.detail
