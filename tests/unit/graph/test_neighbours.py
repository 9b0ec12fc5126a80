from collections.abc import Callable

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.neighbours import all_edges, nearest_edges, strong_edges
from agentscaler.graph.origins import Origins
from agentscaler.graph.settings import GraphSettings
from agentscaler.graph.vectors import Vectors

MakeTool = Callable[..., ToolSpec]


def rows(*values: list[float]) -> sp.csr_matrix:
    dense = np.array(values, dtype=np.float32)
    return sp.csr_matrix(dense / np.linalg.norm(dense, axis=1, keepdims=True))


def similar(
    vectors: sp.csr_matrix, tools: list[ToolSpec], settings: GraphSettings, threads: int = 1
) -> sp.csr_matrix:
    origins = Origins.of(tools)
    near = nearest_edges(Vectors(vectors), origins, settings, threads)
    return strong_edges(near, origins, settings)


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
    assert pairs(similar(vectors, tools, GraphSettings())) == ({(0, 1)} if is_tied else set())


def test_edges_are_symmetric_without_loops_and_at_most_one(
    shop: list[ToolSpec], clinic: list[ToolSpec]
) -> None:
    rng = np.random.default_rng(3)
    tools = [*shop, *clinic]
    edges = similar(rows(*rng.random((11, 6)).tolist()), tools, GraphSettings())
    assert (edges != edges.T).nnz == 0
    assert not edges.diagonal().any()
    assert edges.data.max() <= 1


def test_equals_are_chosen_in_the_order_of_the_tools(make_tool: MakeTool) -> None:
    tools = [make_tool(f"t{i}") for i in range(12)]
    edges = similar(rows(*[[1.0, 0.0]] * 12), tools, GraphSettings(neighbours=2))
    assert set(edges[11].indices.tolist()) == {0, 1}
    assert {pair for pair in pairs(edges) if 0 in pair} == {(0, i) for i in range(1, 12)}


def test_neighbours_are_exact(make_tool: MakeTool) -> None:
    rng = np.random.default_rng(0)
    vectors = rows(*rng.random((60, 8)).tolist())
    tools = [make_tool(f"t{i}") for i in range(60)]
    wanted = GraphSettings(neighbours=4, tau_service=0.5)
    cosines = (vectors @ vectors.T).toarray()
    np.fill_diagonal(cosines, 0)
    best = np.argsort(-cosines, axis=1)[:, :4]
    expected = {tuple(sorted((i, int(j)))) for i in range(60) for j in best[i]}
    assert pairs(similar(vectors, tools, wanted)) == expected


def test_the_number_of_threads_does_not_matter(make_tool: MakeTool) -> None:
    rng = np.random.default_rng(1)
    vectors = rows(*rng.integers(0, 3, (300, 5)).clip(0, 2).astype(float).__add__(0.5).tolist())
    tools = [make_tool(f"t{i}") for i in range(300)]
    one = similar(vectors, tools, GraphSettings(), threads=1)
    two = similar(vectors, tools, GraphSettings(), threads=2)
    assert (one != two).nnz == 0


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_tools_have_no_edges(count: int, shop: list[ToolSpec]) -> None:
    vectors = sp.csr_matrix(np.ones((count, 3), dtype=np.float32))
    assert similar(vectors, shop[:count], GraphSettings()).shape == (count, count)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=2, max_size=24), st.integers(1, 4))
def test_however_many_are_equally_near_the_earlier_tools_are_chosen(
    values: list[tuple[int, int, int]], wanted: int
) -> None:
    vectors = rows(*[[first + 0.25, second, third] for first, second, third in values])
    tools = [tool_named(f"t{i}") for i in range(len(values))]
    cosines = np.round((vectors @ vectors.T).toarray().astype(np.float64), 5)
    expected = set()
    for row in range(len(values)):
        near = sorted((-cosines[row, other], other) for other in range(len(values)) if other != row)
        expected |= {
            (min(row, other), max(row, other)) for cosine, other in near[:wanted] if -cosine >= 0.35
        }
    assert pairs(similar(vectors, tools, GraphSettings(neighbours=wanted))) == expected


def test_all_pairs_above_a_threshold_are_tied_without_a_bound_on_neighbours() -> None:
    vectors = Vectors(rows(*[[1.0, 0.0]] * 30, [0.0, 1.0]))
    assert all_edges(vectors, 0.7).nnz == 30 * 29


def test_dense_and_sparse_parts_of_a_vector_add_up() -> None:
    half = np.float32(np.sqrt(0.5))
    sparse = sp.csr_matrix(np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32) * half)
    dense = np.array([[1, 0], [0, 1], [1, 0]], dtype=np.float32) * half
    tools = [tool_named(f"t{i}") for i in range(3)]
    edges = nearest_edges(Vectors(sparse, dense), Origins.of(tools), GraphSettings())
    assert edges.toarray() == pytest.approx(np.array([[0, 0.5, 0.5], [0.5, 0, 0], [0.5, 0, 0]]))


def test_what_every_service_has_is_tied_within_its_service_only() -> None:
    names = ["TagThing", "UntagThing"]
    tools = [tool_named(name, f"acme.s{i}") for i in range(12) for name in names]
    edges = similar(rows(*[[1.0, 0.0]] * 24), tools, GraphSettings(neighbours=24))
    assert pairs(edges) == {(2 * i, 2 * i + 1) for i in range(12)}


def tool_named(name: str, service: str = "acme.shop") -> ToolSpec:
    return ToolSpec(
        id=f"{service}.{name}",
        name=name,
        provider="acme",
        service=service,
        service_title="Acme",
        description="",
        parameters={"type": "object", "properties": {}},
        source="functions",
        licence="",
    )
