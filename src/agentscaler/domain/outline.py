"""A table in the making, before its columns are chosen: its key, fields and references.

`cut_cycles` and `settle_names` take the outlines of all tables of a domain, by resource, and change
them where they stand.
"""

from dataclasses import dataclass, field

from agentscaler.domain.fields import Field
from agentscaler.domain.owners import find_owner
from agentscaler.graph.operation import Operation

__all__ = ["Outline", "Reference", "cut_cycles", "settle_names"]

_MAX_PARTS = 3
"""Of a key that is made of owners and a name."""


@dataclass
class Outline:
    """A table in the making."""

    resource: str
    fields: dict[str, Field]
    natural_key: bool
    key: str
    references: dict[str, "Reference"] = field(default_factory=dict)  # by column
    address: tuple[str, ...] = ()  # columns that the key is made of


@dataclass(frozen=True)
class Reference:
    """A foreign key in the making: the resource it points to, and whether a row can lack it."""

    target: str
    nullable: bool


def cut_cycles(drafts: dict[str, Outline]) -> None:
    """Drops references that would make two tables each need the other first; those that a row can
    lack before others."""
    rest = dict(drafts)
    while rest:
        ready = [name for name in rest if not _waiting(name, rest)]
        if ready:
            del rest[min(ready)]
            continue
        round_about = {
            name: [c for c, to in _waiting(name, rest).items() if name in _reached(to, rest)]
            for name in rest
        }
        name = min(
            (name for name, columns in round_about.items() if columns),
            key=lambda one: (
                sum(not rest[one].references[c].nullable for c in round_about[one]),
                len(round_about[one]),
                one,
            ),
        )
        for column in round_about[name]:
            del rest[name].references[column]


def _waiting(name: str, rest: dict[str, Outline]) -> dict[str, str]:
    """The columns of a table that refer to others of the `rest`, with what they refer to."""
    return {
        column: to.target
        for column, to in rest[name].references.items()
        if to.target in rest and to.target != name
    }


def _reached(name: str, rest: dict[str, Outline]) -> set[str]:
    """A table and all that it needs first, at however many removes."""
    found = {name}
    ahead = [name]
    while ahead:
        for target in _waiting(ahead.pop(), rest).values():
            if target not in found:
                found.add(target)
                ahead.append(target)
    return found


def settle_names(drafts: dict[str, Outline], by_resource: dict[str, list[Operation]]) -> None:
    """Makes the keys of names that hold within an owner only: of the owner and the name.

    The owner's own key may be made so as well, which makes three parts, but no more.
    """
    settled: set[str] = set()
    while len(settled) < len(drafts):
        for resource, draft in drafts.items():
            targets = {one.target for one in draft.references.values()} - {resource}
            if resource not in settled and targets <= settled:
                settled.add(resource)
                _settle_name(draft, drafts, by_resource[resource])


def _settle_name(draft: Outline, drafts: dict[str, Outline], operations: list[Operation]) -> None:
    certain = {c: one.target for c, one in draft.references.items() if not one.nullable}
    if not draft.natural_key:
        return
    owner = find_owner(draft.resource, operations, certain, drafts)
    if owner is None or owner.column == draft.key:
        return
    if not owner.is_plain and _parts(drafts[certain[owner.column]], drafts) >= _MAX_PARTS:
        return
    name, draft.key = draft.key, f"{draft.resource}_path"
    draft.address = (owner.column, name)
    target = None if owner.is_plain else certain[owner.column]
    for other in drafts.values():
        for column in [c for c, one in other.references.items() if one.target == draft.resource]:
            reference = other.references.pop(column)
            other.references[f"{column.removesuffix(name)}{draft.key}"] = reference
            above = other.references.get(owner.column)
            is_told = above is not None and above.target == target and not reference.nullable
            if column == name and is_told:
                del other.references[owner.column]  # the path says it


def _parts(draft: Outline, drafts: dict[str, Outline]) -> int:
    """Of how many parts a key is made."""
    if not draft.address:
        return 1
    owner = draft.references.get(draft.address[0])
    return 1 + (_parts(drafts[owner.target], drafts) if owner else 1)
