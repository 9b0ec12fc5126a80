"""Proofs held against gold that is broken on purpose, each check by what only it can see."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agentscaler.domain import Domain
from agentscaler.task import Task, TaskSettings, construct_tasks
from agentscaler.task.mutants import MutantKind
from agentscaler.task.proof import Prover, prove
from agentscaler.task.task import GoldCall, Proof
from agentscaler.world.budget import Budget
from agentscaler.world.toolbox import Toolbox


def proven(domain: Domain, task: Task, **changes: Any) -> Proof:
    task = task.model_copy(update=changes)
    return prove(domain, task.state, task.gold, task.goals, task.state_hash)


@pytest.fixture(scope="module")
def tasks(box_office: Domain) -> list[Task]:
    (outcome,) = construct_tasks([box_office], TaskSettings(per_domain=40))
    return outcome.tasks


@pytest.mark.parametrize("name", ["create", "update", "delete", "read", "two goals"])
def test_gold_made_by_hand_is_proven(
    library: Domain, library_tasks: dict[str, Task], name: str
) -> None:
    proof = proven(library, library_tasks[name])
    assert proof.holds, proof
    assert proof.mutants > 0 or proof.wrong_reads > 0


def test_gold_with_a_wrong_result_does_not_pass(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    task = library_tasks["read"]
    wrong = task.gold[-1].model_copy(update={"result": {"book_id": "b1"}})
    proof = proven(library, task, gold=(*task.gold[:-1], wrong))
    assert not proof.gold_passes
    assert not proof.holds


def test_gold_with_another_state_does_not_pass(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    assert not proven(library, library_tasks["create"], state_hash="00").gold_passes


def test_a_tool_that_keeps_something_to_its_process_fails_in_another_one(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    task, toolbox = library_tasks["read"], library.toolbox
    calls = Counter[str]()

    def get_book(db: Any, book_id: str) -> Any:
        calls[book_id] += 1
        return {**toolbox.tools["get_book"].function(db, book_id), "shelf": "A1"}

    functions = {name: tool.function for name, tool in toolbox.tools.items()}
    definitions = list(toolbox.definitions.values())
    odd = Toolbox(toolbox.source, definitions, {**functions, "get_book": get_book}, Budget())
    domain = replace(library)
    vars(domain)["toolbox"] = odd
    gold = task.gold[-1].model_copy(update={"result": {**task.gold[-1].result, "shelf": "A1"}})
    proof = proven(domain, task, gold=(*task.gold[:-1], gold))
    assert calls
    assert proof.gold_passes
    assert not proof.replays_elsewhere
    assert not proof.holds


def test_a_value_that_no_outcome_depends_on_lets_a_mutant_pass(
    library: Domain, library_tasks: dict[str, Task], altered: Callable[..., Domain]
) -> None:
    values = "loan_id, member_id, book_id, "
    domain = altered(library, f"{values}due_date)", f"{values}'2026-04-02')")
    task = library_tasks["create"]
    proof = proven(domain, task)
    assert proof.gold_passes
    assert proof.mutants_fail + proof.mutants_idle < proof.mutants
    assert not proof.holds


def test_what_another_task_does_must_not_count_as_doing_this_one(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    task = library_tasks["create"]
    alike = task.model_copy(
        update={"gold": library_tasks["update"].gold, "state_hash": task.state_hash}
    )
    arguments = (library, task.state, task.gold, task.goals, task.state_hash)
    assert prove(*arguments, [library_tasks["update"]]).holds
    assert not prove(*arguments, [alike]).holds


def test_a_call_more_that_does_nothing_is_idle_and_one_that_does_something_fails(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    def twice(task: Task) -> set[str]:
        prover = Prover(library)
        target = prover.target(task.state, task.gold)
        wrong = prover.wrong_writes(task.state, task.gold, [], target)
        return {one.fate for one in wrong if one.kind is MutantKind.TWICE}

    assert twice(library_tasks["create"]) == {"fails"}
    assert twice(library_tasks["update"]) == {"idle"}
    assert twice(library_tasks["delete"]) == {"idle"}


def test_an_answer_that_every_row_gives_can_be_guessed(
    library: Domain, library_tasks: dict[str, Task], altered: Callable[..., Domain]
) -> None:
    task = library_tasks["read"]
    assert proven(library, task).answers_tell
    rest = "FROM books WHERE book_id = ?"
    same = f"SELECT book_id, title, genre, 'B7' AS shelf {rest}"
    domain = altered(library, f'row = db.one("SELECT * {rest}', f'row = db.one("{same}')
    gold = task.gold[-1].model_copy(update={"result": {**task.gold[-1].result, "shelf": "B7"}})
    proof = proven(domain, task, gold=(*task.gold[:-1], gold))
    assert proof.wrong_reads > 0
    assert not proof.answers_tell


def test_gold_that_minds_its_reads_fails_its_variants(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    task = library_tasks["two goals"]
    proof = proven(library, task)
    assert proof.variants == proof.variants_pass > 2


def test_an_answer_in_the_order_of_the_keys_fails_the_keys_the_other_way_round(
    bulk: Domain, altered: Callable[..., Domain]
) -> None:
    """The state stays as it is, so nothing but the answer tells the orders apart."""
    listed = altered(bulk, "for venue_id in sorted(venue_ids)]", "for venue_id in venue_ids]")
    for domain, passing in ((bulk, True), (listed, False)):
        with domain.world("small") as world:
            keys = [row["venue_id"] for row in world.query("SELECT venue_id FROM venues")][:2]
            arguments = {"venue_ids": sorted(keys)}
            gold = GoldCall(
                tool="batch_get_venues",
                arguments=arguments,
                provenance={},
                result=world.call("batch_get_venues", arguments).value,
                purpose="goal",
                effect="read",
            )
            proof = prove(domain, "small", [gold], [], world.state_hash())
        assert proof.gold_passes
        assert (proof.variants_pass == proof.variants) == passing


def test_mutants_are_of_many_kinds_and_all_told_apart(
    box_office: Domain, tasks: list[Task]
) -> None:
    prover = Prover(box_office)
    fates: Counter[tuple[MutantKind, str]] = Counter()
    for number, task in enumerate(tasks):
        others = [one for one in tasks[:number] if one.state == task.state]
        target = prover.target(task.state, task.gold)
        wrong = prover.wrong_writes(task.state, task.gold, others, target)
        fates.update((one.kind, one.fate) for one in wrong)
    absent = {MutantKind.SWAPPED, MutantKind.BRANCH}
    assert {kind for kind, _ in fates} >= set(MutantKind) - absent
    assert {fate for _, fate in fates} == {"fails", "idle"}
    assert sum(n for (_, fate), n in fates.items() if fate == "fails") > 5 * len(tasks)


def test_nearly_every_wrong_call_can_be_told(tasks: list[Task]) -> None:
    proofs = [task.proof for task in tasks]
    tried = sum(p.writes + p.mutants - p.mutants_idle + p.wrong_reads for p in proofs)
    told = sum(p.dropped_writes_fail + p.mutants_fail + p.wrong_reads_differ for p in proofs)
    assert told >= 0.98 * tried


def test_a_write_that_is_undone_again_leaves_gold_without_proof(
    library: Domain, library_tasks: dict[str, Task]
) -> None:
    task = library_tasks["two goals"]
    back = GoldCall(
        tool="reopen_loan",
        arguments=task.gold[2].arguments,
        provenance=task.gold[2].provenance,
        result=None,
        purpose="goal",
        effect="write",
    )
    proof = proven(library, task, gold=(*task.gold[:3], back))
    assert not proof.holds
