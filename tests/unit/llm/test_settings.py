"""Who answers in which role, and what of it decides the answers."""

import pytest
from pydantic import ValidationError

from agentscaler.llm import EndpointSettings, ModelSettings, Sampling


def test_a_role_without_an_endpoint_of_its_own_takes_the_default() -> None:
    settings = ModelSettings(
        default=EndpointSettings(model="tiny"), user=EndpointSettings(model="large")
    )
    assert settings.endpoint("agent").model == "tiny"
    assert settings.endpoint("user").model == "large"


def test_the_identity_is_what_decides_the_answers() -> None:
    one = EndpointSettings(model="tiny", input_usd=1, concurrency=4)
    other = EndpointSettings(model="tiny", base_url="http://elsewhere/v1", retries=0)
    assert one.identity() == other.identity()
    for changed in ({"model": "large"}, {"tools": "text"}, {"sampling": {"temperature": 1}}):
        different = EndpointSettings.model_validate({"model": "tiny"} | changed)
        assert different.identity() != one.identity()


@pytest.mark.parametrize("field", ["stream", "messages", "tools", "n"])
def test_sampling_cannot_change_what_is_asked(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        Sampling(extra={field: True})
