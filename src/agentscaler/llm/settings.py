"""Settings of language models: who answers in which role, and what it may cost."""

from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from agentscaler.errors import SettingsError
from agentscaler.llm.chat_model import Sampling
from agentscaler.settings import Section

__all__ = ["EndpointSettings", "ModelSettings", "Role"]

Role = Literal["builder", "user", "agent", "judge"]


class EndpointSettings(Section):
    """One model behind an OpenAI-compatible endpoint.

    Attributes:
        base_url: up to and with the version ("http://127.0.0.1:8000/v1").
        model: the model's name there.  It stands for the model in a run's memory: another model
            needs another name, and the same model may move to another address.
        api_key_env: the environment variable that holds the key; the key itself is never kept.
        tools: how the model calls tools: "native", as the API has it, or as "text" for models or
            servers that know no tools.
        request_seconds: how long one request may take.
        step_seconds: how long an answer may take with all its retries, once it is its turn.
        retries: how often a request is sent again after a failure that may pass.
        concurrency: requests at the same time at most; fewer where the endpoint says so.
        input_usd, cached_usd, output_usd: price of a million tokens; without `cached_usd`, what
            the endpoint knew already costs as much as what it did not.
    """

    base_url: str = "http://127.0.0.1:8000/v1"
    model: str = ""
    api_key_env: str = "OPENAI_API_KEY"
    tools: Literal["native", "text"] = "native"
    sampling: Sampling = Sampling()
    request_seconds: float = Field(default=300, gt=0)
    step_seconds: float = Field(default=1800, gt=0)
    retries: int = Field(default=12, ge=0)
    concurrency: int = Field(default=128, ge=1)
    input_usd: float = Field(default=0, ge=0)
    cached_usd: float | None = Field(default=None, ge=0)
    output_usd: float = Field(default=0, ge=0)

    @field_validator("base_url")
    @classmethod
    def _holds_no_secret(cls, url: str) -> str:
        """Addresses are kept in settings and shown in errors; neither is a place for a key."""
        parts = urlsplit(url)
        if "@" in parts.netloc or parts.query:
            raise SettingsError(
                "The address of an endpoint holds a password, a key or a query.",
                "Leave it out, and put the key into the environment variable that api_key_env "
                "names.",
            )
        return url

    def identity(self) -> dict[str, Any]:
        """What decides the answers: not where the model runs, nor what it costs or how fast."""
        return self.model_dump(mode="json", include={"model", "tools", "sampling"})


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
