"""Reads ACEBench and BFCL: files of JSON lines, each a question with its functions.

Both keep what is right beside the questions, under `possible_answer`; of it the identifiers count.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agentscaler.dataset.contamination.benchmark import Benchmark
from agentscaler.dataset.contamination.identifiers import identifiers_of
from agentscaler.dataset.contamination.readers.files import each_file, json_values
from agentscaler.dataset.contamination.records import add_record

__all__ = ["acebench_data", "bfcl_data", "read_acebench", "read_bfcl"]

_ANSWERS = "possible_answer"
_PASSED_OVER = ("unused_datasets", "format_sensitivity")


def acebench_data(folder: Path) -> Path | None:
    """Where ACEBench's data lie in a checkout, or in its data folder; None if it is neither."""
    for place in (folder / "data_all", folder):
        if any(place.glob("data_*/data_normal_*.json")) or any(place.glob("data_normal_*.json")):
            return place
    return None


def bfcl_data(folder: Path) -> Path | None:
    """Where BFCL's data lie in a checkout, an installed package, or its data folder."""
    places = ("", "data", "bfcl_eval/data", "berkeley-function-call-leaderboard/bfcl_eval/data")
    for place in places:
        if any((folder / place).glob("BFCL_v*.json")):
            return folder / place
    return None


def read_acebench(data: Path) -> Benchmark:
    """ACEBench, in every language that is there."""
    return _read("acebench", data)


def read_bfcl(data: Path) -> Benchmark:
    """BFCL: questions, functions of its multi-turn classes, and dialogues of its memory tests."""
    return _read("bfcl", data)


def _read(name: str, data: Path) -> Benchmark:
    benchmark = Benchmark(name)

    def read(path: Path) -> None:
        below = path.relative_to(data)
        if any(name in below.as_posix() for name in _PASSED_OVER):
            return
        for number, record in enumerate(json_values(path)):
            group = below.with_suffix("").as_posix()
            place = f"{group} {_id_of(record, number)}"
            if _ANSWERS in below.parts:
                truth = record.get("ground_truth") if isinstance(record, Mapping) else record
                benchmark.identify(identifiers_of(truth), place)
            else:
                add_record(benchmark, record, place, group)

    each_file(benchmark, data, "**/*.json", read)
    return benchmark


def _id_of(record: Any, number: int) -> str:
    name = record.get("id", record.get("name")) if isinstance(record, Mapping) else None
    return str(number if name is None else name)
