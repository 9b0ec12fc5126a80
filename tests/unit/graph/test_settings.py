import pytest
from pydantic import ValidationError

from agentscaler.graph import BlockWeights, GraphSettings


def test_block_weights_must_sum_to_one() -> None:
    with pytest.raises(ValidationError, match=r"must sum to 1, and sum to 1\.15"):
        BlockWeights(parameters=0.6)


def test_community_bounds_must_be_in_order() -> None:
    with pytest.raises(ValidationError, match="must not be larger"):
        GraphSettings(min_community=9, max_community=8)


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValidationError):
        GraphSettings.model_validate({"taus": 0.5})
