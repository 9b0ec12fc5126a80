"""What a new scoring says of a stored reward, and why the two differ where they do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from agentscaler.evaluation.tau.results import SavedSimulation
from agentscaler.evaluation.tau.task_matching import Match

__all__ = ["Remark", "Rescored", "Verdict", "judged"]

_NEAR = 1e-9


class Verdict(StrEnum):
    """How a stored reward stands."""

    SAME = "same"
    """The evaluator gives the stored reward."""
    DIFFERS = "differs"
    """It gives another one."""
    NOT_STORED = "not stored"
    """Nothing is stored; the evaluator gives a reward."""
    JUDGE_NEEDED = "judge needed"
    """A model has to judge assertions of the task, and no verdicts of one are stored."""
    REFUSED = "refused"
    """The evaluator gives no reward: it raises an error."""
    INFRASTRUCTURE = "infrastructure"
    """The machinery failed when it was played; there is nothing to score."""


class Remark(StrEnum):
    """What is worth knowing besides, and is no disagreement."""

    PERMUTED_ID = "permuted id"
    """It was scored under the id of another task; it is scored with the task it was scored with."""
    STRANGE_TASK = "other task"
    """What is stored was checked against a task that the file does not hold."""
    OTHER_WORDING = "other wording"
    """A recorded error differs from the replayed one in the words of another pydantic version."""
    OTHER_RESULT = "other tool result"
    """A recorded tool result differs from the replayed one."""
    STORED_JUDGEMENT = "stored judgement"
    """Assertions were judged by a model, whose stored verdicts are taken."""
    JUDGE_IDLE = "judge could not help"
    """A judge is missing, and could change nothing: the rest of the reward is 0."""


@dataclass(frozen=True)
class Rescored:
    """One simulation, scored again.

    Attributes:
        number: its place in the file, from 1.
        scored_as: id of the task that it was scored with, where that is not `task`.
        stored: None where nothing is stored.
        reward: None where the evaluator gives none.
        why: the reasons, of a reward that differs or is not given.
        parts: the reward of each part of its basis.
        checks: what each check found, by name; see `bridge.tau2_scoring`.
        replay: tool results that differ: `kind`, `tool`, `recorded`, `replayed`.
    """

    number: int
    task: str
    trial: int
    verdict: Verdict
    stored: float | None
    reward: float | None
    scored_as: str = ""
    remarks: tuple[Remark, ...] = ()
    why: tuple[str, ...] = ()
    parts: dict[str, float] = field(default_factory=dict, repr=False)
    checks: dict[str, Any] = field(default_factory=dict, repr=False)
    replay: tuple[dict[str, str], ...] = field(default=(), repr=False)


def judged(saved: SavedSimulation, match: Match, outcome: Mapping[str, Any] | None) -> Rescored:
    """Compares what is stored with what the evaluator says.

    Args:
        outcome: as `bridge.tau2_scoring` gives it; None where it was not asked.
    """
    bare = Rescored(
        number=saved.number,
        task=saved.task,
        trial=saved.trial,
        verdict=Verdict.REFUSED,
        stored=saved.reward,
        reward=None,
        scored_as="" if match.task in {None, saved.task} else str(match.task),
    )
    if outcome is None:
        if saved.infrastructure:
            return replace(bare, verdict=Verdict.INFRASTRUCTURE)
        return replace(bare, why=(f"the file holds no task {saved.task!r}",))
    bare = replace(
        bare, remarks=_remarks(match, outcome), replay=tuple(outcome.get("replay") or ())
    )
    if "error" in outcome:
        error = outcome["error"]
        return replace(bare, why=(f"{error['type']}: {error['text']}",))
    if outcome["judge"] == "needed":
        why = ("assertions of the task need a judge model",)
        return replace(bare, verdict=Verdict.JUDGE_NEEDED, why=why)
    scored = replace(
        bare,
        verdict=Verdict.SAME,
        reward=float(outcome["reward"]),
        parts=dict(outcome["parts"]),
        checks=dict(outcome["checks"]),
    )
    if saved.reward is None:
        return replace(scored, verdict=Verdict.NOT_STORED)
    if abs(saved.reward - float(outcome["reward"])) > _NEAR:
        return replace(scored, verdict=Verdict.DIFFERS, why=_reasons(saved, outcome))
    return scored


def _remarks(match: Match, outcome: Mapping[str, Any]) -> tuple[Remark, ...]:
    kinds = {one["kind"] for one in outcome.get("replay") or []}
    judge = outcome.get("judge")
    told = {
        Remark.PERMUTED_ID: match.permuted,
        Remark.STRANGE_TASK: match.strange,
        Remark.OTHER_WORDING: "wording" in kinds,
        Remark.OTHER_RESULT: "content" in kinds,
        Remark.STORED_JUDGEMENT: judge == "stored",
        Remark.JUDGE_IDLE: judge == "idle",
    }
    return tuple(remark for remark, holds in told.items() if holds)


def _reasons(saved: SavedSimulation, outcome: Mapping[str, Any]) -> tuple[str, ...]:
    """Which checks came out otherwise than stored ones, in words."""
    stored, now = saved.stored, outcome["checks"]
    reasons: list[str] = []
    database = (stored.get("db_check") or {}).get("db_match")
    if database is not None and now.get("database") is not None and database != now["database"]:
        reasons.append(
            "the end state of the database: stored as "
            f"{_right(database)}, now {_right(now['database'])}"
        )
    for name, stored_name, flag, words in _CHECKS:
        before, after = _met(stored.get(stored_name), flag), now.get(name) or []
        if before != after:
            reasons.append(f"{words}: stored {_count(before)}, now {_count(after)}")
    basis, basis_now = stored.get("reward_basis"), outcome.get("basis")
    if basis is not None and basis_now is not None and sorted(basis) != sorted(basis_now):
        reasons.append(
            f"what the reward is made of: stored {_names(basis)}, in the task {_names(basis_now)}"
        )
    if outcome.get("note"):
        reasons.append(str(outcome["note"]))
    reasons += [
        f"{one['tool']} returned otherwise than recorded"
        for one in outcome["replay"]
        if one["kind"] == "content"
    ]
    reasons = reasons or _of_tau_bench(stored, now)
    return tuple(reasons) or (
        "no check differs: the stored reward does not follow from its checks",
    )


_CHECKS = (
    ("assertions", "env_assertions", "met", "assertions about the environment"),
    ("actions", "action_checks", "action_match", "gold actions that were made"),
    ("communicated", "communicate_checks", "met", "information that was told"),
    ("judged", "nl_assertions", "met", "assertions that a model judges"),
)


def _of_tau_bench(stored: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Its rewards tell of the outputs where there are any, else of the database."""
    info = stored.get("info") or {}
    if "r_actions" in info and now.get("database") is not None:
        return [
            "the end state of the database: stored as "
            f"{_right(bool(info['r_actions']))}, now {_right(now['database'])}"
        ]
    outputs = info.get("outputs")
    if isinstance(outputs, dict) and list(outputs.values()) != (now.get("communicated") or []):
        before = [bool(one) for one in outputs.values()]
        after = now.get("communicated") or []
        return [f"information that was told: stored {_count(before)}, now {_count(after)}"]
    if isinstance(outputs, dict) and now.get("database") is not None:
        return [f"the end state of the database, now {_right(now['database'])}"]
    return []


def _right(match: bool) -> str:
    return "right" if match else "wrong"


def _met(checks: Any, flag: str) -> list[bool]:
    return [bool(one.get(flag)) for one in checks or [] if isinstance(one, dict)]


def _count(met: list[bool]) -> str:
    return f"{sum(met)} of {len(met)}"


def _names(basis: list[str]) -> str:
    return " and ".join(sorted(basis))
