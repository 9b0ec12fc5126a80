"""The settings of a whole run: one section a stage."""

import os
from typing import Self

from pydantic import Field, model_validator

from agentscaler.corpus import PoolSettings
from agentscaler.dataset import DatasetSettings
from agentscaler.domain import DomainSettings
from agentscaler.filtering import DifficultySettings, FunnelSettings
from agentscaler.graph import GraphSettings
from agentscaler.rollout import RolloutSettings
from agentscaler.settings import Section
from agentscaler.task import TaskSettings

__all__ = ["Settings"]


class Settings(Section):
    """Everything that can be set about a run.

    Attributes:
        workers: processes that share the work; changes no byte of any output.
        sources: where API descriptions come from: "botocore", "google", or paths; without any,
            the run has the verticals of `domain.verticals` only and begins with its domains.
    """

    seed: int = 0
    workers: int = Field(default_factory=lambda: len(os.sched_getaffinity(0)), ge=1)
    sources: tuple[str, ...] = ("botocore", "google")
    pool: PoolSettings = PoolSettings()
    graph: GraphSettings = GraphSettings()
    domain: DomainSettings = DomainSettings()
    task: TaskSettings = TaskSettings()
    rollout: RolloutSettings = RolloutSettings()
    funnel: FunnelSettings = FunnelSettings()
    difficulty: DifficultySettings = DifficultySettings()
    dataset: DatasetSettings = DatasetSettings()

    @model_validator(mode="after")
    def _has_something_to_do(self) -> Self:
        if not self.sources and not self.domain.verticals:
            raise ValueError("a run needs sources, or verticals in domain.verticals")
        return self
