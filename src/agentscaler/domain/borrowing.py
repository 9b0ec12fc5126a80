"""What a community borrows from the rest of its service.

A community may delete contracts' services without a tool that lists contracts: nobody could find
the key that it asks for.  For each resource whose keys it takes and never gives, a list (or, where
there is none, a create) comes from another community of the same service, and a get with it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from agentscaler.graph.operation import Operation, OperationKind

__all__ = ["Lender", "borrow"]

_LARGEST = 40
_MOST = 8
_GIVERS = frozenset({OperationKind.LIST, OperationKind.CREATE})


class Lender:
    """The operations of one service that can be lent, best first, by resource and kind."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._by_kind: dict[tuple[str, OperationKind], list[Operation]] = defaultdict(list)
        for operation in operations:
            if operation.resource and not operation.other:
                self._by_kind[operation.resource, operation.kind].append(operation)
        for found in self._by_kind.values():
            found.sort(key=lambda one: (len(one.requires), len(one.parents), one.tool.id))

    def lend(self, resource: str) -> list[Operation]:
        """Operations that give a resource's keys and tell of its records."""
        kinds = (OperationKind.LIST, OperationKind.CREATE, OperationKind.GET)
        found = {kind: self._by_kind.get((resource, kind), [])[:1] for kind in kinds}
        givers = found[OperationKind.LIST] or found[OperationKind.CREATE]
        return [*givers, *found[OperationKind.GET]] if givers else []


def borrow(members: Sequence[Operation], lenders: Mapping[str, Lender]) -> list[Operation]:
    """Operations to add to those of a community, of the service that most of it is of."""
    if not members:
        return []
    services = Counter(one.tool.service for one in members)
    service = min(services, key=lambda name: (-services[name], name))
    own = [one for one in members if one.tool.service == service]
    given = {one.resource for one in own if one.kind in _GIVERS}
    taken: Counter[str] = Counter()
    for operation in own:
        if operation.kind not in _GIVERS:
            taken[operation.resource] += 1
        if operation.parents:
            taken[operation.parents[-1]] += 1
        for needed in operation.requires:
            if needed.required:
                taken[needed.resource] += 1
    room = min(_MOST, _LARGEST - len(own))
    inside = {one.tool.id for one in own}
    lent: list[Operation] = []
    for resource in sorted(taken, key=lambda name: (-taken[name], name)):
        if not resource or resource in given:
            continue
        for operation in lenders[service].lend(resource):
            if len(lent) < room and operation.tool.id not in inside:
                lent.append(operation)
                inside.add(operation.tool.id)
    return lent
