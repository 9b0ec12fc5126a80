"""The language models of a run: who answers in which role, with one memory and one bill for all.

Everything they answer is kept in `calls.sqlite` of the run folder, so that a stage that was stopped
by its budget, by a dead endpoint or by hand asks nothing twice when it goes on.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from agentscaler.corpus import CORPUS_PROMPTS, PoolSettings
from agentscaler.domain import DOMAIN_PROMPTS, DomainSettings
from agentscaler.llm import (
    AccountedModel,
    Budget,
    CallStore,
    CostLine,
    EndpointSettings,
    HttpModel,
    ModelSettings,
    PartMaker,
    Prompt,
    Role,
    Sampling,
)
from agentscaler.llm.part_maker import ANSWERING
from agentscaler.pipeline.checkpoints import open_local
from agentscaler.rollout import (
    AgentMaker,
    ModelAgentMaker,
    ModelUserMaker,
    RolloutSettings,
    UserMaker,
)
from agentscaler.rollout.model_agent import AGENT_PROMPTS
from agentscaler.rollout.model_user import USER_PROMPTS
from agentscaler.task import TASK_PROMPTS, TaskSettings
from agentscaler.training.local_model import LocalModel

__all__ = [
    "CALLS",
    "IN_FLIGHT",
    "Models",
    "asked_by",
    "bill_of",
    "identities",
    "open_models",
    "prompts_of",
]

CALLS = "calls.sqlite"
IN_FLIGHT = 64
"""Episodes at the same time where a model plays and the settings do not say how many."""
_PROMPTS: dict[type[BaseModel], Mapping[str, Prompt]] = {
    PoolSettings: CORPUS_PROMPTS,
    DomainSettings: DOMAIN_PROMPTS,
    TaskSettings: TASK_PROMPTS,
}


class Models:
    """The models of one stage, opened when they are first asked for.

    Args:
        at_end: closes the store of their answers.
    """

    def __init__(
        self, folder: Path, settings: ModelSettings, stage: str, seed: int, at_end: ExitStack
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._stage = stage
        self._seed = seed
        self._at_end = at_end
        self._open: list[HttpModel | LocalModel] = []

    def model(self, role: Role) -> AccountedModel:
        """The model of a role.  Raises SettingsError where its endpoint is not set up."""
        endpoint = self._settings.endpoint(role)
        model = HttpModel(endpoint, self._seed)
        self._open.append(model)
        return AccountedModel(model, endpoint, self._store, self._budget, self._stage, role)

    def local(self, settings: RolloutSettings) -> AccountedModel:
        """The checkpoint of a rollout, with a memory and a bill as any other model has them."""
        local = open_local(settings, self._seed)
        self._open.append(local)
        sampling = Sampling(
            temperature=settings.temperature, max_tokens=settings.max_new_tokens, seed=self._seed
        )
        endpoint = EndpointSettings(model=local.name, sampling=sampling)
        return AccountedModel(
            local, endpoint, self._store, self._budget, self._stage, "agent", proven=True
        )

    def agent(self, settings: RolloutSettings) -> AgentMaker | None:
        """Makes the agents, where a model plays them."""
        if settings.agent == "local":
            local = open_local(settings, self._seed)
            self._open.append(local)
            return ModelAgentMaker(local, most_tools=settings.most_tools)
        if settings.agent != "model":
            return None
        tools = self._settings.endpoint("agent").tools
        return ModelAgentMaker(self.model("agent"), tools, settings.most_tools)

    def user(self, settings: RolloutSettings) -> UserMaker | None:
        """Makes the users, where a model plays them."""
        if settings.user != "model":
            return None
        return ModelUserMaker(self.model("user"), settings.withhold_rate)

    def maker(self, role: Role) -> PartMaker:
        """Makes parts of what the stage makes, by asking the model of a role."""
        return PartMaker(self.model(role), self._stage)

    async def aclose(self) -> None:
        """Closes the connections, in the event loop in which they were opened."""
        for model in self._open:
            await model.aclose()

    @cached_property
    def _store(self) -> CallStore:
        return self._at_end.enter_context(CallStore(self._folder / CALLS))

    @cached_property
    def _budget(self) -> Budget:
        return Budget.of(self._settings, self._store)


@contextmanager
def open_models(folder: Path, settings: ModelSettings, stage: str, seed: int) -> Iterator[Models]:
    """The models of a stage of the run in `folder`."""
    with ExitStack() as at_end:
        yield Models(folder, settings, stage, seed, at_end)


def bill_of(folder: Path) -> list[CostLine]:
    """What the models of a run have cost so far; empty where none was asked."""
    if not (folder / CALLS).exists():
        return []
    with CallStore(folder / CALLS) as store:
        return store.costs()


def asked_by(section: BaseModel) -> tuple[Role, ...]:
    """The roles in which a stage with these settings asks models."""
    match section:
        case RolloutSettings():
            played: dict[Role, str] = {"agent": section.agent, "user": section.user}
            return tuple(role for role, by in played.items() if by == "model")
        case PoolSettings() | DomainSettings() | TaskSettings() if section.wanted_parts:
            return ("builder",)
        case _:
            return ()


def identities(section: BaseModel, models: ModelSettings) -> dict[str, Any]:
    """What decides the words of the models that a stage asks, by role."""
    return {role: models.endpoint(role).identity() for role in asked_by(section)}


def prompts_of(section: BaseModel, models: ModelSettings) -> list[Prompt]:
    """The prompts that the models of a stage are given."""
    prompts: list[Prompt] = []
    match section:
        case RolloutSettings():
            if section.agent == "model" and models.endpoint("agent").tools == "text":
                prompts += AGENT_PROMPTS
            if section.user == "model":
                prompts += USER_PROMPTS
        case PoolSettings() | DomainSettings() | TaskSettings() if section.wanted_parts:
            known = _PROMPTS[type(section)]
            prompts = [ANSWERING, *(known[part] for part in sorted(section.wanted_parts))]
    return prompts
