"""Records of tau2, of whatever version: read for scoring, and told of in plain JSON."""

from typing import Any

__all__ = ["rules_of", "simulation_of", "task_of", "told_of"]

_NEEDED = frozenset({"messages", "ticks", "task_id", "termination_reason"})


def task_of(kind: Any, raw: dict[str, Any]) -> Any:
    """A task of whatever version, as the package's own kind."""
    try:
        return kind.model_validate(raw)
    except ValueError:
        # Of another version: what is not about scoring is left out.
        kept = ("id", "user_scenario", "initial_state", "evaluation_criteria")
        smaller = {name: raw[name] for name in kept if name in raw}
        return kind.model_validate(
            smaller | {"id": str(raw["id"]), "user_scenario": {"instructions": "-"}}
        )


def simulation_of(kind: Any, raw: dict[str, Any]) -> Any:
    """A simulation of whatever version, as the package's own kind, without its reward.

    Raises:
        ValueError: something is amiss that scoring needs.
    """
    kept = {name: value for name, value in raw.items() if name != "reward_info"}
    try:
        return kind.model_validate(kept)
    except ValueError as error:
        return kind.model_validate(_mended(kept, error))


def rules_of(task: Any) -> dict[str, Any]:
    """What of a task decides scores, in one form for all versions."""
    criteria = task.evaluation_criteria
    told = criteria.model_dump(mode="json") if criteria is not None else {}
    told = {name: value or None for name, value in told.items()}
    told["reward_basis"] = sorted(told.get("reward_basis") or [])
    told["actions"] = [_action(one) for one in told.get("actions") or []]
    state = task.initial_state
    told["initial_state"] = state.model_dump(mode="json") if state is not None else None
    return told


def _action(action: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in action.items() if k not in {"action_id", "info"}}


def told_of(reward: Any) -> dict[str, Any]:
    """A reward of the package, cut to what is compared and explained."""
    told = reward.model_dump(mode="json")
    database = told.get("db_check")
    return {
        "reward": told["reward"],
        "parts": told.get("reward_breakdown") or {},
        "basis": told.get("reward_basis"),
        "note": (told.get("info") or {}).get("note", ""),
        "checks": {
            "database": None if database is None else database["db_match"],
            "assertions": _met(told.get("env_assertions"), "met"),
            "actions": _met(told.get("action_checks"), "action_match"),
            "communicated": _met(told.get("communicate_checks"), "met"),
            "judged": _met(told.get("nl_assertions"), "met"),
        },
    }


def _met(checks: list[dict[str, Any]] | None, name: str) -> list[bool] | None:
    return None if checks is None else [bool(one[name]) for one in checks]


def _mended(raw: dict[str, Any], error: Any) -> dict[str, Any]:
    """A simulation of another version, without what this one does not know or need.

    Raises:
        ValueError: the same again, where something is amiss that scoring needs.
    """
    mended = dict(raw)
    for fault in error.errors():
        name = fault["loc"][0]
        if name in _NEEDED:
            raise error
        if fault["type"] == "missing":
            mended[name] = 0.0 if name == "duration" else ""
        else:
            mended.pop(name, None)
    return mended
