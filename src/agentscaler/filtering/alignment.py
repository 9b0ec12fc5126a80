"""Second stage: played again in a fresh world, does it give the same results and gold's state?"""

from collections.abc import Sequence
from typing import Any

import orjson

from agentscaler.errors import WorldError
from agentscaler.filtering.case import Case
from agentscaler.filtering.reruns import Rerun, Reruns
from agentscaler.filtering.settings import FunnelSettings
from agentscaler.filtering.verdict import Fault, FunnelReason

__all__ = ["find_misaligned"]

_DETAIL_LENGTH = 200


def find_misaligned(case: Case, settings: FunnelSettings, reruns: Reruns) -> Fault | None:
    """What the replay shows against a trajectory, if anything.

    Nothing on record is trusted: every call, refused ones too, is held against what the world of
    `reruns` gives.
    """
    rerun = reruns.begin(case.task.state)
    for number, answered in enumerate(case.calls):
        call, answer = answered.call, answered.answer
        try:
            given = rerun.call(call.name, call.arguments)
        except WorldError as error:
            return Fault(FunnelReason.WORLD_FAILED, f"call {number}: {error}")
        if given.text != answer.content or given.refused != answer.is_error:
            what = f"call {number}, {call.name}, gives {_short(given.text)} when replayed"
            return Fault(
                FunnelReason.RESULT_DIFFERS, f"{what}; on record is {_short(answer.content)}"
            )
    try:
        return _find_other_end(case, settings, rerun)
    except WorldError as error:
        return Fault(FunnelReason.WORLD_FAILED, f"at the end: {error}")


def _find_other_end(case: Case, settings: FunnelSettings, rerun: Rerun) -> Fault | None:
    """Whether the calls end where the record says, and where gold does."""
    final, recorded = rerun.state_hash(), case.trajectory.state_hash
    if recorded not in ("", final):
        what = f"the replay ends in state {final}; on record is {recorded}"
        return Fault(FunnelReason.STATE_DIFFERS, what)
    if final == case.task.state_hash or not settings.state:
        return None
    return Fault(FunnelReason.WRONG_STATE, _difference(rerun.changeset(), case.task.changeset))


def _difference(actual: Sequence[dict[str, Any]], gold: Sequence[dict[str, Any]]) -> str:
    """What was changed without need, and what was not changed."""
    surplus = [change for change in actual if change not in gold]
    missing = [change for change in gold if change not in actual]
    parts = []
    if surplus:
        parts.append(f"changed though gold does not: {_short(_json(surplus))}")
    if missing:
        parts.append(f"gold's change is missing: {_short(_json(missing))}")
    return "; ".join(parts)


def _json(changes: Sequence[dict[str, Any]]) -> str:
    return orjson.dumps(changes).decode()


def _short(text: str) -> str:
    return text if len(text) <= _DETAIL_LENGTH else f"{text[: _DETAIL_LENGTH - 3]}..."
