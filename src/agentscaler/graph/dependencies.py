"""Directed edges: what one operation gives, another takes.

Within a service, a result field that is the key of a resource feeds every parameter that takes
this key.  Fields and parameters are grouped by key, so the work grows with the edges found and
not with the pairs of tools.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.keys import Key, ServiceKeys, Taken
from agentscaler.graph.operation import Operation, OperationKind, read_operation
from agentscaler.graph.resource_names import elements_scope

__all__ = ["Dependencies", "dependency_edges", "dependency_weights"]

Indices = npt.NDArray[np.int32]

_CONTEXT_SHARE = 0.6
_CONTEXT_TOOLS = 100
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

    @classmethod
    def none(cls) -> Self:
        """No edges at all."""
        empty = np.zeros(0, dtype=np.int32)
        return cls(empty, empty, empty, empty, ())

    def __len__(self) -> int:
        return len(self.producer)


def dependency_edges(tools: Sequence[ToolSpec]) -> Dependencies:
    """The edges among tools.

    Left out are: producers that delete, for what they name is gone; echoes, where the producer
    is given the very key; and context, a key that more than 60% of a service's operations (or more
    than 100 of them) take, unless the producer makes or lists what it is the key of: every record
    of a service says its region, but few give one.
    """
    by_service: dict[str, array[int]] = defaultdict(lambda: array("i"))
    for index, tool in enumerate(tools):
        by_service[tool.service].append(index)
    columns = [array("i") for _ in range(4)]
    numbers: dict[str, int] = {}
    for members in by_service.values():
        edges = _service_edges([read_operation(tools[index]) for index in members])
        for (producer, consumer, parameter), key in edges.items():
            columns[0].append(members[producer])
            columns[1].append(members[consumer])
            columns[2].append(numbers.setdefault(parameter, len(numbers)))
            columns[3].append(numbers.setdefault(key, len(numbers)))
    return _sorted(columns, list(numbers))


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


def _service_edges(operations: Sequence[Operation]) -> dict[tuple[int, int, str], str]:
    """The edges of one service: (producer, consumer, parameter) to the name of the key."""
    service = ServiceKeys(operations)
    takers: dict[Key, list[tuple[int, str]]] = defaultdict(list)
    known: list[set[Key]] = []
    asked: Counter[Key] = Counter()
    for index, operation in enumerate(operations):
        taken = service.taken(operation)
        known.append(_known_before(operation, taken))
        for one in taken:
            for key in one.keys:
                takers[key].append((index, one.parameter))
        asked.update({key for one in taken for key in one.keys})
    context = _context(asked, len(operations))
    givers: dict[Key, list[int]] = defaultdict(list)
    for index, operation in enumerate(operations):
        for key in service.given(operation):
            if key in context and not _is_source(operation, key):
                continue
            if key in takers and key not in known[index]:
                givers[key].append(index)
    edges: dict[tuple[int, int, str], str] = {}
    for key, producers in givers.items():
        for producer in producers:
            for consumer, parameter in takers[key]:
                if producer != consumer:
                    edges.setdefault((producer, consumer, parameter), str(key))
    return edges


def _known_before(operation: Operation, taken: Sequence[Taken]) -> set[Key]:
    """Keys that a caller has before the call: a write gives back what it was told, if anything."""
    is_write = operation.effect == "write"
    return {key for one in taken if one.is_required or is_write for key in one.keys}


def _is_source(operation: Operation, key: Key) -> bool:
    """Whether an operation is where a key comes from: it makes or lists what the key is of."""
    is_own = key.resource in {operation.resource.replace("_", ""), elements_scope(operation.tool)}
    return is_own and operation.kind in {OperationKind.CREATE, OperationKind.LIST}


def _context(asked: Mapping[Key, int], count: int) -> set[Key]:
    if count < _CONTEXT_LEAST_TOOLS:
        return set()
    most = min(_CONTEXT_SHARE * count, _CONTEXT_TOOLS)
    return {key for key, takers in asked.items() if takers > most}


def _sorted(columns: "list[array[int]]", names: list[str]) -> Dependencies:
    """Sorts the edges, and numbers the names by the alphabet."""
    alphabet = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), dtype=np.int32)
    place[alphabet] = np.arange(len(names), dtype=np.int32)
    producer, consumer, parameter, key = (np.array(column, dtype=np.int32) for column in columns)
    parameter, key = place[parameter], place[key]
    order = np.lexsort((parameter, consumer, producer))
    return Dependencies(
        producer=producer[order],
        consumer=consumer[order],
        parameter=parameter[order],
        key=key[order],
        names=tuple(names[number] for number in alphabet),
    )
