"""Settings of the task stage."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.settings import wanted

__all__ = ["TaskPart", "TaskSettings"]

TaskPart = Literal["arguments", "intent"]
"""What a language model may make anew."""


class TaskSettings(BaseModel):
    """How tasks are made.

    Attributes:
        per_domain: tasks wanted of each domain.
        attempts: walks tried for each task wanted.
        max_calls: calls in a gold solution.
        max_goals: wishes in one task.
        per_shape: tasks of one domain whose tools and their order and provenance are the same; None
            for any number.
        special_share: share of walks with a wish that cannot be fulfilled, so that the right
            outcome is to explain why and to change nothing.
        recall_share: chance that a row which can be is remembered by what it is like and by when it
            came about ("the blue one I ordered last week"), rather than named.
        limit: at most so many domains are worked on; None for all.
        model_parts: what a language model makes anew of each task ("all": everything it can);
            what it makes is checked, and the rules' draft stays where it does not hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_domain: int = Field(default=12, ge=1)
    attempts: int = Field(default=4, ge=1)
    max_calls: int = Field(default=20, ge=1, le=40)
    max_goals: int = Field(default=10, ge=1, le=12)
    per_shape: int | None = Field(default=3, ge=1)
    special_share: float = Field(default=0.12, ge=0, le=1)
    recall_share: float = Field(default=0.4, ge=0, le=1)
    limit: int | None = Field(default=None, ge=1)
    model_parts: tuple[TaskPart | Literal["all"], ...] = ()

    @property
    def wanted_parts(self) -> frozenset[str]:
        """What a model makes."""
        return wanted(self.model_parts, get_args(TaskPart))
