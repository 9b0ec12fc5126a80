"""`draw_stream`: the order in which dialogues are learned from, up to an equal number of tokens.

Dialogues are seen in passes: each once before any is seen twice.  A pass that the tokens do not
reach for is filled in rounds, in each of which every domain gives one more of its dialogues, so
that small domains are not passed over; and is then shuffled.  So few domains repeat and many do
not, and what is equal between two agents is the number of tokens that they see, to within the
length of one dialogue.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

__all__ = ["Share", "Stream", "draw_stream"]


@dataclass(frozen=True)
class Share:
    """Part of a phase: dialogues by domain, and the tokens that are to be seen of them.

    Attributes:
        name: with the seed it decides the order, so that a share is the same in every mixture.
        most: distinct dialogues, spread evenly over the domains; None takes all.
    """

    name: str
    dialogues: Mapping[str, Sequence[int]]
    tokens: int
    most: int | None = None


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
        for place in _passes(share, lengths, f"{seed}/{share.name}"):
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


def _passes(share: Share, lengths: Sequence[int], seed: str) -> Iterator[int]:
    """Pass after pass until the tokens are used up; nothing where there are no dialogues."""
    rng = random.Random(seed)
    dialogues = _limited(share, seed)
    seen = 0
    while seen < share.tokens and any(dialogues.values()):
        chosen = []
        for place in _rounds(dialogues, rng):
            if seen >= share.tokens:
                break
            chosen.append(place)
            seen += lengths[place]
        rng.shuffle(chosen)
        yield from chosen


def _limited(share: Share, seed: str) -> Mapping[str, Sequence[int]]:
    """The dialogues that the share may hold, by domain."""
    if share.most is None:
        return share.dialogues
    chosen = set(islice(_rounds(share.dialogues, random.Random(f"{seed}/most")), share.most))
    return {
        name: [place for place in places if place in chosen]
        for name, places in share.dialogues.items()
    }


def _rounds(dialogues: Mapping[str, Sequence[int]], rng: random.Random) -> Iterator[int]:
    """Every dialogue once, one of each domain in turn."""
    left: dict[str, list[int]] = {}
    for name in sorted(dialogues):
        if dialogues[name]:
            left[name] = list(dialogues[name])
            rng.shuffle(left[name])
    while left:
        names = list(left)
        rng.shuffle(names)
        for name in names:
            yield left[name].pop()
            if not left[name]:
                del left[name]
