"""Giving the training set of a run away in a trainer's format, and reading it back to compare.

An export is a folder: files of data, a card, what the trainer wants beside them, and
`export.json`, which says what the files were made of and that they are whole.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, ValidationError

from agentscaler import __version__
from agentscaler.dataset import Example, card_for_files
from agentscaler.dataset.exports import FORMATS, ExportFormat, Row, read_rows, row_writer
from agentscaler.errors import InputError, RunFolderError
from agentscaler.pipeline.card import SPLITS
from agentscaler.runfolder import (
    OutputRecord,
    RunFolder,
    StageRecord,
    StageState,
    disk_errors,
    measure,
    write_atomically,
)

__all__ = ["Check", "ExportRecord", "check_export", "export_dataset", "exports_of"]

_RECORD = "export.json"
_CARD = "README.md"
_DOMAINS = "domains.jsonl"

Advanced = Callable[[int], None]


class ExportRecord(BaseModel):
    """What `export.json` holds.

    Attributes:
        version: of the program.
        dataset: SHA-256 of each file of examples that it was made of.
        complete: whether all files are there; without that the folder is the rest of an export that
            was stopped, and `files` are those of the one before it.
        rows: how many each file of data holds.
        files: size and digest of every file, in the folder of the export.
    """

    model_config = ConfigDict(frozen=True)

    format: str
    version: str
    dataset: dict[str, str]
    complete: bool
    rows: dict[str, int] = {}
    files: dict[str, OutputRecord] = {}


@dataclass(frozen=True)
class Check:
    """What reading an export back came to.

    Attributes:
        examples: how many were compared.
        faults: what is not as it should be, in words; empty if the export is right.
    """

    path: Path
    format: str
    examples: int
    faults: tuple[str, ...]


def export_dataset(
    folder: RunFolder,
    format_name: str,
    target: Path | None = None,
    advanced: Advanced | None = None,
) -> tuple[Path, ExportRecord]:
    """Writes the examples of a run in a format.

    The examples pass through one at a time.  Files take their names when all are whole.

    Args:
        target: a folder for it; None takes `exports/<format>` in the run folder.
        advanced: is told how many examples are written.

    Returns:
        the folder and the record.

    Raises:
        RunFolderError: the run has no complete training set.
        InputError: there is no such format, or the folder holds something else.
    """
    chosen = _format(format_name)
    target = target or folder.path / "exports" / chosen.name
    with folder.locked(), disk_errors(target):
        return target, _export(folder, chosen, target, advanced or _unheard)


def exports_of(folder: RunFolder) -> list[Path]:
    """The exports that lie in the run folder."""
    return sorted(path.parent for path in (folder.path / "exports").glob(f"*/{_RECORD}"))


def check_export(folder: RunFolder, path: Path, advanced: Advanced | None = None) -> Check:
    """Reads an export back, and holds every example against the run's.

    Raises:
        RunFolderError: the run has no complete training set.
        InputError: `path` holds no export, or a file in it is not what its name says.
    """
    dataset = _complete_dataset(folder)
    record = _read_record(path)
    if not record.complete:
        return Check(path, record.format, 0, ("it was stopped before its end",))
    if record.dataset != _digests(dataset):
        return Check(path, record.format, 0, ("it was made of another training set",))
    damaged = [
        f"{name} is missing or was changed"
        for name, known in record.files.items()
        if not (path / name).is_file() or measure(path / name) != known
    ]
    if damaged:
        return Check(path, record.format, 0, tuple(damaged))
    return _compare(folder, _format(record.format), path, record, advanced or _unheard)


def _export(
    folder: RunFolder, chosen: ExportFormat, target: Path, advanced: Advanced
) -> ExportRecord:
    dataset = _complete_dataset(folder)
    earlier = _make_room(target)
    record = ExportRecord(
        format=chosen.name,
        version=__version__,
        dataset=_digests(dataset),
        complete=False,
        files=earlier,
    )
    write_atomically(target / _RECORD, record.model_dump(mode="json"))
    rows = _write_data(folder, chosen, target, advanced)
    others = {
        **chosen.extras(rows),
        _DOMAINS: (folder.path / "dataset" / _DOMAINS).read_bytes(),
        _CARD: _card(folder, chosen, rows).encode(),
    }
    for name, content in others.items():
        (target / _part(name)).write_bytes(content)
    names = [*rows, *others]
    for name in names:
        (target / _part(name)).replace(target / name)
    files = {name: measure(target / name) for name in sorted(names)}
    for path in target.iterdir():
        if path.name in earlier.keys() - files.keys() or path.match(_part("*")):
            path.unlink()
    record = record.model_copy(update={"complete": True, "rows": rows, "files": files})
    write_atomically(target / _RECORD, record.model_dump(mode="json"))
    return record


def _write_data(
    folder: RunFolder, chosen: ExportFormat, target: Path, advanced: Advanced
) -> dict[str, int]:
    """Writes the rows of all examples under provisional names; how many each file got."""
    rows: dict[str, int] = {}
    done = 0
    with ExitStack() as stack:
        writers = {}
        for split in SPLITS:
            for name in (*chosen.data_files(split), *chosen.side_files(split)):
                file: BinaryIO = stack.enter_context((target / _part(name)).open("wb"))
                writers[name] = stack.enter_context(row_writer(name, file))
                rows[name] = 0
        for example in _examples(folder):
            for name, row in chosen.encode(example).items():
                writers[name].write(row)
                rows[name] += 1
            done += 1
            advanced(done)
    return rows


def _compare(
    folder: RunFolder,
    chosen: ExportFormat,
    path: Path,
    record: ExportRecord,
    advanced: Advanced,
) -> Check:
    """Takes from each file, for each example, the row that the format must have put there."""
    left: dict[str, Iterator[Row]] = {name: read_rows(path / name) for name in record.rows}
    faults: list[str] = []
    done = 0
    for example in _examples(folder):
        rows = {name: next(left[name], None) for name in chosen.encode(example)}
        there = {name: row for name, row in rows.items() if row is not None}
        if len(there) < len(rows) or _decoded(chosen, there) != example:
            faults.append(f"the example {example.id} does not come back as it was")
            break  # rows after it belong to other examples
        done += 1
        advanced(done)
    if not faults:
        faults += [
            f"{name} holds more than the examples"
            for name, rest in left.items()
            if next(rest, None) is not None
        ]
    return Check(path, chosen.name, done, tuple(faults))


def _decoded(chosen: ExportFormat, rows: Mapping[str, Row]) -> Example | None:
    """The example of some rows; None if they are not what the format writes."""
    try:
        return chosen.decode(rows)
    except (KeyError, TypeError, ValueError, StopIteration):
        return None  # somebody else's rows: anything may be missing


def _card(folder: RunFolder, chosen: ExportFormat, rows: Mapping[str, int]) -> str:
    card = (folder.path / "dataset" / _CARD).read_text(encoding="utf-8")
    files = {
        split: tuple(name for name in chosen.data_files(split) if rows[name]) for split in SPLITS
    }
    about = f"Format: {chosen.title}. {chosen.loading}\n\n{chosen.loss}\n"
    there = {split: names for split, names in files.items() if names}
    return card_for_files(card, there, chosen.features, about)


def _examples(folder: RunFolder) -> Iterator[Example]:
    for split in SPLITS:
        yield from folder.read(f"dataset/{split}.jsonl", Example)


def _complete_dataset(folder: RunFolder) -> StageRecord:
    record = folder.record("dataset")
    if record is None or folder.state("dataset") is not StageState.COMPLETE:
        raise RunFolderError(
            f"The training set of {folder.path} is {folder.state('dataset')}.",
            f"First run `agentscaler dataset --run {folder.path}`.",
        )
    return record


def _digests(dataset: StageRecord) -> dict[str, str]:
    return {name: output.sha256 for name, output in dataset.outputs.items()}


def _format(name: str) -> ExportFormat:
    if name not in FORMATS:
        raise InputError(f"There is no format {name}.", f"The formats are {', '.join(FORMATS)}.")
    return FORMATS[name]


def _make_room(target: Path) -> dict[str, OutputRecord]:
    """Makes the folder; the files of an earlier export in it, which is to be replaced.

    Raises:
        InputError: it holds something else.
    """
    target.mkdir(parents=True, exist_ok=True)
    if (target / _RECORD).exists():
        return _read_record(target).files
    if any(path.name != _part(_RECORD) for path in target.iterdir()):
        raise InputError(
            f"{target} holds files that are not an export.", "Give --out a new or empty folder."
        )
    return {}


def _read_record(path: Path) -> ExportRecord:
    try:
        return ExportRecord.model_validate_json((path / _RECORD).read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(
            f"{path} holds no export.",
            "Make one with `agentscaler dataset export`, in an empty folder.",
        ) from error


def _part(name: str) -> str:
    """What a file is called until all are whole."""
    return f".{name}.part"


def _unheard(done: int) -> None:
    """Tells nobody."""
