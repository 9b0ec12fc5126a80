"""What a phase trains on, from the files of a run to files of rows.

    dataset/*.jsonl -> admitted examples -> encoded by workers -> plan -> <out>/data/*.arrow

A plan is worked out again only if what it depends on has changed; a training that goes on after an
interruption finds plan and rows where it left them.
"""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from agentscaler.dataset import DatasetDomain, Example, Split
from agentscaler.engine import Engine
from agentscaler.errors import InputError
from agentscaler.runfolder import RunFolder, write_atomically
from agentscaler.training.encoding import (
    Encoded,
    Encoder,
    encode_examples,
    write_encoded,
    write_rows,
)
from agentscaler.training.phase import PhasePlan, plan_phase
from agentscaler.training.recipe import PhaseSettings
from agentscaler.training.selection import Candidate, DataSelection, LeftOut, admit
from agentscaler.training.sft import PhaseRows

__all__ = [
    "DATA",
    "PlannedRows",
    "clean_room",
    "plan_rows_of",
    "read_plan",
    "wait_for_plan",
    "write_plan",
]

DATA = "data"
"""Plan and rows of a training that is under way, in the folder of its checkpoint."""

_PLAN = "plan.json"
_SECONDS_BETWEEN_LOOKS = 1.0
_FILES: Mapping[Split, str] = {"train": "dataset/train.jsonl", "held_out": "dataset/held_out.jsonl"}

Advanced = Callable[[int], None]


@checked(frozen=True)
class PlannedRows:
    """What `plan.json` holds.

    Attributes:
        fingerprint: digest of what the plan depends on.
    """

    fingerprint: str
    plan: PhasePlan


_ADAPTER: TypeAdapter[PlannedRows] = TypeAdapter(PlannedRows)


def plan_rows_of(
    folder: RunFolder,
    settings: PhaseSettings,
    encoder: Encoder,
    engine: Engine,
    *,
    processes: int = 1,
    advanced: Advanced = lambda examples: None,
    keep: Path | None = None,
) -> PhasePlan:
    """The plan of a phase.

    Args:
        keep: a folder for what is encoded; None encodes to count only.
        advanced: is told how many examples are encoded.

    Raises:
        InputError: a vertical is none of the run's, or nothing is left to train on.
        TemplateRefusedError: an example cannot be masked.
    """
    data = settings.data
    domains = {one.id: one for one in folder.read("dataset/domains.jsonl", DatasetDomain)}
    _refuse_unknown_verticals(data, domains)
    refused: Counter[LeftOut] = Counter()
    done = 0

    def candidates(selection: DataSelection, refused: Counter[LeftOut]) -> list[Candidate]:
        nonlocal done
        admitted = _admitted(folder, selection, domains, refused)
        encoded = _watched(encode_examples(admitted, encoder, engine), done, advanced)
        if keep is None:
            made = [one.candidate for one in encoded]
        else:
            made = write_encoded(encoded, keep / f"{selection.split}.arrow")
        done += len(made)
        return made

    train = candidates(data, refused)
    held_out = []
    if data.split == "train":
        held_out = candidates(data.model_copy(update={"split": "held_out"}), Counter())
    return plan_phase(train, held_out, settings, refused=refused, processes=processes)


def write_plan(planned: PlannedRows, split: Split, out: Path) -> PhaseRows:
    """Writes rows, then the plan, and removes what is no longer needed.

    Args:
        split: of what is trained on.
    """
    folder, plan = out / DATA, planned.plan
    files = _rows(plan, out)
    write_rows(folder / f"{split}.arrow", plan.chosen.places, plan.rows, files.train)
    if plan.evaluation is not None and files.evaluation is not None:
        source: Split = "held_out" if plan.evaluation.source == "held_out" else split
        write_rows(
            folder / f"{source}.arrow",
            plan.evaluation.chosen.places,
            plan.evaluation.rows,
            files.evaluation,
        )
    for name in _FILES:
        (folder / f"{name}.arrow").unlink(missing_ok=True)
    write_atomically(folder / _PLAN, _ADAPTER.dump_python(planned, mode="json"))
    return files


def read_plan(out: Path, fingerprint: str) -> tuple[PhasePlan, PhaseRows] | None:
    """The plan in a folder, and the files of its rows; None if there is none of the fingerprint."""
    try:
        planned = _ADAPTER.validate_json((out / DATA / _PLAN).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    if planned.fingerprint != fingerprint:
        return None
    return planned.plan, _rows(planned.plan, out)


def wait_for_plan(out: Path, fingerprint: str) -> tuple[PhasePlan, PhaseRows]:
    """The plan that the first of several processes writes; it may take as long as it takes."""
    while (found := read_plan(out, fingerprint)) is None:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    return found


def clean_room(out: Path) -> Path:
    """An empty folder for plan and rows."""
    shutil.rmtree(out / DATA, ignore_errors=True)
    (out / DATA).mkdir(parents=True)
    return out / DATA


def _rows(plan: PhasePlan, out: Path) -> PhaseRows:
    evaluation = out / DATA / "evaluation-rows.arrow" if plan.evaluation is not None else None
    return PhaseRows(out / DATA / "train-rows.arrow", evaluation)


def _admitted(
    folder: RunFolder,
    selection: DataSelection,
    domains: Mapping[str, DatasetDomain],
    refused: Counter[LeftOut],
) -> Iterator[Example]:
    for example in folder.read(_FILES[selection.split], Example):
        if (reason := admit(example, selection, domains)) is None:
            yield example
        else:
            refused[reason] += 1


def _watched(encoded: Iterator[Encoded], before: int, advanced: Advanced) -> Iterator[Encoded]:
    for number, one in enumerate(encoded, before + 1):
        yield one
        advanced(number)


def _refuse_unknown_verticals(data: DataSelection, domains: Mapping[str, DatasetDomain]) -> None:
    known = sorted(one.id for one in domains.values() if one.engine == "curated")
    unknown = [
        name
        for name in data.verticals
        if name != "all" and not any(fnmatchcase(one, name) for one in known)
    ]
    if data.verticals and not known:
        raise InputError(
            "The run has no verticals.",
            "Begin a run with `agentscaler domains --vertical NAME`, or choose domains or services "
            "with --set vertical.data.services=[NAME].",
        )
    if unknown:
        raise InputError(f"The run has no vertical {unknown[0]}.", f"It has {', '.join(known)}.")
