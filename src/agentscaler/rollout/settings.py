"""Settings of the rollouts."""

from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["RolloutSettings"]


class RolloutSettings(BaseModel):
    """How episodes are played.

    Attributes:
        agent: who plays the agent: the "expert" of rules, the "model" of the role "agent", or a
            "local" checkpoint of ours.
        checkpoint: the folder of that checkpoint.
        temperature: of what that checkpoint writes; 0 always takes the likeliest token.
        max_new_tokens: that it may write in a turn.
        user: who plays the user: the "scripted" one of rules, or the "model" of the role "user".
        most_tools: an agent that a model or a checkpoint plays is shown at most so many tools:
            those that the task's own solution calls, and others chosen by seed.  That is easier
            than to be shown all: what is played so is not to be compared with what is not.
        trials: episodes a task, each with its own seed.
        max_turns: assistant messages an episode may take before it is stopped.
        mistake_rate: chance that the expert gets one tool call of an episode wrong on purpose.
        withhold_rate: chance, for each fact that can be kept back, that the user does not tell it
            before the agent asks.
        change_rate: chance that the scripted user first says another value and puts it right before
            anything is done, where the task has room for it.
        typo_rate: chance that an opening of the scripted user has a slip of the keyboard in it,
            never inside a fact.
        in_flight: episodes played at the same time in one process.  None is right for agents of
            rules, which never wait: each process plays one at a time, and several share the work.
            A number is for those that wait for a model, and this process plays them all.
        worlds: databases that such a process keeps open; an episode that waits longest loses its
            own and gets it back, exactly, when it goes on.
        retries: how often an episode is begun again that failed by its infrastructure.
        retry_seconds: the wait before the first of these; each later one is twice as long.
        limit: episodes in all; None plays every task.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    machinery: ClassVar = frozenset(
        {"in_flight", "worlds", "retries", "retry_seconds", "checkpoint"}
    )
    """Settings that change how fast episodes are played and not what is played; of a checkpoint,
    where it lies."""

    agent: Literal["expert", "model", "local"] = "expert"
    checkpoint: str | None = None
    temperature: float = Field(default=0.0, ge=0)
    max_new_tokens: int = Field(default=256, ge=1)
    most_tools: int | None = Field(default=None, ge=1)
    user: Literal["scripted", "model"] = "scripted"
    trials: int = Field(default=1, ge=1)
    max_turns: int = Field(default=60, ge=1)
    mistake_rate: float = Field(default=0.15, ge=0, le=1)
    withhold_rate: float = Field(default=0.3, ge=0, le=1)
    change_rate: float = Field(default=0.3, ge=0, le=1)
    typo_rate: float = Field(default=0.04, ge=0, le=1)
    in_flight: int | None = Field(default=None, ge=1)
    worlds: int = Field(default=256, ge=1)
    retries: int = Field(default=2, ge=0)
    retry_seconds: float = Field(default=1.0, ge=0)
    limit: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _names_what_it_plays(self) -> Self:
        if self.agent == "local" and self.checkpoint is None:
            raise ValueError("the agent local needs a checkpoint, its folder")
        return self
