"""The options that the suites share, and the settings that they amount to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from agentscaler.errors import SettingsError
from agentscaler.settings import Layer, compose, parse_override, read_config

if TYPE_CHECKING:
    from agentscaler.evaluation.settings import EvaluationSettings

    Settings = TypeVar("Settings", bound=EvaluationSettings)

__all__ = [
    "AgentOption",
    "ApiKeyEnvOption",
    "BaseUrlOption",
    "CheckpointOption",
    "ConcurrencyOption",
    "EvaluateOptions",
    "ModelOption",
    "OutOption",
    "TasksLimitOption",
    "TrialsOption",
]

OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="The evaluation's folder.")]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="The model to evaluate, by its name there."),
]
BaseUrlOption = Annotated[
    str | None,
    typer.Option(
        "--base-url", metavar="URL", help="Its OpenAI-compatible endpoint, up to the version."
    ),
]
ApiKeyEnvOption = Annotated[
    str | None,
    typer.Option("--api-key-env", metavar="NAME", help="The variable that holds its key."),
]
CheckpointOption = Annotated[
    Path | None,
    typer.Option("--checkpoint", metavar="DIR", help="A checkpoint of ours, played here."),
]
AgentOption = Annotated[
    str | None,
    typer.Option(
        "--agent", metavar="NAME", help="An agent of rules: expert, hasty, or slipping:0.2."
    ),
]
TrialsOption = Annotated[
    int | None, typer.Option("--trials", min=1, help="Of each task; pass^k wants k of them.")
]
ConcurrencyOption = Annotated[
    int | None, typer.Option("--concurrency", min=1, help="Trials at the same time.")
]
TasksLimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="Tasks, at most.")]


@dataclass(frozen=True)
class EvaluateOptions:
    """What was said on the command line about an evaluation, whatever the suite."""

    model: str | None = None
    base_url: str | None = None
    api_key_env: str | None = None
    checkpoint: Path | None = None
    agent: str | None = None
    trials: int | None = None
    concurrency: int | None = None
    limit: int | None = None
    seed: int | None = None
    budget_usd: float | None = None
    budget_tokens: int | None = None
    config: Path | None = None
    overrides: Sequence[str] | None = None
    workers: int | None = None

    def settings(
        self, kind: "type[Settings]", suite: Mapping[str, Mapping[str, Any]] | None = None
    ) -> "Settings":
        """The settings of an evaluation.

        The contestant is the model of the role "agent"; what `llm.default` says holds for it too.

        Args:
            kind: the settings of the suite.
            suite: what options of the suite's own say, by section; None stands for not given.

        Raises:
            SettingsError: something is unknown or not allowed, or two contestants are named.
        """
        named = {"--model": self.model, "--checkpoint": self.checkpoint, "--agent": self.agent}
        several = [option for option, value in named.items() if value is not None]
        if len(several) > 1:
            raise SettingsError(
                f"{' and '.join(several)} name several to be evaluated.", "Name one of them."
            )
        layers = [read_config(self.config)] if self.config is not None else []
        layers += [parse_override(text) for text in self.overrides or ()]
        given = [*self._given(), *_of_suite(suite or {})]
        return compose(kind, [*_inherited(layers), *layers, *given])

    def _given(self) -> Iterator[Layer]:
        checkpoint = str(self.checkpoint) if self.checkpoint is not None else None
        named: list[tuple[str, object, tuple[str, ...]]] = [
            ("--model", self.model, ("llm", "agent", "model")),
            ("--base-url", self.base_url, ("llm", "agent", "base_url")),
            ("--api-key-env", self.api_key_env, ("llm", "agent", "api_key_env")),
            ("--checkpoint", checkpoint, ("contestant", "checkpoint")),
            ("--agent", self.agent, ("contestant", "agent")),
            ("--trials", self.trials, ("trials",)),
            ("--concurrency", self.concurrency, ("concurrency",)),
            ("--workers", self.workers, ("workers",)),
            ("--limit", self.limit, ("limit",)),
            ("--seed", self.seed, ("seed",)),
            ("--budget-usd", self.budget_usd, ("llm", "budget_usd")),
            ("--budget-tokens", self.budget_tokens, ("llm", "budget_tokens")),
        ]
        for name, value, keys in named:
            if value is not None:
                yield Layer(name, _nested(keys, value))


def _inherited(layers: Sequence[Layer]) -> Iterator[Layer]:
    """What is said of `llm.default`, said of `llm.agent`."""
    for layer in layers:
        models = layer.values.get("llm")
        default = models.get("default") if isinstance(models, Mapping) else None
        if isinstance(default, Mapping):
            yield Layer(layer.origin, {"llm": {"agent": default}})


def _of_suite(suite: Mapping[str, Mapping[str, Any]]) -> Iterator[Layer]:
    for section, values in suite.items():
        for name, value in values.items():
            if value is not None:
                yield Layer(f"--{name.replace('_', '-')}", {section: {name: value}})


def _nested(keys: Sequence[str], value: object) -> dict[str, Any]:
    nested: Any = value
    for key in reversed(keys):
        nested = {key: nested}
    made: dict[str, Any] = nested
    return made
