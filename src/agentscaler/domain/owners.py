"""Which names only hold within an owner: `/repos/{owner}/{repo}`, a node group of a cluster.

In: the operations of a resource whose key is a name.  Out: the owner that all of them ask for
beside that name, so that two owners may each have a record of the same name.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from agentscaler.graph.operation import KeyInput, Operation, OperationKind
from agentscaler.words import split_words

__all__ = ["Owner", "find_owner", "is_named_by_noun"]

_ON_ONE = frozenset(
    {OperationKind.GET, OperationKind.UPDATE, OperationKind.DELETE, OperationKind.ACTION}
)
_EVERYWHERE = frozenset(
    "account api billing_account catalog company customer environment locale location organization"
    " project region resource_group scope site stage subscription tenant user version".split()
)
"""What a whole account, or every call of it, is in: without a table it tells no records apart."""


@dataclass(frozen=True)
class Owner:
    """The owner that a name holds within.

    Attributes:
        column: what holds the owner in a row of the named thing.
        is_plain: whether the owner is a text, and no row of any table.
    """

    column: str
    is_plain: bool


def find_owner(
    resource: str,
    operations: Iterable[Operation],
    references: Mapping[str, str],
    known: Collection[str] = (),
) -> Owner | None:
    """The owner of a resource's names, or None where a name alone is enough for some operation.

    What makes a record may leave the owner open (`POST /user/repos`); its tool asks for it.

    Args:
        references: the columns that a row cannot lack, each with the resource that it refers to.
        known: resources that have tables.
    """
    columns: dict[str, str] = {}
    for column, target in references.items():
        columns.setdefault(target, column)
    on_one = [one for one in operations if one.kind in _ON_ONE and _own_keys(one, resource)]
    by_name = [one for one in on_one if _own_keys(one, resource)[0].field == "name"]
    asked = [list(_asked(one, resource, columns, known)) for one in by_name or on_one]
    if not all(asked):
        return None
    votes = Counter(owner for owners in asked for owner in reversed(owners))  # ties: the nearest
    for owner, count in votes.most_common(1):
        return owner if count * 2 > len(asked) else None
    return None


def is_named_by_noun(
    resource: str, operations: Iterable[Operation], fields: Collection[str]
) -> bool:
    """Whether records that have a name, and no id, are asked for by their noun (`{branch}`)."""
    if "name" not in fields or not {"id", "uuid", "guid", "number"}.isdisjoint(fields):
        return False
    nouns = {resource, resource.rsplit("_", 1)[-1]}
    keys = {
        "_".join(split_words(needed.parameter))
        for operation in operations
        if operation.kind in _ON_ONE
        for needed in operation.requires
        if needed.resource == resource
    }
    return bool(keys) and keys <= nouns


def _own_keys(operation: Operation, resource: str) -> list[KeyInput]:
    return [one for one in operation.requires if one.resource == resource]


def _asked(
    operation: Operation, resource: str, columns: Mapping[str, str], known: Collection[str]
) -> Iterator[Owner]:
    """The owners that an operation cannot do without, the nearest last.

    Of a path only the nearest counts: what is above it is the owner's own owner.
    """
    needed = [one for one in operation.requires if one.required and one.resource != resource]
    above = [one for one in needed if _is_in_path(operation, one)]
    if operation.tool.source == "openapi":
        near = above[-1:]
        for one in near:
            if one.resource in columns:
                yield Owner(columns[one.resource], is_plain=False)
            elif one.resource.isidentifier() and one.resource not in {*_EVERYWHERE, *known}:
                yield Owner(one.resource, is_plain=True)
        return
    asked = [*operation.parents, *(one.resource for one in needed)]
    for name in dict.fromkeys(asked):
        if name in columns:
            yield Owner(columns[name], is_plain=False)


def _is_in_path(operation: Operation, needed: KeyInput) -> bool:
    return f"{{{needed.parameter}}}" in (operation.tool.path or "")
