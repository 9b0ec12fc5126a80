import numpy as np
import pytest
import scipy.sparse as sp

from agentscaler.graph.communities import find_communities, louvain_communities


def cliques(*sizes: int, weight: float = 1.0) -> sp.csr_matrix:
    return sp.block_diag(
        [weight * (np.ones((size, size)) - np.eye(size)) for size in sizes], format="csr"
    )


def tied(graph: sp.csr_matrix, *edges: tuple[int, int, float]) -> sp.csr_matrix:
    dense = graph.toarray()
    for row, column, weight in edges:
        dense[row, column] = dense[column, row] = weight
    return sp.csr_matrix(dense)


def communities(
    graph: sp.csr_matrix, services: list[str], smallest: int, largest: int, seed: int = 0
) -> np.ndarray:
    numbers = np.unique(services, return_inverse=True)[1].astype(np.int32)
    return find_communities(graph, graph, numbers, smallest, largest, seed)


def sizes(labels: np.ndarray) -> list[int]:
    return np.bincount(labels).tolist() if len(labels) else []


def test_separate_groups_are_separate_communities() -> None:
    labels = communities(cliques(6, 7), ["a"] * 6 + ["b"] * 7, smallest=5, largest=40)
    assert labels.tolist() == [0] * 6 + [1] * 7


def test_a_large_group_is_cut_until_it_fits() -> None:
    rng = np.random.default_rng(0)
    blocks = sp.csr_matrix(rng.random((90, 90)) < 0.1).astype(float)
    graph = ((cliques(*[30] * 3) + blocks + blocks.T) > 0).astype(float).tolil()
    graph.setdiag(0)
    labels = communities(graph.tocsr(), ["a"] * 90, smallest=5, largest=40)
    assert max(sizes(labels)) <= 40
    assert labels[0] == labels[29]
    assert labels[0] != labels[30]


def test_a_group_without_structure_is_cut_all_the_same() -> None:
    labels = communities(cliques(100), ["a"] * 100, smallest=5, largest=40)
    assert max(sizes(labels)) <= 40
    assert sum(sizes(labels)) == 100


def test_a_small_group_joins_the_one_it_is_tied_to_most() -> None:
    graph = tied(cliques(8, 8, 2), (0, 16, 0.01), (8, 17, 0.02))
    labels = communities(graph, ["a"] * 18, smallest=5, largest=40)
    assert labels[16] == labels[17] == labels[8]
    assert sizes(labels) == [8, 10]


def test_ties_within_a_service_count_double() -> None:
    graph = tied(cliques(8, 8, 2), (0, 16, 0.03), (8, 17, 0.02))
    services = ["a"] * 8 + ["b"] * 10
    labels = communities(graph, services, smallest=5, largest=40)
    assert labels[16] == labels[8]


def test_merging_never_passes_the_largest_size() -> None:
    graph = tied(cliques(8, 3), (0, 8, 0.01))
    labels = communities(graph, ["a"] * 8 + ["b"] * 3, smallest=5, largest=10)
    assert sizes(labels) == [8, 3]


def test_what_is_tied_to_nothing_is_gathered_by_service() -> None:
    graph = sp.csr_matrix((12, 12))
    labels = communities(graph, ["a"] * 6 + ["b"] * 6, smallest=5, largest=40)
    assert labels.tolist() == [0] * 6 + [1] * 6


def test_a_few_loose_tools_join_a_community_of_their_service() -> None:
    graph = sp.block_diag([cliques(6).toarray(), np.zeros((2, 2))], format="csr")
    labels = communities(graph, ["a"] * 8, smallest=5, largest=40)
    assert sizes(labels) == [8]


def test_a_lone_small_service_stays_small() -> None:
    labels = communities(cliques(6, 2), ["a"] * 6 + ["b"] * 2, smallest=5, largest=40)
    assert sizes(labels) == [6, 2]


def test_labels_count_up_in_the_order_of_first_tools() -> None:
    rng = np.random.default_rng(5)
    order = rng.permutation(60)
    graph = cliques(*[10] * 6)[order][:, order]
    labels = communities(graph, ["a"] * 60, smallest=5, largest=40)
    firsts = [int(np.flatnonzero(labels == label)[0]) for label in range(6)]
    assert firsts == sorted(firsts)
    assert firsts[0] == 0


def test_one_seed_gives_one_answer() -> None:
    rng = np.random.default_rng(2)
    half = sp.random(200, 200, 0.05, random_state=2)
    graph = (half + half.T).tocsr()
    services = [f"s{i}" for i in rng.integers(0, 20, 200)]
    first, second = (communities(graph, services, smallest=5, largest=40, seed=9) for _ in range(2))
    assert first.tolist() == second.tolist()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_graphs_have_labels(count: int) -> None:
    labels = communities(sp.csr_matrix((count, count)), ["a"] * count, 5, 40)
    assert labels.tolist() == [0] * count


def test_services_that_each_have_enough_tools_are_taken_apart() -> None:
    labels = communities(cliques(14), ["a"] * 6 + ["b"] * 6 + ["c"] * 2, smallest=5, largest=40)
    assert labels[:6].tolist() == [0] * 6
    assert labels[6:12].tolist() == [1] * 6
    assert labels[12] == labels[13]


def test_plain_louvain_keeps_what_it_finds_whatever_its_size() -> None:
    assert sizes(louvain_communities(cliques(60, 2, 1))) == [60, 2, 1]


def test_weak_ties_merge_what_is_small_and_cut_nothing() -> None:
    graph = cliques(8, 8, 2)
    ties = tied(graph, (16, 8, 0.2), (0, 8, 0.2))
    labels = find_communities(graph, ties, np.zeros(18, dtype=np.int32), smallest=5, largest=40)
    assert sizes(labels) == [8, 10]
