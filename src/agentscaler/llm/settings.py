"""Settings of language models: who answers in which role, and what it may cost."""

from typing import Literal

from pydantic import Field

from agentscaler.llm.chat_model import Sampling
from agentscaler.settings import Section

__all__ = ["EndpointSettings", "ModelSettings", "Role"]

Role = Literal["builder", "user", "agent", "judge"]


class EndpointSettings(Section):
    """One model behind an OpenAI-compatible endpoint.

    Attributes:
        base_url: up to and with the version ("http://127.0.0.1:8000/v1").
        model: the model's name there.
        api_key_env: the environment variable that holds the key; the key itself is never kept.
        request_seconds: how long one request may take.
        step_seconds: how long an answer may take with all its retries.
        retries: how often a request is sent again after a failure that may pass.
        concurrency: requests at the same time at most; fewer where the endpoint says so.
        input_usd, cached_usd, output_usd: price of a million tokens.
    """

    base_url: str = "http://127.0.0.1:8000/v1"
    model: str = ""
    api_key_env: str = "OPENAI_API_KEY"
    sampling: Sampling = Sampling()
    request_seconds: float = Field(default=300, gt=0)
    step_seconds: float = Field(default=1800, gt=0)
    retries: int = Field(default=8, ge=0)
    concurrency: int = Field(default=128, ge=1)
    input_usd: float = Field(default=0, ge=0)
    cached_usd: float = Field(default=0, ge=0)
    output_usd: float = Field(default=0, ge=0)


class ModelSettings(Section):
    """Who answers in which role; a role without an endpoint of its own takes `default`.

    Attributes:
        budget_usd, budget_tokens: what a run may spend in all; None does not limit it.
    """

    default: EndpointSettings = EndpointSettings()
    builder: EndpointSettings | None = None
    user: EndpointSettings | None = None
    agent: EndpointSettings | None = None
    judge: EndpointSettings | None = None
    budget_usd: float | None = Field(default=None, ge=0)
    budget_tokens: int | None = Field(default=None, ge=0)

    def endpoint(self, role: Role) -> EndpointSettings:
        """The endpoint that answers in a role."""
        own: EndpointSettings | None = getattr(self, role)
        return own or self.default
