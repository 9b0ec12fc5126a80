"""Settings of the tool graph."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["BlockWeights", "GraphRecipe", "GraphSettings"]


class GraphRecipe(StrEnum):
    """How a graph is made."""

    DEFAULT = "default"
    """Names, services, results and dependencies count beside parameters; communities are cut and
    merged to a size that a domain can be made of."""
    PAPER = "paper"
    """As arXiv 2509.13311, section 3.1 has it: parameters alone, one threshold for all pairs, and
    what Louvain finds, whatever its size."""


class BlockWeights(BaseModel):
    """How much each part of a tool counts in the cosine of two tools; the parts sum to 1.

    Attributes:
        parameters: names of the parameters and the first words of their descriptions.
        names: nouns of the operation's name and path.
        service: whether they are of one service.
        returns: names of the result's fields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameters: float = Field(default=0.45, ge=0)
    names: float = Field(default=0.30, ge=0)
    service: float = Field(default=0.15, ge=0)
    returns: float = Field(default=0.10, ge=0)

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = self.parameters + self.names + self.service + self.returns
        if abs(total - 1) > 1e-6:
            raise ValueError(f"the block weights must sum to 1, and sum to {total:g}")
        return self


class GraphSettings(BaseModel):
    """How tools are compared and cut into communities.

    Attributes:
        recipe: "default" or "paper"; of what follows, the paper's recipe uses `tau` and `encoder`
            only, and the default recipe all but `tau`.
        tau: least cosine of an edge of the paper's recipe.
        encoder: folder of a sentence encoder that reads the parameters; TF-IDF where it is None.
        neighbours: similar tools looked at for each tool.
        tau_service: least cosine of an edge between two tools of one service.
        tau_provider: the same between two services of one provider.
        tau_other: the same between two providers.
        dependency_weight: weight of a dependency edge between a producer and a consumer that have
            no other, beside similarity edges of at most 1.
        max_community: a larger community is cut.
        min_community: a smaller one is merged into a neighbour.
        weights: of the parts of a tool.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: GraphRecipe = GraphRecipe.DEFAULT
    tau: float = Field(default=0.70, gt=0, le=1)
    encoder: str | None = None
    neighbours: int = Field(default=15, ge=1)
    tau_service: float = Field(default=0.35, gt=0, le=1)
    tau_provider: float = Field(default=0.55, gt=0, le=1)
    tau_other: float = Field(default=0.70, gt=0, le=1)
    dependency_weight: float = Field(default=0.7, ge=0)
    max_community: int = Field(default=40, ge=2)
    min_community: int = Field(default=5, ge=1)
    weights: BlockWeights = BlockWeights()

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.min_community > self.max_community:
            raise ValueError("min_community must not be larger than max_community")
        return self
