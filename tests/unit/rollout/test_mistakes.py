"""Mistakes made on purpose."""

import pytest

from agentscaler.domain.domain import Domain
from agentscaler.rollout.mistakes import MistakeKind, draw_mistake, premature_call
from agentscaler.rollout.phrases import seeded
from agentscaler.task.task import Task

Tasks = dict[str, Task]


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
                mistake = draw_mistake(
                    library.manifest,
                    library.manifest.tool[gold.tool],
                    gold.arguments,
                    "",
                    seeded(str(seed)),
                )
                kinds.add(mistake.kind)
                result = world.call(mistake.tool, mistake.arguments)
                assert not result.ok, mistake
                assert world.state_hash() == before
    assert len(kinds) >= 4


def test_an_enum_value_is_written_in_the_wrong_case(library: Domain, library_tasks: Tasks) -> None:
    gold = library_tasks["update"].gold[1]
    drawn = [
        draw_mistake(
            library.manifest,
            library.manifest.tool[gold.tool],
            gold.arguments,
            "",
            seeded(str(seed)),
        )
        for seed in range(80)
    ]
    written = {one.arguments["genre"] for one in drawn if one.kind is MistakeKind.ENUM_CASE}
    assert written == {"history"}


def test_a_garbled_id_is_never_one_that_was_seen(library: Domain, library_tasks: Tasks) -> None:
    gold = library_tasks["delete"].gold[1]
    key = gold.arguments["member_id"].removeprefix("member-")
    for seed in range(80):
        tool = library.manifest.tool[gold.tool]
        mistake = draw_mistake(
            library.manifest, tool, gold.arguments, f"there is {key} too", seeded(str(seed))
        )
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
