"""Which domains are near-duplicates of each other: told by service, version and shared tools.

Two domains are kin when they come from one service, from versions of one (`greengrass`,
`greengrassv2`), or when half of what the smaller has of tools is named and parametrised like the
other's.  A family is all that is kin, and kin of kin.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from agentscaler.domain.domain import DomainManifest

__all__ = ["DomainSketch", "families", "kin_of", "sketch_of"]

_VERSION = re.compile(r"[-_.]?v?\d+$")
_ALIKE = 0.5
_COMMON = 40
"""A tool that so many domains have says nothing of their kinship."""


@dataclass(frozen=True)
class DomainSketch:
    """What is looked at of a domain.

    Attributes:
        service: whose API it was made from ("aws.connect").
        tools: what is visible of each tool: its name with the names of its parameters.
        tokens: the mean length of its dialogues, and `dialogues` how many it has, for those who
            choose by them.
    """

    id: str
    service: str
    tools: frozenset[str]
    tokens: float = 0.0
    dialogues: int = 0


def sketch_of(manifest: DomainManifest) -> DomainSketch:
    """The sketch of a domain; its dialogues are not known yet."""
    tools = (
        f"{tool.name}({','.join(sorted(tool.parameters.get('properties', {})))})"
        for tool in manifest.tools
    )
    # The verticals of the package all name one service: each is its own.
    service = manifest.service if manifest.provider != "agentscaler" else manifest.id
    return DomainSketch(manifest.id, service, frozenset(tools))


def families(sketches: Sequence[DomainSketch]) -> dict[str, str]:
    """The family of each domain, named for the first of its services in the alphabet."""
    parent = {sketch.id: sketch.id for sketch in sketches}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one, other in [*_of_one_service(sketches), *_alike(sketches)]:
        parent[max(root(one), root(other))] = min(root(one), root(other))
    services: dict[str, str] = {}
    for sketch in sketches:
        known = services.get(root(sketch.id), sketch.service)
        services[root(sketch.id)] = min(known, sketch.service)
    return {sketch.id: services[root(sketch.id)] for sketch in sketches}


def kin_of(
    sketches: Iterable[DomainSketch], others: Iterable[DomainSketch], *, by_service: bool = True
) -> dict[str, tuple[str, str]]:
    """Which domains have kin among others: the first such one, by id, and how they are kin.

    Args:
        by_service: whether to be of one service, or of versions of one, is enough.

    Returns:
        by the id of each domain of `sketches` that has kin, (id of the other, "one service" or
        "tools alike").
    """
    sketches, others = list(sketches), sorted(others, key=lambda one: one.id)
    ours, theirs = {one.id for one in sketches}, {one.id for one in others}
    found: dict[str, tuple[str, str]] = {}
    services: dict[str, str] = {}
    for other in others if by_service else ():
        services.setdefault(_unversioned(other.service), other.id)
    for sketch in sketches:
        if (same := services.get(_unversioned(sketch.service))) is not None:
            found[sketch.id] = same, "one service"
    both = [*sketches, *(one for one in others if one.id not in ours)]
    for pair in sorted(_alike(both)):
        for name, like in (pair, pair[::-1]):
            if name in ours and like in theirs and name not in found:
                found[name] = like, "tools alike"
    return found


def _unversioned(service: str) -> str:
    return _VERSION.sub("", service)


def _of_one_service(sketches: Sequence[DomainSketch]) -> Iterator[tuple[str, str]]:
    first: dict[str, str] = {}
    for sketch in sketches:
        yield first.setdefault(_unversioned(sketch.service), sketch.id), sketch.id


def _alike(sketches: Sequence[DomainSketch]) -> list[tuple[str, str]]:
    """Pairs of domains that have half of their tools alike."""
    having: dict[str, list[int]] = defaultdict(list)
    for place, sketch in enumerate(sketches):
        for tool in sorted(sketch.tools):
            having[tool].append(place)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for places in having.values():
        if len(places) <= _COMMON:
            for pair in combinations(places, 2):
                shared[pair] += 1
    return [
        (sketches[one].id, sketches[other].id)
        for (one, other), n in shared.items()
        if n >= _ALIKE * min(len(sketches[one].tools), len(sketches[other].tools))
    ]
