"""Settings of an evaluation on ACEBench."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from agentscaler.evaluation.acebench.categories import CATEGORIES
from agentscaler.evaluation.settings import EvaluationSettings
from agentscaler.settings import Section

__all__ = ["AceEvaluation", "AceSettings", "Scorer"]

Scorer = Literal["parity", "fixed"]


class AceSettings(Section):
    """ACEBench.

    Attributes:
        data: the benchmark's data: `data_all`, a language's folder in it, or a checkout.
        home: a checkout of the authors' repository, whose prompts and simulated classes are used;
            None takes the one that `data` lies in.
        python: the interpreter for the simulated classes; None takes the one of this program.
        results: saved results to be scored in place of playing.
        language: "en" or "zh".
        categories: to play; none takes all that the data have.
        scorer: which one says whether a trial succeeds: "parity" scores as the authors do, so that
            figures compare with what others publish; "fixed" without their defects.  Both stand in
            every trial's scores.
        max_turns: messages of an agent's dialogue at most, all roles together.
        user_turns: in which role the simulated user's model is shown what it said before; the
            official inference has "system", which some servers refuse.
    """

    data: Path
    home: Path | None = None
    python: str | None = None
    results: Path | None = None
    language: Literal["en", "zh"] = "en"
    categories: tuple[str, ...] = ()
    scorer: Scorer = "parity"
    max_turns: int = Field(default=40, ge=1)
    user_turns: Literal["system", "assistant"] = "system"

    @field_validator("categories")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """A kind stands for its categories."""
        wanted: dict[str, None] = {}
        for name in names:
            of_kind = [one for one, kind in CATEGORIES.items() if kind == name]
            if not of_kind and name not in CATEGORIES:
                raise ValueError(f"there is no category {name}")
            wanted |= dict.fromkeys(of_kind or [name])
        return tuple(one for one in CATEGORIES if one in wanted)


_CHANGES_NO_SCORE = frozenset({"data", "home", "python", "results", "categories"})
"""Which items are played, and from which files, is told by the evaluation's record itself."""


class AceEvaluation(EvaluationSettings):
    """An evaluation on ACEBench."""

    acebench: AceSettings

    def scoring(self) -> dict[str, Any]:
        """See `EvaluationSettings.scoring`."""
        scoring = super().scoring()
        kept = {k: v for k, v in scoring["acebench"].items() if k not in _CHANGES_NO_SCORE}
        return {**scoring, "acebench": kept}
