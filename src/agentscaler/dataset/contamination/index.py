"""`ContaminationIndex`: benchmarks arranged for looking up what a training run has."""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from agentscaler.dataset.contamination.benchmark import Benchmark, BenchmarkTool, Passage
from agentscaler.dataset.contamination.parameters import name_key
from agentscaler.dataset.contamination.passages import PassageIndex

__all__ = ["ContaminationIndex", "IndexedTool", "load_index", "save_index"]


@dataclass(frozen=True)
class IndexedTool:
    """A tool, and whose it is."""

    benchmark: str
    tool: BenchmarkTool


class ContaminationIndex:
    """All benchmarks that a run is held against, in one.

    Attributes:
        by_name: tools by `name_key`.
        by_parameter: tools with a parameter of that name and type.
        passages: of all benchmarks.
        holders: whose a passage is, by its number: the first place of each benchmark and kind.
        identifiers: of all benchmarks, each with the benchmarks and places where it stands.
        known: the same, without places.
        short: how many passages of each benchmark have too few words.
    """

    def __init__(self, benchmarks: Sequence[Benchmark]) -> None:
        self.by_name: dict[str, list[IndexedTool]] = {}
        self.by_parameter: dict[tuple[str, str], list[IndexedTool]] = {}
        owned: list[tuple[str, Passage]] = []
        self.identifiers: dict[str, list[tuple[str, str]]] = {}
        for benchmark in benchmarks:
            self._add_tools(benchmark)
            owned += [(benchmark.name, passage) for passage in benchmark.passages]
            for token, place in benchmark.identifiers.items():
                self.identifiers.setdefault(token, []).append((benchmark.name, place))
        self.passages = PassageIndex([passage.text for _, passage in owned])
        self.holders = {
            first: _first_of_each([owned[number] for number in same])
            for first, same in self.passages.alike.items()
        }
        self.known = frozenset(self.identifiers)
        self.short = {one.name: 0 for one in benchmarks}
        for number in self.passages.short:
            self.short[owned[number][0]] += 1

    @property
    def has_content(self) -> bool:
        """Whether there is more to look for than tools."""
        return bool(self.holders or self.identifiers)

    def _add_tools(self, benchmark: Benchmark) -> None:
        """Tools that are the same but for their place are one."""
        seen = set()
        for tool in benchmark.tools:
            if (tool.name, tool.parameters) in seen:
                continue
            seen.add((tool.name, tool.parameters))
            indexed = IndexedTool(benchmark.name, tool)
            self.by_name.setdefault(name_key(tool.name), []).append(indexed)
            for parameter in sorted(tool.parameters or ()):
                self.by_parameter.setdefault(parameter, []).append(indexed)


def _first_of_each(passages: Sequence[tuple[str, Passage]]) -> list[tuple[str, Passage]]:
    """The first passage of each benchmark and kind."""
    first: dict[tuple[str, str], tuple[str, Passage]] = {}
    for benchmark, passage in passages:
        first.setdefault((benchmark, passage.kind), (benchmark, passage))
    return list(first.values())


def save_index(index: ContaminationIndex, path: Path) -> None:
    """Writes an index for other processes of this program to load, and nobody else."""
    path.write_bytes(pickle.dumps(index, protocol=pickle.HIGHEST_PROTOCOL))


@lru_cache(maxsize=1)
def load_index(path: Path) -> ContaminationIndex:
    """The index that this program wrote a moment ago, loaded once a process."""
    index = pickle.loads(path.read_bytes())  # noqa: S301 - our own file, in our own folder
    assert isinstance(index, ContaminationIndex)
    return index
