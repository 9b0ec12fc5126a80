from collections.abc import Callable

import numpy as np
import pytest
import scipy.sparse as sp

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.neighbours import similarity_edges
from agentscaler.graph.settings import GraphSettings

MakeTool = Callable[..., ToolSpec]


def rows(*values: list[float]) -> sp.csr_matrix:
    dense = np.array(values, dtype=np.float32)
    return sp.csr_matrix(dense / np.linalg.norm(dense, axis=1, keepdims=True))


def pairs(edges: sp.csr_matrix) -> set[tuple[int, int]]:
    found = sp.triu(edges, 1).tocoo()
    return set(zip(found.row.tolist(), found.col.tolist(), strict=True))


@pytest.mark.parametrize(
    ("services", "cosine", "is_tied"),
    [
        (("a.x", "a.x"), 0.36, True),
        (("a.x", "a.x"), 0.34, False),
        (("a.x", "a.y"), 0.56, True),
        (("a.x", "a.y"), 0.54, False),
        (("a.x", "b.x"), 0.71, True),
        (("a.x", "b.x"), 0.69, False),
    ],
)
def test_the_threshold_rises_with_distance_between_services(
    services: tuple[str, str], cosine: float, is_tied: bool, make_tool: MakeTool
) -> None:
    tools = [make_tool(f"t{i}", service=service) for i, service in enumerate(services)]
    vectors = rows([1, 0], [cosine, np.sqrt(1 - cosine**2)])
    assert pairs(similarity_edges(vectors, tools, GraphSettings())) == (
        {(0, 1)} if is_tied else set()
    )


def test_edges_are_symmetric_without_loops_and_at_most_one(
    shop: list[ToolSpec], clinic: list[ToolSpec]
) -> None:
    rng = np.random.default_rng(3)
    tools = [*shop, *clinic]
    edges = similarity_edges(rows(*rng.random((11, 6)).tolist()), tools, GraphSettings())
    assert (edges != edges.T).nnz == 0
    assert not edges.diagonal().any()
    assert edges.data.max() <= 1


def test_equals_are_chosen_in_the_order_of_the_tools(make_tool: MakeTool) -> None:
    tools = [make_tool(f"t{i}") for i in range(12)]
    edges = similarity_edges(rows(*[[1.0, 0.0]] * 12), tools, GraphSettings(neighbours=2))
    assert set(edges[11].indices.tolist()) == {0, 1}
    assert {pair for pair in pairs(edges) if 0 in pair} == {(0, i) for i in range(1, 12)}


def test_neighbours_are_exact(make_tool: MakeTool) -> None:
    rng = np.random.default_rng(0)
    vectors = rows(*rng.random((60, 8)).tolist())
    tools = [make_tool(f"t{i}") for i in range(60)]
    settings = GraphSettings(neighbours=4, tau_service=0.5)
    cosines = (vectors @ vectors.T).toarray()
    np.fill_diagonal(cosines, 0)
    best = np.argsort(-cosines, axis=1)[:, :4]
    expected = {tuple(sorted((i, int(j)))) for i in range(60) for j in best[i]}
    assert pairs(similarity_edges(vectors, tools, settings)) == expected


def test_the_number_of_threads_does_not_matter(make_tool: MakeTool) -> None:
    rng = np.random.default_rng(1)
    vectors = rows(*rng.integers(0, 3, (300, 5)).clip(0, 2).astype(float).__add__(0.5).tolist())
    tools = [make_tool(f"t{i}") for i in range(300)]
    one = similarity_edges(vectors, tools, GraphSettings(), threads=1)
    two = similarity_edges(vectors, tools, GraphSettings(), threads=2)
    assert (one != two).nnz == 0


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_tools_have_no_edges(count: int, shop: list[ToolSpec]) -> None:
    vectors = sp.csr_matrix(np.ones((count, 3), dtype=np.float32))
    assert similarity_edges(vectors, shop[:count], GraphSettings()).shape == (count, count)
