"""`draw_stream`: the order in which dialogues are learned from, up to an equal number of tokens.

Every domain has the same weight.  In each round every domain gives its next dialogue, in a new
order of domains; a domain that has given all of its dialogues begins again with them, reshuffled.
So few domains repeat and many do not, and what is equal between two agents is the number of tokens
that they see, to within the length of one dialogue.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Share", "Stream", "draw_stream"]


@dataclass(frozen=True)
class Share:
    """Part of a phase: dialogues by domain, and the tokens that are to be seen of them."""

    dialogues: Mapping[str, Sequence[int]]
    tokens: int


@dataclass(frozen=True)
class Stream:
    """What one phase of training sees.

    Attributes:
        places: of the dialogues, in order and with repetitions.
        tokens: of all of them, repetitions counted.
        distinct: dialogues without repetitions.
        domains: that gave any.
    """

    places: tuple[int, ...]
    tokens: int
    distinct: int
    domains: int


def draw_stream(shares: Sequence[Share], lengths: Sequence[int], seed: str) -> Stream:
    """The dialogues of some shares, mixed so that each is spread evenly over the whole.

    Args:
        lengths: tokens of every dialogue, by place.
    """
    placed: list[tuple[float, int, int]] = []
    for number, share in enumerate(shares):
        seen = 0
        for place in _rounds(share.dialogues, f"{seed}/{number}"):
            if seen >= share.tokens:
                break
            placed.append((seen / share.tokens, number, place))
            seen += lengths[place]
    # Sorted by how far each share has come; within a share the order stays.
    places = tuple(place for _, _, place in sorted(placed, key=lambda one: one[:2]))
    domain_of = {
        place: domain
        for share in shares
        for domain, given in share.dialogues.items()
        for place in given
    }
    return Stream(
        places=places,
        tokens=sum(lengths[place] for place in places),
        distinct=len(set(places)),
        domains=len({domain_of[place] for place in places}),
    )


def _rounds(dialogues: Mapping[str, Sequence[int]], seed: str) -> Iterator[int]:
    """Round after round without end; nothing where there are no dialogues."""
    rng = random.Random(seed)
    names = sorted(name for name, places in dialogues.items() if places)
    left: dict[str, list[int]] = {name: [] for name in names}
    while names:
        rng.shuffle(names)
        for name in names:
            if not left[name]:
                left[name] = list(dialogues[name])
                rng.shuffle(left[name])
            yield left[name].pop()
