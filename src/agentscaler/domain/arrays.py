"""List fields of a resource, gathered from every schema that speaks of it.

A list is called by the plural of what it holds, whatever the document calls it: `SubnetIdList`,
`subnetIds` and `subnet_ids` are one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agentscaler.domain.fields import TRANSPARENT, field_name, request_properties
from agentscaler.graph.operation import Operation, OperationKind, key_of
from agentscaler.words import plural, singular, split_words

__all__ = ["SeenList", "carried_lists", "gather_lists", "member_of", "stem_of"]

Schema = dict[str, Any]

_WORDS_OF_A_NAME = 4
_SUFFIXES = frozenset({"list", "set"})
_PARTLY = frozenset("add append attach delete detach remove".split())
"""First words of lists that say what comes to another list, or goes."""
_CARRIERS = frozenset("config configuration detail info option setting spec summary".split())
"""Last words of objects that only carry a list, left out of its name."""


@dataclass
class SeenList:
    """A list field of a resource: where it was seen, and the fullest schema of its members."""

    name: str
    item: Schema
    order: int
    outputs: int = 0
    in_create: bool = False
    in_update: bool = False

    @property
    def settable(self) -> bool:
        return self.in_create or self.in_update

    @property
    def weight(self) -> int:
        """How much people have to do with it."""
        return 3 * self.in_create + 3 * self.in_update + min(self.outputs, 2)


def gather_lists(resource: str, operations: Iterable[Operation]) -> Iterator[SeenList]:
    """The lists of a resource that its records hold or that a create takes."""
    lists: dict[str, SeenList] = {}

    def meet(properties: Mapping[str, Schema]) -> Iterator[SeenList]:
        for name, item in _arrays(properties, resource):
            seen = lists.setdefault(name, SeenList(name, item, len(lists)))
            if len(item.get("properties") or {}) > len(seen.item.get("properties") or {}):
                seen.item = item
            yield seen

    for operation in operations:
        if operation.entity is not None:
            for seen in meet(operation.entity.get("properties") or {}):
                seen.outputs += 1
        if operation.kind in {OperationKind.CREATE, OperationKind.UPDATE}:
            for seen in meet(request_properties(operation)):
                seen.in_create |= operation.kind is OperationKind.CREATE
                seen.in_update |= operation.kind is OperationKind.UPDATE
    return (seen for seen in lists.values() if seen.outputs or seen.in_create)


def carried_lists(operation: Operation) -> list[str]:
    """The lists that a request carries."""
    return [name for name, _ in _arrays(request_properties(operation), operation.resource)]


def _arrays(properties: Mapping[str, Schema], resource: str) -> Iterator[tuple[str, Schema]]:
    """Whole lists as (name, schema of a member), those in nested objects too."""
    for name, schema in properties.items():
        if schema.get("type") == "array":
            inner = {name: schema}
        else:
            inner = {
                _nested_name(name, key): value
                for key, value in (schema.get("properties") or {}).items()
            }
        for key, value in inner.items():
            found = _list_name(resource, key)
            whole = found and found.split("_")[0] not in _PARTLY
            if value.get("type") == "array" and whole:
                yield found, value.get("items") or {}


def _nested_name(name: str, key: str) -> str:
    """What a list in a nested object is called: `cors_allow_methods` of a `corsConfiguration`."""
    outer = split_words(name)
    if field_name("", name) in TRANSPARENT or key_of(key):
        return key
    if outer and singular(outer[-1]) in _CARRIERS:
        outer = outer[:-1]
    return key if split_words(key)[: len(outer)] == outer else "_".join([*outer, key])


def _list_name(resource: str, name: str) -> str:
    """A list field of `resource` by the plural of what it holds; "" if its name is none."""
    *head, last = field_name(resource, name).split("_")
    if last in _SUFFIXES and head:
        *head, last = head
        last = plural(singular(last))
    words = [*head, last]
    found = "_".join(words)
    short = len(found) <= 40 and len(set(words)) == len(words) <= _WORDS_OF_A_NAME
    fits = found.isidentifier() and found.isascii() and short
    return found if fits and singular(last) != last else ""


def member_of(name: str) -> str:
    """One of what a list holds: `tag_ids` holds a `tag_id`."""
    *head, last = name.split("_")
    return "_".join([*head, singular(last)])


def stem_of(name: str) -> str:
    """What a list is of, whether it holds keys or the things themselves."""
    member = member_of(name)
    key = key_of(member)
    return key[0] if key is not None and key[0] else member
