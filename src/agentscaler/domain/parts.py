"""Operations on a part of a record, and those that put a record where it may be already.

`UpdateContactFlowName` sets columns of a contact flow: no service makes or lists names of contact
flows.  `PutRule` makes a rule where nothing else does, and changes one where something does.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from agentscaler.graph.operation import KeyInput, Operation, OperationKind
from agentscaler.words import split_words

__all__ = ["settle_parts"]

_MAKERS = frozenset({OperationKind.CREATE, OperationKind.LIST})
_OF_ONE = frozenset({OperationKind.GET, OperationKind.UPDATE, OperationKind.DELETE})
_SINGLES = frozenset({OperationKind.GET, OperationKind.LIST, OperationKind.DELETE})


def settle_parts(operations: Sequence[Operation]) -> list[Operation]:
    """The operations of one service with parts joined to their records, in the same order."""
    kinds: dict[str, set[OperationKind]] = defaultdict(set)
    for operation in operations:
        kinds[operation.resource].add(operation.kind)
    made = {resource for resource, found in kinds.items() if resource and found & _MAKERS}
    return [_settled(_keyed(operation), kinds, made) for operation in operations]


def _keyed(operation: Operation) -> Operation:
    """An operation on one record with the key at the end of its path, if no name tells it."""
    path = operation.tool.path or ""
    is_own = any(key.resource == operation.resource for key in operation.requires)
    if operation.kind not in _OF_ONE or is_own or operation.other or not path.endswith("}"):
        return operation
    name = path.rpartition("{")[2].rstrip("}").lstrip("+")
    if any(key.parameter == name for key in operation.requires):
        return operation
    key = KeyInput(operation.resource, "id", name, True)
    return replace(operation, requires=(key, *operation.requires))


def _settled(
    operation: Operation, kinds: dict[str, set[OperationKind]], made: set[str]
) -> Operation:
    is_put = operation.kind is OperationKind.ACTION and operation.verb == "put"
    if operation.other or not (is_put or operation.kind is OperationKind.UPDATE):
        return operation
    resource = operation.resource
    owners = [one for one in made if resource.startswith(one + "_")]
    if resource not in made and owners:
        owner = max(owners, key=lambda one: (len(one), one))
        keys = _keys(operation, owner)
        if any(key.resource == owner and key.required for key in keys):
            return replace(
                operation,
                kind=OperationKind.UPDATE,
                verb="update",
                resource=owner,
                entity=None,
                requires=keys,
            )
    if is_put and kinds[resource] & _SINGLES:
        is_made = OperationKind.CREATE in kinds[resource]
        kind = OperationKind.UPDATE if is_made else OperationKind.CREATE
        return replace(operation, kind=kind, verb=kind.value)
    return operation


def _keys(operation: Operation, owner: str) -> tuple[KeyInput, ...]:
    """What the operation asks for, with the keys of the part taken as keys of the record."""
    keys = [
        replace(key, resource=owner) if key.resource == operation.resource else key
        for key in operation.requires
    ]
    required = set(operation.tool.parameters.get("required") or ())
    for parameter in operation.tool.parameters.get("properties") or {}:
        if "_".join(split_words(parameter)) == owner:
            keys.append(KeyInput(owner, "name", parameter, parameter in required))
    return tuple(keys)
