"""Mistakes made on purpose."""

from collections.abc import Sequence
from typing import Any

import pytest

from agentscaler.domain.domain import Domain
from agentscaler.rollout.mistake import MistakeKind, Occasion
from agentscaler.rollout.mistaken_rows import premature_call
from agentscaler.rollout.mistakes import draw_mistake
from agentscaler.rollout.phrases import seeded
from agentscaler.task.task import GoldCall, Task

Tasks = dict[str, Task]


def _occasion(
    library: Domain, gold: GoldCall, *, seen: str = "", results: Sequence[Any] = ()
) -> Occasion:
    return Occasion(
        library.manifest,
        library.manifest.tool[gold.tool],
        gold.arguments,
        seen=seen,
        results=results,
        free_reads=bool(results),
    )


@pytest.mark.parametrize("name", ["create", "update", "delete", "read", "two goals"])
def test_every_mistake_is_refused_and_leaves_the_state_as_it_is(
    library: Domain, library_tasks: Tasks, name: str
) -> None:
    kinds = set()
    for index, gold in enumerate(library_tasks[name].gold):
        with library.world("main") as world:
            for earlier in library_tasks[name].gold[:index]:
                world.call(earlier.tool, earlier.arguments)
            before = world.state_hash()
            for seed in range(60):
                mistake = draw_mistake(_occasion(library, gold), seeded(str(seed)))
                kinds.add(mistake.kind)
                result = world.call(mistake.tool, mistake.arguments)
                assert not result.ok, mistake
                assert world.state_hash() == before
    assert len(kinds) >= 4


def test_an_enum_value_is_written_in_the_wrong_case(library: Domain, library_tasks: Tasks) -> None:
    gold = library_tasks["update"].gold[1]
    drawn = [draw_mistake(_occasion(library, gold), seeded(str(seed))) for seed in range(80)]
    written = {one.arguments["genre"] for one in drawn if one.kind is MistakeKind.ENUM_CASE}
    assert written == {"history"}


def test_a_garbled_id_is_never_one_that_was_seen(library: Domain, library_tasks: Tasks) -> None:
    gold = library_tasks["delete"].gold[1]
    key = gold.arguments["member_id"].removeprefix("member-")
    for seed in range(80):
        seen = f"there is {key} too"
        mistake = draw_mistake(_occasion(library, gold, seen=seen), seeded(str(seed)))
        assert mistake.kind is not MistakeKind.GARBLED_ID


def test_a_premature_call_takes_a_told_name_for_the_key(
    library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["update"]
    told = premature_call(library.manifest, task.gold, 0, (0, 1), "the book roads of rome")
    assert told is not None
    assert told.tool == "update_book"
    assert told.arguments == {"book_id": "Roads of Rome", "genre": "HISTORY"}
    assert premature_call(library.manifest, task.gold, 0, (0, 1), "some book") is None


def test_nothing_is_deleted_prematurely(library: Domain, library_tasks: Tasks) -> None:
    task = library_tasks["delete"]
    assert premature_call(library.manifest, task.gold, 0, (0, 1), "ana ruiz") is None


def test_reads_that_do_not_help_are_harmless(library: Domain, library_tasks: Tasks) -> None:
    task = library_tasks["read"]
    found: dict[MistakeKind, set[str]] = {}
    for index, gold in enumerate(task.gold):
        results = [call.result for call in task.gold[:index]] or [{}]
        with library.world("main") as world:
            before = world.state_hash()
            for seed in range(120):
                mistake = draw_mistake(_occasion(library, gold, results=results), seeded(str(seed)))
                result = world.call(mistake.tool, mistake.arguments)
                assert result.ok is False or not mistake.refused
                assert world.state_hash() == before
                if not mistake.refused:
                    found.setdefault(mistake.kind, set()).add(mistake.tool)
    assert "list_books" not in found[MistakeKind.WRONG_TOOL]


def test_where_reads_count_no_mistake_is_an_extra_read(
    library: Domain, library_tasks: Tasks
) -> None:
    for gold in library_tasks["read"].gold:
        drawn = [draw_mistake(_occasion(library, gold), seeded(str(seed))) for seed in range(120)]
        assert all(mistake.refused for mistake in drawn)


def test_the_id_of_another_table_comes_from_the_record_that_was_read(
    library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["two goals"]
    gold = task.gold[2]
    results = [call.result for call in task.gold[:2]]
    drawn = [
        draw_mistake(_occasion(library, gold, results=results), seeded(str(seed)))
        for seed in range(120)
    ]
    wrong = [one for one in drawn if one.kind is MistakeKind.OTHER_TABLES_ID]
    loan = results[1]["loans"][0]
    assert {one.arguments["loan_id"] for one in wrong} <= {loan["member_id"], loan["book_id"]}
    assert wrong
