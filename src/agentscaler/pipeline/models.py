"""The language models of a run: who answers in which role, with one memory and one bill for all.

Everything they answer is kept in `calls.sqlite` of the run folder, so that a stage that was stopped
by its budget, by a dead endpoint or by hand asks nothing twice when it goes on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agentscaler.llm import (
    AccountedModel,
    Budget,
    CallStore,
    CostLine,
    HttpModel,
    ModelSettings,
    Role,
)
from agentscaler.llm.prompt import Prompt
from agentscaler.rollout import (
    AgentMaker,
    ModelAgentMaker,
    ModelUserMaker,
    RolloutSettings,
    UserMaker,
)
from agentscaler.rollout.model_agent import AGENT_PROMPTS
from agentscaler.rollout.model_user import USER_PROMPTS

__all__ = [
    "CALLS",
    "IN_FLIGHT",
    "Models",
    "bill_of",
    "identities",
    "open_models",
    "played_by_models",
    "prompts_of",
]

CALLS = "calls.sqlite"
IN_FLIGHT = 64
"""Episodes at the same time where a model plays and the settings do not say how many."""


class Models:
    """The models of one stage, opened when they are first asked for."""

    def __init__(self, store: CallStore, settings: ModelSettings, stage: str, seed: int) -> None:
        self._store = store
        self._settings = settings
        self._stage = stage
        self._seed = seed
        self._budget = Budget.of(settings, store)
        self._open: list[HttpModel] = []

    def model(self, role: Role) -> AccountedModel:
        """The model of a role.  Raises SettingsError where its endpoint is not set up."""
        endpoint = self._settings.endpoint(role)
        model = HttpModel(endpoint, self._seed)
        self._open.append(model)
        return AccountedModel(model, endpoint, self._store, self._budget, self._stage, role)

    def agent(self, settings: RolloutSettings) -> AgentMaker | None:
        """Makes the agents, where a model plays them."""
        if settings.agent != "model":
            return None
        return ModelAgentMaker(self.model("agent"), self._settings.endpoint("agent").tools)

    def user(self, settings: RolloutSettings) -> UserMaker | None:
        """Makes the users, where a model plays them."""
        if settings.user != "model":
            return None
        return ModelUserMaker(self.model("user"), settings.withhold_rate)

    async def aclose(self) -> None:
        """Closes the connections, in the event loop in which they were opened."""
        for model in self._open:
            await model.aclose()


@contextmanager
def open_models(folder: Path, settings: ModelSettings, stage: str, seed: int) -> Iterator[Models]:
    """The models of a stage of the run in `folder`."""
    with CallStore(folder / CALLS) as store:
        yield Models(store, settings, stage, seed)


def bill_of(folder: Path) -> list[CostLine]:
    """What the models of a run have cost so far; empty where none was asked."""
    if not (folder / CALLS).exists():
        return []
    with CallStore(folder / CALLS) as store:
        return store.costs()


def played_by_models(settings: RolloutSettings) -> tuple[Role, ...]:
    """The roles that models play in the episodes."""
    roles: list[Role] = []
    if settings.agent == "model":
        roles.append("agent")
    if settings.user == "model":
        roles.append("user")
    return tuple(roles)


def identities(rollout: RolloutSettings, models: ModelSettings) -> dict[str, Any]:
    """What decides the words of the models that play, by role."""
    return {role: models.endpoint(role).identity() for role in played_by_models(rollout)}


def prompts_of(rollout: RolloutSettings, models: ModelSettings) -> list[Prompt]:
    """The prompts that the models of the episodes are given."""
    prompts: list[Prompt] = []
    if rollout.agent == "model" and models.endpoint("agent").tools == "text":
        prompts += AGENT_PROMPTS
    if rollout.user == "model":
        prompts += USER_PROMPTS
    return prompts
