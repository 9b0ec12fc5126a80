"""Settings of the own suite."""

from typing import Literal, Self

from pydantic import Field, model_validator

from agentscaler.evaluation.settings import EvaluationSettings
from agentscaler.filtering import FunnelSettings
from agentscaler.rollout import RolloutSettings
from agentscaler.settings import Section

__all__ = ["OwnEvaluation", "OwnSettings"]


class OwnSettings(Section):
    """Which tasks are played, with whom, and how they are judged.

    Attributes:
        split: of the run's domains: those held out from training, those trained on, or all.
        apart: which held-out domains are left out because a domain that is trained on is like
            them: "families" leaves out those of one service with such a domain, or of a version of
            it, and those with half of their tools alike; "tools" only the latter; "nothing" none.
        domains: only these, by id; none named means all of the split.
        kinds: of tasks; "special" is one with a wish that cannot be fulfilled.
        per_domain: tasks of a domain, drawn by the seed; None takes every one.
        bands: of difficulty, by the number of gold calls at which each begins.
        most_tools: a model is shown at most so many tools: those that the task needs, and others
            by seed.  None shows all, which is harder.
        user: who plays the user: the "scripted" one of rules, or the "model" of the role "user".
        max_turns: of the agent, before an episode is stopped.
        withhold_rate, change_rate, typo_rate: of users, see `RolloutSettings`.
        funnel: how strictly episodes are judged.
    """

    split: Literal["held_out", "train", "all"] = "held_out"
    apart: Literal["families", "tools", "nothing"] = "families"
    domains: tuple[str, ...] = ()
    kinds: tuple[Literal["read", "write", "special"], ...] = ("read", "write", "special")
    per_domain: int | None = Field(default=None, ge=1)
    bands: tuple[int, ...] = (1, 2, 4, 7)
    most_tools: int | None = Field(default=None, ge=1)
    user: Literal["scripted", "model"] = "scripted"
    max_turns: int = Field(default=60, ge=1)
    withhold_rate: float = Field(default=0.3, ge=0, le=1)
    change_rate: float = Field(default=0.3, ge=0, le=1)
    typo_rate: float = Field(default=0.04, ge=0, le=1)
    funnel: FunnelSettings = FunnelSettings()

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if not self.kinds:
            raise ValueError("no kind of task is named")
        if not self.bands or self.bands[0] < 1 or list(self.bands) != sorted(set(self.bands)):
            raise ValueError("bands must begin at whole numbers above 0, each above the one before")
        return self

    def band(self, calls: int) -> str:
        """The name of the band that a number of gold calls falls into ("1 call", "2-3 calls",
        "7 calls and more")."""
        begin = max((edge for edge in self.bands if edge <= calls), default=0)
        ends = [edge - 1 for edge in self.bands if edge > calls]
        if not ends:
            return f"{begin} calls and more"
        numbers = f"{begin}-{ends[0]}" if ends[0] > begin else str(begin)
        return f"{numbers} call" if numbers == "1" else f"{numbers} calls"


class OwnEvaluation(EvaluationSettings):
    """An evaluation in our own worlds."""

    own: OwnSettings = OwnSettings()

    def rollout(self) -> RolloutSettings:
        """How its episodes are played."""
        own = self.own
        return RolloutSettings(
            user=own.user,
            most_tools=own.most_tools,
            trials=self.trials,
            max_turns=own.max_turns,
            withhold_rate=own.withhold_rate,
            change_rate=own.change_rate,
            typo_rate=own.typo_rate,
        )
