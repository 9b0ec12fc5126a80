"""Proofs of special wishes: what must not be fulfilled cannot be, or is noticed where it is.

Gold is played up to the wish.  There each attempt must be refused or find nothing, and again when
all is done; and gold with a fulfilment in the wish's place must end elsewhere.
"""

from collections.abc import Sequence
from typing import Any

from agentscaler.domain.domain import Domain
from agentscaler.task.histories import Histories, History
from agentscaler.task.target import Target
from agentscaler.task.task import Attempt, Goal, GoldCall, Proof

__all__ = ["prove_special"]


def prove_special(
    target: Target,
    domain: Domain,
    gold: Sequence[GoldCall],
    goals: Sequence[Goal],
    proof: Proof,
) -> Proof:
    """`proof` with what was tried of the special wishes among `goals`."""
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
                _fails(target.histories, domain, gold[:end], attempt) for end in (place, len(gold))
            )
        for fulfilment in goal.refusal.fulfilments:
            fulfilments += 1
            end = _end(target.histories, gold, place, fulfilment)
            fulfilments_fail += end is not None and not target.is_reached(end)
    return proof.model_copy(
        update={
            "attempts": attempts,
            "attempts_fail": attempts_fail,
            "fulfilments": fulfilments,
            "fulfilments_fail": fulfilments_fail,
        }
    )


def _fails(
    histories: Histories, domain: Domain, calls: Sequence[GoldCall], attempt: Attempt
) -> bool:
    """Whether a call after `calls` is refused, or is a read that finds nothing."""
    place = histories.after(histories.start, [call.made for call in calls])
    if place is None:
        return False
    step = histories.step(place, attempt.made)
    return not step.broke and (not step.ok or _is_empty(domain, attempt.tool, step.value))


def _is_empty(domain: Domain, tool: str, result: Any) -> bool:
    if domain.manifest.tool[tool].effect == "write" or not isinstance(result, dict):
        return False
    return all(not value for value in result.values())


def _end(
    histories: Histories, gold: Sequence[GoldCall], place: int, fulfilment: Attempt
) -> History | None:
    """Where gold ends with one more call; None where that call is refused."""
    history = histories.after(histories.start, [call.made for call in gold[:place]])
    if history is None:
        return None
    step = histories.step(history, fulfilment.made)
    if not step.ok:
        return None
    return histories.after(step.after, [call.made for call in gold[place:]])
