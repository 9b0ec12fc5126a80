"""Settings of the experiments: which dialogues, how many points, how they are tried."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agentscaler.training.small import SmallTrainingSettings

__all__ = [
    "ExperimentSettings",
    "FunnelArmSettings",
    "PhaseArmSettings",
    "RuleSettings",
    "SmallRecipe",
    "TrialSettings",
]


class RuleSettings(BaseModel):
    """Which dialogues are learned from, and which tasks are tried: the same rules on both sides.

    Attributes:
        max_tokens: of a rendered dialogue, tools included.
        max_calls: gold calls of its task.
        most_tools: shown: those that the task needs, and others of its domain by seed; None shows
            all.
        kinds: of its task; "special" is one with a wish that cannot be fulfilled.
        recovered: whether dialogues may hold a refused call.
        system: whether system messages, which carry the domain's policy, are shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_tokens: int = Field(default=500, ge=16)
    max_calls: int = Field(default=3, ge=0)
    most_tools: int | None = Field(default=6, ge=1)
    kinds: tuple[Literal["read", "write", "special"], ...] = ("read", "write")
    recovered: bool = True
    system: bool = False


class TrialSettings(BaseModel):
    """What a trained agent is tried on.

    Attributes:
        held_out: domains that nothing is learned from, in whole families; those of them that
            the rules leave a dialogue of are played in.
        largest_family: domains of a family that may be held out.
        tasks: played in a held-out domain, at most.
        unseen: tasks of each training domain that are set aside; those of domains of the smallest
            size are played, for the gap between known and new domains.
        unseen_domains: of the smallest size, at most.
        max_turns: assistant messages before an episode is stopped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    held_out: int = Field(default=120, ge=1)
    largest_family: int = Field(default=6, ge=1)
    tasks: int = Field(default=4, ge=1)
    unseen: int = Field(default=4, ge=0)
    unseen_domains: int = Field(default=64, ge=1)
    max_turns: int = Field(default=24, ge=1)


class PhaseArmSettings(BaseModel):
    """The arm `phases`.

    Attributes:
        domains: general ones that are learned from.
        vertical_share: of the tokens, those of the vertical in the two-phase and the mixed agent.
        replay_share: of the tokens, those of general domains that one of the two-phase agents
            sees in its second phase, against forgetting, and not in its first.
        vertical_test: share of the vertical's tasks that nothing is learned from.
        tasks: of these that are played in a domain, at most.
        unseen_domains: domains of the vertical that nothing is learned from at all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    domains: int = Field(default=256, ge=1)
    vertical_share: float = Field(default=0.25, gt=0, lt=1)
    replay_share: float = Field(default=0.25, gt=0, lt=1)
    vertical_test: float = Field(default=0.3, gt=0, lt=1)
    tasks: int = Field(default=12, ge=1)
    unseen_domains: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _leaves_a_first_phase(self) -> Self:
        if self.vertical_share + self.replay_share >= 1:
            raise ValueError("vertical_share and replay_share must leave tokens to a first phase")
        return self


class FunnelArmSettings(BaseModel):
    """The arm `funnel`.

    Attributes:
        domains: that are learned from.
        fault_rate: share of the dialogues that have a fault, in equal parts one that each stage of
            the funnel is there for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    domains: int = Field(default=256, ge=1)
    fault_rate: float = Field(default=0.4, ge=0, le=1)


class SmallRecipe(BaseModel):
    """How the small model is made and played.

    Attributes:
        vocabulary: tokens of its tokenizer, which is made of dialogues of training domains.
        fit_dialogues: that the tokenizer is made of, at most, spread over those domains.
        training: of the first phase; its number of tokens and its order are the experiment's.
        next: of the phases after it; None is like the first.
        max_new_tokens: that it may write in a turn; it takes the likeliest each time.
        in_flight: episodes that it plays at the same time.
        rows: turns that it writes at the same time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    vocabulary: int = Field(default=1536, ge=300)
    fit_dialogues: int = Field(default=4000, ge=1)
    training: SmallTrainingSettings = SmallTrainingSettings()
    next: SmallTrainingSettings | None = None
    max_new_tokens: int = Field(default=192, ge=1)
    in_flight: int = Field(default=64, ge=1)
    rows: int = Field(default=32, ge=1)


class ExperimentSettings(BaseModel):
    """One experiment.

    Attributes:
        sizes: numbers of training domains, of which each set is part of the next.  The largest is
            all that there are, where there are fewer.
        least_dialogues: domains with so many dialogues are chosen first.
        seeds: each draws its own sets and trains anew.
        tokens: rendered tokens that every agent sees in training, in all its phases.
        dialogues: distinct ones that each agent of the arm `scaling` learns from, spread evenly
            over its domains; None takes all that its domains have.  With a number that the
            smallest size reaches, sizes differ in their domains alone.
        learner: who learns: "small", our model from scratch; or "rehearsal", an agent of rules
            that errs the less the more domains it was shown, which trains nothing and is there to
            try the machinery.
        small: how the small model is made and played.
        threads: of the linear algebra of one point.
        split_seed: decides what is held out, for all points alike.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sizes: tuple[int, ...] = (16, 64, 128, 256, 1024)
    least_dialogues: int = Field(default=8, ge=1)
    seeds: tuple[int, ...] = (0, 1, 2)
    tokens: int = Field(default=5_000_000, ge=1)
    dialogues: int | None = Field(default=None, ge=1)
    learner: Literal["small", "rehearsal"] = "small"
    small: SmallRecipe = SmallRecipe()
    threads: int = Field(default=1, ge=1)
    split_seed: int = 0
    rules: RuleSettings = RuleSettings()
    trial: TrialSettings = TrialSettings()
    phases: PhaseArmSettings = PhaseArmSettings()
    funnel: FunnelArmSettings = FunnelArmSettings()

    @model_validator(mode="after")
    def _is_a_curve(self) -> Self:
        if not self.sizes or min(self.sizes) < 1 or list(self.sizes) != sorted(set(self.sizes)):
            raise ValueError("sizes must be whole numbers above 0, each larger than the one before")
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise ValueError("seeds must be there, and each of them once")
        return self
