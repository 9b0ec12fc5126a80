"""From a pool to its tool graph: vectors, neighbours, dependencies, communities."""

from collections.abc import Sequence
from pathlib import Path

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.dependencies import dependency_edges, dependency_weights
from agentscaler.graph.embedding import Embedder, SentenceEncoder
from agentscaler.graph.settings import GraphRecipe, GraphSettings
from agentscaler.graph.toolgraph import ToolGraph

__all__ = ["build_graph"]


def build_graph(
    tools: Sequence[ToolSpec],
    settings: GraphSettings | None = None,
    seed: int = 0,
    embedder: Embedder | None = None,
) -> ToolGraph:
    """Compares all tools and cuts them into communities.

    The paper's recipe is that of arXiv 2509.13311, section 3.1: parameter vectors, a cosine above
    a threshold, Louvain.  In the default one names, services, result fields and dependency edges
    count too.  `seed` settles the order in which Louvain visits the tools; `embedder` stands in for
    the encoder that the settings name.

    Raises:
        MissingExtraError: the settings name an encoder, and its package is not installed.
        InputError: they name a folder that holds none.
    """
    settings = settings or GraphSettings()
    if embedder is None and settings.encoder is not None:
        embedder = SentenceEncoder(Path(settings.encoder))
    make = _paper_graph if settings.recipe is GraphRecipe.PAPER else _default_graph
    return make(tools, settings, seed, embedder)


# The numerical libraries are imported inside, because they take a second, and the later stages, in
# every worker, want this package for its operations only.


def _default_graph(
    tools: Sequence[ToolSpec], settings: GraphSettings, seed: int, embedder: Embedder | None
) -> ToolGraph:
    from agentscaler.graph.communities import find_communities
    from agentscaler.graph.neighbours import nearest_edges, strong_edges
    from agentscaler.graph.origins import Origins
    from agentscaler.graph.vectors import tool_vectors

    origins = Origins.of(tools)
    vectors = tool_vectors(tools, settings.weights, embedder)
    near = nearest_edges(vectors, origins, settings)
    similarity = strong_edges(near, origins, settings)
    dependencies = dependency_edges(tools)
    pull = dependency_weights(dependencies, len(tools), settings.dependency_weight)
    communities = find_communities(
        (similarity + pull).tocsr(),
        (near + pull).tocsr(),
        origins.service,
        smallest=settings.min_community,
        largest=settings.max_community,
        seed=seed,
    )
    return ToolGraph(tuple(tool.id for tool in tools), similarity, dependencies, communities)


def _paper_graph(
    tools: Sequence[ToolSpec], settings: GraphSettings, seed: int, embedder: Embedder | None
) -> ToolGraph:
    from agentscaler.graph.communities import louvain_communities
    from agentscaler.graph.dependencies import Dependencies
    from agentscaler.graph.neighbours import all_edges
    from agentscaler.graph.vectors import parameter_vectors

    similarity = all_edges(parameter_vectors(tools, embedder), settings.tau)
    communities = louvain_communities(similarity, seed)
    ids = tuple(tool.id for tool in tools)
    return ToolGraph(ids, similarity, Dependencies.none(), communities)
