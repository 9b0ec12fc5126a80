"""Whose records lie where: the resource that each place in the paths of a service holds.

A *place* is the fixed segments up to a step (`("user", "message")`).  Places with one noun hold one
resource unless what they return differs, as refunds of fees differ from refunds of charges; then
each takes its owner's noun before its own.  A placeholder may know better than its segment
(`messages/{chatMessage-id}`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.paths import Step, own_scope_words, read_steps
from agentscaler.graph.operation import key_of, record_of
from agentscaler.words import singular, split_words

__all__ = ["Place", "Places"]

Schema = dict[str, Any]
Where = tuple[str, ...]

_ALIKE = 0.4
_CONTAINED = 0.7
_VAGUE = frozenset(
    "child entity item object parent record resource element node entry id path".split()
)
_NOT_MANY = frozenset(
    "details info options settings preferences properties status news metadata statistics stats"
    " metrics analytics logs access address progress series".split()
)


@dataclass
class Place:
    """What is known of one place.

    Attributes:
        noun: what its segment or its placeholder says.
        keyed: whether a key follows somewhere.
        shapes: names of the types of its records.
        fields: names of their fields.
        methods: how its records (a key behind) and the whole of it (none) are called.
    """

    noun: str
    keyed: bool = False
    shapes: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    item_methods: set[str] = field(default_factory=set)
    whole_methods: set[str] = field(default_factory=set)


class Places:
    """The places of one service."""

    def __init__(self, tools: Sequence[ToolSpec]) -> None:
        self._places: dict[Where, Place] = {}
        for tool in tools:
            if tool.path and tool.method:
                self._hear(tool, read_steps(tool.path, tool.method))
        self._collections = {place.noun for place in self._places.values() if place.keyed}
        self._resources = self._named()
        self._by_noun: dict[str, list[Where]] = defaultdict(list)
        for where, resource in self._resources.items():
            self._by_noun[resource].append(where)

    def at(self, steps: Sequence[Step]) -> Place:
        """The place that some steps lead to."""
        return self._places[_where(steps)]

    def resource(self, steps: Sequence[Step]) -> str:
        """The resource whose records lie where some steps lead to."""
        return self._resources[_where(steps)]

    def is_collection(self, steps: Sequence[Step]) -> bool:
        """Whether many records lie where some steps lead to."""
        place, last = self.at(steps), steps[-1]
        if place.keyed or place.noun in self._collections:
            return True
        word = (split_words(last.text) or [""])[-1]
        return singular(word) != word and word not in _NOT_MANY

    def has_own_place(self, resource: str, other_than: Sequence[Step]) -> bool:
        """Whether records of a resource can be made and removed elsewhere, under nobody."""
        return any(
            len(where) == 1
            and where != _where(other_than)
            and {"POST", "PUT"} & (self._places[where].whole_methods | place.item_methods)
            for where in self._by_noun.get(resource, ())
            if (place := self._places[where]).keyed
        )

    @property
    def resources(self) -> set[str]:
        return set(self._resources.values())

    def _hear(self, tool: ToolSpec, steps: tuple[Step, ...]) -> None:
        for depth in range(1, len(steps) + 1):
            where = _where(steps[:depth])
            place = self._places.setdefault(where, Place(steps[depth - 1].noun))
            if steps[depth - 1].keys:
                place.keyed = True
                place.noun = _better(place.noun, steps[depth - 1].keys[-1])
        if not steps:
            return
        place = self._places[_where(steps)]
        (place.item_methods if steps[-1].keys else place.whole_methods).add(tool.method or "")
        if tool.method == "GET" and tool.returns:
            record, _, _ = record_of(tool.returns, place.noun)
            if record is not None:
                place.fields |= set(record.get("properties") or {})
                if shape := record.get("x-shape"):
                    place.shapes.add(str(shape))

    def _named(self) -> dict[Where, str]:
        groups: dict[str, list[Where]] = defaultdict(list)
        for where, place in self._places.items():
            groups[place.noun].append(where)
        named: dict[Where, str] = {}
        for noun, group in groups.items():
            kinds = self._kinds(sorted(group, key=lambda one: (len(one), one)))
            for number, kind in enumerate(kinds):
                is_first = number == 0 and len(kind[0]) == 1
                owner = next((word for word in reversed(kind[0][:-1]) if word), "")
                is_plain = len(kinds) == 1 or is_first or not owner
                named |= dict.fromkeys(kind, noun if is_plain else f"{owner}_{noun}")
        return named

    def _kinds(self, group: list[Where]) -> list[list[Where]]:
        """Places of one noun, those together whose records are alike."""
        known = [where for where in group if self._places[where].fields]
        kinds: list[list[Where]] = []
        for where in known:
            fit = next((kind for kind in kinds if self._alike(kind[0], where)), None)
            if fit is None:
                kinds.append([where])
            else:
                fit.append(where)
        for where in group:
            if where in known:
                continue
            near = next((kind for kind in kinds if kind[0][-2:-1] == where[-2:-1]), None)
            if near is None and not kinds:
                kinds.append([])
            (near if near is not None else kinds[0]).append(where)
        return kinds

    def _alike(self, one: Where, two: Where) -> bool:
        first, second = self._places[one], self._places[two]
        if first.shapes & second.shapes:
            return True
        shared = len(first.fields & second.fields)
        smaller = min(len(first.fields), len(second.fields))
        return shared / len(first.fields | second.fields) >= _ALIKE or (
            smaller > 2 and shared / smaller >= _CONTAINED
        )


def _where(steps: Iterable[Step]) -> Where:
    return tuple(step.noun for step in steps if step.text.lower() not in own_scope_words())


def _better(noun: str, key: str) -> str:
    """The fuller of a segment's noun and that of the placeholder behind it."""
    found = key_of(key.rstrip("0123456789"))
    if found is None or not found[0] or found[0] in _VAGUE:
        return noun
    return found[0] if found[0].endswith("_" + noun) else noun
