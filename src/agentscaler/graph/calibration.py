"""How communities depend on the threshold tau, and how much they change when tools go missing.

Vectors, neighbours and dependency edges are found once, at the lowest threshold; for each other one
only the edges below it are taken away and the communities found again.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import adjusted_rand_score

from agentscaler.corpus.tool import ToolSpec
from agentscaler.errors import InputError
from agentscaler.graph.build import build_graph
from agentscaler.graph.communities import find_communities, louvain_communities
from agentscaler.graph.dependencies import dependency_edges, dependency_weights
from agentscaler.graph.neighbours import above, all_edges, nearest_edges, strong_edges, within_reach
from agentscaler.graph.origins import Origins
from agentscaler.graph.settings import GraphRecipe, GraphSettings
from agentscaler.graph.vectors import Vectors, parameter_vectors, tool_vectors

__all__ = ["Calibration", "Stability", "TauRow", "calibrate"]

Labels = npt.NDArray[np.int32]

_DROPPED = 0.1
_HIGHEST = 0.99


class TauRow(BaseModel):
    """Communities at one threshold.

    Attributes:
        tau: of two tools of one service; the thresholds between services keep their distance.
        edges: pairs of tools that are tied.
        communities: of any size.
        domains: communities of a size that a domain can be made of.
        median, largest: tools in a domain, and in any community.
        coverage: share of the tools that are in a domain.
        purity: share of a domain's tools that are of its largest service, weighted by tools.
        inner, outer: mean cosine of two tools of one community, and of two communities.
    """

    model_config = ConfigDict(frozen=True)

    tau: float
    edges: int
    communities: int
    domains: int
    median: float
    largest: int
    coverage: float
    purity: float
    inner: float
    outer: float


class Stability(BaseModel):
    """How far two divisions agree: one of all tools, one made without a tenth of them.

    Attributes:
        rand: adjusted Rand index over the tools that both have; 1 is agreement, 0 is chance.
    """

    model_config = ConfigDict(frozen=True)

    seed: int
    dropped: int
    rand: float


class Calibration(BaseModel):
    """What `calibrate` found; `tau` is the threshold that the settings have."""

    model_config = ConfigDict(frozen=True)

    recipe: GraphRecipe
    tools: int
    smallest: int
    largest: int
    tau: float
    rows: tuple[TauRow, ...]
    stability: tuple[Stability, ...]


def calibrate(
    tools: Sequence[ToolSpec],
    settings: GraphSettings,
    taus: Sequence[float],
    seed: int = 0,
    resamples: int = 3,
) -> Calibration:
    """Tries each of `taus`, and the settings themselves on `resamples` parts of the tools.

    Raises:
        InputError: there are no tools.
    """
    if not len(tools):
        raise InputError("The pool has no tools.", "Make the pool from other sources.")
    is_paper = settings.recipe is GraphRecipe.PAPER
    sweep = _paper_sweep if is_paper else _default_sweep
    return Calibration(
        recipe=settings.recipe,
        tools=len(tools),
        smallest=settings.min_community,
        largest=settings.max_community,
        tau=settings.tau if is_paper else settings.tau_service,
        rows=tuple(sweep(tools, settings, sorted(taus), seed)),
        stability=tuple(_stability(tools, settings, seed, resamples)),
    )


def _default_sweep(
    tools: Sequence[ToolSpec], settings: GraphSettings, taus: Sequence[float], seed: int
) -> Iterator[TauRow]:
    origins = Origins.of(tools)
    vectors = tool_vectors(tools, settings.weights)
    near = nearest_edges(vectors, origins, _shifted(settings, taus[0]))
    fed = dependency_weights(dependency_edges(tools), len(tools), settings.dependency_weight)
    for tau in taus:
        shifted = _shifted(settings, tau)
        similarity = strong_edges(near, origins, shifted)
        labels = find_communities(
            (similarity + fed).tocsr(),
            (within_reach(near, origins, shifted) + fed).tocsr(),
            origins.service,
            smallest=settings.min_community,
            largest=settings.max_community,
            seed=seed,
        )
        yield _row(tau, similarity, labels, vectors, origins, settings)


def _paper_sweep(
    tools: Sequence[ToolSpec], settings: GraphSettings, taus: Sequence[float], seed: int
) -> Iterator[TauRow]:
    origins = Origins.of(tools)
    vectors = parameter_vectors(tools)
    edges = all_edges(vectors, taus[0])
    for tau in taus:
        similarity = above(edges, tau)
        labels = louvain_communities(similarity, seed)
        yield _row(tau, similarity, labels, vectors, origins, settings)


def _shifted(settings: GraphSettings, tau: float) -> GraphSettings:
    """The settings with all three thresholds moved as far as `tau_service` is."""
    by = tau - settings.tau_service
    return settings.model_copy(
        update={
            "tau_service": tau,
            "tau_provider": min(settings.tau_provider + by, _HIGHEST),
            "tau_other": min(settings.tau_other + by, _HIGHEST),
        }
    )


def _row(
    tau: float,
    similarity: sp.csr_matrix,
    labels: Labels,
    vectors: Vectors,
    origins: Origins,
    settings: GraphSettings,
) -> TauRow:
    sizes = np.bincount(labels)
    is_domain = (sizes >= settings.min_community) & (sizes <= settings.max_community)
    domains = sizes[is_domain]
    pairs = sp.coo_matrix((np.ones(len(labels)), (labels, origins.service))).tocsr()
    most = pairs.max(axis=1).toarray().ravel()
    inner, outer = _cosines(vectors.sparse, labels)
    return TauRow(
        tau=tau,
        edges=similarity.nnz // 2,
        communities=len(sizes),
        domains=len(domains),
        median=float(np.median(domains)) if len(domains) else 0.0,
        largest=int(sizes.max()),
        coverage=_ratio(float(domains.sum()), len(labels)),
        purity=_ratio(float(most[is_domain].sum()), float(domains.sum())),
        inner=inner,
        outer=outer,
    )


def _cosines(vectors: sp.csr_matrix, labels: Labels) -> tuple[float, float]:
    """Mean cosine over all pairs within communities, and over all pairs across them.

    The sum over the pairs of a group is had from the sum of its vectors: |sum|^2 counts every pair
    twice and every vector once with itself.
    """
    count = len(labels)
    sizes = np.bincount(labels).astype(np.float64)
    belongs = sp.csr_matrix((np.ones(count), (labels, np.arange(count))))
    sums = (belongs @ vectors.astype(np.float64)).tocsr()
    alone = float(vectors.astype(np.float64).power(2).sum())
    within = float(sums.power(2).sum()) - alone
    total = float(np.square(np.asarray(sums.sum(axis=0))).sum()) - alone
    inner_pairs = float((sizes * (sizes - 1)).sum())
    outer_pairs = count * (count - 1) - inner_pairs
    return _ratio(within, inner_pairs), _ratio(total - within, outer_pairs)


def _ratio(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _stability(
    tools: Sequence[ToolSpec], settings: GraphSettings, seed: int, resamples: int
) -> Iterator[Stability]:
    whole = build_graph(tools, settings, seed).communities
    dropped = int(len(tools) * _DROPPED)
    for resample in range(resamples):
        rng = np.random.default_rng([seed, resample])
        kept = np.sort(rng.permutation(len(tools))[dropped:])
        part = build_graph([tools[index] for index in kept], settings, seed).communities
        rand = float(adjusted_rand_score(whole[kept], part))
        yield Stability(seed=resample, dropped=dropped, rand=round(rand, 4))
