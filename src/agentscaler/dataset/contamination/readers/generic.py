"""Reads what is no known benchmark: a file or folder of JSON, JSONL, Markdown and text."""

from collections.abc import Mapping
from pathlib import Path

from agentscaler.dataset.contamination.benchmark import Benchmark, BenchmarkTool, Passage
from agentscaler.dataset.contamination.readers.files import each_file, json_values, text_of
from agentscaler.dataset.contamination.records import add_record, paragraphs
from agentscaler.errors import InputError

__all__ = ["read_generic"]

_DATA = frozenset({".json", ".jsonl", ".ndjson"})
_TEXT = frozenset({".md", ".txt"})


def read_generic(path: Path) -> Benchmark:
    """Tools, requests and policies of a file, or of every file below a folder.

    A JSON object that maps benchmarks to lists of names gives tools of which only the name is
    known.

    Raises:
        InputError: nothing to compare with was found.
    """
    benchmark = Benchmark(path.name)

    def read(file: Path) -> None:
        place = file.name if file == path else file.relative_to(path).as_posix()
        if file.suffix in _TEXT:
            for text in paragraphs(text_of(file)):
                benchmark.passages.append(Passage("policies", place, text))
        elif file.suffix in _DATA:
            _read_data(benchmark, file, place)

    if path.is_dir():
        each_file(benchmark, path, "**/*", read)
    else:
        read(path)
        benchmark.files += 1
    if not (benchmark.tools or benchmark.passages or benchmark.identifiers):
        raise InputError(
            f"{path} holds no tools, requests or policies that can be read.",
            "Give a checkout of tau2-bench, tau-bench or ACEBench, BFCL's data, a run, or files of"
            " JSON with tools or texts.",
        )
    return benchmark


def _read_data(benchmark: Benchmark, file: Path, place: str) -> None:
    records = list(json_values(file))
    if len(records) == 1 and (names := _names(records[0])):
        for group, found in names.items():
            benchmark.tools += [BenchmarkTool(name, group) for name in found]
        return
    for number, found in enumerate(records):
        answer = found.get("result") if isinstance(found, Mapping) else None
        record = answer if isinstance(answer, Mapping) else found  # MCP's, in its envelope
        name = record.get("id", number) if isinstance(record, Mapping) else number
        add_record(benchmark, record, f"{place} {name}", place)


def _names(value: object) -> dict[str, list[str]] | None:
    """Names of tools by benchmark, if the value is that."""
    if not isinstance(value, Mapping) or not value:
        return None
    for names in value.values():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return None
    return {str(key): sorted(set(names)) for key, names in value.items()}
