"""Settings of evaluations on tau2-bench and tau-bench."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from agentscaler.evaluation.settings import EvaluationSettings
from agentscaler.evaluation.tau.home import Package
from agentscaler.settings import Section

__all__ = [
    "HomeSettings",
    "Tau2Evaluation",
    "Tau2Settings",
    "TauBenchEvaluation",
    "TauBenchSettings",
]


class HomeSettings(Section):
    """Where the official package is, and how its processes are treated.

    Attributes:
        home: its checkout.
        python: the interpreter that it is installed in.
        silent_seconds: how long a process may say nothing of an episode while it waits for no
            model, before it is killed and the episode played again.
        retries: how often an episode is begun again whose process was lost.
        redraws: how often an episode is begun again, with other answers of the model in question,
            because an answer could not be used or the package failed over it.
        agent_redraws: the same for the agent's model; after that its episode is lost.
        task_ids: tasks to play, by their ids in the package; none plays all.
    """

    home: Path
    python: str = "python3"
    silent_seconds: float = Field(default=600.0, gt=0)
    retries: int = Field(default=3, ge=0)
    redraws: int = Field(default=3, ge=0)
    agent_redraws: int = Field(default=3, ge=0)
    task_ids: tuple[str, ...] = ()


class Tau2Settings(HomeSettings):
    """tau2-bench.

    Attributes:
        domains: to play, one after the other.
        task_set: of the package, where it is not the domain's own ("telecom_small").
        split: of the tasks ("base", "train", "test"); "all" takes every task there is.
        max_steps: of an episode: turns of agent, user and environment.
        max_errors: refused tool calls that end an episode.
        retrieval: how the agent of banking_knowledge looks things up ("bm25", "full_kb"); None
            takes the package's own way.
    """

    domains: tuple[str, ...] = ("retail",)
    task_set: str | None = None
    split: str = "base"
    max_steps: int = Field(default=200, ge=1)
    max_errors: int = Field(default=10, ge=1)
    retrieval: str | None = None


class TauBenchSettings(HomeSettings):
    """tau-bench.

    Attributes:
        domains: to play, one after the other.
        split: of the tasks.
        max_steps: turns of the agent.
        user_strategy: how the package's simulated user makes up what it says.
        agent_redraws: none, since the package counts an answer that it cannot use as a failure.
    """

    agent_redraws: int = Field(default=0, ge=0)
    domains: tuple[Literal["airline", "retail"], ...] = ("retail",)
    split: Literal["train", "test", "dev"] = "test"
    max_steps: int = Field(default=30, ge=1)
    user_strategy: Literal["llm", "react", "verify", "reflection"] = "llm"


_AT_ONCE = 16
_CHANGES_NO_SCORE = frozenset({"home", "python", "silent_seconds", "retries", "task_ids"})
"""Which tasks are played is told by the evaluation's record itself."""


class Tau2Evaluation(EvaluationSettings):
    """An evaluation on tau2-bench; `seed` gives the seeds of the trials as the package makes them.

    Attributes:
        concurrency: each episode that is under way holds a database in memory.
        workers: processes of the package.
    """

    concurrency: int = Field(default=_AT_ONCE, ge=1)
    tau2: Tau2Settings

    @property
    def suite(self) -> Package:
        return "tau2"

    def scoring(self) -> dict[str, Any]:
        """See `EvaluationSettings.scoring`."""
        return _without_places(super().scoring(), "tau2")


class TauBenchEvaluation(EvaluationSettings):
    """An evaluation on tau-bench.

    Attributes:
        concurrency: each episode that is under way holds a database in memory.
        workers: processes of the package.
    """

    concurrency: int = Field(default=_AT_ONCE, ge=1)
    tau_bench: TauBenchSettings

    @property
    def suite(self) -> Package:
        return "tau-bench"

    def scoring(self) -> dict[str, Any]:
        """See `EvaluationSettings.scoring`."""
        return _without_places(super().scoring(), "tau_bench")


def _without_places(scoring: dict[str, Any], section: str) -> dict[str, Any]:
    kept = {k: v for k, v in scoring[section].items() if k not in _CHANGES_NO_SCORE}
    return {**scoring, section: kept}
