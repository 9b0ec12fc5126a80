"""Which tools are alike: exact nearest neighbours by cosine, cut off at a threshold."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sparse_dot_topn import sp_matmul_topn

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.settings import GraphSettings

__all__ = ["similarity_edges"]

_SPARE = 10
"""Neighbours looked at beyond those asked for, so that ties at the edge are settled by us."""
_DIGITS = 5
"""Cosines are rounded, so that the last bits of a sum do not decide."""


def similarity_edges(
    vectors: sp.csr_matrix, tools: Sequence[ToolSpec], settings: GraphSettings, threads: int = 1
) -> sp.csr_matrix:
    """The symmetric matrix of similarity edges, float32, with an empty diagonal.

    Each tool is tied to its `settings.neighbours` nearest (the earlier tool where two are equally
    near) as far as their cosine reaches the threshold: a low one within a service, a higher one
    within a provider, the highest between providers.
    """
    count = vectors.shape[0]
    if count < 2 or not vectors.nnz:
        return sp.csr_matrix((count, count), dtype=np.float32)
    lowest = min(settings.tau_service, settings.tau_provider, settings.tau_other)
    near = sp_matmul_topn(
        vectors,
        vectors.T.tocsr(),
        top_n=settings.neighbours + 1 + _SPARE,
        threshold=lowest / 2,  # well below, so that rounding happens on our side only
        n_threads=threads,
        sort=False,
    ).tocoo()
    rows, columns = near.row, near.col
    cosines = np.minimum(np.round(near.data.astype(np.float64), _DIGITS), 1.0)
    others = (rows != columns) & (cosines >= lowest)
    rows, columns, cosines = rows[others], columns[others], cosines[others]
    order = np.lexsort((columns, -cosines, rows))
    rows, columns, cosines = rows[order], columns[order], cosines[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = (rank < settings.neighbours) & (cosines >= _threshold(rows, columns, tools, settings))
    half = sp.csr_matrix(
        (cosines[kept].astype(np.float32), (rows[kept], columns[kept])), shape=(count, count)
    )
    return half.maximum(half.T).tocsr()


def _threshold(
    rows: npt.NDArray[np.int32],
    columns: npt.NDArray[np.int32],
    tools: Sequence[ToolSpec],
    settings: GraphSettings,
) -> npt.NDArray[np.float64]:
    """The cosine each pair has to reach."""
    services = np.unique([tool.service for tool in tools], return_inverse=True)[1]
    providers = np.unique([tool.provider for tool in tools], return_inverse=True)[1]
    return np.where(
        services[rows] == services[columns],
        settings.tau_service,
        np.where(providers[rows] == providers[columns], settings.tau_provider, settings.tau_other),
    )
