"""Which tools are alike: exact nearest neighbours by cosine, cut off at a threshold.

Rows are gone through in chunks, so that memory does not grow with the number of pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sparse_dot_topn import sp_matmul_topn

from agentscaler.graph.origins import Origins
from agentscaler.graph.settings import GraphSettings
from agentscaler.graph.vectors import Vectors

__all__ = ["above", "all_edges", "nearest_edges", "strong_edges", "within_reach"]

Numbers = npt.NDArray[np.int32]
Cosines = npt.NDArray[np.float64]

_WEAKEST = 0.15
"""Least cosine within a service by which a small community may join another."""
_SPARE = 10
"""Neighbours looked at beyond those asked for, so that ties at the edge are settled by us."""
_DIGITS = 5
"""Cosines are rounded, so that the last bits of a sum do not decide."""
_SPARSE_ROWS = 65_536
_FULL_ROWS = 512


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs of tools with their cosines, by row."""

    rows: Numbers
    columns: Numbers
    cosines: Cosines

    def where(self, kept: npt.NDArray[np.bool_]) -> "_Pairs":
        return _Pairs(self.rows[kept], self.columns[kept], self.cosines[kept])


def nearest_edges(
    vectors: Vectors, origins: Origins, settings: GraphSettings, threads: int = 1
) -> sp.csr_matrix:
    """The symmetric matrix of similarities, float32, with an empty diagonal.

    Each tool is tied to its `settings.neighbours` nearest (the earlier tool where two are equally
    near) as far as their cosine reaches the threshold: a low one within a service, a higher one
    within a provider, the highest between providers.  What every service has is tied within its
    own service only.  Weaker ties within a service are here too; `strong_edges` leaves them out.
    """
    settings = _with_weak_ties(settings)
    lowest = min(settings.tau_service, settings.tau_provider, settings.tau_other)
    wanted = settings.neighbours + 1 + _SPARE
    found = []
    for pairs in _similar(vectors, lowest, wanted, threads):
        order = np.lexsort((pairs.columns, -pairs.cosines, pairs.rows))
        pairs = _Pairs(pairs.rows[order], pairs.columns[order], pairs.cosines[order])
        rank = np.arange(len(pairs.rows)) - np.searchsorted(pairs.rows, pairs.rows)
        pairs = pairs.where(rank < settings.neighbours)
        least = _thresholds(pairs.rows, pairs.columns, origins, settings)
        is_strange = origins.service[pairs.rows] != origins.service[pairs.columns]
        is_generic = origins.is_generic[pairs.rows] | origins.is_generic[pairs.columns]
        found.append(pairs.where((pairs.cosines >= least) & ~(is_strange & is_generic)))
    return _symmetric(found, len(vectors))


def within_reach(edges: sp.csr_matrix, origins: Origins, settings: GraphSettings) -> sp.csr_matrix:
    """What `nearest_edges` gives for `settings`, out of what it gave for lower thresholds."""
    return strong_edges(edges, origins, _with_weak_ties(settings))


def strong_edges(edges: sp.csr_matrix, origins: Origins, settings: GraphSettings) -> sp.csr_matrix:
    """What of `nearest_edges` reaches the thresholds: the edges of the graph."""
    pairs = edges.tocoo()
    return above(edges, _thresholds(pairs.row, pairs.col, origins, settings))


def above(edges: sp.csr_matrix, least: Cosines | float) -> sp.csr_matrix:
    """Edges with a cosine of at least `least`, which is one for all or one an edge."""
    pairs = edges.tocoo()
    kept = np.round(pairs.data.astype(np.float64), _DIGITS) >= least
    return sp.csr_matrix((pairs.data[kept], (pairs.row[kept], pairs.col[kept])), shape=edges.shape)


def all_edges(vectors: Vectors, tau: float) -> sp.csr_matrix:
    """The same for all pairs with a cosine above `tau`, however many a tool has."""
    found = [pairs.where(pairs.cosines > tau) for pairs in _similar(vectors, tau, None, 1)]
    return _symmetric(found, len(vectors))


def _thresholds(
    rows: Numbers, columns: Numbers, origins: Origins, settings: GraphSettings
) -> Cosines:
    """The cosine each pair has to reach."""
    return np.where(
        origins.service[rows] == origins.service[columns],
        settings.tau_service,
        np.where(
            origins.provider[rows] == origins.provider[columns],
            settings.tau_provider,
            settings.tau_other,
        ),
    )


def _with_weak_ties(settings: GraphSettings) -> GraphSettings:
    weak = min(settings.tau_service, _WEAKEST)
    return settings.model_copy(update={"tau_service": weak})


def _similar(vectors: Vectors, lowest: float, wanted: int | None, threads: int) -> Iterator[_Pairs]:
    """Pairs with a cosine of at least `lowest`, at least the best `wanted` of each row."""
    is_full = wanted is None or vectors.dense is not None
    step = _FULL_ROWS if is_full else _SPARSE_ROWS
    others = vectors.sparse.T.tocsr()
    for start in range(0, len(vectors), step):
        chunk = slice(start, start + step)
        if is_full:
            near = _full_product(vectors, others, chunk, lowest / 2)
        else:
            near = sp_matmul_topn(
                vectors.sparse[chunk],
                others,
                top_n=wanted,
                threshold=lowest / 2,  # well below, so that rounding happens on our side only
                n_threads=threads,
                sort=False,
            ).tocoo()
        cosines = np.minimum(np.round(near.data.astype(np.float64), _DIGITS), 1.0)
        pairs = _Pairs((near.row + start).astype(np.int32), near.col.astype(np.int32), cosines)
        yield pairs.where((pairs.rows != pairs.columns) & (cosines >= lowest))


def _full_product(
    vectors: Vectors, others: sp.csr_matrix, chunk: slice, lowest: float
) -> sp.coo_matrix:
    """All cosines of a chunk of rows that are at least `lowest`."""
    product = (vectors.sparse[chunk] @ others).tocoo()
    if vectors.dense is None:
        kept = product.data >= lowest
        return sp.coo_matrix(
            (product.data[kept], (product.row[kept], product.col[kept])), shape=product.shape
        )
    cosines = vectors.dense[chunk] @ vectors.dense.T
    cosines[product.row, product.col] += product.data
    cosines[cosines < lowest] = 0
    return sp.coo_matrix(cosines)


def _symmetric(found: list[_Pairs], count: int) -> sp.csr_matrix:
    if not found:
        return sp.csr_matrix((count, count), dtype=np.float32)
    rows = np.concatenate([pairs.rows for pairs in found])
    columns = np.concatenate([pairs.columns for pairs in found])
    cosines = np.concatenate([pairs.cosines for pairs in found]).astype(np.float32)
    half = sp.csr_matrix((cosines, (rows, columns)), shape=(count, count))
    return half.maximum(half.T).tocsr()
