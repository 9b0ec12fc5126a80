"""`agentscaler evaluate acebench`: ACEBench in English or Chinese, played or scored."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.evaluate.options import (
    ApiKeyEnvOption,
    BaseUrlOption,
    CheckpointOption,
    ConcurrencyOption,
    EvaluateOptions,
    ModelOption,
    OutOption,
    TasksLimitOption,
    TrialsOption,
)
from agentscaler.interfaces.cli.options import (
    BudgetTokensOption,
    BudgetUsdOption,
    ConfigOption,
    SeedOption,
    SetOption,
)

if TYPE_CHECKING:
    from rich.console import Console

    from agentscaler.evaluation import EvaluationFolder

__all__ = ["acebench"]


class Language(StrEnum):
    """Of the data."""

    EN = "en"
    """English."""
    ZH = "zh"
    """Chinese."""


class Scorer(StrEnum):
    """Which scorer says whether a trial succeeds."""

    PARITY = "parity"
    """As the authors', defects and all."""
    FIXED = "fixed"
    """Without the defects."""


DataOption = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="The benchmark's folder data_all.")
]
HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="A checkout of ACEBench, for its prompts and simulated classes; by default the one"
        " that the data lie in.",
    ),
]
PythonOption = Annotated[
    Path | None,
    typer.Option(
        "--python", metavar="FILE", help="The interpreter for the simulated classes, 3.10 to 3.13."
    ),
]
LanguageOption = Annotated[
    Language | None, typer.Option("--language", help="Of the data; by default en.")
]
CategoryOption = Annotated[
    list[str] | None,
    typer.Option(
        "--category",
        metavar="NAME",
        help="Only this one, or all of a kind: normal, special, agent; may be repeated.",
    ),
]
ScorerOption = Annotated[
    Scorer | None,
    typer.Option(
        "--scorer",
        help="What counts as success: as the authors score (parity, the default), or without their"
        " scorer's defects (fixed). The report shows both.",
    ),
]
ResultsOption = Annotated[
    Path | None,
    typer.Option(
        "--results",
        metavar="DIR",
        help="Score these saved results, in the official form, and play nothing.",
    ),
]
UserModelOption = Annotated[
    str | None,
    typer.Option("--user-model", metavar="NAME", help="Plays the user of multi-turn agents."),
]
UserBaseUrlOption = Annotated[
    str | None,
    typer.Option(
        "--user-base-url", metavar="URL", help="Its endpoint; by default the evaluated model's."
    ),
]


def acebench(
    data: DataOption,
    out: OutOption,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    api_key_env: ApiKeyEnvOption = None,
    checkpoint: CheckpointOption = None,
    language: LanguageOption = None,
    category: CategoryOption = None,
    scorer: ScorerOption = None,
    home: HomeOption = None,
    python: PythonOption = None,
    user_model: UserModelOption = None,
    user_base_url: UserBaseUrlOption = None,
    results: ResultsOption = None,
    trials: TrialsOption = None,
    limit: TasksLimitOption = None,
    concurrency: ConcurrencyOption = None,
    seed: SeedOption = None,
    budget_usd: BudgetUsdOption = None,
    budget_tokens: BudgetTokensOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
) -> None:
    """Play ACEBench, or score saved results; the same command goes on where it stopped."""
    from agentscaler.evaluation import EvaluationFolder
    from agentscaler.evaluation.acebench.settings import AceEvaluation
    from agentscaler.interfaces.cli.evaluate.watching import finish
    from agentscaler.pipeline.acebench import SUITE, play_ace, read_agenda, score_ace
    from agentscaler.pipeline.evaluating import open_contestant

    options = EvaluateOptions(
        *(model, base_url, api_key_env, checkpoint, None, trials, concurrency, limit, seed),
        *(budget_usd, budget_tokens, config, overrides),
    )
    suite: dict[str, dict[str, Any]] = {
        "acebench": {
            "data": str(data),
            "home": _text(home),
            "python": _text(python),
            "results": _text(results),
            "language": _text(language),
            "categories": category or None,
            "scorer": _text(scorer),
        },
        "llm": {"user": _user(user_model, user_base_url or base_url)},
    }
    settings = options.settings(AceEvaluation, suite)
    agenda, folder = read_agenda(settings), EvaluationFolder(out)
    errors, output = error_console(), output_console()
    for line in agenda.data.bad[:_SHOWN]:
        errors.print(str(line), markup=False, soft_wrap=True)
    if len(agenda.data.bad) > _SHOWN:
        errors.print(f"{len(agenda.data.bad) - _SHOWN:,} lines more are left out.")
    if settings.acebench.results is not None:
        _score(folder, score_ace(folder, settings, agenda), output)
        return
    with open_contestant(out, settings, SUITE) as contestant:
        finish(folder, play_ace(folder, settings, agenda, contestant), errors, output)


_SHOWN = 5
"""Lines of the data that are left out, and said so on the terminal."""


def _score(folder: "EvaluationFolder", scoring: Any, console: "Console") -> None:
    from agentscaler.errors import AgentScalerError
    from agentscaler.interfaces.cli.evaluate.watching import print_figures
    from agentscaler.pipeline.suites import report_on

    for _ in scoring:
        pass
    figures, files = report_on(folder)
    print_figures(console, figures, files)
    missing = figures.counts.expected - figures.counts.done
    if missing:
        raise AgentScalerError(
            f"{missing:,} of {figures.counts.expected:,} items have no result in the files, and"
            " count as nothing.",
            "Add them to the files, or name the categories that are whole with --category.",
        )


def _user(model: str | None, base_url: str | None) -> dict[str, str] | None:
    if model is None:
        return None
    return {"model": model} | ({"base_url": base_url} if base_url is not None else {})


def _text(value: object) -> str | None:
    return str(value) if value is not None else None
