"""`supply_rules`: every rule of the library that fits the tables and tools of a domain."""

from collections.abc import Iterable
from dataclasses import dataclass

from agentscaler.domain.domain import DomainTool, Table
from agentscaler.domain.rule import Rule
from agentscaler.domain.rules.bounds import bounded, find_bound_rules
from agentscaler.domain.rules.capacity import find_capacity_rules
from agentscaler.domain.rules.clause import Clause, Ground, Supplied
from agentscaler.domain.rules.deletion import find_deletion_rules
from agentscaler.domain.rules.movements import find_movement_rules
from agentscaler.domain.rules.names import find_name_rules, unique_columns
from agentscaler.domain.rules.statuses import find_status_rules
from agentscaler.domain.rules.sums import find_sum_rules

__all__ = ["Supply", "constrained", "supply_rules"]

_FINDERS = (
    find_status_rules,
    find_name_rules,
    find_capacity_rules,
    find_bound_rules,
    find_movement_rules,
    find_sum_rules,
    find_deletion_rules,
)

_SETTLED_IN = 2
"""Rounds of settling: what one rule mends can be what another one builds on."""


@dataclass(frozen=True)
class Supply:
    """The rules of a domain.

    Attributes:
        clauses: by tool, in the order in which the tool goes through them.
        settle: statements over freshly filled tables, in order.
    """

    rules: tuple[Rule, ...]
    clauses: dict[str, tuple[Clause, ...]]
    settle: tuple[str, ...]


def constrained(table: Table) -> Table:
    """The table with the constraints that its columns' meanings set."""
    unique = {column.name for column in unique_columns(table) if table.part_of is None}
    columns = (
        bounded(column).model_copy(update={"unique": True})
        if column.name in unique
        else bounded(column)
        for column in table.columns
    )
    lists = tuple(
        field.model_copy(update={"columns": tuple(map(bounded, field.columns))})
        for field in table.lists
    )
    return Table(**{**dict(table), "columns": tuple(columns), "lists": lists})


def supply_rules(tables: dict[str, Table], tools: Iterable[DomainTool]) -> Supply:
    """The rules that fit; the same tables and tools always get the same ones."""
    ground = Ground(tables, tuple(tools))
    supplied: list[Supplied] = [one for find in _FINDERS for one in find(ground)]
    clauses: dict[str, tuple[Clause, ...]] = {}
    for one in supplied:
        for clause in one.clauses:
            clauses[clause.tool] = (*clauses.get(clause.tool, ()), clause)
    return Supply(
        rules=tuple(one.rule for one in supplied),
        clauses=clauses,
        settle=_SETTLED_IN * tuple(statement for one in supplied for statement in one.settle),
    )
