"""Who is evaluated: a model behind an endpoint, a checkpoint of ours, or an agent of rules.

What models answer in an evaluation is kept in `calls.sqlite` of its folder, so that one that was
stopped asks nothing twice.  Nothing is opened before it is asked for.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from agentscaler.errors import SettingsError
from agentscaler.evaluation.settings import ContestantSettings, EvaluationSettings
from agentscaler.llm import AccountedModel, ChatModel, Role
from agentscaler.pipeline.checkpoints import checkpoint_inputs
from agentscaler.pipeline.models import Models
from agentscaler.rollout import AgentMaker, RolloutSettings, agent_named
from agentscaler.rollout.text_model import TextToolsModel
from agentscaler.training import load_record

__all__ = ["Contestant", "open_contestant"]


@dataclass(frozen=True)
class Contestant:
    """One that is evaluated, and the other models that take part.

    Attributes:
        name: for `EvaluationRecord.contestant`.
        identity: what decides its answers, for `EvaluationRecord.identity`.
        rules: makes its agents for our own worlds, where it is an agent of rules; else None.
        tools: how its model is told of tools: "text" where it knows no tool calls of its own.
        aclose: to be awaited in the event loop in which models were asked, when all is over.
    """

    name: str
    identity: dict[str, Any]
    rules: AgentMaker | None
    tools: Literal["native", "text"]
    aclose: Callable[[], Awaitable[None]]
    _model: Callable[[], ChatModel]
    _role: Callable[[Role], AccountedModel]

    def raw_model(self) -> ChatModel:
        """The model that answers for it, as it is: see `tools`.

        Raises:
            SettingsError: it is an agent of rules, or its endpoint is not set up.
        """
        if self.rules is not None:
            raise SettingsError(
                f"The agent {self.name} plays by what it knows of our own tasks.",
                "Evaluate a model here (--model, --base-url) or a checkpoint (--checkpoint).",
            )
        return self._model()

    def model(self) -> ChatModel:
        """The model that answers for it, with native tool calls in any case; see `raw_model`."""
        raw = self.raw_model()
        return TextToolsModel(raw) if self.tools == "text" else raw

    def other(self, role: Role) -> AccountedModel:
        """The model of another role: a simulated user, a judge.

        Raises:
            SettingsError: the settings name no endpoint for it.
        """
        return self._role(role)


@contextmanager
def open_contestant(folder: Path, settings: EvaluationSettings, suite: str) -> Iterator[Contestant]:
    """The one whom the settings name.

    Args:
        folder: of the evaluation; must be there when a model is first asked for.
        suite: what its questions are put down to on the bill.

    Raises:
        SettingsError: nobody is named, or not rightly.
        MissingExtraError: what plays a checkpoint is not installed.
    """
    with ExitStack() as at_end:
        models = Models(folder, settings.llm, suite, settings.seed, at_end)

        def other(role: Role) -> AccountedModel:
            if getattr(settings.llm, role) is None and not settings.llm.default.model:
                raise SettingsError(
                    f'The evaluation needs a model in the role "{role}".',
                    f"Name it: --set llm.{role}.model=NAME --set llm.{role}.base_url=URL.",
                )
            return models.model(role)

        name, identity, rules = _named(settings)
        yield Contestant(
            name=name,
            identity=identity,
            rules=rules,
            tools=settings.llm.endpoint("agent").tools if _asks_endpoint(settings) else "native",
            aclose=models.aclose,
            _model=lambda: _model(models, settings),
            _role=other,
        )


def _asks_endpoint(settings: EvaluationSettings) -> bool:
    return settings.contestant.agent is None and settings.contestant.checkpoint is None


def _named(settings: EvaluationSettings) -> tuple[str, dict[str, Any], AgentMaker | None]:
    """Name, identity, and the maker of agents where it is an agent of rules."""
    chosen = settings.contestant
    if chosen.agent is not None:
        maker = agent_named(chosen.agent, chosen.mistake_rate)
        return chosen.agent, {"rules": chosen.agent, "mistake_rate": chosen.mistake_rate}, maker
    if chosen.checkpoint is not None:
        inputs = checkpoint_inputs(_as_rollout(chosen))
        recipe = load_record(Path(chosen.checkpoint)).recipe or "checkpoint"
        drawn = {"temperature": chosen.temperature, "max_new_tokens": chosen.max_new_tokens}
        return f"{recipe}-{inputs['checkpoint'][:12]}", inputs | drawn, None
    endpoint = settings.llm.endpoint("agent")
    if not endpoint.model:
        raise SettingsError(
            "Nobody is named who is to be evaluated.",
            "Name a model (--model, --base-url), a checkpoint (--checkpoint), or an agent of"
            " rules (--agent expert).",
        )
    return endpoint.model, endpoint.identity(), None


def _model(models: Models, settings: EvaluationSettings) -> ChatModel:
    if settings.contestant.checkpoint is None:
        return models.model("agent")
    return models.local(_as_rollout(settings.contestant))


def _as_rollout(chosen: ContestantSettings) -> RolloutSettings:
    return RolloutSettings(
        agent="local",
        checkpoint=chosen.checkpoint,
        temperature=chosen.temperature,
        max_new_tokens=chosen.max_new_tokens,
    )
