"""Who made the parts of a run: read from the records that its stages wrote."""

from collections import Counter
from typing import NamedTuple

from agentscaler.llm import MakerRecord
from agentscaler.runfolder import RunFolder

__all__ = ["MAKERS", "MakerLine", "makers_of"]

MAKERS = {
    "pool": "pool-makers.jsonl",
    "domains": "domain-makers.jsonl",
    "tasks": "task-makers.jsonl",
}
"""The files of `MakerRecord`s, by stage; empty where no model was asked."""


class MakerLine(NamedTuple):
    """What became of one part that one model was asked for.

    Attributes:
        first, repaired: how many the model made, at the first try or after the repair.
        drafts: how many drafts stayed, by why; "unchanged" where the model had nothing to change.
    """

    stage: str
    part: str
    model: str
    prompt: str
    first: int
    repaired: int
    drafts: dict[str, int]


def makers_of(folder: RunFolder) -> list[MakerLine]:
    """A line a stage, part, model and prompt, in the order of the stages."""
    lines = []
    for stage, file in MAKERS.items():
        if not (folder.path / file).exists():
            continue
        asked: dict[tuple[str, str, str], list[MakerRecord]] = {}
        for record in folder.read(file, MakerRecord):
            asked.setdefault((record.part, record.model, record.prompt), []).append(record)
        for key, records in asked.items():
            made = [record.rounds for record in records if record.maker == "model"]
            drafts = Counter(
                str(one.reason or "unchanged") for one in records if one.maker == "rules"
            )
            lines.append(
                MakerLine(
                    stage,
                    *key,
                    made.count(1),
                    len(made) - made.count(1),
                    dict(drafts.most_common()),
                )
            )
    return lines
