"""Proofs of special wishes: what must not be fulfilled cannot be, or is noticed where it is.

Gold is replayed up to the wish.  There each attempt must be refused or find nothing, and again when
all is done; and gold with a fulfilment in the wish's place must end elsewhere.
"""

from collections.abc import Sequence
from typing import Any

from agentscaler.domain.domain import Domain
from agentscaler.errors import WorldError
from agentscaler.task.task import Attempt, Goal, GoldCall, Proof
from agentscaler.world.world import World

__all__ = ["prove_special"]


def prove_special(
    domain: Domain,
    state: str,
    gold: Sequence[GoldCall],
    goals: Sequence[Goal],
    state_hash: str,
    proof: Proof,
) -> Proof:
    """`proof` with what was tried of the special wishes among `goals`.

    Args:
        state_hash: of the final state of gold.
    """
    if all(goal.refusal is None for goal in goals):
        return proof
    attempts = attempts_fail = fulfilments = fulfilments_fail = 0
    for number, goal in enumerate(goals):
        if goal.refusal is None:
            continue
        place = sum(len(earlier.calls) for earlier in goals[: number + 1])
        for attempt in goal.refusal.attempts:
            attempts += 1
            attempts_fail += all(
                _fails(domain, state, gold[:end], attempt) for end in (place, len(gold))
            )
        for fulfilment in goal.refusal.fulfilments:
            fulfilments += 1
            ends = _end(domain, state, gold, place, fulfilment)
            fulfilments_fail += ends is not None and ends != state_hash
    return proof.model_copy(
        update={
            "attempts": attempts,
            "attempts_fail": attempts_fail,
            "fulfilments": fulfilments,
            "fulfilments_fail": fulfilments_fail,
        }
    )


def _fails(domain: Domain, state: str, calls: Sequence[GoldCall], attempt: Attempt) -> bool:
    """Whether a call after `calls` is refused, or is a read that finds nothing."""
    with domain.world(state) as world:
        _run(world, calls)
        result = world.call(attempt.tool, attempt.arguments)
        return not result.ok or _is_empty(domain, attempt.tool, result.value)


def _is_empty(domain: Domain, tool: str, result: Any) -> bool:
    if domain.manifest.tool[tool].effect == "write" or not isinstance(result, dict):
        return False
    return all(not value for value in result.values())


def _end(
    domain: Domain, state: str, gold: Sequence[GoldCall], place: int, fulfilment: Attempt
) -> str | None:
    """Where gold ends with one more call; None where that call is refused."""
    with domain.world(state) as world:
        try:
            _run(world, gold[:place])
            if not world.call(fulfilment.tool, fulfilment.arguments).ok:
                return None
            _run(world, gold[place:])
        except WorldError:
            return None
        return world.state_hash()


def _run(world: World, calls: Sequence[GoldCall]) -> None:
    for call in calls:
        world.call(call.tool, call.arguments)
