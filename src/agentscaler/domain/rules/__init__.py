"""The library of business rules: what no API description says, supplied where names fit.

In: the tables and tools of a domain.  Out: rules as records, clauses that the source and the
contracts of the tools take up, statements that make initial states obey them.
"""

from agentscaler.domain.rules.clause import Clause, Ground, Supplied
from agentscaler.domain.rules.supply import Supply, constrained, supply_rules

__all__ = ["Clause", "Ground", "Supplied", "Supply", "constrained", "supply_rules"]
