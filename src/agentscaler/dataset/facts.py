"""What a dataset card is made of: facts of a run, gathered, with no word of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agentscaler.dataset.contamination import ContaminationReport
from agentscaler.dataset.counts import SplitCounts
from agentscaler.dataset.example import DatasetDomain, Split

__all__ = ["DatasetFacts", "JudgedFacts", "StageFacts"]


@dataclass(frozen=True)
class StageFacts:
    """One stage of the run.

    Attributes:
        takes, gives: what goes in and what comes out, as plural nouns.
        taken, given: how many of each.
        rejected: by reason.
        settings: that it was made with.
        sources: what it took from outside the run, by name, each with a version or digest.
        seed: of the run, as the stage had it.
        fingerprint: digest of all that decides its bytes.
    """

    name: str
    takes: str
    gives: str
    taken: int
    given: int
    rejected: Mapping[str, int]
    settings: Mapping[str, Any]
    sources: Mapping[str, str]
    seed: int
    fingerprint: str


@dataclass(frozen=True)
class JudgedFacts:
    """What a model said of how dialogues read.

    Attributes:
        prompt: by name and version.
        dialogues: how many it judged.
        by_criterion: the mean score, from 1 to 5, and the share of scores below 3.
    """

    model: str
    prompt: str
    dialogues: int
    by_criterion: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class DatasetFacts:
    """A training set and how it came to be.

    Attributes:
        version: of the program.
        splits: what each split holds; one without examples is there too.
        contamination: what it has in common with benchmarks, as far as that was looked for.
        judged: None where no model was asked.
    """

    version: str
    splits: Mapping[Split, SplitCounts]
    domains: tuple[DatasetDomain, ...]
    stages: tuple[StageFacts, ...]
    contamination: ContaminationReport
    judged: JudgedFacts | None = None
