"""tau2-bench, seen from outside its interpreter: what its bridge is asked, and what comes back."""

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from agentscaler.evaluation.tau.answering import Cast, Part
from agentscaler.evaluation.tau.benchmark import Episode, Score, TauTask, is_successful
from agentscaler.evaluation.tau.home import Package
from agentscaler.evaluation.tau.settings import Tau2Settings
from agentscaler.rollout.trajectory import FailureOwner

__all__ = ["Tau2Benchmark"]

_PACKAGE_TEMPERATURE = 0.0
"""What the package gives the agent and the user where nothing is said."""
_ENDED_WELL = frozenset({"agent_stop", "user_stop"})
_OWNERS = {"agent_error": FailureOwner.AGENT, "user_error": FailureOwner.USER}


@dataclass(frozen=True)
class Tau2Benchmark:
    """Satisfies `Benchmark`.

    Attributes:
        run_seed: from which the package would make the seeds of its trials.
    """

    settings: Tau2Settings
    run_seed: int

    @property
    def package(self) -> Package:
        return "tau2"

    @property
    def domains(self) -> tuple[str, ...]:
        return self.settings.domains

    def listing(self, domain: str) -> dict[str, Any]:
        """See `Benchmark.listing`."""
        return {
            "domain": domain,
            "task_set": self.settings.task_set,
            "split": None if self.settings.split == "all" else self.settings.split,
            "retrieval": self.settings.retrieval,
            "max_steps": self.settings.max_steps,
            "max_errors": self.settings.max_errors,
            "run_seed": self.run_seed,
        }

    def framing(self, domain: str, cast: Cast, trials: int) -> dict[str, Any]:
        """See `Benchmark.framing`."""
        return {
            **self._with_arguments(domain, cast),
            "agent_model": cast.names["agent"],
            "user_model": cast.names["user"],
            "trials": trials,
        }

    def playing(self, episode: Episode, cast: Cast) -> dict[str, Any]:
        """See `Benchmark.playing`; the id of a simulation tells task, trial and seed."""
        task, trial, seed = episode
        return {
            **self._with_arguments(task.domain, cast),
            "task_id": task.id,
            "trial": trial,
            "seed": seed,
            "id": _identifier(episode),
        }

    def sample(self, part: Part, episode: Episode, draw: int, trials: int) -> int:
        """See `Benchmark.sample`: trials differ by their seeds, except for a judge, which is given
        none."""
        return draw if part != "judge" else episode.trial + draw * trials

    def score(self, played: dict[str, Any]) -> Score:
        """See `Benchmark.score`."""
        told = played["reward_info"] or {}
        reward = float(told.get("reward") or 0.0)
        parts = {
            name.lower(): float(value)
            for name, value in (told.get("reward_breakdown") or {}).items()
        }
        checks = told.get("action_checks") or []
        scores = dict(parts)
        if checks:
            met = sum(bool(check["action_match"]) for check in checks)
            scores["gold_actions"] = met / len(checks)
        if is_successful(reward):
            return Score(reward, "", None, scores)
        ending = str(played["termination_reason"])
        if ending in _ENDED_WELL:
            failed = "+".join(name for name, value in parts.items() if not is_successful(value))
            return Score(reward, failed or "reward", None, scores)
        owner = _who_erred(played) if ending == "too_many_errors" else _OWNERS.get(ending)
        return Score(reward, ending, owner, scores)

    def unplayed(self, episode: Episode, why: str, now: str) -> dict[str, Any]:
        """See `Benchmark.unplayed`; the package leaves these out of its figures."""
        return {
            "id": _identifier(episode),
            "task_id": episode.task.id,
            "timestamp": now,
            "start_time": now,
            "end_time": now,
            "duration": 0.0,
            "termination_reason": "infrastructure_error",
            "messages": [],
            "trial": episode.trial,
            "seed": episode.seed,
            "info": {"error": why},
        }

    def results(
        self, frame: dict[str, Any] | None, tasks: list[TauTask], played: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """See `Benchmark.results`."""
        return {
            "timestamp": max((str(one["timestamp"]) for one in played), default=None),
            "info": frame,
            "tasks": [task.record for task in tasks],
            "simulations": played,
        }

    def _with_arguments(self, domain: str, cast: Cast) -> dict[str, Any]:
        arguments = {
            f"{part}_arguments": {"temperature": cast.temperature(part, _PACKAGE_TEMPERATURE)}
            for part in ("agent", "user")
        }
        return {**self.listing(domain), **arguments}


def _identifier(episode: Episode) -> str:
    told = f"{episode.task.key}/{episode.trial}/{episode.seed}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, told))


def _who_erred(played: dict[str, Any]) -> FailureOwner | None:
    """Whose refused calls they were for the most part; None where both had as many."""
    errors = Counter(
        message.get("requestor", "assistant")
        for message in played["messages"] or []
        if message.get("role") == "tool" and message.get("error")
    )
    if errors["assistant"] == errors["user"]:
        return None
    more = errors["assistant"] > errors["user"]
    return FailureOwner.AGENT if more else FailureOwner.USER
