"""Forgeries: what stands on record is not what the world gave."""

import random
from typing import Any

import orjson

from agentscaler.filtering.case import Case
from agentscaler.filtering.faults.script import ROWS, after, replayed, script_of, steps, tool_of
from agentscaler.rollout.trajectory import Trajectory

__all__ = ["forged_refusal", "forged_result", "forged_state", "forged_success"]


def forged_result(case: Case, rng: random.Random) -> Trajectory | None:
    """The last result is not what the world gave."""
    if not case.successes:
        return None
    place = case.successes[-1].place
    value = orjson.loads(case.trajectory.messages[place].content)
    return _forged(case, place, content=orjson.dumps(_altered(value)).decode())


def forged_refusal(case: Case, rng: random.Random) -> Trajectory | None:
    """A look-up that gave an answer is on record as refused."""
    script = script_of(case)
    for step in steps(case, script):
        if tool_of(case, step.call).effect == "read" and case.task.kind == "write":
            again = replayed(case, after(script, step, (step.call.name, step.call.arguments)))
            place = step.answered.place + 2
            if again.messages[place].role == "tool":
                played = Case(case.domain, case.task, again)
                return _forged(played, place, content='{"error":"busy"}', is_error=True)
    return None


def forged_success(case: Case, rng: random.Random) -> Trajectory | None:
    """A call that was refused is on record as if it had gone well."""
    for one in case.calls:
        if one.answer.is_error and one.call.name in case.domain.manifest.tool:
            roles = tool_of(case, one.call).arguments
            if not any(roles[name].kind in ROWS for name in one.call.arguments if name in roles):
                return _forged(case, one.place, content='{"done":true}', is_error=False)
    return None


def forged_state(case: Case, rng: random.Random) -> Trajectory:
    return case.trajectory.model_copy(update={"state_hash": "0" * 32})


def _forged(case: Case, place: int, **changes: Any) -> Trajectory:
    messages = list(case.trajectory.messages)
    messages[place] = messages[place].model_copy(update=changes)
    return case.trajectory.model_copy(update={"messages": tuple(messages)})


def _altered(value: Any) -> Any:
    """The value with its last leaf changed."""
    if isinstance(value, dict) and value:
        last = list(value)[-1]
        return {**value, last: _altered(value[last])}
    if isinstance(value, list) and value:
        return [*value[:-1], _altered(value[-1])]
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value or ''}x"
