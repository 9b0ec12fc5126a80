"""Asks a model how the kept dialogues of a run read, and writes `judgements.jsonl`.

Beside it, `judge-makers.jsonl` says which dialogues could not be judged and why, and `judging.json`
sums the scores up for the dataset card.  No stage takes or leaves a dialogue by them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import partial

from pydantic import BaseModel, ConfigDict, ValidationError

from agentscaler.errors import RunFolderError
from agentscaler.filtering import (
    Criterion,
    CriterionTally,
    Judgement,
    batches_of,
    judge_dialogues,
    tally_judgements,
)
from agentscaler.llm import MakerRecord, PartMaker
from agentscaler.pipeline.building import remade
from agentscaler.pipeline.records import kept
from agentscaler.pipeline.settings import Settings
from agentscaler.rollout import Trajectory
from agentscaler.runfolder import RunFolder, StageState, write_atomically

__all__ = ["JUDGEMENTS", "Judging", "judge_run", "judging_of"]

JUDGEMENTS = "judgements.jsonl"
_MAKERS = "judge-makers.jsonl"
_SUMMARY = "judging.json"
_STAGE = "judge"

Judged = tuple[list[Judgement], list[MakerRecord]]


class Judging(BaseModel):
    """What `judging.json` holds.

    Attributes:
        of: the fingerprint of the filter whose dialogues were judged.
        dialogues: that a judgement was asked for, and `judged` that there is one of.
        scores: how many of 1 to 5, by criterion.
    """

    model_config = ConfigDict(frozen=True)

    of: str
    model: str
    prompt: str
    dialogues: int
    judged: int
    scores: dict[Criterion, tuple[int, int, int, int, int]]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def tallies(self) -> list[CriterionTally]:
        return [CriterionTally(criterion, counts) for criterion, counts in self.scores.items()]


def judge_run(folder: RunFolder, settings: Settings) -> Iterator[Judged]:
    """Judges the kept dialogues of a run, one question after the other; at the end the files are
    there.

    What was answered is kept in the run's store: the same call goes on where it stopped, and asks
    nothing twice.

    Args:
        settings: of the run; the section `judge` and the endpoint of the role are used.

    Raises:
        RunFolderError: the run has no kept dialogues, or another process writes there.
        AgentScalerError: the endpoint answers nobody, or the budget is spent.
    """
    record = folder.record("filter")
    if record is None or folder.state("filter") is not StageState.COMPLETE:
        raise RunFolderError(
            f"The dialogues of {folder.path} are not judged right or wrong yet.",
            f"First run `agentscaler filter --run {folder.path}`.",
        )
    judgements: list[Judgement] = []
    records: list[MakerRecord] = []
    remake = partial(_judge, settings)
    with folder.locked():
        parts = {name: folder.path / f".{name}.part" for name in (JUDGEMENTS, _MAKERS)}
        with parts[JUDGEMENTS].open("wb") as to_judgements, parts[_MAKERS].open("wb") as to_makers:
            batches = _batches(folder, settings)
            for judged, made in remade(folder, settings, _STAGE, batches, remake, "judge"):
                to_judgements.writelines(map(_line, judged))
                to_makers.writelines(map(_line, made))
                judgements += judged
                records += made
                yield judged, made
        for name, part in parts.items():
            part.replace(folder.path / name)
        summary = _summary(record.fingerprint.digest, judgements, records)
        write_atomically(folder.path / _SUMMARY, summary.model_dump(mode="json"))


def judging_of(folder: RunFolder) -> Judging | None:
    """What judges said of the dialogues that the run keeps now; None where nobody was asked."""
    record = folder.record("filter")
    try:
        judging = Judging.model_validate_json((folder.path / _SUMMARY).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise RunFolderError(
            f"{folder.path / _SUMMARY} is damaged.",
            f"Delete it, or run `agentscaler judge --run {folder.path}` again.",
        ) from error
    of_these = record is not None and record.fingerprint.digest == judging.of
    return judging if of_these and judging.judged else None


async def _judge(settings: Settings, batch: list[Trajectory], maker: PartMaker) -> Judged:
    return await judge_dialogues(batch, maker, settings.judge)


def _batches(folder: RunFolder, settings: Settings) -> Iterator[list[Trajectory]]:
    """The questions, in the order of the run: all of them, or as many as the limit leaves.

    They are the same ones with any limit, so that a larger limit pays for what is new only.
    """
    limit = settings.judge.limit
    chosen = None if limit is None else _chosen(folder, settings, limit)
    for batch in _all_batches(folder, settings):
        if chosen is None or batch[0].id in chosen:
            yield batch


def _chosen(folder: RunFolder, settings: Settings, limit: int) -> set[str]:
    """The questions of a sample of the run, each by its first dialogue."""
    sizes = {batch[0].id: len(batch) for batch in _all_batches(folder, settings)}
    chosen = set()
    for first in sorted(sizes, key=partial(_rank, settings.seed)):
        if sizes[first] <= limit:
            limit -= sizes[first]
            chosen.add(first)
    return chosen


def _all_batches(folder: RunFolder, settings: Settings) -> Iterator[list[Trajectory]]:
    for _, _, trajectories in kept(folder):
        yield from batches_of(trajectories, settings.judge)


def _rank(seed: int, first: str) -> bytes:
    return hashlib.sha256(f"{seed}/{first}".encode()).digest()


def _line(record: BaseModel) -> bytes:
    return record.model_dump_json().encode() + b"\n"


def _summary(of: str, judgements: Iterable[Judgement], records: list[MakerRecord]) -> Judging:
    judgements = list(judgements)
    tallies = tally_judgements(judgements)
    return Judging(
        of=of,
        model=records[0].model if records else "",
        prompt=records[0].prompt if records else "",
        dialogues=len(records),
        judged=len(judgements),
        scores={tally.criterion: tally.counts for tally in tallies},
    )
