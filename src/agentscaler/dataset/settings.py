"""Settings of the training set."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agentscaler.dataset.contamination.names import BENCHMARKS
from agentscaler.dataset.contamination.readers import path_of
from agentscaler.dataset.contamination.refusal import parse_limits

__all__ = ["ContaminationSettings", "DatasetSettings"]


class ContaminationSettings(BaseModel):
    """What the training split is held against, and how much may be in common.

    Attributes:
        against: benchmarks, each a name of `BENCHMARKS` (of which names of tools are known), a
            path, or NAME=PATH for a checkout; none leaves it unchecked, and the card says so.
        fail_on: kinds of overlaps for which no training set is made, each with a least score if one
            is wanted: "names:0.5", "policies".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    against: tuple[str, ...] = BENCHMARKS
    fail_on: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths among the benchmarks."""
        found = (path_of(one) for one in self.against)
        return tuple(str(path) for path in found if path is not None)

    @model_validator(mode="after")
    def _limits_can_be_read(self) -> Self:
        parse_limits(self.fail_on)
        return self


class DatasetSettings(BaseModel):
    """How dialogues become training examples.

    Attributes:
        held_out_share: share of the domains whose dialogues are never trained on.
        mask_mistakes: take no loss on an assistant message all of whose calls were refused, or
            that is wrong on purpose, so that the model learns to recover from a mistake without
            learning to make it.
        limit: examples in all; None makes one of every dialogue.
        contamination: against which benchmarks the training split is held.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    held_out_share: float = Field(default=0.1, ge=0, le=1)
    mask_mistakes: bool = True
    limit: int | None = Field(default=None, ge=0)
    contamination: ContaminationSettings = ContaminationSettings()

    @model_validator(mode="before")
    @classmethod
    def _reads_settings_of_earlier_runs(cls, values: Any) -> Any:
        """A run begun by an earlier version names one file of benchmarks' tools, or none."""
        if not isinstance(values, dict) or "benchmark_tools" not in values:
            return values
        kept = {key: value for key, value in values.items() if key != "benchmark_tools"}
        if values["benchmark_tools"] and "contamination" not in kept:
            kept["contamination"] = {"against": (*BENCHMARKS, values["benchmark_tools"])}
        return kept
