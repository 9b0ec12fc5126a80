"""Each kind of fault is seeded where it fits, and caught on the tools of a small domain."""

import ast
from collections import defaultdict
from dataclasses import replace

import pytest

from agentscaler.domain.certificate import FaultCount
from agentscaler.domain.domain import Domain
from agentscaler.domain.examine import examine
from agentscaler.domain.faults import (
    GUARD,
    Fault,
    Mutant,
    choose_faults,
    count_faults,
    fault_coverage,
    seed_faults,
)
from agentscaler.errors import GuardError


@pytest.fixture(scope="module")
def mutants(box_office: Domain) -> dict[Fault, list[Mutant]]:
    found: dict[Fault, list[Mutant]] = defaultdict(list)
    manifest = box_office.manifest
    for mutant in seed_faults(box_office.source, manifest.tools, manifest.table):
        found[mutant.fault].append(mutant)
    return found


def test_every_kind_of_fault_fits_somewhere(mutants: dict[Fault, list[Mutant]]) -> None:
    assert set(mutants) == set(Fault)


def test_a_mutant_differs_from_the_source_in_one_function_only(
    box_office: Domain, mutants: dict[Fault, list[Mutant]]
) -> None:
    def functions(source: str) -> dict[str, str]:
        return {
            node.name: ast.unparse(node)
            for node in ast.parse(source).body
            if isinstance(node, ast.FunctionDef)
        }

    right = functions(box_office.source)
    for mutant in (one for kind in mutants.values() for one in kind):
        wrong = functions(mutant.source)
        assert {name for name in right if right[name] != wrong[name]} == {mutant.function}
        assert mutant.tools


def test_the_same_source_gives_the_same_mutants_in_the_same_order(box_office: Domain) -> None:
    manifest = box_office.manifest
    once, twice = (
        list(seed_faults(box_office.source, manifest.tools, manifest.table)) for _ in range(2)
    )
    assert once == twice
    assert choose_faults(once, 30, "a") == choose_faults(twice, 30, "a")
    assert choose_faults(once, 30, "a") != choose_faults(once, 30, "b")
    assert len({one.fault for one in choose_faults(once, len(Fault), "a")}) == len(Fault)


@pytest.mark.parametrize("fault", Fault)
def test_each_kind_is_caught(
    fault: Fault, box_office: Domain, mutants: dict[Fault, list[Mutant]]
) -> None:
    """The first and the last mutant of the kind, each looked for as `fault_coverage` does."""
    for mutant in {one.source: one for one in (mutants[fault][0], mutants[fault][-1])}.values():
        wrong = replace(box_office, source=mutant.source)
        try:
            _, failures = examine(wrong, trials=100, focus=mutant.tools)
        except GuardError:
            continue
        assert failures, mutant.change


def test_the_sound_domain_raises_no_alarm(box_office: Domain) -> None:
    certificate, failures = examine(box_office, trials=60)
    assert failures == []
    assert certificate.holds


def test_a_guard_that_the_database_keeps_as_well_is_no_place_for_a_fault(
    box_office: Domain, mutants: dict[Fault, list[Mutant]]
) -> None:
    assert "is still used by" in box_office.source
    dropped = [one.change for one in mutants[Fault.IGNORED_PRECONDITION]]
    assert dropped
    assert not any(change.endswith("if used") for change in dropped)


def test_a_lookup_that_is_made_again_for_the_result_is_no_place_for_a_fault(
    mutants: dict[Fault, list[Mutant]],
) -> None:
    skipped = {(one.function, one.change) for one in mutants[Fault.SKIPPED_REFERENCE]}
    assert any(function == "create_show" for function, _ in skipped)
    assert ("update_venue", "without fetch_venue_row(db, venue_id)") not in skipped


def test_the_share_is_counted_by_kind_with_what_caught_each(box_office: Domain) -> None:
    seeded = fault_coverage(box_office, 40, seed=1)
    assert len(seeded) == 40
    counts = count_faults(seeded)
    assert sum(one.seeded for one in counts.values()) == 40
    assert sum(one.caught for one in counts.values()) >= 38
    assert any(one.caught_by == GUARD for one in fault_coverage(box_office, 400, seed=1))
    assert FaultCount(seeded=2, caught=1) not in counts.values()
    assert seeded == fault_coverage(box_office, 40, seed=1)
