"""Holds the training split of a run against benchmarks, domain by domain, on all cores.

The examples are what is trained on, so they are what is read: `dataset/train.jsonl`, and of
`tasks.jsonl` the requests of their domains.  Both files are in the order of the domains; the work
is cut where one domain ends, and each worker reads its own piece of the files.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from agentscaler.corpus import SourceCount
from agentscaler.dataset import DatasetDomain
from agentscaler.dataset.contamination import (
    Benchmark,
    ContaminationIndex,
    ContaminationReport,
    Overlap,
    OverlapKind,
    compare_domain,
    describe_benchmark,
    load_index,
    merge_overlaps,
    read_benchmarks,
    refused,
    render_report,
    save_index,
)
from agentscaler.engine import Engine
from agentscaler.errors import InputError, RunFolderError
from agentscaler.pipeline.settings import Settings
from agentscaler.runfolder import RunFolder

__all__ = [
    "compare_run",
    "compare_with_benchmarks",
    "report_files",
    "saved_report",
    "too_much_in_common",
]

_JSON = "contamination.json"
_MARKDOWN = "contamination.md"

_EXAMPLES = "dataset/train.jsonl"
_TASKS = "tasks.jsonl"
_DOMAIN = re.compile(rb'"domain":"((?:[^"\\]|\\.)*)"')
_HEAD = 4096
_BENCHMARK_FORM = "acebench"


@dataclass(frozen=True)
class _Piece:
    """Where a domain's lines stand in a file: from `start` to before `end`, in bytes."""

    start: int
    end: int


@dataclass(frozen=True)
class _Unit:
    """What is to be read of one domain."""

    domain: str
    examples: _Piece
    tasks: _Piece | None


def compare_with_benchmarks(
    folder: RunFolder, settings: Settings, engine: Engine
) -> ContaminationReport:
    """What the training split has in common with the benchmarks that the settings name."""
    chosen = settings.dataset.contamination
    benchmarks = read_benchmarks(chosen.against)
    return compare_run(folder, benchmarks, engine, folder.path, chosen.fail_on)


