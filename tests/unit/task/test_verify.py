"""Stored tasks proven again: every way in which one may lie is found."""

from typing import Any

import pytest

from agentscaler.domain import Domain
from agentscaler.task import Task, TaskSettings, construct_tasks
from agentscaler.task.verify import Flaw, TaskChecks, check_tasks


@pytest.fixture(scope="module")
def tasks(box_office: Domain) -> list[Task]:
    (outcome,) = construct_tasks([box_office], TaskSettings(per_domain=12))
    return outcome.tasks


def flaws_of(domain: Domain, tasks: list[Task], number: int, **changes: Any) -> set[Flaw]:
    """What is found once one task says something else; nothing else may be found wrong."""
    altered = tasks[number].model_copy(update=changes)
    checks = check_tasks(domain, [*tasks[:number], altered, *tasks[number + 1 :]])
    assert {finding.task for finding in checks.findings} <= {altered.id}
    return {finding.flaw for finding in checks.findings}


def test_nothing_is_found_against_tasks_as_they_were_made(
    box_office: Domain, tasks: list[Task]
) -> None:
    checks = check_tasks(box_office, tasks)
    assert checks.findings == []
    assert checks.holding == checks.tasks == len(tasks)
    assert checks.figures["writes"] == sum(task.proof.writes for task in tasks)


def test_another_final_state_is_found(box_office: Domain, tasks: list[Task]) -> None:
    assert Flaw.NO_PROOF in flaws_of(box_office, tasks, 0, state_hash="00")


def test_another_initial_state_is_found(box_office: Domain, tasks: list[Task]) -> None:
    other = next(name for name in box_office.states if name != tasks[0].state)
    assert Flaw.NO_PROOF in flaws_of(box_office, tasks, 0, state=other)


def test_a_proof_with_other_figures_is_found(box_office: Domain, tasks: list[Task]) -> None:
    proof = tasks[2].proof.model_copy(update={"variants": 99, "variants_pass": 99})
    assert flaws_of(box_office, tasks, 2, proof=proof) == {Flaw.OTHER_PROOF}


def test_another_changeset_is_found(box_office: Domain, tasks: list[Task]) -> None:
    number = next(n for n, task in enumerate(tasks) if task.changeset)
    changeset = tasks[number].changeset[1:]
    assert flaws_of(box_office, tasks, number, changeset=changeset) == {Flaw.OTHER_CHANGES}


def test_another_request_and_another_fact_are_found(box_office: Domain, tasks: list[Task]) -> None:
    assert flaws_of(box_office, tasks, 1, intent="Please do it.") == {Flaw.OTHER_WORDS}
    number = next(n for n, task in enumerate(tasks) if task.facts)
    facts = tuple(fact.model_copy(update={"value": "x"}) for fact in tasks[number].facts)
    assert flaws_of(box_office, tasks, number, facts=facts) == {Flaw.NO_SOURCE}


def test_a_value_whose_source_does_not_hold_it_is_found(
    box_office: Domain, tasks: list[Task]
) -> None:
    number, at = next(
        (number, at)
        for number, task in enumerate(tasks)
        for at, call in enumerate(task.gold)
        if any(source.origin == "tool" for source in call.provenance.values())
    )
    gold = list(tasks[number].gold)
    wrong = {
        name: source.model_copy(update={"path": ("nowhere",)}) if source.path else source
        for name, source in gold[at].provenance.items()
    }
    gold[at] = gold[at].model_copy(update={"provenance": wrong})
    assert Flaw.NO_SOURCE in flaws_of(box_office, tasks, number, gold=tuple(gold))


def test_what_the_domain_does_not_have_is_found(box_office: Domain, tasks: list[Task]) -> None:
    assert flaws_of(box_office, tasks, 0, state="huge") == {Flaw.UNKNOWN}
    call = tasks[0].gold[0].model_copy(update={"tool": "brew_tea"})
    assert flaws_of(box_office, tasks, 0, gold=(call, *tasks[0].gold[1:])) == {Flaw.UNKNOWN}
    more = tasks[0].gold[0].model_copy(update={"arguments": {"tea": 1}})
    assert flaws_of(box_office, tasks, 0, gold=(more, *tasks[0].gold[1:])) == {Flaw.UNKNOWN}


def test_two_tasks_of_one_id_are_found(box_office: Domain, tasks: list[Task]) -> None:
    assert Flaw.TWO_OF_ONE_ID in flaws_of(box_office, tasks, 3, id=tasks[0].id)


def test_checks_of_several_domains_add_up(box_office: Domain, tasks: list[Task]) -> None:
    total = TaskChecks()
    for _ in range(2):
        total.add(check_tasks(box_office, tasks[:3]))
    assert total.tasks == total.holding == 6
    assert total.figures["gold_passes"] == 6
