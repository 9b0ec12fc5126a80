"""`Overlap`: one thing that a training run and a benchmark have in common, with the evidence."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

__all__ = ["Overlap", "OverlapKind", "merge_overlaps"]


class OverlapKind(StrEnum):
    """What is in common."""

    SOURCES = "sources"
    """The pool was read from records of a benchmark's form: its tools are the benchmark's."""
    NAMES = "names"
    """Two tools are called alike: the same words in any case and order."""
    SCHEMAS = "schemas"
    """Two tools take the same parameters, or nearly."""
    DESCRIPTIONS = "descriptions"
    """The description of a tool has a passage of a benchmark's."""
    POLICIES = "policies"
    """A text of the run has a passage of a benchmark's policy."""
    INTENTS = "intents"
    """A text of the run has a passage of what a benchmark's users are told to want, or say."""
    IDENTIFIERS = "identifiers"
    """An id, e-mail address or long number of a benchmark's data stands in a dialogue."""


_BY_PLACE = frozenset({OverlapKind.DESCRIPTIONS, OverlapKind.POLICIES, OverlapKind.INTENTS})


class Overlap(BaseModel):
    """Something in common.

    Attributes:
        theirs: where it stands in the benchmark.
        ours: where it stands in the run; the first place of several.
        common: what is in common: a name, parameters, a passage, an identifier.
        score: from 0 to 1.  Names: the share of parameters, with their types, in common to the two
            tools (Jaccard); None where those of the benchmark's are not known.  Schemas: the same
            share.  Texts: the share of the benchmark's passage that one text of the run has.  For
            all others 1.
        note: what else a reader should know.
        domains: of the run, in which it stands.
    """

    model_config = ConfigDict(frozen=True)

    kind: OverlapKind
    benchmark: str
    theirs: str
    ours: str
    common: str
    score: float | None = 1.0
    note: str = ""
    domains: int = 1

    @property
    def key(self) -> tuple[str, ...]:
        """What tells one overlap from another: a passage counts once, however much of it is met."""
        place = (self.kind, self.benchmark, self.theirs)
        return place if self.kind in _BY_PLACE else (*place, self.common)


def merge_overlaps(overlaps: Iterable[Overlap]) -> list[Overlap]:
    """Each overlap once, with the strongest evidence, the first of equals.

    Args:
        overlaps: of one domain after another, none twice in a domain.
    """
    merged: dict[tuple[str, ...], Overlap] = {}
    for one in overlaps:
        known = merged.get(one.key)
        if known is None:
            merged[one.key] = one
        else:
            best = one if _strength(one) > _strength(known) else known
            merged[one.key] = best.model_copy(update={"domains": known.domains + one.domains})
    return list(merged.values())


def _strength(overlap: Overlap) -> tuple[float, int]:
    return (-1.0 if overlap.score is None else overlap.score, len(overlap.common))
