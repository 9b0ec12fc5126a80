"""Rows that are listed together, and how many of them look alike."""

from typing import Any

from agentscaler.domain.domain import Column, DomainTool, Table

__all__ = ["alike", "asked_of", "same_owners"]


def asked_of(finder: DomainTool | None, table: Table) -> tuple[Column, ...]:
    """The columns of a row whose values its finder must be given."""
    if finder is None:
        return ()
    roles = [finder.arguments[name] for name in finder.parameters["required"]]
    return tuple(table.by_name[role.column] for role in roles if role.kind == "filter")


def same_owners(finder: DomainTool, one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether one call of a list tool shows both rows."""
    columns = [finder.arguments[name].column for name in finder.parameters["required"]]
    return all(one[column] == other[column] for column in columns)


def alike(columns: tuple[Column, ...], row: dict[str, Any], among: list[dict[str, Any]]) -> int:
    """How many rows have the values that `row` has in `columns`."""
    return sum(all(one[c.name] == row[c.name] for c in columns) for one in among)
