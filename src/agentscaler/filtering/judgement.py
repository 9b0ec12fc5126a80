"""`Judgement`: what a model thinks of how one dialogue reads, for the readers of training data.

A judgement adds to what is known of a dialogue and decides nothing: no verdict follows from it.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["LOW", "Criterion", "CriterionTally", "Judgement", "Mark", "tally_judgements"]

LOW = 3
"""A score below it says that a dialogue reads badly."""


class Criterion(StrEnum):
    """What a dialogue is judged by."""

    USER_SPEECH = "user_speech"
    """The user writes as people write."""
    HELPFULNESS = "helpfulness"
    """The agent does and tells what is asked for."""
    HONESTY = "honesty"
    """What the agent says agrees with what the tools returned."""
    MANNER = "manner"
    """The agent keeps to the manner that the policy asks for."""
    COHERENCE = "coherence"
    """Each message follows from those before it."""


class Mark(BaseModel):
    """A score with what speaks for it.

    Attributes:
        quote: words of the user or the agent that stand in the dialogue letter by letter; "" where
            none was given.
    """

    model_config = ConfigDict(frozen=True)

    score: int = Field(ge=1, le=5)
    remark: str = ""
    quote: str = ""


class Judgement(BaseModel):
    """What one model thinks of one trajectory.

    Attributes:
        trajectory, task, domain: ids.
        model: by the name that the settings give it.
        prompt: by name and version ("judgement.md 1").
        note: what else a reader should know; "" for nothing.
    """

    model_config = ConfigDict(frozen=True)

    trajectory: str
    task: str
    domain: str
    model: str
    prompt: str
    marks: dict[Criterion, Mark]
    note: str = ""


class CriterionTally(NamedTuple):
    """The scores of many judgements by one criterion.

    Attributes:
        counts: how many scores of 1, 2, 3, 4 and 5.
    """

    criterion: Criterion
    counts: tuple[int, int, int, int, int]

    @property
    def mean(self) -> float:
        total = sum(score * count for score, count in enumerate(self.counts, 1))
        return total / sum(self.counts)

    @property
    def low_share(self) -> float:
        """The share below `LOW`."""
        return sum(self.counts[: LOW - 1]) / sum(self.counts)


def tally_judgements(judgements: Iterable[Judgement]) -> list[CriterionTally]:
    """The scores by criterion; empty where there is no judgement."""
    counts = {criterion: [0] * 5 for criterion in Criterion}
    for judgement in judgements:
        for criterion, mark in judgement.marks.items():
            counts[criterion][mark.score - 1] += 1
    return [
        CriterionTally(criterion, (one, two, three, four, five))
        for criterion, (one, two, three, four, five) in counts.items()
        if one + two + three + four + five
    ]
