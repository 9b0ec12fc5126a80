"""Proofs: a task is kept only if running it shows that right and wrong can be told apart."""

from collections.abc import Sequence

from agentscaler.domain.domain import Domain
from agentscaler.errors import WorldError
from agentscaler.task.task import Goal, GoldCall, Proof

__all__ = ["prove"]


def prove(
    domain: Domain, state: str, gold: Sequence[GoldCall], goals: Sequence[Goal], state_hash: str
) -> Proof:
    """Runs gold, nothing, and gold less each write, in fresh worlds.

    Args:
        state_hash: of the final state that the walk reached.
    """
    results, final = _replay(domain, state, gold)
    untouched = _replay(domain, state, ())[1]
    writes = [index for index, call in enumerate(gold) if call.effect == "write"]
    told = 0
    for dropped in writes:
        rest = [call for index, call in enumerate(gold) if index != dropped]
        told += _replay(domain, state, rest)[1] != state_hash
    return Proof(
        gold_passes=final == state_hash and results == [call.result for call in gold],
        nothing_fails=untouched != state_hash or any(goal.answers for goal in goals),
        writes=len(writes),
        dropped_writes_fail=told,
    )


def _replay(domain: Domain, state: str, calls: Sequence[GoldCall]) -> tuple[list[object], str]:
    """The results of calls in a fresh world, and the hash of where it ends."""
    with domain.world(state) as world:
        try:
            results = [world.call(call.tool, call.arguments).value for call in calls]
        except WorldError:
            return [], ""
        return results, world.state_hash()
