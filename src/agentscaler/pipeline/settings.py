"""The settings of a whole run: one section a stage."""

import os
from typing import Literal, Self

from pydantic import Field, model_validator

from agentscaler.corpus import PoolSettings
from agentscaler.dataset import DatasetSettings
from agentscaler.domain import DomainSettings
from agentscaler.engine import LocalEngine, RayEngine
from agentscaler.filtering import DifficultySettings, FunnelSettings, JudgeSettings
from agentscaler.graph import GraphSettings
from agentscaler.llm import ModelSettings
from agentscaler.rollout import RolloutSettings
from agentscaler.settings import Section
from agentscaler.task import TaskSettings

__all__ = ["MACHINERY", "Settings"]

MACHINERY = frozenset({"workers", "engine", "ray_address"})
"""Settings that say where work runs: they change no byte, and a run does not remember them."""


class Settings(Section):
    """Everything that can be set about a run.

    Attributes:
        workers: processes that share the work.
        engine: where they run: "local", on this machine, or "ray", on a Ray cluster.
        ray_address: of a running cluster; None joins the one at hand or starts one for the run.
        sources: where API descriptions come from: "botocore", "google", or paths; without any,
            the run has the verticals of `domain.verticals` only and begins with its domains.
        llm: language models, for the stages that are told to use them.
    """

    seed: int = 0
    workers: int = Field(default_factory=lambda: len(os.sched_getaffinity(0)), ge=1)
    engine: Literal["local", "ray"] = "local"
    ray_address: str | None = None
    sources: tuple[str, ...] = ("botocore", "google")
    pool: PoolSettings = PoolSettings()
    graph: GraphSettings = GraphSettings()
    domain: DomainSettings = DomainSettings()
    task: TaskSettings = TaskSettings()
    rollout: RolloutSettings = RolloutSettings()
    funnel: FunnelSettings = FunnelSettings()
    difficulty: DifficultySettings = DifficultySettings()
    judge: JudgeSettings = JudgeSettings()
    dataset: DatasetSettings = DatasetSettings()
    llm: ModelSettings = ModelSettings()

    def open_engine(self) -> LocalEngine | RayEngine:
        """The engine that the settings name; to be closed by the caller.  It changes no byte of
        any output."""
        if self.engine == "ray":
            return RayEngine(self.workers, self.ray_address)
        return LocalEngine(self.workers)

    @model_validator(mode="after")
    def _has_something_to_do(self) -> Self:
        if not self.sources and not self.domain.verticals:
            raise ValueError("a run needs sources, or verticals in domain.verticals")
        return self
