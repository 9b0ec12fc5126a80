"""The dataset card of a run: its facts gathered from what the stages wrote."""

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from agentscaler import __version__
from agentscaler.dataset import (
    DatasetDomain,
    DatasetFacts,
    JudgedFacts,
    Split,
    SplitCounts,
    StageFacts,
    render_card,
)
from agentscaler.pipeline.contamination import saved_report
from agentscaler.pipeline.judging import judging_of
from agentscaler.runfolder import RunFolder, StageRecord

__all__ = ["SPLITS", "run_card"]

SPLITS: tuple[Split, ...] = get_args(Split)

_REJECTED = "rejected:"
_DIGITS = 12

Nouns = Mapping[str, tuple[str, str]]


def run_card(folder: RunFolder, nouns: Nouns) -> str:
    """The card of what lies in `dataset/` now, all of whose examples are written.

    Args:
        nouns: what each stage of the run takes and gives, in order.
    """
    dataset = folder.record("dataset")
    assert dataset is not None, "the stage that writes the card has begun"
    domains = tuple(folder.read("dataset/domains.jsonl", DatasetDomain))
    splits = {split: SplitCounts.read(split, dataset.counters) for split in SPLITS}
    stages = (_stage(folder.record(name), name, *words) for name, words in nouns.items())
    facts = DatasetFacts(
        version=__version__,
        splits=splits,
        domains=domains,
        stages=tuple(stage for stage in stages if stage is not None),
        contamination=saved_report(folder),
        judged=_judged(folder),
    )
    files: dict[Split, str] = {
        split: f"{split}.jsonl" for split in SPLITS if splits[split].examples
    }
    return render_card(facts, files)


def _judged(folder: RunFolder) -> JudgedFacts | None:
    judging = judging_of(folder)
    if judging is None:
        return None
    return JudgedFacts(
        model=judging.model,
        prompt=judging.prompt,
        dialogues=judging.judged,
        by_criterion={
            str(tally.criterion): (tally.mean, tally.low_share) for tally in judging.tallies
        },
    )


def _stage(record: StageRecord | None, name: str, takes: str, gives: str) -> StageFacts | None:
    if record is None:
        return None
    counters, made_from = record.counters, record.fingerprint
    chosen = made_from.settings
    if compared := chosen.get("contamination"):
        against = [one.rpartition("/")[2] for one in compared["against"]]
        chosen = {**chosen, "contamination": {**compared, "against": against}}
    return StageFacts(
        name=name,
        takes=takes,
        gives=gives,
        taken=counters.get("in", 0),
        given=counters.get("out", 0),
        rejected={
            key.removeprefix(_REJECTED): n
            for key, n in counters.items()
            if key.startswith(_REJECTED)
        },
        settings=chosen,
        sources=_sources(made_from.inputs) if name == "pool" else {},
        seed=made_from.seed,
        fingerprint=made_from.digest,
    )


def _sources(inputs: Mapping[str, str]) -> dict[str, str]:
    """Sources with their versions: a file by its name and digest, wherever it lies."""
    return {
        Path(name).name: version if len(version) < 64 else f"SHA-256 {version[:_DIGITS]}"
        for name, version in inputs.items()
        if not name.startswith("library ")
    }
