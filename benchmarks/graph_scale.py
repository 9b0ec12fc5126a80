"""The tool graph from ten thousand to a million tools: CPU seconds a step and peak memory.

The pool is the real one (the packages behind the `apis` extra) and, beyond its size, copies of its
services in which the nouns are other words: a copy is as dense as a real service, and tied to the
others by common words only.  Copies are made when they are looked at and never kept, so memory
is the graph's own.  The baseline compares every pair as dense matrices, at sizes it can bear.

    python benchmarks/graph_scale.py [N ...]
"""

import random
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import overload

import numpy as np
import orjson

from agentscaler.corpus import ToolSpec, load_corpus
from agentscaler.graph import GraphSettings, verbs
from agentscaler.graph.communities import find_communities
from agentscaler.graph.dependencies import dependency_edges, dependency_weights
from agentscaler.graph.neighbours import nearest_edges, strong_edges
from agentscaler.graph.origins import Origins
from agentscaler.graph.vectors import Vectors, tool_vectors
from agentscaler.words import singular, split_words

SIZES = (10_000, 20_000, 40_000, 80_000)
ALL_PAIRS_LIMIT = 10_000
RENAMED = 12
"""Nouns of a service that a copy calls otherwise."""
SYLLABLES = "ba ce di fo gu ka le mi no pu ra se ti vo zu bre cla dri flo gru sta tre".split()
KEYWORDS = {
    *ToolSpec.model_fields,
    *"additionalProperties enum format items object array string integer number boolean".split(),
    *"properties required type readOnly x-in x-shape x-enum-size body query date-time".split(),
}
"""Words of the records themselves, which a copy must not change."""
STEPS = ("vectors", "neighbours", "dependencies", "communities")


class SyntheticPool(Sequence[ToolSpec]):
    """Real services, then copies of them with other nouns, service by service."""

    def __init__(self, tools: Sequence[ToolSpec], count: int) -> None:
        by_service: dict[str, list[bytes]] = defaultdict(list)
        self._nouns: dict[str, list[str]] = {}
        names: dict[str, Counter[str]] = defaultdict(Counter)
        for tool in tools:
            by_service[tool.service].append(orjson.dumps(tool.model_dump()))
            names[tool.service].update(nouns(tool))
        self._services = [by_service[name] for name in shuffled(by_service)]
        self._nouns = {
            name: [noun for noun, _ in counts.most_common(RENAMED)]
            for name, counts in names.items()
        }
        self._order = shuffled(by_service)
        starts = [0]
        while starts[-1] < count:
            service = self._services[(len(starts) - 1) % len(self._services)]
            starts.append(starts[-1] + len(service))
        self._starts = np.array(starts)
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> ToolSpec: ...
    @overload
    def __getitem__(self, index: slice) -> list[ToolSpec]: ...
    def __getitem__(self, index: int | slice) -> ToolSpec | list[ToolSpec]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(self._count))]
        if not 0 <= index < self._count:
            raise IndexError(index)
        number = int(np.searchsorted(self._starts, index, side="right")) - 1
        copy, position = divmod(number, len(self._services))
        text = self._services[position][index - int(self._starts[number])]
        if copy:
            for old, new in self._words(position, copy):
                text = text.replace(old, new)
        tool = ToolSpec.model_construct(**orjson.loads(text))
        return self._moved(tool, copy) if copy else tool

    def __iter__(self) -> Iterator[ToolSpec]:
        return (self[index] for index in range(self._count))

    @lru_cache(maxsize=4)  # noqa: B019 - the pool lives as long as the program
    def _words(self, position: int, copy: int) -> list[tuple[bytes, bytes]]:
        service = self._order[position]
        rng = random.Random(f"{service}/{copy}")
        pairs = []
        for noun in self._nouns[service]:
            other = "".join(rng.choices(SYLLABLES, k=3))
            pairs += [(noun, other), (noun.capitalize(), other.capitalize())]
        return [(old.encode(), new.encode()) for old, new in pairs]

    @staticmethod
    def _moved(tool: ToolSpec, copy: int) -> ToolSpec:
        service = f"{tool.service}-{copy}"
        return ToolSpec.model_construct(
            **{**dict(tool), "service": service, "id": f"{service}.{tool.name}"}
        )


def nouns(tool: ToolSpec) -> set[str]:
    words = {singular(word) for word in split_words(tool.name)}
    return {
        word
        for word in words
        if len(word) > 3 and word not in verbs.ALL and not any(word in key for key in KEYWORDS)
    }


def shuffled(names: dict[str, list[bytes]]) -> list[str]:
    order = sorted(names)
    random.Random("scale").shuffle(order)
    return order


def measure(tools: Sequence[ToolSpec]) -> list[str]:
    """CPU seconds by step, peak memory, and what came out; one row of the table."""
    settings = GraphSettings()
    clock = [time.process_time()]
    vectors: Vectors | None = tool_vectors(tools, settings.weights)
    clock.append(time.process_time())
    origins = Origins.of(tools)
    edges = nearest_edges(vectors, origins, settings)
    clock.append(time.process_time())
    if len(tools) > ALL_PAIRS_LIMIT:
        vectors = None  # a third of the memory
    fed = dependency_edges(tools)
    clock.append(time.process_time())
    weights = dependency_weights(fed, len(tools), settings.dependency_weight)
    strong = strong_edges(edges, origins, settings)
    labels = find_communities(
        (strong + weights).tocsr(),
        (edges + weights).tocsr(),
        origins.service,
        settings.min_community,
        settings.max_community,
    )
    clock.append(time.process_time())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    steps = np.diff(clock)
    sizes = np.bincount(labels)
    domains = int(((sizes >= settings.min_community) & (sizes <= settings.max_community)).sum())
    return [
        f"{len(tools):,}",
        *(f"{step:.1f}" for step in steps),
        f"{steps.sum():.1f}",
        f"{1e6 * steps.sum() / len(tools):.0f} us",
        f"{all_pairs_seconds(vectors):.1f}" if vectors else "-",
        f"{peak:.1f} GB",
        f"{strong.nnz // 2:,}",
        f"{len(fed):,}",
        f"{domains:,}",
    ]


def all_pairs_seconds(vectors: Vectors) -> float:
    """CPU seconds that all cosines take as a dense product, row block by row block."""
    start = time.process_time()
    dense = vectors.sparse.toarray()
    for first in range(0, len(dense), 1000):
        cosines = dense[first : first + 1000] @ dense.T
        np.argpartition(-cosines, 15, axis=1)
    return time.process_time() - start


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    real = load_corpus(["botocore", "google"]).tools
    columns = ["tools", *STEPS, "total", "a tool", "all pairs", "peak", "similar", "fed", "domains"]
    print("".join(f"{column:>14}" for column in columns))
    for size in sizes:
        row = measure(SyntheticPool(real, size))
        print("".join(f"{cell:>14}" for cell in row), flush=True)
    print("\nCPU seconds a step, making the copies included; peak: of the process so far;")
    print("all pairs: in place of neighbours alone; domains: communities of 5 to 40 tools.")


if __name__ == "__main__":
    main()
