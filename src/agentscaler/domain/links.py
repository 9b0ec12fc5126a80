"""Link tables: two resources of which each may have many of the other."""

from collections.abc import Iterable

from agentscaler.domain.domain import Column, Table
from agentscaler.domain.tables import owner_of, table_name
from agentscaler.graph import verbs
from agentscaler.graph.operation import Operation, OperationKind
from agentscaler.words import plural

__all__ = ["link_table", "linked_pair"]

_TIES = frozenset({OperationKind.LINK, OperationKind.UNLINK})


def linked_pair(operation: Operation, known: Iterable[str]) -> tuple[str, str] | None:
    """The two resources that an operation ties or unties, in the order of its keys.

    None when it does neither, or when its keys do not name just two known resources.
    """
    if operation.verb not in verbs.LINK | verbs.UNLINK:
        return None
    names = list(known)
    if operation.tool.source == "openapi" and operation.kind not in _TIES:
        return None
    owners: list[str] = []
    for needed in operation.requires:
        owner = owner_of(needed.resource, names)
        if owner is not None and not owner[1] and owner[0] not in owners:
            owners.append(owner[0])
    return (owners[0], owners[1]) if len(owners) == 2 else None


def link_table(pair: tuple[str, str], tables: dict[str, Table]) -> Table:
    """The table that ties a pair of resources, the same for either order."""
    one, two = sorted(pair)
    first, second = tables[one], tables[two]
    tail = table_name(two) if "_" in two else plural(two)
    return Table(
        name=f"{one}_{tail}",
        noun=f"link between {first.noun} and {second.noun}",
        key=(first.key[0], second.key[0]),
        columns=tuple(
            Column(
                name=table.key[0],
                type="text",
                meaning="reference",
                noun=table.noun,
                nullable=False,
                references=table.name,
            )
            for table in (first, second)
        ),
    )
