"""How the tool graph grows with the pool, beside comparing every pair.

Reads the real pool (the packages behind the `apis` extra), takes N, 2N and 4N tools of it (whole
services in a seeded order) and prints seconds of CPU a step.  The baseline computes all cosines as
one dense matrix product, keeps each tool's best and clusters them the same way; it stops where its
matrix would not fit.

    python benchmarks/graph.py [N]
"""

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import scipy.sparse as sp

from agentscaler.corpus import ToolSpec, load_corpus
from agentscaler.graph import GraphSettings
from agentscaler.graph.communities import find_communities
from agentscaler.graph.dependencies import dependency_edges, dependency_weights
from agentscaler.graph.neighbours import nearest_edges, strong_edges
from agentscaler.graph.origins import Origins
from agentscaler.graph.vectors import tool_vectors

DENSE_LIMIT = 8000
"""Tools up to which the baseline's dense matrices stay below some 2 GB."""
Result = TypeVar("Result")
STEPS = ("vectors", "neighbours", "dependencies", "communities")


@dataclass
class Timing:
    """CPU seconds by step, with what came out."""

    tools: int
    seconds: dict[str, float] = field(default_factory=dict)
    all_pairs: float | None = None
    same_edges: float | None = None
    edges: int = 0
    dependencies: int = 0
    communities: int = 0

    @property
    def total(self) -> float:
        return sum(self.seconds[step] for step in STEPS)

    def clock(self, step: str, work: Callable[[], Result]) -> Result:
        start = time.process_time()
        result = work()
        self.seconds[step] = time.process_time() - start
        return result


def take(tools: list[ToolSpec], count: int) -> list[ToolSpec]:
    """`count` tools of whole services (the last one cut), by id."""
    by_service: dict[str, list[ToolSpec]] = {}
    for tool in tools:
        by_service.setdefault(tool.service, []).append(tool)
    names = sorted(by_service)
    random.Random("benchmark").shuffle(names)
    chosen = [tool for name in names for tool in by_service[name]][:count]
    return sorted(chosen, key=lambda tool: tool.id)


def measure(tools: list[ToolSpec]) -> Timing:
    settings = GraphSettings()
    origins = Origins.of(tools)
    bounds = (settings.min_community, settings.max_community)
    timing = Timing(len(tools))
    vectors = timing.clock("vectors", lambda: tool_vectors(tools, settings.weights))
    edges = timing.clock("neighbours", lambda: nearest_edges(vectors, origins, settings))
    fed = timing.clock("dependencies", lambda: dependency_edges(tools))
    weights = dependency_weights(fed, len(tools), settings.dependency_weight)
    strong = strong_edges(edges, origins, settings)
    pull, ties = (strong + weights).tocsr(), (edges + weights).tocsr()
    labels = timing.clock(
        "communities", lambda: find_communities(pull, ties, origins.service, *bounds)
    )
    if len(tools) <= DENSE_LIMIT:
        dense = timing.clock("all pairs", lambda: all_pairs(vectors.sparse, settings.neighbours))
        timing.all_pairs = timing.seconds["all pairs"]
        timing.same_edges = overlap(edges, dense)
    timing.edges, timing.dependencies = strong.nnz // 2, len(fed)
    timing.communities = len(set(labels.tolist()))
    return timing


def all_pairs(vectors: sp.csr_matrix, neighbours: int) -> sp.csr_matrix:
    """Each tool's nearest, by a dense matrix of all cosines."""
    dense = vectors.toarray()
    cosines = dense @ dense.T
    np.fill_diagonal(cosines, 0)
    best = np.argpartition(-cosines, neighbours, axis=1)[:, :neighbours]
    rows = np.repeat(np.arange(len(dense)), neighbours)
    columns = best.ravel()
    half = sp.csr_matrix((cosines[rows, columns], (rows, columns)), shape=cosines.shape)
    return half.maximum(half.T).tocsr()


def overlap(ours: sp.csr_matrix, dense: sp.csr_matrix) -> float:
    """The share of our edges that the baseline has too (ties may differ)."""
    return float((ours > 0).multiply(dense > 0).nnz / max(1, ours.nnz))


def main() -> None:
    start = time.process_time()
    tools = load_corpus(["botocore", "google"]).tools
    print(f"pool: {len(tools):,} tools read in {time.process_time() - start:.1f} s of CPU")
    first = int(sys.argv[1]) if len(sys.argv) > 1 else len(tools) // 4
    timings = [measure(take(tools, first * factor)) for factor in (1, 2, 4)]
    columns = [*STEPS, "total", "growth", "all pairs", "ratio", "shared"]
    print("CPU seconds".ljust(12) + "".join(f"{column:>14}" for column in columns))
    for timing in timings:
        growth = timing.total / timings[0].total / (timing.tools / timings[0].tools)
        ours = timing.seconds["neighbours"]
        cells = [f"{timing.seconds[step]:.2f}" for step in STEPS]
        cells += [f"{timing.total:.2f}", f"{growth:.2f} x N"]
        if timing.all_pairs is None or timing.same_edges is None:
            cells += ["-", "-", "-"]
        else:
            cells += [f"{timing.all_pairs:.2f}", f"{timing.all_pairs / ours:.0f} x"]
            cells.append(f"{timing.same_edges:.1%}")
        print(f"{timing.tools:>10,}  " + "".join(f"{cell:>14}" for cell in cells))
    print()
    for timing in timings:
        print(
            f"{timing.tools:>10,} tools: {timing.edges:,} similarity edges,"
            f" {timing.dependencies:,} dependency edges, {timing.communities:,} communities"
        )
    print("ratio: all pairs against our neighbours; shared: our edges that all pairs has too")


if __name__ == "__main__":
    main()
