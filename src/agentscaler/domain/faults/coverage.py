"""`fault_coverage`: how many of the faults seeded into a domain's tools its checks catch."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agentscaler.domain.certificate import FaultCount
from agentscaler.domain.domain import Domain
from agentscaler.domain.examine import examine
from agentscaler.domain.faults.fault import Mutant
from agentscaler.domain.faults.seed import choose_faults, seed_faults
from agentscaler.errors import GuardError

__all__ = ["GUARD", "Seeded", "count_faults", "fault_coverage"]

TRIALS = 100
"""Calls of each tool with the fault, unless told otherwise: fewer than a certificate makes."""

GUARD = "guard"
"""What catches a fault that the allow-list refuses before any call."""


@dataclass(frozen=True)
class Seeded:
    """A fault that was seeded.

    Attributes:
        caught_by: the first check that failed, or `GUARD`; "" where it survived.
        detail: what was seen.
    """

    mutant: Mutant
    caught_by: str
    detail: str


def fault_coverage(
    domain: Domain, count: int, *, trials: int = TRIALS, seed: str | int = 0
) -> list[Seeded]:
    """Seed faults into the tools of a domain that holds its certificate, one at a time.

    Args:
        count: how many, spread over the kinds.
        trials: calls of each tool that runs the fault.
    """
    manifest = domain.manifest
    mutants = seed_faults(domain.source, manifest.tools, manifest.table)
    return [_tried(domain, one, trials, seed) for one in choose_faults(mutants, count, seed)]


def count_faults(seeded: Sequence[Seeded]) -> dict[str, FaultCount]:
    """Seeded and caught by kind."""
    tried = Counter(one.mutant.fault for one in seeded)
    caught = Counter(one.mutant.fault for one in seeded if one.caught_by)
    return {
        fault: FaultCount(seeded=count, caught=caught[fault])
        for fault, count in sorted(tried.items())
    }


def _tried(domain: Domain, mutant: Mutant, trials: int, seed: str | int) -> Seeded:
    wrong = replace(domain, source=mutant.source)
    try:
        _, failures = examine(wrong, trials=trials, seed=seed, focus=mutant.tools)
    except GuardError as error:
        return Seeded(mutant, GUARD, str(error))
    if not failures:
        return Seeded(mutant, "", "")
    return Seeded(mutant, failures[0].check, failures[0].detail)
