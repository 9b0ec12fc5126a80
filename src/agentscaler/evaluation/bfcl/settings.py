"""Settings of the suite BFCL."""

from pydantic import Field

from agentscaler.evaluation.settings import EvaluationSettings
from agentscaler.settings import Section

__all__ = ["BfclEvaluation", "BfclSettings"]


class BfclSettings(Section):
    """What of BFCL is played.

    Attributes:
        categories: names of categories, or of groups of them, as the package knows them.  The
            default leaves out what needs other services or models: searching the web, memory.
    """

    categories: tuple[str, ...] = Field(default=("single_turn", "multi_turn"), min_length=1)


class BfclEvaluation(EvaluationSettings):
    """An evaluation on BFCL."""

    bfcl: BfclSettings = BfclSettings()
