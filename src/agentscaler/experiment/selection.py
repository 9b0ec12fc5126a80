"""Which domains an agent learns from, and which it is tried on: kin apart, and sets nested.

A family of domains (`dataset.kinship`) is held out whole or not at all, so no held-out domain is a
near-duplicate of one that is trained on.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agentscaler.dataset.kinship import DomainSketch, families
from agentscaler.errors import InputError

__all__ = ["Split", "nested_order", "sketch_overlap", "split_domains"]

_STRATA = 16


@dataclass(frozen=True)
class Split:
    """Domains by id, in no order that matters; `family` names that of each held-out domain."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]
    family: Mapping[str, str]


def split_domains(
    sketches: Sequence[DomainSketch], held_out: int, seed: int, largest: int = 6
) -> Split:
    """Holds families out, drawn at random, until they have `held_out` domains.

    Args:
        largest: domains of a family that may be held out; the largest families train only, so that
            no single service decides how well an agent does in new ones.

    Raises:
        InputError: the families that may be held out have too few domains.
    """
    family = families(sketches)
    members: dict[str, list[str]] = defaultdict(list)
    for sketch in sketches:
        members[family[sketch.id]].append(sketch.id)
    names = sorted(name for name, group in members.items() if len(group) <= largest)
    random.Random(f"{seed}/held out").shuffle(names)
    chosen: list[str] = []
    for name in names:
        if len(chosen) + len(members[name]) <= held_out:
            chosen += members[name]
        if len(chosen) == held_out:
            break
    if len(chosen) < held_out or len(chosen) == len(sketches):
        raise InputError(
            f"Only {len(chosen):,} of {len(sketches):,} domains can be held out, and"
            f" {held_out:,} are wanted.",
            "Give a run with more services, or hold fewer domains out.",
        )
    away = set(chosen)
    return Split(
        train=tuple(sketch.id for sketch in sketches if sketch.id not in away),
        held_out=tuple(sketch.id for sketch in sketches if sketch.id in away),
        family={name: family[name] for name in chosen},
    )


def nested_order(sketches: Iterable[DomainSketch], seed: int, least: int = 1) -> list[str]:
    """Domains in an order of which every beginning is a fair sample by length.

    They are sorted by the length of their dialogues and cut into 16 strata; each 16 neighbours of
    the order are one of each stratum.  The first n of it are a set of n, and part of each larger.

    Args:
        least: domains with fewer dialogues come behind all others.
    """
    sketches = list(sketches)
    rich = [sketch for sketch in sketches if sketch.dialogues >= least]
    poor = [sketch for sketch in sketches if sketch.dialogues < least]
    rng = random.Random(f"{seed}/order")
    return [*_stratified(rich, rng), *_stratified(poor, rng)]


def _stratified(sketches: list[DomainSketch], rng: random.Random) -> list[str]:
    by_length = sorted(sketches, key=lambda sketch: (sketch.tokens, sketch.id))
    edges = [k * len(by_length) // _STRATA for k in range(_STRATA + 1)]
    strata = [[sketch.id for sketch in by_length[begin:end]] for begin, end in pairwise(edges)]
    for stratum in strata:
        rng.shuffle(stratum)
    order: list[str] = []
    while any(strata):
        layer = [stratum.pop() for stratum in strata if stratum]
        rng.shuffle(layer)
        order += layer
    return order


def sketch_overlap(train: Iterable[DomainSketch], held_out: Iterable[DomainSketch]) -> float:
    """The share of held-out tools that some training domain has, name and parameters alike."""
    known = {tool for sketch in train for tool in sketch.tools}
    tools = [tool for sketch in held_out for tool in sorted(sketch.tools)]
    return sum(tool in known for tool in tools) / len(tools) if tools else 0.0
