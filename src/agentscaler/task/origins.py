"""Where the arguments of gold calls come from, however a provenance says it: one way to ask."""

from collections.abc import Iterator, Sequence

from agentscaler.task.task import GoldCall, Provenance

__all__ = ["feeders", "needs", "origins"]


def origins(call: GoldCall) -> Iterator[tuple[str, Provenance]]:
    """Every origin of every argument, with the argument's name, in the order of names; of an
    array, that of each item."""
    for name, provenance in sorted(call.provenance.items()):
        for single in provenance.singles():
            yield name, single


def feeders(call: GoldCall) -> set[int]:
    """The indices of the gold calls whose results a call takes values from."""
    return {origin.call for _, origin in origins(call) if origin.call is not None}


def needs(gold: Sequence[GoldCall]) -> list[set[int]]:
    """Of each gold call, all earlier ones that it cannot do without, however indirectly."""
    all_needs: list[set[int]] = []
    for call in gold:
        direct = feeders(call)
        all_needs.append(direct.union(*(all_needs[index] for index in direct)))
    return all_needs
