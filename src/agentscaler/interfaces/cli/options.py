"""The options that the stage commands share, and the settings that they amount to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agentscaler.settings import Layer, compose, parse_override, read_config

if TYPE_CHECKING:
    from agentscaler.pipeline import Settings

__all__ = [
    "BudgetTokensOption",
    "BudgetUsdOption",
    "ConfigOption",
    "DryRunOption",
    "EngineOption",
    "LimitOption",
    "Options",
    "RunOption",
    "SeedOption",
    "SetOption",
    "SourceOption",
    "VerticalOption",
    "WorkersOption",
]

RunOption = Annotated[Path, typer.Option("--run", metavar="DIR", help="The run folder.")]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings in a YAML, TOML or JSON file."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="A.B=C", help="One setting; may be repeated."),
]
SourceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="NAME|PATH",
        help="All sources of the run: botocore, google or a path; may be repeated.",
    ),
]
VerticalOption = Annotated[
    list[str] | None,
    typer.Option(
        "--vertical",
        metavar="NAME|all",
        help="A hand-written domain of the package; may be repeated. A new run that names no"
        " source has these only.",
    ),
]
SeedOption = Annotated[int | None, typer.Option("--seed", help="The seed of everything random.")]
LimitOption = Annotated[int | None, typer.Option("--limit", help="At most so many.")]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", help="How many processes; by default one a core.")
]

EngineOption = Annotated[
    str | None,
    typer.Option(
        "--engine", metavar="local|ray", help="Where they run: on this machine, or on Ray."
    ),
]
BudgetUsdOption = Annotated[
    float | None,
    typer.Option("--budget-usd", min=0, help="US dollars that language models may cost the run."),
]
BudgetTokensOption = Annotated[
    int | None,
    typer.Option("--budget-tokens", min=0, help="Tokens that language models may use in the run."),
]
DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Do nothing; say what language models will cost."),
]


@dataclass(frozen=True)
class Options:
    """What was said on the command line about settings."""

    config: Path | None = None
    overrides: Sequence[str] | None = None
    sources: Sequence[str] | None = None
    seed: int | None = None
    limit: int | None = None
    workers: int | None = None
    verticals: Sequence[str] | None = None
    engine: str | None = None
    budget_usd: float | None = None
    budget_tokens: int | None = None

    def settings(self, remembered: Mapping[str, Any], limited: str) -> "Settings":
        """The settings of a command: what it says itself lies over what the run remembers.

        Args:
            remembered: the settings of the run so far.
            limited: the section whose limit `--limit` means.

        Raises:
            SettingsError: something is unknown or not allowed.
        """
        from agentscaler.pipeline import Settings

        layers = [Layer("the run's settings.json", remembered)]
        if self.verticals and not remembered:
            layers.append(Layer("--vertical", {"sources": ()}))
        if self.config is not None:
            layers.append(read_config(self.config))
        layers += [parse_override(text) for text in self.overrides or ()]
        given: list[tuple[str, object, dict[str, Any]]] = [
            ("--seed", self.seed, {"seed": self.seed}),
            ("--workers", self.workers, {"workers": self.workers}),
            ("--engine", self.engine, {"engine": self.engine}),
            ("--limit", self.limit, {limited: {"limit": self.limit}}),
            ("--budget-usd", self.budget_usd, {"llm": {"budget_usd": self.budget_usd}}),
            ("--budget-tokens", self.budget_tokens, {"llm": {"budget_tokens": self.budget_tokens}}),
            ("--source", self.sources or None, {"sources": self.sources}),
            ("--vertical", self.verticals or None, {"domain": {"verticals": self.verticals}}),
        ]
        layers += [Layer(name, values) for name, value, values in given if value is not None]
        return compose(Settings, layers)
