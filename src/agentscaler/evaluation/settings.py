"""Settings that evaluations of every suite share; a suite adds a section of its own."""

import os
from typing import Any, Self

from pydantic import Field, model_validator

from agentscaler.llm import ModelSettings
from agentscaler.settings import Section

__all__ = ["ContestantSettings", "EvaluationSettings"]


class ContestantSettings(Section):
    """Who is evaluated, where it is not the model of the role "agent".

    Attributes:
        agent: an agent of rules: "expert", "hasty", or "slipping:0.2" and the like.
        checkpoint: the folder of a checkpoint of ours, played in this process.
        temperature: of what that checkpoint writes; 0 always takes the likeliest token.
        max_new_tokens: that it may write in a turn.
        mistake_rate: chance that an agent of rules gets one call of an episode wrong on purpose,
            and repairs it.
    """

    agent: str | None = None
    checkpoint: str | None = None
    temperature: float = Field(default=0.0, ge=0)
    max_new_tokens: int = Field(default=256, ge=1)
    mistake_rate: float = Field(default=0.0, ge=0, le=1)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.agent is not None and self.checkpoint is not None:
            raise ValueError("an agent of rules and a checkpoint cannot be evaluated in one")
        return self


class EvaluationSettings(Section):
    """An evaluation, whatever the suite.

    Attributes:
        contestant: who is evaluated; without an agent or a checkpoint, the model of the role
            "agent" in `llm`.
        llm: endpoints of the roles "agent", "user" and "judge", and what they may cost in all.
        trials: of each task.
        concurrency: trials at the same time where models are asked.
        workers: processes that share the work where none are.
        seed: of everything random.
        limit: tasks in all, spread over the groups of the suite; None takes every one.
    """

    contestant: ContestantSettings = ContestantSettings()
    llm: ModelSettings = ModelSettings()
    trials: int = Field(default=1, ge=1)
    concurrency: int = Field(default=64, ge=1)
    workers: int = Field(default_factory=lambda: len(os.sched_getaffinity(0)), ge=1)
    seed: int = 0
    limit: int | None = Field(default=None, ge=1)

    def scoring(self) -> dict[str, Any]:
        """What changes a score, besides the contestant's identity: no speed, no money."""
        own = set(type(self).model_fields) - set(EvaluationSettings.model_fields)
        return self.model_dump(mode="json", include=own | {"seed"})
