"""Directed edges: what one operation gives, another takes.

Within a service, a result field that is the key of a resource feeds every parameter that takes
this key.  Fields and parameters are grouped by key, so the work grows with the edges found and
not with the pairs of tools.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from agentscaler.graph.operation import Operation, OperationKind

__all__ = ["Dependencies", "dependency_edges", "dependency_weights"]

Key = tuple[str, str]
"""(resource, field), such as ("contact_flow", "id")."""
Indices = npt.NDArray[np.int32]

_CONTEXT_SHARE = 0.6
_CONTEXT_LEAST_TOOLS = 8


@dataclass(frozen=True, eq=False)
class Dependencies:
    """Edges as columns of equal length, sorted by producer, consumer and parameter.

    Attributes:
        producer, consumer: tool indices.
        parameter: the consumer's parameter, as an index into `names`.
        key: the key that is passed ("contact_flow.id"), as an index into `names`.
        names: each string once, sorted.
    """

    producer: Indices
    consumer: Indices
    parameter: Indices
    key: Indices
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.producer)


def dependency_edges(operations: Sequence[Operation]) -> Dependencies:
    """The edges among operations, which are given in the order of the tools.

    Left out are: producers that delete, for what they name is gone; echoes, where the producer
    must be given the very key; and context, a key that more than 60% of a service's operations
    (of 8 or more) require, for it ties everything to everything.
    """
    by_service: dict[str, list[int]] = defaultdict(list)
    for index, operation in enumerate(operations):
        by_service[operation.tool.service].append(index)
    edges: dict[tuple[int, int, str], str] = {}
    for members in by_service.values():
        _join(operations, members, edges)
    order = sorted(edges)
    names = sorted({name for edge, key in edges.items() for name in (edge[2], key)})
    position = {name: index for index, name in enumerate(names)}
    return Dependencies(
        producer=_column(edge[0] for edge in order),
        consumer=_column(edge[1] for edge in order),
        parameter=_column(position[edge[2]] for edge in order),
        key=_column(position[edges[edge]] for edge in order),
        names=tuple(names),
    )


def dependency_weights(edges: Dependencies, count: int, weight: float) -> sp.csr_matrix:
    """The edges as a symmetric matrix for clustering, float32, of shape (count, count).

    A pair weighs `weight / sqrt(consumers of the producer * producers of the consumer)`, so that a
    hub, which feeds everything, pulls on each single tool but little.
    """
    pairs = sp.csr_matrix(
        (np.ones(len(edges), dtype=np.float64), (edges.producer, edges.consumer)),
        shape=(count, count),
    )
    pairs.data[:] = 1.0  # several parameters of one consumer make one pair
    fed = np.asarray(pairs.sum(axis=1)).ravel()
    feeding = np.asarray(pairs.sum(axis=0)).ravel()
    pairs = pairs.tocoo()
    weights = weight / np.sqrt(fed[pairs.row] * feeding[pairs.col])
    half = sp.csr_matrix((weights.astype(np.float32), (pairs.row, pairs.col)), shape=(count, count))
    return (half + half.T).tocsr()


def _join(
    operations: Sequence[Operation], members: list[int], edges: dict[tuple[int, int, str], str]
) -> None:
    """Adds the edges of one service: (producer, consumer, parameter) to the name of the key."""
    givers: dict[Key, list[int]] = defaultdict(list)
    takers: dict[Key, list[tuple[int, str]]] = defaultdict(list)
    needed: dict[int, set[Key]] = {}
    for index in members:
        operation = operations[index]
        needed[index] = {(key.resource, key.field) for key in operation.requires if key.required}
        for key in operation.requires:
            takers[key.resource, key.field].append((index, key.parameter))
        if operation.kind is not OperationKind.DELETE:
            given = {(field.resource, field.field): None for field in operation.produces}
            for pair in given:
                if pair not in needed[index]:
                    givers[pair].append(index)
    context = _context(needed)
    for pair, producers in givers.items():
        if pair in context or pair not in takers or not pair[0]:
            continue
        name = ".".join(pair)
        for producer in producers:
            for consumer, parameter in takers[pair]:
                if producer != consumer:
                    edges.setdefault((producer, consumer, parameter), name)


def _context(needed: dict[int, set[Key]]) -> set[Key]:
    if len(needed) < _CONTEXT_LEAST_TOOLS:
        return set()
    counts = Counter(key for keys in needed.values() for key in keys)
    return {key for key, count in counts.items() if count > _CONTEXT_SHARE * len(needed)}


def _column(values: Iterable[int]) -> Indices:
    return np.fromiter(values, dtype=np.int32)
