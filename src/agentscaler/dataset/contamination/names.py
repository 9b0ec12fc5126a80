"""Names of benchmarks' tools that the program knows without the benchmarks.

`names.json` maps each benchmark to its parts, and each part to the sorted names of its tools.
`agentscaler contamination --names-of DIR` makes such a file of a checkout.  Of ACEBench the tools
of its agent scenarios are there, of BFCL those of its multi-turn classes; the thousands that stand
in their single questions are read from the data.
"""

from functools import cache
from pathlib import Path

import orjson

from agentscaler.dataset.contamination.benchmark import Benchmark, BenchmarkTool

__all__ = ["BENCHMARKS", "known_names", "names_of"]

BENCHMARKS = ("tau2", "tau-bench", "acebench", "bfcl")

_PARTS = {"acebench": "data_agent_", "bfcl": "multi_turn_func_doc/"}
"""What is kept of benchmarks with more names than a list should hold."""
_FILE = Path(__file__).parent / "names.json"


def known_names(benchmark: str) -> Benchmark:
    """One of `BENCHMARKS` as far as the program knows it."""
    parts = _names()[benchmark]
    tools = [BenchmarkTool(name, part) for part, names in parts.items() for name in names]
    return Benchmark(benchmark, tools=tools)


def names_of(benchmark: Benchmark) -> dict[str, list[str]]:
    """The names of its tools as they stand in `names.json`: by part, sorted."""
    kept = _PARTS.get(benchmark.name, "")
    parts: dict[str, set[str]] = {}
    for tool in benchmark.tools:
        if kept in tool.place:
            parts.setdefault(tool.place.rpartition("/")[2], set()).add(tool.name)
    return {part: sorted(parts[part]) for part in sorted(parts)}


@cache
def _names() -> dict[str, dict[str, list[str]]]:
    names: dict[str, dict[str, list[str]]] = orjson.loads(_FILE.read_bytes())
    return names
