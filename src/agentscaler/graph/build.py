"""From a pool to its tool graph: vectors, neighbours, dependencies, communities."""

from collections.abc import Sequence

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.dependencies import dependency_edges, dependency_weights
from agentscaler.graph.operation import read_operation
from agentscaler.graph.settings import GraphSettings
from agentscaler.graph.toolgraph import ToolGraph

__all__ = ["build_graph"]


def build_graph(
    tools: Sequence[ToolSpec], settings: GraphSettings | None = None, seed: int = 0
) -> ToolGraph:
    """Compares all tools and cuts them into communities.

    The similarity graph follows arXiv 2509.13311, section 3.1 (parameter vectors, cosine above a
    threshold, Louvain); names, services, result fields and dependency edges are our additions.
    `seed` settles the order in which Louvain visits the tools.
    """
    # Here, because the numerical libraries take a second to import and the later stages, in every
    # worker, want this package for its operations only.
    from agentscaler.graph.communities import find_communities
    from agentscaler.graph.neighbours import similarity_edges
    from agentscaler.graph.vectors import tool_vectors

    settings = settings or GraphSettings()
    similarity = similarity_edges(tool_vectors(tools, settings.weights), tools, settings)
    dependencies = dependency_edges([read_operation(tool) for tool in tools])
    pull = similarity + dependency_weights(dependencies, len(tools), settings.dependency_weight)
    return ToolGraph(
        tool_ids=tuple(tool.id for tool in tools),
        similarity=similarity,
        dependencies=dependencies,
        communities=find_communities(
            pull.tocsr(),
            [tool.service for tool in tools],
            smallest=settings.min_community,
            largest=settings.max_community,
            seed=seed,
        ),
    )
