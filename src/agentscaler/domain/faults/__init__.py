"""Tools made wrong on purpose: a domain in, the share of faults that its checks catch out."""

from agentscaler.domain.faults.coverage import GUARD, Seeded, count_faults, fault_coverage
from agentscaler.domain.faults.fault import Fault, Mutant
from agentscaler.domain.faults.seed import choose_faults, seed_faults

__all__ = [
    "GUARD",
    "Fault",
    "Mutant",
    "Seeded",
    "choose_faults",
    "count_faults",
    "fault_coverage",
    "seed_faults",
]