def report_files(report: ContaminationReport, folder: RunFolder) -> dict[str, bytes]:
    """The files of a report, by name."""
    values = report.model_dump(mode="json")
    return {
        _JSON: orjson.dumps(values, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
        _MARKDOWN: render_report(report).encode(),
    }


def saved_report(folder: RunFolder) -> ContaminationReport:
    """The report that the training set was made with."""
    return ContaminationReport.model_validate_json((folder.path / "dataset" / _JSON).read_bytes())


def too_much_in_common(folder: RunFolder) -> InputError:
    """Says why there is no training set."""
    report = saved_report(folder)
    found = Counter(str(one.kind) for one in refused(report.overlaps, report.fail_on))
    return InputError(
        f"The training set has too much in common with benchmarks: "
        f"{', '.join(f'{kind} ({count:,})' for kind, count in found.items())}, which "
        "dataset.contamination.fail_on does not allow.",
        f"Read {folder.path / 'dataset' / _MARKDOWN}; then leave out the sources of these domains,"
        " or allow more with --set dataset.contamination.fail_on=[].",
    )


def compare_run(
    folder: RunFolder,
    benchmarks: Sequence[Benchmark],
    engine: Engine,
    scratch: Path,
    fail_on: Sequence[str] = (),
    advanced: Callable[[int], None] | None = None,
) -> ContaminationReport:
    """Everything that the training split has in common with some benchmarks.

    Args:
        scratch: an existing folder that the engine's workers see, for a file that goes away again.
        fail_on: limits, as `dataset.contamination.parse_limits` reads them.
        advanced: is told how many domains are done.

    Raises:
        RunFolderError: the run has no training set, or a file of it cannot be read.
    """
    domains = [
        domain
        for domain in folder.read("dataset/domains.jsonl", DatasetDomain)
        if domain.split == "train" and domain.examples
    ]
    index = ContaminationIndex(benchmarks)
    found = list(_from_sources(folder))
    with tempfile.TemporaryDirectory(prefix=".contamination-", dir=scratch) as place:
        path = Path(place) / "index"
        save_index(index, path)
        work = partial(_compare, run=folder.path, index=path)
        per_domain = engine.map(work, _units(folder.path))
        for done, overlaps in enumerate(per_domain, 1):
            found += overlaps
            if advanced is not None:
                advanced(done)
    order = {benchmark.name: number for number, benchmark in enumerate(benchmarks)}
    kinds = list(OverlapKind)
    overlaps = sorted(
        merge_overlaps(found),
        key=lambda one: (
            order.get(one.benchmark, -1),
            kinds.index(one.kind),
            -(one.score or 0.0),
            -one.domains,
            one.theirs,
            one.common,
        ),
    )
    return ContaminationReport(
        domains=len(domains),
        dialogues=sum(domain.examples for domain in domains),
        tools=sum(len(domain.tools) for domain in domains),
        benchmarks=tuple(describe_benchmark(one, index.short[one.name]) for one in benchmarks),
        overlaps=tuple(overlaps),
        fail_on=tuple(fail_on),
        refused=len(refused(overlaps, fail_on)),
    )


def _from_sources(folder: RunFolder) -> Iterator[Overlap]:
    """Sources of the pool that have the form of a benchmark's records."""
    if folder.record("pool") is None:
        return
    for source in folder.read("pool-sources.jsonl", SourceCount):
        files = source.forms.get(_BENCHMARK_FORM, 0)
        if files:
            yield Overlap(
                kind=OverlapKind.SOURCES,
                benchmark="acebench or bfcl",
                theirs="questions with their functions",
                ours=f"source {Path(source.source).name}",
                common=f"{files:,} files, {source.kept:,} tools kept",
                domains=0,
            )


def _compare(unit: _Unit, *, run: Path, index: Path) -> list[Overlap]:
    """The overlaps of one domain.

    Raises:
        RunFolderError: a line of it is damaged.
    """
    try:
        return _overlaps(unit, run, index)
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise RunFolderError(
            f"What {run} holds of the domain {unit.domain} cannot be read: {error!r}.",
            "Run the stages tasks and dataset again.",
        ) from error


def _overlaps(unit: _Unit, run: Path, index: Path) -> list[Overlap]:
    tools: dict[str, tuple[str, Any]] = {}
    said: list[tuple[str, str]] = []
    quiet: list[tuple[str, str]] = []
    looked_up = load_index(index)
    for task in _lines(run / _TASKS, unit.tasks) if looked_up.has_content else ():
        said.append((f"task {task['id']}", task["intent"]))
    for example in _lines(run / _EXAMPLES, unit.examples):
        for tool in () if tools else example["tools"]:
            function = tool["function"]
            tools[function["name"]] = (function["description"], function["parameters"])
        if not looked_up.has_content:
            break
        for message in example["messages"]:
            role, place = message["role"], f"dialogue {example['id']}, {message['role']}"
            if role == "tool":
                quiet.append((place, message["content"]))
                continue
            said.append((place, message["content"]))
            for call in message.get("tool_calls", ()):
                quiet.append((place, orjson.dumps(call["function"]["arguments"]).decode()))
    return compare_domain(unit.domain, tools, said, quiet, looked_up)


def _units(run: Path) -> Iterator[_Unit]:
    """The domains of the training split, each with its pieces of the files."""
    tasks = dict(_pieces(run / _TASKS))
    for domain, piece in _pieces(run / _EXAMPLES):
        yield _Unit(domain, piece, tasks.get(domain))


def _pieces(path: Path) -> Iterator[tuple[str, _Piece]]:
    """The domains of a file, in order, each with its lines; a torn last line is passed over."""
    if not path.exists():
        return
    current, start, end = None, 0, 0
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            domain = _domain_of(line, path)
            if domain != current:
                if current is not None:
                    yield current, _Piece(start, end)
                current, start = domain, end
            end += len(line)
    if current is not None:
        yield current, _Piece(start, end)


def _domain_of(line: bytes, path: Path) -> str:
    """The domain of a record, which stands near the beginning of its line."""
    match = _DOMAIN.search(line, 0, _HEAD)
    try:
        value = orjson.loads(b'"' + match[1] + b'"') if match else orjson.loads(line)["domain"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise RunFolderError(
            f"{path} has a line without a domain.", "Run the stage that writes it again."
        ) from error
    return str(value)


def _lines(path: Path, piece: _Piece | None) -> Iterator[Any]:
    """The records of a piece of a file."""
    if piece is None:
        return
    with path.open("rb") as file:
        file.seek(piece.start)
        while file.tell() < piece.end:
            yield orjson.loads(file.readline())
