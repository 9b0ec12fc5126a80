"""Communities: groups of tools that a domain can be made of.

Louvain finds groups; those that are too large are cut again on their own, those in which several
services have enough tools are taken apart, those that are too small join the neighbour they are
tied to most, and what is tied to nothing is gathered by service.

Louvain: Blondel et al. 2008, "Fast unfolding of communities in large networks".
"""

from collections import defaultdict

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sknetwork.clustering import Louvain

__all__ = ["find_communities", "louvain_communities"]

Labels = npt.NDArray[np.int32]
Members = npt.NDArray[np.int64]

_FINER = 1.6
_TRIES = 8
_MERGE_ROUNDS = 3
_SAME_SERVICE = 2.0


def find_communities(
    graph: sp.csr_matrix,
    ties: sp.csr_matrix,
    service: npt.NDArray[np.int32],
    smallest: int,
    largest: int,
    seed: int = 0,
) -> Labels:
    """A label a tool; labels count up from 0 in the order of each community's first tool.

    Args:
        graph: symmetric weights, shape (tools, tools), an empty diagonal.
        ties: the same with weaker edges too, by which small communities are merged.
        service: each tool's service, as a number.
        smallest: communities below this size are merged as far as they are tied to others or
            their service has more of them; a lone small service stays small.
        largest: no community has more tools.
    """
    if not len(service):
        return np.zeros(0, dtype=np.int32)
    groups = _parted(_cut(graph, largest, seed), service, smallest)
    same = sp.coo_matrix(ties)
    factor = np.where(service[same.row] == service[same.col], _SAME_SERVICE, 1.0)
    pull = sp.csr_matrix((same.data * factor, (same.row, same.col)), shape=ties.shape)
    for _ in range(_MERGE_ROUNDS):
        merged = _merge(groups, pull, smallest, largest)
        if len(merged) == len(groups):
            break
        groups = merged
    return _labels(_gather(groups, service, smallest, largest), len(service))


def louvain_communities(graph: sp.csr_matrix, seed: int = 0) -> Labels:
    """What Louvain finds in the whole graph, whatever its size; labels as in `find_communities`."""
    return _labels(_louvain(graph, 1.0, seed), graph.shape[0])


def _cut(graph: sp.csr_matrix, largest: int, seed: int) -> list[Members]:
    """Louvain's communities, the large ones cut until none is larger than `largest`."""
    done: list[Members] = []
    waiting = [(np.arange(graph.shape[0]), 1.0, 0)]
    while waiting:
        members, resolution, tries = waiting.pop()
        if len(members) <= largest and tries:
            done.append(members)
            continue
        if tries == _TRIES:  # no structure left to cut along
            done += np.array_split(members, -(-len(members) // largest))
            continue
        parts = _louvain(graph[members][:, members], resolution, seed)
        finer = resolution * _FINER if len(parts) == 1 else resolution
        waiting += [(members[part], finer, tries + 1) for part in parts]
    return sorted(done, key=lambda group: int(group.min()))


def _parted(groups: list[Members], service: npt.NDArray[np.int32], smallest: int) -> list[Members]:
    """Takes services apart that each have enough tools in a group; the rest of it stays together.

    Sister services share whole families of operations; one domain each is better than one in which
    every tool comes three times.
    """
    done = []
    for group in groups:
        numbers, counts = np.unique(service[group], return_counts=True)
        large = numbers[counts >= smallest]
        if len(numbers) > 1:
            done += [group[service[group] == number] for number in large]
            group = group[~np.isin(service[group], large)]
        if len(group):
            done.append(group)
    return sorted(done, key=lambda group: int(group.min()))


def _louvain(graph: sp.csr_matrix, resolution: float, seed: int) -> list[Members]:
    if not graph.nnz:
        return [np.array([index]) for index in range(graph.shape[0])]
    louvain = Louvain(resolution=resolution, shuffle_nodes=True, random_state=seed)
    labels = louvain.fit_predict(graph)
    order = np.argsort(labels, kind="stable")
    bounds = np.flatnonzero(np.diff(labels[order])) + 1
    return list(np.split(order, bounds))


def _merge(
    groups: list[Members], pull: sp.csr_matrix, smallest: int, largest: int
) -> list[Members]:
    """One round: each small group, smallest first, joins the group it is tied to most."""
    label = _labels(groups, pull.shape[0])
    tools = np.arange(len(label))
    belongs = sp.csr_matrix((np.ones(len(label)), (tools, label)), shape=(len(label), len(groups)))
    ties = (belongs.T @ pull @ belongs).tocsr()
    sizes = [len(group) for group in groups]
    joined = list(range(len(groups)))  # where each group has gone; one step, as hosts stay put
    is_host = [False] * len(groups)
    for small in sorted(range(len(groups)), key=lambda group: (sizes[group], group)):
        if sizes[small] >= smallest or is_host[small]:
            continue
        row = slice(ties.indptr[small], ties.indptr[small + 1])
        candidates = [
            (float(weight), -int(other))
            for other, weight in zip(ties.indices[row], ties.data[row], strict=True)
            if other != small
            and joined[other] == other
            and sizes[other] + len(groups[small]) <= largest
        ]
        if candidates:
            host = -max(candidates)[1]
            joined[small] = host
            is_host[host] = True
            sizes[host] += len(groups[small])
    return _united(groups, joined)


def _gather(
    groups: list[Members], service: npt.NDArray[np.int32], smallest: int, largest: int
) -> list[Members]:
    """Puts each group that is still small with the smallest other of its service that is not.

    Where the service has none, or all are full, its small groups are put together.
    """
    by_service: dict[int, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        by_service[int(np.bincount(service[group]).argmax())].append(number)
    joined = list(range(len(groups)))
    sizes = [len(group) for group in groups]
    for numbers in by_service.values():
        hosts = [number for number in numbers if len(groups[number]) >= smallest]
        gathering: int | None = None
        for small in [number for number in numbers if len(groups[number]) < smallest]:
            roomy = [host for host in hosts if sizes[host] + sizes[small] <= largest]
            if roomy:
                host = min(roomy, key=lambda number: (sizes[number], number))
            elif gathering is not None and sizes[gathering] + sizes[small] <= largest:
                host = gathering
            else:
                gathering = small
                continue
            joined[small] = host
            sizes[host] += sizes[small]
    return _united(groups, joined)


def _united(groups: list[Members], joined: list[int]) -> list[Members]:
    together: dict[int, list[Members]] = defaultdict(list)
    for number, target in enumerate(joined):
        together[target].append(groups[number])
    return sorted(
        (np.sort(np.concatenate(parts)) for parts in together.values()),
        key=lambda group: int(group[0]),
    )


def _labels(groups: list[Members], count: int) -> Labels:
    labels = np.zeros(count, dtype=np.int32)
    for number, group in enumerate(sorted(groups, key=lambda group: int(group.min()))):
        labels[group] = number
    return labels
