"""tau-bench, seen from outside its interpreter: what its bridge is asked, and what comes back."""

from dataclasses import dataclass
from typing import Any

from agentscaler.evaluation.tau.answering import Cast, Part
from agentscaler.evaluation.tau.benchmark import Episode, Score, TauTask, is_successful
from agentscaler.evaluation.tau.home import Package
from agentscaler.evaluation.tau.settings import TauBenchSettings
from agentscaler.rollout.trajectory import FailureOwner

__all__ = ["TauBenchBenchmark"]

_PACKAGE_TEMPERATURE = 0.0
"""What the package gives the agent where nothing is said; it gives the user none."""


@dataclass(frozen=True)
class TauBenchBenchmark:
    """Satisfies `Benchmark`."""

    settings: TauBenchSettings

    @property
    def package(self) -> Package:
        return "tau-bench"

    @property
    def domains(self) -> tuple[str, ...]:
        return self.settings.domains

    def listing(self, domain: str) -> dict[str, Any]:
        """See `Benchmark.listing`."""
        return {"domain": domain, "split": self.settings.split}

    def framing(self, domain: str, cast: Cast, trials: int) -> None:
        """See `Benchmark.framing`: its results files are lists of episodes."""

    def playing(self, episode: Episode, cast: Cast) -> dict[str, Any]:
        """See `Benchmark.playing`."""
        return {
            **self.listing(episode.task.domain),
            "task_id": episode.task.id,
            "trial": episode.trial,
            "max_steps": self.settings.max_steps,
            "temperature": cast.temperature("agent", _PACKAGE_TEMPERATURE),
            "user_strategy": self.settings.user_strategy,
        }

    def sample(self, part: Part, episode: Episode, draw: int, trials: int) -> int:
        """See `Benchmark.sample`: the package gives its models no seeds, so trials are told apart
        by their samples."""
        return episode.trial + draw * trials

    def score(self, played: dict[str, Any]) -> Score:
        """See `Benchmark.score`."""
        reward = float(played["reward"])
        info = played["info"]
        judged = (info.get("reward_info") or {}).get("info") or {}
        scores = {
            name: float(judged[key])
            for name, key in (("db", "r_actions"), ("communicate", "r_outputs"))
            if key in judged
        }
        if is_successful(reward):
            return Score(reward, "", None, scores)
        if "error" in info:
            return Score(reward, "agent_error", FailureOwner.AGENT, scores)
        if not info.get("reward_info"):
            return Score(reward, "max_steps", None, scores)
        failed = [name for name, value in scores.items() if not is_successful(value)]
        return Score(reward, "+".join(failed) or "db", None, scores)

    def unplayed(self, episode: Episode, why: str, now: str) -> dict[str, Any]:
        """See `Benchmark.unplayed`; the package would count it as a failure."""
        return {
            "task_id": int(episode.task.id),
            "reward": 0.0,
            "info": {"error": why, "at": now},
            "traj": [],
            "trial": episode.trial,
        }

    def results(
        self, frame: dict[str, Any] | None, tasks: list[TauTask], played: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """See `Benchmark.results`."""
        return played
